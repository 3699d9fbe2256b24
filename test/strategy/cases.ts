/** Markets and timeframes on which the strategy is measured. */
import { join } from 'node:path'
import { type Levels, liq, type Market } from '../../src/liqnb.ts'

/** Where levels come from: by the longer bars of one market. */
export type LevelsOf = (timeframes: readonly string[]) => Levels

export interface Case {
  name: string
  market: Market
  /** Where the clusters come from, in words. */
  clusters: string
  levels: LevelsOf
}

/** The files of a folder, by what the cases need of them. */
const FILES = {
  hours: ['BTCUSDT-perp-1h-2019-2026.csv.gz', 'BTCUSDT-perp-funding-2019-2026.csv.gz'],
  minutes: ['BTCUSDT-perp-1m-2025-05.csv.gz', 'BTCUSDT-perp-funding-2019-2026.csv.gz'],
  flow: ['ETHUSDT-perp-1h-2024-06-08-flow.csv.gz'],
} as const

export async function loadCases(folder: string): Promise<Case[]> {
  const load = (files: readonly string[]) => liq.market({ file: files.map(file => join(folder, file)) })
  const [hours, minutes, flow] = [await load(FILES.hours), await load(FILES.minutes), await load(FILES.flow)]
  const own = (name: string, market: Market, clusters: string): Case => ({
    name,
    market,
    clusters,
    levels: timeframes => ({
      timeframes: timeframes.filter(timeframe => timeframe !== '4h' || market.barMs <= 4 * HOUR),
    }),
  })
  // A month of minutes alone knows nothing of older positions: its clusters are those of the hourly bars.
  const maps = new Map(['4h', '1d'].map(timeframe => [timeframe, liq.timeframes(hours, [timeframe])[0]!]))
  const ofHours = (timeframe: string): Case => ({
    name: `BTC ${timeframe}`,
    market: liq.resample(minutes, timeframe),
    clusters: 'volume, of the hourly bars since 2019',
    levels: timeframes => timeframes.map(name => maps.get(name)!),
  })
  return [
    own('BTC 1h', hours, 'volume'),
    own('BTC 4h', liq.resample(hours, '4h'), 'volume'),
    ofHours('1m'),
    ofHours('5m'),
    ofHours('15m'),
    own('ETH 1h', flow, 'volume and open interest'),
    own('ETH 4h', liq.resample(flow, '4h'), 'volume and open interest'),
  ]
}

const HOUR = 3_600_000

/** Small maps for tests of the explorer: a real payload, and one made by hand. */

import type { Maps } from '../../renderers/explorer/maps.ts'
import type { Layer, Model } from '../../renderers/explorer/model.ts'
import { readHeader } from '../../renderers/explorer/payload.ts'
import { unpack, unpackMaps } from '../../renderers/explorer/unpack.ts'
import { type ExplorerOptions, explorerPayload } from '../../src/charts/explorer.ts'
import type { ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'

const BARS = 400
const close = Float64Array.from(
  { length: BARS },
  (_, t) => 50_000 * Math.exp(0.08 * Math.sin(t / 23) + 0.05 * Math.sin(t / 7.3) + 0.01 * Math.sin(t * 1.7)),
)
const open = close.map((_, t) => close[Math.max(0, t - 1)]!)

/** A market of sine waves, so that the tests do not depend on the simulator. */
export const market = createMarket(
  {
    time: Float64Array.from(close, (_, t) => Date.UTC(2024, 0, 1, t)),
    open,
    high: close.map((price, t) => Math.max(price, open[t]!) * (1.002 + 0.001 * Math.sin(t))),
    low: close.map((price, t) => Math.min(price, open[t]!) * (0.998 - 0.001 * Math.cos(t))),
    close,
    volume: close.map((_, t) => 1000 * (1.2 + Math.sin(t / 5) * Math.sin(t / 31))),
  },
  { symbol: 'SYNTH/USDT:USDT', source: 'waves', synthetic: true },
)

/** As parsed from JSON; of a mix of five tiers by default. */
export function payloadOf(options: ExplorerOptions = {}, mapOptions: MapOptions = {}): ExplorerPayload {
  return JSON.parse(
    JSON.stringify(explorerPayload(liquidationMap(market, { leverage: 'retail', ...mapOptions }), options)),
  )
}

export const modelOf = (payload: unknown): Promise<Model> => unpack(readHeader(payload))

export const mapsOf = (payload: unknown): Promise<Maps> => unpackMaps(readHeader(payload))

/** A layer of exactly these values (at most 255 different ones), row by row. */
export function layer(rows: number[][]): Layer {
  const filled = rows.map(values => values.flatMap((value, column) => (value > 0 ? [column] : [])))
  const from = Int32Array.from(filled, places => places[0] ?? 0)
  const to = Int32Array.from(filled, places => (places.at(-1) ?? -1) + 1)
  const known = [0, ...new Set(rows.flat().filter(value => value > 0))]
  const levels = rows.map((values, row) =>
    values.slice(from[row], to[row]).map(value => Math.max(0, known.indexOf(value))),
  )
  const start = Int32Array.from(rows, (_, row) => levels.slice(0, row).flat().length)
  const usd = new Float32Array(256)
  usd.set(known)
  return { from, to, start, levels: Uint8Array.from(levels.flat()), usd }
}

const nothing = (columns: number) => ({
  usd: layer([Array.from({ length: columns }, () => 0)]),
  bins: new Uint16Array(columns),
})

/** A map of one-hour columns from 2024 and rows of 1 % from 100 USD, of these tiers. */
export async function handMade(tiers: { long: number[][]; short: number[][] }[], closes?: number[]): Promise<Model> {
  const rows = tiers[0]!.long.length
  const columns = tiers[0]!.long[0]!.length
  const header = {
    ...readHeader(payloadOf({ columns: 2, rows: 2 })),
    grid: { columns, rows, low: 100, high: 100 * 1.01 ** rows, binsPerRow: 1 },
    tiers: tiers.map((_, tier) => ({ leverage: 10 * (tier + 1), weight: 1 / tiers.length })),
    rule: { maxDistance: 0.3, brightness: 1.5, gap: 0, minShare: 0, tierShare: 0.5, rankBy: 'brightest' as const },
  }
  const none = new Float32Array(0)
  return {
    header,
    columns,
    rows,
    edges: Float64Array.from({ length: columns + 1 }, (_, k) => Date.UTC(2024, 0, 1, k)),
    closes: Float32Array.from(closes ?? Array.from({ length: columns }, () => 100 * 1.01 ** (rows / 2))),
    candles: { time: new Float64Array(0), end: new Float64Array(0), open: none, high: none, low: none, close: none },
    recorded: null,
    lnLow: Math.log(100),
    lnRow: Math.log(1.01),
    tiers: tiers.map(({ long, short }, tier) => ({
      leverage: 10 * (tier + 1),
      long: layer(long),
      short: layer(short),
      offGrid: { long: nothing(columns), short: nothing(columns) },
    })),
    fullColumns: new Map(),
  }
}

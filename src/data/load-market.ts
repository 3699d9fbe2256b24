import { durationMs } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { momentMs } from '../common/iso-time.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type Market,
  type MarketColumns,
  notesToKeep,
} from '../market/market.ts'
import type { SimulateOptions } from '../simulate/options.ts'
import { simulateMarket } from '../simulate/simulate-market.ts'
import { downloadMarket, type ExchangeSource, type Extra } from './exchange/download.ts'
import { fetchSeries } from './exchange/fetch.ts'
import { recordedLiquidations, requireRecorded } from './live/recorded.ts'
import { type FileSource, readMarketFile } from './load-file.ts'
import { type StoreOptions, storeOf, throughStore } from './store/open.ts'
import { isOffline } from './store/store-path.ts'

export interface SampleSource {
  /** The embedded market: synthetic, from a fixed seed. */
  sample: true
  symbol?: string
  timeframe?: string
}
export interface SimulateSource {
  simulate: SimulateOptions
}
export interface StoredExchangeSource extends Omit<ExchangeSource, 'with'>, StoreOptions {
  /** As {@link ExchangeSource.with}, and `liquidations` as `liq.live` has recorded them: NaN where it did not listen. */
  with?: readonly (Extra | 'liquidations')[]
}
export type MarketSource = FileSource | StoredExchangeSource | SampleSource | SimulateSource

/** The embedded sample: about eight months of hours, nothing planted, of a seed whose price ends about where it began. */
const SAMPLE_HOURS = 6000
const SAMPLE_SEED = 3

const KINDS = ['file', 'exchange', 'sample', 'simulate'] as const

/**
 * Loads a market from exactly one place: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or
 * `{ simulate: { seed } }`.
 *
 * @example const btc = await liq.market({ exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '4h', since: '2023-01-01' })
 * @throws DataError when it is not clear which, or the data is not usable
 */
export async function loadMarket(source: MarketSource): Promise<Market> {
  const given = KINDS.filter(kind => (source as unknown as Record<string, unknown> | undefined)?.[kind])
  if (given.length !== 1) {
    const what = given.length === 0 ? 'names none' : `names ${given.join(' and ')}`
    throw new DataError(`liq.market needs exactly one of file, exchange, sample or simulate; this call ${what}`)
  }
  if ('file' in source && source.file) return between(await readMarketFile(source), source.since, source.until)
  if ('exchange' in source && source.exchange) return fromExchange(source)
  if ('simulate' in source && source.simulate) return simulateMarket(source.simulate)
  const { sample, timeframe = '1h' } = source as SampleSource
  if (sample !== true)
    throw new DataError(`sample: ${quoteValue(sample)}, but there is one embedded market: write sample: true`)
  const bars = Math.max(1, Math.floor((SAMPLE_HOURS * durationMs('1h')) / durationMs(timeframe, 'timeframe')))
  return simulateMarket({ seed: SAMPLE_SEED, bars, timeframe })
}

async function fromExchange(source: StoredExchangeSource): Promise<Market> {
  const wanted = source.with?.filter(extra => extra !== 'liquidations')
  const offline = source.offline ?? isOffline()
  const online = wanted?.filter(extra => extra === 'brackets' || extra === 'trades') ?? []
  if (offline && online.length > 0)
    throw new DataError(`with: ${online.join(' and ')} cannot be had offline; only series in time are stored`)
  const path = storeOf(source)
  const recorded = source.with?.includes('liquidations') ?? false
  if (recorded && path === null)
    throw new DataError('with: liquidations come from the store, where liq.live has recorded them, but store is false')
  const market = await downloadMarket({ ...source, with: wanted }, { fetch: throughStore(fetchSeries, source) })
  if (!recorded || path === null) return market
  return requireRecorded(await recordedLiquidations(market, path, source), source.exchange)
}

/** The bars that open in [since, until). */
function between(market: Market, since?: string | number, until?: string | number): Market {
  if (since === undefined && until === undefined) return market
  const from = since === undefined ? -Infinity : momentMs(since, 'since')
  const to = until === undefined ? Infinity : momentMs(until, 'until')
  const a = market.time.findIndex(time => time >= from)
  const b = market.time.findLastIndex(time => time < to)
  if (a < 0 || b < a) throw new DataError(`There are no bars between since ${since ?? '…'} and until ${until ?? '…'}`)
  const columns = { time: market.time.slice(a, b + 1) } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const series = market[field]
    if (series) columns[field] = series.slice(a, b + 1)
  }
  return createMarket(columns, { ...market, notes: notesToKeep(market) })
}

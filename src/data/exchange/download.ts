import { durationMs, formatTime } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import { momentMs } from '../../common/iso-time.ts'
import { currentTask, type Task } from '../../common/task.ts'
import { CANDLE_FIELDS, createMarket, type Market, type MarketColumns } from '../../market/market.ts'
import { dueInBar, type Records, stateAtClose } from './align.ts'
import { type Address, connect } from './connect.ts'
import { fetchSeries } from './fetch.ts'
import { PATIENCE, type Patience } from './retry.ts'
import type { FetchSeries, SeriesChunk, SeriesKind } from './series.ts'
import { fetchTiers } from './tiers.ts'
import { exchangeTrades } from './trades.ts'
import { seriesStep, whoServes } from './venues.ts'

/** What can be asked for beside candles. */
export const EXTRAS = ['openInterest', 'funding', 'longShortRatio', 'taker', 'brackets', 'trades'] as const
export type Extra = (typeof EXTRAS)[number]

export interface ExchangeSource extends Address {
  /** One of the exchange's own timeframes, e.g. `1h`. */
  timeframe: string
  /** First moment to load (ISO date or epoch ms). */
  since: string | number
  /** End, exclusive. Default: now. */
  until?: string | number
  /**
   * - `openInterest`, `longShortRatio` at each bar's close: the last record up to then
   * - `funding` that is due in each bar
   * - `taker` buy volume, where the exchange's candles carry it (binanceusdm), else an error
   * - `trades` taker buy volume, summed from single trades: slow, and for venues whose candles do not carry it
   * - `brackets` the exchange's leverage tiers, as `leverageTiers`
   */
  with?: readonly Extra[]
}

/** What a download works with, so that a store may stand before the exchange. */
export interface Means {
  fetch: FetchSeries
  patience: Patience
}

/**
 * A perpetual from an exchange: candles and what `with` asks for, page by page at the exchange's own rate limit.
 * Duplicates and disorder are repaired, a bar that is not over yet by the exchange's clock is left out, gaps stay gaps;
 * each is said in `notes`. Ends at once when the cell is interrupted.
 *
 * @throws DataError when exchange, symbol, timeframe or series is not to be had there, naming those that are; when a row is
 *   malformed; when the exchange gives no usable answer after all retries
 */
export async function downloadMarket(source: ExchangeSource, means: Partial<Means> = {}): Promise<Market> {
  const { patience = PATIENCE } = means
  const fetch = means.fetch ?? ((request, onChunk, task) => fetchSeries(request, onChunk, task, patience))
  const task = currentTask()
  const wanted = extrasOf(source.with)
  const barMs = durationMs(source.timeframe, 'timeframe')
  const since = momentMs(source.since, 'since')
  const until = source.until === undefined ? Number.POSITIVE_INFINITY : momentMs(source.until, 'until')
  if (!(until > since)) throw new DataError(`until: ${formatTime(until)} is not after since ${formatTime(since)}`)

  const notes: string[] = []
  const load = async (kind: SeriesKind, timeframe: string, from: number, to: number) => {
    const { exchange, symbol, ccxt } = source
    const chunks: SeriesChunk[] = []
    const request = { exchange, symbol, kind, timeframe, since: from, until: to, ccxt }
    const report = await fetch(request, chunk => void chunks.push(chunk), task)
    notes.push(...report.notes.filter(note => !notes.includes(note)))
    return { ...join(chunks), until: report.until }
  }

  const candles = await load('candles', source.timeframe, since, until)
  if (candles.time.length === 0) {
    const end = until === Number.POSITIVE_INFINITY ? 'now' : formatTime(until)
    throw new DataError(
      `${source.exchange} has no finished ${source.timeframe} bars of ${source.symbol} from ${formatTime(since)} to ${end}`,
    )
  }
  const columns = { time: candles.time } as MarketColumns
  for (const field of CANDLE_FIELDS) columns[field] = candles.columns[field]!
  if (candles.columns.takerBuyVolume) columns.takerBuyVolume = candles.columns.takerBuyVolume
  else if (wanted.has('taker'))
    throw new DataError(
      `with: the candles of ${source.exchange} do not carry taker volume. ${whoServes(['binanceusdm'])}; with: ['trades'] sums it from single trades, where the exchange serves those`,
    )

  const first = candles.time[0]!
  const end = candles.time.at(-1)! + barMs
  if (wanted.has('trades') && !candles.columns.takerBuyVolume)
    columns.takerBuyVolume = await takerFromTrades(source, candles.time, barMs, task, patience)
  for (const [extra, kind] of STATES) {
    if (!wanted.has(extra)) continue
    const step = seriesStep(source.exchange, kind, source.timeframe)
    const stepMs = durationMs(step)
    // A record before the first bar's close may be older than its open.
    const records = await load(kind, step, first - stepMs, end + 1)
    columns[extra] = stateAtClose(candles.time, barMs, only(records, extra), 2 * Math.max(stepMs, barMs))
  }
  if (wanted.has('funding'))
    columns.fundingRate = dueInBar(
      candles.time,
      barMs,
      only(await load('funding', source.timeframe, first, end), 'fundingRate'),
    )

  const leverageTiers = wanted.has('brackets')
    ? await fetchTiers(await connect(source, task, patience), columns.close.at(-1)!)
    : undefined
  return createMarket(columns, { symbol: source.symbol, source: source.exchange, barMs, notes, leverageTiers })
}

const STATES = [
  ['openInterest', 'openInterest'],
  ['longShortRatio', 'longShortRatio'],
] as const

function extrasOf(given: ExchangeSource['with'] = []): ReadonlySet<Extra> {
  for (const extra of given)
    if (!EXTRAS.includes(extra))
      throw new DataError(`with: ${quoteValue(extra)}, but expected some of ${EXTRAS.join(', ')}`)
  return new Set(given)
}

function only({ time, columns, until }: SeriesChunk & { until: number }, column: string): Records {
  return { time, value: columns[column] ?? new Float64Array(0), until }
}

function join(chunks: readonly SeriesChunk[]): SeriesChunk {
  const concat = (parts: readonly Float64Array[]) => {
    const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
    let offset = 0
    for (const part of parts) {
      out.set(part, offset)
      offset += part.length
    }
    return out
  }
  const names = Object.keys(chunks[0]?.columns ?? {})
  const columns = names.map(name => [name, concat(chunks.map(chunk => chunk.columns[name]!))] as const)
  return { time: concat(chunks.map(chunk => chunk.time)), columns: Object.fromEntries(columns) }
}

/** What takers bought in each bar, from single trades; memory does not grow with their number. */
async function takerFromTrades(
  source: ExchangeSource,
  barTime: Float64Array,
  barMs: number,
  task: Task,
  patience: Patience,
): Promise<Float64Array> {
  const out = new Float64Array(barTime.length)
  const until = barTime.at(-1)! + barMs
  let bar = 0
  for await (const { time, amount, buy } of exchangeTrades({ ...source, since: barTime[0]!, until }, task, patience)) {
    for (let i = 0; i < time.length; i++) {
      while (bar + 1 < barTime.length && time[i]! >= barTime[bar + 1]!) bar++
      if (buy[i] === 1 && time[i]! < barTime[bar]! + barMs) out[bar]! += amount[i]!
    }
  }
  return out
}

/** Downloads a market from an exchange. */
import { DAY, durationMs, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { momentMs } from '../../common/iso-time.ts'
import {
  defineOptions,
  duration,
  invalidOption,
  listOf,
  moment,
  oneOf,
  option,
  optional,
  required,
} from '../../common/options.ts'
import { type FundingEvents, fundingDueAt } from '../../market/funding.ts'
import { CANDLE_FIELDS, createMarket, type Market, type MarketColumns } from '../../market/market.ts'
import { checkedOpenInterest } from '../../market/open-interest.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { fundingInBar, type TimeSeries, valueAtClose } from './align.ts'
import { addressOptions, connect, DEFAULT_CALLER, type MarketAddress } from './connect.ts'
import { fetchSeries } from './fetch-series.ts'
import { fetchLeverageTiers } from './leverage-tiers.ts'
import { describeMissing } from './missing-records.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.ts'
import { type FetchSeries, joinChunks, type SeriesChunk, type SeriesKind } from './series.ts'
import { exchangeTrades } from './trades.ts'
import { notServed, seriesStep } from './venues.ts'

/** What can be loaded beside the candles. */
export const EXTRAS = ['openInterest', 'funding', 'longShortRatio', 'taker', 'brackets', 'trades'] as const
export type MarketExtra = (typeof EXTRAS)[number]

export interface ExchangeSource extends MarketAddress {
  /** One of the exchange's own timeframes, e.g. `1h`. */
  timeframe: string
  /** Start of the first bar to load (ISO date or epoch ms). */
  since: string | number
  /** End, exclusive. Default: now. */
  until?: string | number
  /**
   * What to load beside the candles. Default: nothing.
   * - `openInterest`, `longShortRatio` at each bar's close: the last record up to then
   * - `funding` that is due in each bar
   * - `taker` buy volume, if the exchange's candles hold it (binanceusdm)
   * - `trades` taker buy volume, summed from single trades: slow, and for venues whose candles do not hold it
   * - `brackets` the exchange's leverage tiers, as `leverageTiers`
   */
  with?: readonly MarketExtra[]
}

export const exchangeOptions = defineOptions<ExchangeSource, 'until' | 'ccxt'>(DEFAULT_CALLER, {
  ...addressOptions,
  timeframe: required(duration()),
  since: required(moment),
  until: optional(moment),
  with: option([], listOf(oneOf(...EXTRAS))),
})

/** What a download works with; a store can replace the fetching of series. */
interface DownloadDependencies {
  fetch: FetchSeries
  retryPolicy: RetryPolicy
  /** The function that the user called, for errors about its options. */
  caller: string
}

/**
 * Downloads a perpetual from an exchange: candles and what `with` names, page by page at the exchange's own rate limit.
 * Duplicates and disorder are repaired, a bar still open by the exchange's clock is dropped, gaps stay gaps; `notes`
 * reports each. Ends as soon as the cell is interrupted. Properties that are no options of this source are ignored.
 *
 * @throws OptionError if an option is invalid, or the exchange does not serve what it names
 * @throws DataError if a row is malformed, or the exchange gives no usable response after all retries
 */
export async function downloadMarket(
  source: ExchangeSource,
  dependencies: Partial<DownloadDependencies> = {},
): Promise<Market> {
  const { retryPolicy = DEFAULT_RETRY_POLICY, caller = DEFAULT_CALLER } = dependencies
  const fetch = dependencies.fetch ?? ((request, onChunk, task) => fetchSeries(request, onChunk, task, retryPolicy))
  const task = currentTask()
  const options = exchangeOptions.resolve(exchangeOptions.pick(source), caller)
  const { exchange, symbol, timeframe, ccxt } = options
  const address = { exchange, symbol, caller, ...(ccxt !== undefined && { ccxt }) }
  const extras = new Set(options.with)
  const barMs = durationMs(timeframe, 'timeframe')
  const since = momentMs(options.since, 'since')
  const until = options.until === undefined ? Number.POSITIVE_INFINITY : momentMs(options.until, 'until')
  // A day, because this machine's clock may be off.
  if (since > Date.now() + DAY) throw invalidOption(caller, 'since', options.since, 'a time in the past')
  if (!(until > since)) throw invalidOption(caller, 'until', options.until, `a time after since (${formatTime(since)})`)

  const notes: string[] = []
  const load = async (kind: SeriesKind, step: string, from: number, to: number) => {
    const chunks: SeriesChunk[] = []
    const request = { ...address, kind, timeframe: step, since: from, until: to }
    const report = await fetch(request, chunk => void chunks.push(chunk), task)
    const series = joinChunks(chunks)
    const missing = describeMissing({
      kind,
      exchange,
      time: series.time,
      since: report.keptFrom ?? from,
      until: report.until,
      stepMs: kind === 'funding' ? null : durationMs(step),
    })
    notes.push(...[...report.notes, ...missing].filter(note => !notes.includes(note)))
    return { ...series, until: report.until }
  }

  const candles = await load('candles', timeframe, since, until)
  const { takerBuyVolume } = candles.columns
  const [first] = candles.time
  const last = candles.time.at(-1)
  if (first === undefined || last === undefined) {
    const end = until === Number.POSITIVE_INFINITY ? 'now' : formatTime(until)
    throw new DataError(
      `${exchange} has no finished ${timeframe} bars of ${symbol} from ${formatTime(since)} to ${end}`,
    )
  }
  const columns = { time: candles.time } as MarketColumns
  for (const field of CANDLE_FIELDS) columns[field] = columnOf(candles, field)
  if (takerBuyVolume) columns.takerBuyVolume = takerBuyVolume
  else if (extras.has('taker'))
    throw notServed(
      caller,
      'taker',
      exchange,
      `taker volume in its candles (with: ['trades'] sums it from single trades, if the exchange serves them)`,
      ['binanceusdm'],
    )

  const end = last + barMs
  if (extras.has('trades') && !takerBuyVolume) {
    const note = (text: string) => void notes.push(text)
    const trades = exchangeTrades({ ...address, since: first, until: end }, task, retryPolicy, caller, note)
    columns.takerBuyVolume = await sumTakerBuyVolume(trades, candles.time, barMs)
  }
  for (const kind of ['openInterest', 'longShortRatio'] as const) {
    if (!extras.has(kind)) continue
    const step = seriesStep(exchange, kind, timeframe)
    const stepMs = durationMs(step)
    // The record for the first bar's close may be older than its open.
    const series = toTimeSeries(await load(kind, step, first - stepMs, end + 1), kind)
    columns[kind] = valueAtClose(candles.time, barMs, series, 2 * Math.max(stepMs, barMs))
  }
  if (columns.openInterest) columns.openInterest = checkedOpenInterest(columns.openInterest, candles.time, notes)
  let funding: FundingEvents | undefined
  if (extras.has('funding')) {
    const series = toTimeSeries(await load('funding', timeframe, first, end), 'fundingRate')
    columns.fundingRate = fundingInBar(candles.time, barMs, series)
    funding = { time: series.time.map(fundingDueAt), rate: series.value }
  }

  const meta = { symbol, source: exchange, barMs, notes, ...(funding && { funding }) }
  if (!extras.has('brackets')) return createMarket(columns, meta)
  const connection = await connect(address, task, retryPolicy)
  const price = columns.close.at(-1) ?? Number.NaN
  return createMarket(columns, { ...meta, leverageTiers: await fetchLeverageTiers(connection, price, caller, task) })
}

function columnOf({ columns }: SeriesChunk, name: string): Float64Array {
  const column = columns[name]
  if (column === undefined) throw new Error(`The candles have no column ${name}`)
  return column
}

function toTimeSeries({ time, columns, until }: SeriesChunk & { until: number }, column: string): TimeSeries {
  return { time, value: columns[column] ?? new Float64Array(0), until }
}

/** The volume that takers bought in each bar. Memory does not grow with the number of trades. */
async function sumTakerBuyVolume(
  trades: AsyncIterable<TradeChunk>,
  barTime: Float64Array,
  barMs: number,
): Promise<Float64Array> {
  const out = new Float64Array(barTime.length)
  let bar = 0
  for await (const { time, amount, buy } of trades) {
    for (let i = 0; i < time.length; i++) {
      while (bar + 1 < barTime.length && time[i]! >= barTime[bar + 1]!) bar++
      if (buy[i] === 1 && time[i]! < barTime[bar]! + barMs) out[bar]! += amount[i]!
    }
  }
  return out
}

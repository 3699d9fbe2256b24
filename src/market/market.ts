/** The market type, and the checks that every market has passed. */

import { type ColumnTable, table } from 'arquero'
import { DAY, formatDuration, formatTime } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { isRecord } from '../common/json.ts'
import { countText } from '../common/number-text.ts'
import {
  anything,
  assertKnownOptions,
  defineOptions,
  listOf,
  numberThat,
  option,
  optional,
  required,
  text,
  trueOrFalse,
  valueThat,
} from '../common/options.ts'
import type { FundingEvents } from './funding.ts'
import { INSTRUMENT_KINDS, type Instrument } from './instrument.ts'
import type { LeverageTier } from './leverage-tier.ts'
import { recognizeInstrument } from './recognize-instrument.ts'
import type { LiquidationTruth } from './true-positions.ts'

/** Series of every market, in the column order of tables. */
export const CANDLE_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const

/**
 * Optional series of a market, NaN where there is no record:
 * - `takerBuyVolume` base coins bought by takers in the bar
 * - `openInterest` base coins open at the bar's close
 * - `longLiquidations`, `shortLiquidations` base coins liquidated in the bar
 * - `longShortRatio` long accounts / short accounts, at the bar's close
 * - `fundingRate` sum of the rates due from the bar's open to before its close, paid by longs to shorts; 0 where none was
 *   due. {@link MarketMeta.funding} has their own times
 */
export const FLOW_FIELDS = [
  'takerBuyVolume',
  'openInterest',
  'longLiquidations',
  'shortLiquidations',
  'longShortRatio',
  'fundingRate',
] as const

export type CandleField = (typeof CANDLE_FIELDS)[number]
export type FlowField = (typeof FLOW_FIELDS)[number]

export type MarketColumns = { time: Float64Array } & Record<CandleField, Float64Array> &
  Partial<Record<FlowField, Float64Array>>

export interface MarketMeta {
  /** ccxt's unified symbol, e.g. `BTC/USDT:USDT`. */
  symbol: string
  /** Where the data comes from, for display: a file name, an exchange, `synthetic`. */
  source: string
  /** Length of a bar in ms. Default: the most frequent step between two bars. */
  barMs?: number
  /** Whether the market is simulated. Default false. */
  synthetic?: boolean
  /** Findings and repairs while loading. Default: none. */
  notes?: readonly string[]
  /** The exchange's leverage tiers, lowest first. */
  leverageTiers?: readonly LeverageTier[]
  /** The contract. Default: as far as symbol and source name it. */
  instrument?: Instrument
  /** Each payment of funding at its own time. Default: those of `fundingRate`, due at the opens of the bars. */
  funding?: FundingEvents
}

/** Checks the option or field `instrument`. */
const instrumentCheck = valueThat(
  `an instrument with kind ${INSTRUMENT_KINDS.join(', ')}`,
  value => isRecord(value) && INSTRUMENT_KINDS.some(kind => kind === value.kind),
)

const metaOptions = defineOptions<MarketMeta, 'barMs' | 'leverageTiers' | 'instrument' | 'funding'>(
  'liq.createMarket',
  {
    symbol: required(text),
    source: required(text),
    barMs: optional(numberThat('a number of ms above 0', ms => ms > 0 && ms < Infinity)),
    synthetic: option(false, trueOrFalse),
    notes: option([], listOf(text)),
    leverageTiers: optional(listOf(anything)),
    instrument: optional(instrumentCheck),
    funding: optional(
      valueThat(
        'times and rates as Float64Arrays of one length',
        value =>
          isRecord(value) &&
          value.time instanceof Float64Array &&
          value.rate instanceof Float64Array &&
          value.time.length === value.rate.length,
      ),
    ),
  },
)

/**
 * The history of a perpetual future, bar by bar: open times in epoch ms UTC, prices in the quote currency, volume in base
 * coins. Bars are in order, without duplicates. A missing bar stays a gap and is never filled.
 */
export interface Market extends Readonly<MarketColumns> {
  readonly symbol: string
  readonly source: string
  /** e.g. `4h`. */
  readonly timeframe: string
  readonly barMs: number
  readonly length: number
  readonly synthetic: boolean
  readonly notes: readonly string[]
  /** The exchange's leverage tiers, lowest first, if they were requested. */
  readonly leverageTiers?: readonly LeverageTier[]
  /** What is traded: the contract, as far as it is known. */
  readonly instrument: Instrument
  /** Each payment of funding at its own time, in order, if they are known beyond `fundingRate`. */
  readonly funding?: FundingEvents
  /** Every position of a simulated market. */
  readonly truth?: LiquidationTruth
  /** All series as an arquero table; `time` as Date. */
  table(): ColumnTable
}

/**
 * Creates a market from columns and checks every value.
 *
 * @param meta the properties that columns do not hold, or a market to copy them from
 * @throws OptionError for an invalid `meta`
 * @throws DataError with the first invalid bar, field and value: different lengths, times that do not increase, prices that
 *   are not positive, a high below the low, open or close, a negative volume or open interest
 * @example liq.createMarket({ time, open, high, low, close, volume }, { symbol: 'BTC/USDT:USDT', source: 'my own' })
 */
export function createMarket(columns: MarketColumns, meta: MarketMeta | Market): Market {
  if (!isMarket(meta)) assertKnownOptions(meta, metaOptions.names, 'liq.createMarket')
  const { symbol, source, synthetic, notes, leverageTiers, funding, ...rest } = metaOptions.resolve(
    metaOptions.pick(meta),
  )
  checkColumns(columns)
  const barMs = rest.barMs ?? commonStep(columns.time)
  const gaps = describeGaps(columns.time, barMs)
  return {
    ...columns,
    symbol,
    source,
    timeframe: formatDuration(barMs),
    barMs,
    length: columns.time.length,
    synthetic,
    notes: [...notes, ...(gaps ? [gaps] : [])],
    ...(leverageTiers && { leverageTiers }),
    instrument: rest.instrument ?? recognizeInstrument({ symbols: [symbol], exchange: source }),
    ...(funding && { funding }),
    table: () => marketTable(columns),
  }
}

function marketTable(columns: MarketColumns): ColumnTable {
  const data: Record<string, ArrayLike<unknown>> = { time: Array.from(columns.time, ms => new Date(ms)) }
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) if (columns[field]) data[field] = columns[field]
  return table(data as Parameters<typeof table>[0])
}

function checkColumns(columns: MarketColumns): void {
  const { time } = columns
  if (time.length === 0) throw new DataError('The market has no bars: the table is empty')
  checkValues(columns)
  for (let i = 1; i < time.length; i++) {
    if (time[i]! > time[i - 1]!) continue
    const fault = time[i] === time[i - 1] ? 'occurs twice' : 'is before the row above'
    throw new DataError(
      `Row ${i + 1}, time: ${formatTime(time[i]!)} ${fault}; bars must be in order of time, each once`,
    )
  }
}

/**
 * Checks each value of some bars, regardless of their order.
 * @throws DataError with the first invalid row, field and value
 */
export function checkValues(columns: MarketColumns): void {
  const n = columns.time.length
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const length = columns[field]?.length
    if (length !== undefined && length !== n)
      throw new DataError(
        `${field}: has ${countText(length, 'value')}, but there ${n === 1 ? 'is' : 'are'} ${countText(n, 'bar')}`,
      )
  }
  const { time, open, high, low, close, volume } = columns
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(time[i])) fail(i, 'time', time[i], 'a date')
    if (!(open[i]! > 0 && open[i]! < Infinity)) fail(i, 'open', open[i], 'a price above 0')
    if (!(high[i]! > 0 && high[i]! < Infinity)) fail(i, 'high', high[i], 'a price above 0')
    if (!(low[i]! > 0 && low[i]! < Infinity)) fail(i, 'low', low[i], 'a price above 0')
    if (!(close[i]! > 0 && close[i]! < Infinity)) fail(i, 'close', close[i], 'a price above 0')
    if (high[i]! < low[i]!) fail(i, 'high', high[i], `at least the low ${low[i]}`)
    if (open[i]! > high[i]! || open[i]! < low[i]!) fail(i, 'open', open[i], `within low ${low[i]} and high ${high[i]}`)
    if (close[i]! > high[i]! || close[i]! < low[i]!)
      fail(i, 'close', close[i], `within low ${low[i]} and high ${high[i]}`)
    if (!(volume[i]! >= 0 && volume[i]! < Infinity)) fail(i, 'volume', volume[i], 'a number of 0 or more')
  }
  for (const field of FLOW_FIELDS) {
    const values = columns[field]
    if (!values) continue
    const signed = field === 'fundingRate'
    for (let i = 0; i < n; i++) {
      const value = values[i]!
      if (value === Infinity || value === -Infinity || (!signed && value < 0))
        fail(i, field, value, signed ? 'a finite number or empty' : 'a number of 0 or more, or empty')
    }
  }
  const taker = columns.takerBuyVolume
  // Tolerance, as some venues round the two columns separately.
  if (taker)
    for (let i = 0; i < n; i++)
      if (taker[i]! > volume[i]! * (1 + 1e-6)) fail(i, 'takerBuyVolume', taker[i], `at most the volume ${volume[i]}`)
}

function fail(bar: number, field: string, value: unknown, expected: string): never {
  throw new DataError(`Row ${bar + 1}, ${field}: ${quoteValue(value)}, but expected ${expected}`)
}

/** The most frequent difference between neighbouring times; of equally frequent ones the smaller. */
export function commonStep(time: Float64Array): number {
  if (time.length < 2) throw new DataError('One bar alone does not determine its length: set timeframe, e.g. "1h"')
  const counts = new Map<number, number>()
  for (let i = 1; i < time.length; i++) {
    const step = time[i]! - time[i - 1]!
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  let common = 0
  let maxCount = 0
  for (const [step, count] of counts) {
    if (count > maxCount || (count === maxCount && step < common)) {
      common = step
      maxCount = count
    }
  }
  return common
}

/** The data behind a result in one line: `BTC/USDT:USDT 1h, binanceusdm`. */
export function describeMarket({ symbol, timeframe, source, synthetic }: Market): string {
  return `${symbol} ${timeframe}, ${source}${synthetic ? ' (not a real market)' : ''}`
}

/**
 * Guards public functions, which a cell may call with any value.
 * @throws DataError with the function and the value
 */
export function assertMarket(value: unknown, caller: string): asserts value is Market {
  if (isMarket(value)) return
  throw new DataError(`${caller} expects a market, as liq.market returns it, but got ${otherValue(value)}`)
}

function otherValue(value: unknown): string {
  if (value instanceof Promise) return 'a Promise: write `await liq.market(…)`'
  if (typeof value !== 'string') return quoteValue(value)
  return `${quoteValue(value)}. Load it first: await liq.market({ file: ${quoteValue(value)} })`
}

export function isMarket(value: unknown): value is Market {
  const market = value as Partial<Market> | null | undefined
  return market?.time instanceof Float64Array && typeof market.symbol === 'string'
}

/** A market's notes for a market derived from it, without the note on gaps: the derived market describes its own. */
export function inheritedNotes(market: Market): string[] {
  return market.notes.filter(note => !/missing in \d+ gap/.test(note))
}

/**
 * One sentence on missing bars; null if there are none.
 * @throws DataError for bars closer together than a bar is long
 */
function describeGaps(time: Float64Array, barMs: number): string | null {
  let gaps = 0
  let missing = 0
  let first = -1
  for (let i = 1; i < time.length; i++) {
    const step = time[i]! - time[i - 1]!
    if (step < barMs) {
      throw new DataError(
        `Row ${i + 1}, time: ${formatTime(time[i]!)} comes ${formatDuration(step)} after the row above, but a bar lasts ${formatDuration(barMs)}`,
      )
    }
    if (step > barMs) {
      if (first < 0) first = i - 1
      gaps++
      missing += Math.round(step / barMs) - 1
    }
  }
  if (gaps === 0) return null
  const days = (missing * barMs) / DAY
  const span = days >= 2 ? ` (${days.toFixed(1)} days)` : ''
  const bars = missing === 1 ? 'bar is' : 'bars are'
  return `${missing} ${bars} missing in ${countText(gaps, 'gap')}${span}, the first after ${formatTime(time[first]!)}; gaps are not filled`
}

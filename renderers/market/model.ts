/** The unpacked market: its series by candle, in parts of different detail. */
import { candleLength } from '../../src/common/candle-length.ts'
import { barOpen } from '../../src/common/duration.ts'
import { type Candles, firstEndingAfter } from '../plot/candles.ts'
import type { History } from '../plot/spans.ts'
import type { Span } from '../plot/time-span.ts'
import type { Header } from './payload.ts'

/** Candles and what else is known by candle; NaN where nothing is on record, null where the market has no such series. */
export interface Series {
  candles: Candles
  /** Length of a full candle. */
  candleMs: number
  /** Coins. */
  volume: Float32Array
  openInterest: Float32Array | null
  /** Sum of the rates due. */
  funding: Float32Array | null
  /** USD on record; the side that has none is empty. */
  recorded: { long: Float32Array; short: Float32Array } | null
}

export interface MarketModel {
  header: Header
  whole: Series
  /** The newest bars one by one, where the whole is coarser. */
  recent: Series | null
  /** What the kernel has sent of the span in sight. */
  detail: Series | null
}

export function historyOf({ header, whole }: MarketModel): History {
  const { time, end } = whole.candles
  return { timeFrom: time[0]!, timeTo: end[end.length - 1]!, barMs: header.barMs }
}

/** The finest part that has all of a span. */
export function partFor({ detail, recent, whole }: MarketModel, span: Span): Series {
  const parts = [detail, recent].filter(part => part !== null && contains(part, span)) as Series[]
  return parts.reduce((best, part) => (part.candleMs < best.candleMs ? part : best), whole)
}

function contains({ candles: { time, end } }: Series, [from, to]: Span): boolean {
  return time[0]! <= from && end[end.length - 1]! >= to
}

/** Narrower candles cannot be read. */
const MIN_CANDLE_PX = 4

/**
 * The candles of a span, combined so that each has at least {@link MIN_CANDLE_PX}: highs and lows of prices, the last open
 * interest, sums of all else. Which candles are combined does not depend on where the span begins, so nothing flickers in a pan.
 */
export function seriesIn(part: Series, [from, to]: Span, pixels: number): Series {
  const { candles, candleMs } = part
  const { time, end } = candles
  const length = candleLength(((to - from) * MIN_CANDLE_PX) / pixels, candleMs)
  const numberOf = (k: number) => barOpen(time[k]!, length)
  let first = firstEndingAfter(end, from)
  while (first > 0 && numberOf(first - 1) === numberOf(first)) first--
  const starts: number[] = []
  let k = first
  for (; k < time.length; k++) {
    if (k > first && numberOf(k) === numberOf(k - 1)) continue
    if (time[k]! >= to) break
    starts.push(k)
  }
  return combine(part, [...starts, k], length)
}

/** The candles from each start to before the next one as one; the last entry is the end. */
function combine(part: Series, starts: readonly number[], candleMs: number): Series {
  const count = starts.length - 1
  const { time, end, open, high, low, close } = part.candles
  const column = (values: Float32Array, reduce: (values: Float32Array) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, k) => reduce(values.subarray(starts[k]!, starts[k + 1]!)))
  const first = (values: Float32Array) => values[0]!
  const last = (values: Float32Array) => values[values.length - 1]!
  const sums = (values: Float32Array | null) => values && column(values, sum)
  return {
    candles: {
      time: Float64Array.from({ length: count }, (_, k) => time[starts[k]!]!),
      end: Float64Array.from({ length: count }, (_, k) => end[starts[k + 1]! - 1]!),
      open: column(open, first),
      high: column(high, values => values.reduce((a, b) => Math.max(a, b))),
      low: column(low, values => values.reduce((a, b) => Math.min(a, b))),
      close: column(close, last),
    },
    candleMs,
    volume: column(part.volume, sum),
    openInterest: part.openInterest && column(part.openInterest, latest),
    funding: sums(part.funding),
    recorded: part.recorded && { long: sums(part.recorded.long)!, short: sums(part.recorded.short)! },
  }
}

/** Of the values on record; NaN where none is. */
function sum(values: Float32Array): number {
  let total = Number.NaN
  for (const value of values) if (!Number.isNaN(value)) total = Number.isNaN(total) ? value : total + value
  return total
}

const latest = (values: Float32Array): number => values.findLast(value => !Number.isNaN(value)) ?? Number.NaN

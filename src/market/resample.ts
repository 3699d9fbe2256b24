import { barOpen, formatDuration, formatTime } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type FlowField,
  type Market,
  type MarketColumns,
  notesToKeep,
} from './market.ts'

/**
 * How a longer bar takes over a series:
 * - `all` the sum, where every bar has a value; a part of the taker volume beside the whole volume would tell a wrong share
 * - `sum` the sum of the records there are
 * - `last` the last record inside the bar, as states are known at its close
 */
const RULES: Record<FlowField, 'all' | 'sum' | 'last'> = {
  takerBuyVolume: 'all',
  longLiquidations: 'sum',
  shortLiquidations: 'sum',
  fundingRate: 'sum',
  openInterest: 'last',
  longShortRatio: 'last',
}

/**
 * The same market in longer bars, aligned as exchanges align them (UTC days, weeks from Monday; other lengths count from the
 * epoch). A first or last bar that the data covers only in part is dropped and noted; a bar with a gap inside keeps what there is.
 * What a bar holds depends on the bars inside it alone.
 *
 * @throws DataError when the new timeframe is not a whole multiple of the market's, or its bars would cut the market's in two
 */
export function resample(market: Market, barMs: number): Market {
  if (barMs === market.barMs) return market
  if (barMs < market.barMs || barMs % market.barMs !== 0) {
    throw new DataError(
      `timeframe: the data has ${market.timeframe} bars, which cannot be turned into ${formatDuration(barMs)} bars`,
    )
  }
  const { from, to } = fullBars(market, barMs)
  const starts: number[] = []
  let open = Number.NaN
  for (let i = from; i < to; i++) {
    const next = barOpen(market.time[i]!, barMs)
    if (market.time[i]! + market.barMs > next + barMs)
      throw new DataError(
        `timeframe: the ${market.timeframe} bar of ${formatTime(market.time[i]!)} is cut in two by the ${formatDuration(barMs)} bars, which begin at ${formatTime(next)}. Are its times in another zone, or those of the close?`,
      )
    if (next !== open) starts.push(i)
    open = next
  }
  const columns = together(market, barMs, starts, to)
  const dropped = from + (market.length - to)
  const notes = notesToKeep(market)
  if (dropped > 0) {
    notes.push(
      `${dropped} ${market.timeframe} bars at the ends do not fill a ${formatDuration(barMs)} bar and were left out; the first full bar opens ${formatTime(columns.time[0]!)}`,
    )
  }
  return createMarket(columns, { ...market, barMs, notes })
}

/** The bars that lie in longer bars which begin and end within the data. */
function fullBars(market: Market, barMs: number): { from: number; to: number } {
  const { time, length } = market
  let from = 0
  if (time[0] !== barOpen(time[0]!, barMs)) {
    const firstOpen = barOpen(time[0]!, barMs) + barMs
    while (from < length && time[from]! < firstOpen) from++
  }
  let to = length
  const lastOpen = barOpen(time[length - 1]!, barMs)
  if (time[length - 1]! + market.barMs < lastOpen + barMs) while (to > from && time[to - 1]! >= lastOpen) to--
  if (to <= from) throw new DataError(`timeframe: the data does not fill one bar of ${formatDuration(barMs)}`)
  return { from, to }
}

function together(market: Market, barMs: number, starts: readonly number[], to: number): MarketColumns {
  const n = starts.length
  const columns = { time: new Float64Array(n) } as MarketColumns
  for (const field of CANDLE_FIELDS) columns[field] = new Float64Array(n)
  for (const field of FLOW_FIELDS) if (market[field]) columns[field] = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    const a = starts[k]!
    const b = k + 1 < n ? starts[k + 1]! : to
    columns.time[k] = barOpen(market.time[a]!, barMs)
    columns.open[k] = market.open[a]!
    columns.close[k] = market.close[b - 1]!
    let high = market.high[a]!
    let low = market.low[a]!
    let volume = 0
    for (let i = a; i < b; i++) {
      if (market.high[i]! > high) high = market.high[i]!
      if (market.low[i]! < low) low = market.low[i]!
      volume += market.volume[i]!
    }
    columns.high[k] = high
    columns.low[k] = low
    columns.volume[k] = volume
    for (const field of FLOW_FIELDS) {
      const series = market[field]
      if (series) columns[field]![k] = inOne(series, a, b, RULES[field])
    }
  }
  return columns
}

function inOne(series: Float64Array, from: number, to: number, rule: 'all' | 'sum' | 'last'): number {
  let result = Number.NaN
  for (let i = from; i < to; i++) {
    const value = series[i]!
    if (Number.isNaN(value)) {
      if (rule === 'all') return Number.NaN
    } else result = rule === 'last' || Number.isNaN(result) ? value : result + value
  }
  return result
}

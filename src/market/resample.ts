/** Longer bars from shorter ones. */

import { barOpen, formatDuration, formatTime } from '../common/duration.ts'
import { DataError, OptionError } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { fundingEvents } from './funding.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type FlowField,
  inheritedNotes,
  type Market,
  type MarketColumns,
} from './market.ts'

/**
 * How a longer bar aggregates a series:
 * - `sumOfAll` the sum; NaN unless every bar has a value, as a partial taker volume would give a wrong share of the volume
 * - `sum` the sum of the recorded values
 * - `last` the last recorded value, for states known at the close
 */
type Aggregation = 'sumOfAll' | 'sum' | 'last'

const AGGREGATION: Record<FlowField, Aggregation> = {
  takerBuyVolume: 'sumOfAll',
  longLiquidations: 'sum',
  shortLiquidations: 'sum',
  fundingRate: 'sum',
  openInterest: 'last',
  longShortRatio: 'last',
}

/**
 * The same market in longer bars, aligned as on exchanges (UTC days, weeks from Monday; other lengths count from the epoch). A
 * first or last bar that the data covers only partly is dropped, with a note. A bar with a gap inside is kept. A bar depends
 * only on the bars inside it.
 *
 * @param caller the public function, for the error
 * @throws OptionError if the new timeframe is not a multiple of the market's
 * @throws DataError if the new bars would split a bar of the market, or the data does not fill one of them
 */
export function resample(market: Market, barMs: number, caller = 'liq.resample'): Market {
  if (barMs === market.barMs) return market
  if (barMs < market.barMs || barMs % market.barMs !== 0) {
    throw new OptionError(
      `${caller}: timeframe: ${formatDuration(barMs)}, but expected a multiple of ${market.timeframe}, the length of the market's bars`,
    )
  }
  const { from, to } = fullBars(market, barMs, caller)
  const starts: number[] = []
  let open = Number.NaN
  for (let i = from; i < to; i++) {
    const next = barOpen(market.time[i]!, barMs)
    if (market.time[i]! + market.barMs > next + barMs)
      throw new DataError(
        `${caller}: timeframe: the ${market.timeframe} bar of ${formatTime(market.time[i]!)} is split by the ${formatDuration(barMs)} bars, which open at ${formatTime(next)}. Are its times in another time zone, or close times?`,
      )
    if (next !== open) starts.push(i)
    open = next
  }
  const columns = aggregateBars(market, barMs, starts, to)
  const dropped = from + (market.length - to)
  const notes = inheritedNotes(market)
  if (dropped > 0) {
    notes.push(
      `${countText(dropped, `${market.timeframe} bar`)} at the ends ${dropped === 1 ? 'does' : 'do'} not fill a ${formatDuration(barMs)} bar and ${dropped === 1 ? 'was' : 'were'} dropped; the first full bar opens ${formatTime(columns.time[0]!)}`,
    )
  }
  const funding = fundingEvents(market)
  return createMarket(columns, { ...market, barMs, notes, ...(funding && { funding }) })
}

/** Range of the bars that belong to longer bars fully covered by the data. */
function fullBars(market: Market, barMs: number, caller: string): { from: number; to: number } {
  const { time, length } = market
  let from = 0
  if (time[0] !== barOpen(time[0]!, barMs)) {
    const firstOpen = barOpen(time[0]!, barMs) + barMs
    while (from < length && time[from]! < firstOpen) from++
  }
  let to = length
  const lastOpen = barOpen(time[length - 1]!, barMs)
  if (time[length - 1]! + market.barMs < lastOpen + barMs) while (to > from && time[to - 1]! >= lastOpen) to--
  if (to <= from)
    throw new DataError(`${caller}: timeframe: the data does not fill one bar of ${formatDuration(barMs)}`)
  return { from, to }
}

function aggregateBars(market: Market, barMs: number, starts: readonly number[], to: number): MarketColumns {
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
      if (series) columns[field]![k] = aggregateValues(series, a, b, AGGREGATION[field])
    }
  }
  return columns
}

function aggregateValues(series: Float64Array, from: number, to: number, rule: Aggregation): number {
  let result = Number.NaN
  for (let i = from; i < to; i++) {
    const value = series[i]!
    if (Number.isNaN(value)) {
      if (rule === 'sumOfAll') return Number.NaN
    } else result = rule === 'last' || Number.isNaN(result) ? value : result + value
  }
  return result
}

/** Tells whether two markets have the same bars. */

import { formatTime } from '../common/duration.ts'
import { countText } from '../common/number-text.ts'
import type { Market } from './market.ts'

/** The properties that identify a market's bars. */
export type Bars = Pick<Market, 'symbol' | 'timeframe' | 'length' | 'time' | 'close'>

/**
 * Describes where the bars of two markets differ, as a phrase after "built from"; undefined if symbol, times and closes are
 * equal. Other series (flow, funding) may differ.
 */
export function describeBarDifference(one: Bars, other: Bars): string | undefined {
  if (one.symbol !== other.symbol) return `${one.symbol}, but this market is ${other.symbol}`
  if (one.timeframe !== other.timeframe) return `${one.timeframe} bars, but this market has bars of ${other.timeframe}`
  if (one.length !== other.length)
    return `a market of ${countText(one.length, 'bar')}, but this one has ${other.length}`
  const time = firstDifference(one.time, other.time)
  if (time >= 0)
    return `bars at other times: bar ${time} is at ${formatTime(one.time[time]!)} there, and at ${formatTime(other.time[time]!)} here`
  const bar = firstDifference(one.close, other.close)
  if (bar < 0) return undefined
  return `other prices: the close at ${formatTime(one.time[bar]!)} is ${one.close[bar]} there, and ${other.close[bar]} here`
}

function firstDifference(a: Float64Array, b: Float64Array): number {
  if (a !== b) for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return -1
}

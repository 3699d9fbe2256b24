import { DAY, WEEK } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'

/** Falls of an equity curve from its peaks. */
export interface Drawdowns {
  /** Depth of each fall as a fraction of its peak, and its length from the peak to the recovery (or the end) in ms. */
  depth: number[]
  lengthMs: number[]
  /** The deepest of all, 0 without one. */
  max: number
  /** The highest value. */
  peak: number
  /** Root of the mean square of the depth over all bars (Martin & McCann 1989), as a fraction. */
  ulcer: number
}

/** One pass over the curve; a fall begins at the last bar on the peak and ends with the first bar back on it. */
export function drawdowns(time: Float64Array, equity: Float64Array): Drawdowns {
  const depth: number[] = []
  const lengthMs: number[] = []
  let peak = -Infinity
  let top = 0
  let deepest = 0
  let max = 0
  let squares = 0
  const end = (t: number) => {
    if (t > top + 1) {
      depth.push(deepest)
      lengthMs.push(time[t]! - time[top]!)
    }
    top = t
    deepest = 0
  }
  for (let t = 0; t < equity.length; t++) {
    const value = equity[t]!
    if (value >= peak) {
      peak = value
      end(t)
      continue
    }
    const fall = 1 - value / peak
    if (fall > deepest) deepest = fall
    if (fall > max) max = fall
    squares += fall * fall
  }
  const last = equity.length - 1
  if (last > top) end(last)
  return { depth, lengthMs, max, peak, ulcer: equity.length > 0 ? Math.sqrt(squares / equity.length) : 0 }
}

/** Largest fall from a peak, as a fraction of the peak. */
export function maxDrawdown(equity: ArrayLike<number>): number {
  let peak = -Infinity
  let worst = 0
  for (let t = 0; t < equity.length; t++) {
    if (equity[t]! > peak) peak = equity[t]!
    worst = Math.max(worst, (peak - equity[t]!) / peak)
  }
  return worst
}

/** Returns of the equity by UTC day (by bar where bars are weeks or longer), and how many of them make a year. */
export interface PeriodReturns {
  returns: Float64Array
  perYear: number
}

const CACHE = new WeakMap<Float64Array, { ends: Uint32Array; perYear: number }>()

/** The change from each day's last close to the next day's; days without a bar are left out. */
export function periodReturns({ time, barMs }: Market, equity: Float64Array): PeriodReturns {
  let periods = CACHE.get(time)
  if (!periods) {
    periods = periodsOf(time, barMs)
    CACHE.set(time, periods)
  }
  const { ends, perYear } = periods
  const returns = new Float64Array(Math.max(0, ends.length - 1))
  for (let i = 0; i < returns.length; i++) returns[i] = equity[ends[i + 1]!]! / equity[ends[i]!]! - 1
  return { returns, perYear }
}

/** Last bar of each period. Days of a market that trades on weekends are 365 a year, else 252, as backtesting.py has it. */
function periodsOf(time: Float64Array, barMs: number): { ends: Uint32Array; perYear: number } {
  const n = time.length
  if (barMs >= WEEK) return { ends: Uint32Array.from({ length: n }, (_, t) => t), perYear: (365.25 * DAY) / barMs }
  const ends: number[] = []
  let weekends = 0
  for (let t = 0; t < n; t++) {
    const day = Math.floor(time[t]! / DAY)
    // The epoch was a Thursday, so days 2 and 3 of the week that it begins are Saturday and Sunday.
    if (day % 7 === 2 || day % 7 === 3) weekends++
    if (t === n - 1 || Math.floor(time[t + 1]! / DAY) !== day) ends.push(t)
  }
  return { ends: Uint32Array.from(ends), perYear: weekends / n > (2 / 7) * 0.6 ? 365 : 252 }
}

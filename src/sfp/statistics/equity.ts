/** Drawdowns and period returns of an equity curve. */
import { DAY, WEEK } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'

/** The drawdowns of an equity curve. */
interface Drawdowns {
  /** Depth of each drawdown as a fraction of its peak, and its length from the peak to the recovery (or the end) in ms. */
  depth: number[]
  lengthMs: number[]
  /** The deepest one; 0 if there is none. */
  max: number
  /** The highest equity. */
  peak: number
  /** Ulcer index: root mean square of the depth over all bars (Martin & McCann 1989), as a fraction. */
  ulcer: number
}

/** One pass over the curve. A drawdown begins at the last bar on the peak and ends with the first bar back on it. */
export function drawdowns(time: Float64Array, equity: Float64Array): Drawdowns {
  const depth: number[] = []
  const lengthMs: number[] = []
  let peak = -Infinity
  let peakBar = 0
  let deepest = 0
  let max = 0
  let squares = 0
  const end = (t: number) => {
    if (t > peakBar + 1) {
      depth.push(deepest)
      lengthMs.push(time[t]! - time[peakBar]!)
    }
    peakBar = t
    deepest = 0
  }
  for (let t = 0; t < equity.length; t++) {
    const value = equity[t]!
    if (value >= peak) {
      peak = value
      end(t)
      continue
    }
    const drawdown = 1 - value / peak
    if (drawdown > deepest) deepest = drawdown
    if (drawdown > max) max = drawdown
    squares += drawdown * drawdown
  }
  end(equity.length - 1)
  return { depth, lengthMs, max, peak, ulcer: equity.length > 0 ? Math.sqrt(squares / equity.length) : 0 }
}

/** Returns of the equity by UTC day (by bar where bars are a week or longer), and the number of them in a year. */
interface PeriodReturns {
  returns: Float64Array
  perYear: number
}

const CACHE = new WeakMap<Float64Array, { ends: Uint32Array; perYear: number }>()

/** Returns from each day's last close to the next day's; days without a bar are skipped. */
export function periodReturns({ time, barMs }: Pick<Market, 'time' | 'barMs'>, equity: Float64Array): PeriodReturns {
  let periods = CACHE.get(time)
  if (!periods) {
    periods = findPeriods(time, barMs)
    CACHE.set(time, periods)
  }
  const { ends, perYear } = periods
  const returns = new Float64Array(Math.max(0, ends.length - 1))
  for (let i = 0; i < returns.length; i++) returns[i] = equity[ends[i + 1]!]! / equity[ends[i]!]! - 1
  return { returns, perYear }
}

/** Last bar of each period. A market that trades on weekends has 365 days a year, others 252, as in backtesting.py. */
function findPeriods(time: Float64Array, barMs: number): { ends: Uint32Array; perYear: number } {
  const n = time.length
  if (barMs >= WEEK) return { ends: Uint32Array.from({ length: n }, (_, t) => t), perYear: (365.25 * DAY) / barMs }
  const ends: number[] = []
  let weekends = 0
  for (let t = 0; t < n; t++) {
    const day = Math.floor(time[t]! / DAY)
    // The epoch was a Thursday, so days 2 and 3 of each week counted from it are Saturday and Sunday.
    if (day % 7 === 2 || day % 7 === 3) weekends++
    if (t === n - 1 || Math.floor(time[t + 1]! / DAY) !== day) ends.push(t)
  }
  return { ends: Uint32Array.from(ends), perYear: weekends / n > (2 / 7) * 0.6 ? 365 : 252 }
}

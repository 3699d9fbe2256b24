/** What is left of a backtest's result at larger sizes. */
import { mean } from '../stats/descriptive.ts'
import type { Backtest } from './backtest.ts'
import type { BacktestOptions } from './backtest-options.ts'
import type { ImpactOptions } from './impact.ts'
import { tradeReturn } from './statistics/performance.ts'

/** The results of one size. */
export interface CapacityRow {
  /** USD per trade. */
  size: number
  trades: number
  /** Mean net result of a trade in % of its notional, and in multiples of its risk. */
  expectancy: number
  meanR: number
  /** USD. */
  net: number
  /** What the impact costs: the expectancy without it less that with it, in % of the notional. */
  impact: number
}

export interface CapacityCurve {
  rows: readonly CapacityRow[]
  /** USD per trade at which the expectancy reaches 0: 0 when it is not above 0 at any size, Infinity when it is at {@link MAX_SIZE}. */
  zeroAt: number
}

/** Backtests the same signals with other options. */
export type Rerun = (changes: BacktestOptions) => Backtest

/** The largest size that is tried: more than a perpetual trades in a day. */
export const MAX_SIZE = 1e11
const MIN_SIZE = 1
/** Halvings of the logarithm of the size: the answer is exact to 0.01 %. */
const STEPS = 18

/** Results at the given sizes, and the size at which nothing is left. */
export function capacityCurve(rerun: Rerun, impact: true | ImpactOptions, sizes: readonly number[]): CapacityCurve {
  const free = expectancyOf(at(rerun, false, MIN_SIZE))
  const rows = sizes.map(size => {
    const { trades } = at(rerun, impact, size)
    const expectancy = expectancyOf({ trades })
    return {
      size,
      trades: trades.length,
      expectancy,
      meanR: mean(trades.map(trade => trade.r)),
      net: trades.reduce((sum, trade) => sum + trade.net, 0),
      impact: free - expectancy,
    }
  })
  return { rows, zeroAt: breakEvenSize(rerun, impact) }
}

/** The size at which the expectancy reaches 0, see {@link CapacityCurve.zeroAt}. NaN without a trade. */
export function breakEvenSize(rerun: Rerun, impact: true | ImpactOptions): number {
  const expectancy = (size: number) => expectancyOf(at(rerun, impact, size))
  const smallest = expectancy(MIN_SIZE)
  if (!(smallest > 0)) return Number.isNaN(smallest) ? Number.NaN : 0
  if (expectancy(MAX_SIZE) > 0) return Infinity
  let [low, high] = [Math.log(MIN_SIZE), Math.log(MAX_SIZE)]
  for (let k = 0; k < STEPS; k++) {
    const middle = (low + high) / 2
    if (expectancy(Math.exp(middle)) > 0) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}

/** Every trade has the same size, and an account that no loss of it ruins. */
function at(rerun: Rerun, impact: boolean | ImpactOptions, size: number): Backtest {
  return rerun({ impact, size: { notional: size }, equity: 1e6 * Math.max(1, size) })
}

function expectancyOf({ trades }: Pick<Backtest, 'trades'>): number {
  return 100 * mean(trades.map(tradeReturn))
}

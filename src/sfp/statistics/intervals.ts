/** Intervals of ratios, by expanded percentiles of a block bootstrap. */
import { blockLength } from '../../stats/block-length.ts'
import { bootstrap, clusterSums, type Interval } from '../../stats/bootstrap.ts'
import { geometricMean, variance } from '../../stats/descriptive.ts'
import { gainLoss } from './ratios.ts'

/**
 * 95 % interval of {@link gainLoss}. Its upper bound is infinite where too many resamples have no loss.
 * @param clusters sizes of runs of neighbouring returns that are drawn together. Default: each alone
 */
export function profitFactorInterval(returns: Float64Array, clusters?: ArrayLike<number>): Interval {
  const part = (values: Float64Array) => (clusters ? clusterSums(values, clusters) : values)
  const gain = part(returns.map(value => Math.max(0, value)))
  const loss = part(returns.map(value => Math.max(0, -value)))
  const { profitFactor } = bootstrap(
    gain.length,
    indices => {
      let gains = 0
      let losses = 0
      for (let i = 0; i < indices.length; i++) {
        gains += gain[indices[i]!]!
        losses += loss[indices[i]!]!
      }
      return { profitFactor: gains / losses }
    },
    { block: blockLength(part(returns)) },
  )
  const observed = gainLoss(returns)
  // Without a gain or without a loss, no resample says how far off the ratio may be.
  const bounded = observed > 0
  return {
    mean: observed,
    low: bounded ? profitFactor.low : Number.NaN,
    high: bounded ? profitFactor.high : Number.NaN,
  }
}

/** Annual return in %, and annual return / annual volatility, of returns by period. */
export function annualFigures(returns: Float64Array, perYear: number): { sharpe: number; annualReturnPct: number } {
  const daily = geometricMean(returns)
  const growth = (1 + daily) ** perYear
  const volatility = Math.sqrt((variance(returns) + (1 + daily) ** 2) ** perYear - growth ** 2)
  return { sharpe: volatility > 0 ? (growth - 1) / volatility : Number.NaN, annualReturnPct: 100 * (growth - 1) }
}

/**
 * 95 % intervals of {@link annualFigures}, with blocks of the automatic length. Days without a result say little of how far off the
 * figures may be: below ten days with one there is no interval.
 */
export function returnIntervals(returns: Float64Array, perYear: number) {
  const drawn = new Float64Array(returns.length)
  return bootstrap(
    returns.length,
    indices => {
      for (let i = 0; i < indices.length; i++) drawn[i] = returns[indices[i]!]!
      return annualFigures(drawn, perYear)
    },
    { block: blockLength(returns), informative: returns.reduce((count, value) => count + Number(value !== 0), 0) },
  )
}

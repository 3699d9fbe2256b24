/** The deflated Sharpe ratio: how likely the best of many trials has skill. */
import { invalidOption } from '../../common/options.ts'
import { mean, variance } from '../../stats/descriptive.ts'
import { normalCdf, normalQuantile } from '../../stats/normal.ts'
import type { Sequence } from './outcomes.ts'

export interface DeflatedSharpe {
  /** Sharpe ratio by period (not annualised). */
  sharpe: number
  /** Expected maximum of the trials' Sharpe ratios if none had skill. */
  expectedMaximum: number
  /** Probability that the true Sharpe ratio is above 0, given the number of trials. */
  probability: number
  trials: number
}

/** The Euler–Mascheroni constant. */
const GAMMA = 0.5772156649015329

/**
 * Expected maximum of the Sharpe ratios of n independent trials without skill, given the variance V of the ratios:
 * √V · ((1 − γ) Φ⁻¹(1 − 1/n) + γ Φ⁻¹(1 − 1/(n e))) (Bailey & López de Prado 2014, Journal of Portfolio Management 40(5), eq. 1).
 */
export function expectedMaximumSharpe(trials: number, sharpeVariance: number): number {
  if (trials < 2) return 0
  const quantile = normalQuantile(1 - 1 / trials)
  const farQuantile = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(sharpeVariance) * ((1 - GAMMA) * quantile + GAMMA * farQuantile)
}

/**
 * Probability that a Sharpe ratio is above `benchmark`, from the length, skewness and kurtosis of the returns
 * (Bailey & López de Prado 2012, Journal of Risk 15(2)): Φ((SR − SR*) √(T − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 · SR²)). All by period.
 */
export function probabilisticSharpe(
  sharpe: number,
  benchmark: number,
  { length, skewness, kurtosis }: { length: number; skewness: number; kurtosis: number },
): number {
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2
  return normalCdf(((sharpe - benchmark) * Math.sqrt(length - 1)) / Math.sqrt(spread))
}

/**
 * Deflated Sharpe ratio of the best of many trials (Bailey & López de Prado 2014, eq. 2): the probabilistic Sharpe ratio against the
 * expected maximum of as many trials without skill. Correlated trials count as independent, so the result is conservative.
 *
 * @param trials returns by period of every trial
 * @param best index of the best trial
 * @throws OptionError when there is no such trial
 */
export function deflatedSharpe(trials: Sequence<ArrayLike<number>>, best: number): DeflatedSharpe {
  const returns = Number.isInteger(best) && best >= 0 ? trials.at(best) : undefined
  if (!returns)
    throw invalidOption(
      'sweep.deflatedSharpe',
      'variant',
      best,
      `0 to ${trials.length - 1}, the index of a variant that traded`,
    )
  const sharpes = Array.from(trials, sharpeRatio).filter(value => Number.isFinite(value))
  const expectedMaximum = expectedMaximumSharpe(sharpes.length, sharpes.length > 1 ? variance(sharpes) : 0)
  const sharpe = sharpeRatio(returns)
  const probability = probabilisticSharpe(sharpe, expectedMaximum, moments(returns))
  return { sharpe, expectedMaximum, probability, trials: sharpes.length }
}

/** Mean / standard deviation of returns, by period. */
export function sharpeRatio(returns: ArrayLike<number>): number {
  const spread = Math.sqrt(variance(returns))
  return spread > 0 ? mean(returns) / spread : Number.NaN
}

function moments(returns: ArrayLike<number>) {
  const n = returns.length
  const average = mean(returns)
  let second = 0
  let third = 0
  let fourth = 0
  for (let i = 0; i < n; i++) {
    const d = returns[i]! - average
    second += d ** 2 / n
    third += d ** 3 / n
    fourth += d ** 4 / n
  }
  return { length: n, skewness: third / second ** 1.5, kurtosis: fourth / second ** 2 }
}

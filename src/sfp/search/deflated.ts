import { mean, variance } from '../../stats/descriptive.ts'
import { normalCdf, normalQuantile } from '../../stats/normal.ts'

export interface DeflatedSharpe {
  /** Sharpe ratio of one period (not made annual), its expected maximum over the trials if none had any skill. */
  sharpe: number
  expectedMaximum: number
  /** Probability that the true Sharpe ratio is above 0, given how many were tried. */
  probability: number
  trials: number
}

/** Euler and Mascheroni's constant. */
const GAMMA = 0.5772156649015329

/**
 * Expected maximum of the Sharpe ratios of n independent trials without skill, whose ratios have the variance `variance`:
 * √V · ((1 − γ) Φ⁻¹(1 − 1/n) + γ Φ⁻¹(1 − 1/(n e))) (Bailey & López de Prado 2014, Journal of Portfolio Management 40(5), eq. 1).
 */
export function expectedMaximumSharpe(trials: number, ofVariance: number): number {
  if (trials < 2) return 0
  const near = normalQuantile(1 - 1 / trials)
  const far = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(ofVariance) * ((1 - GAMMA) * near + GAMMA * far)
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
 * Deflated Sharpe ratio of the best of many trials (the same, eq. 2): the probabilistic Sharpe ratio against the expected maximum
 * of as many trials without skill. Trials that are alike count as many, so the answer is on the safe side.
 *
 * @param all returns by period of every trial
 * @param best which of them
 * @throws RangeError when there is no such trial
 */
export function deflatedSharpe(all: readonly ArrayLike<number>[], best: number): DeflatedSharpe {
  const returns = all[best]
  if (!returns)
    throw new RangeError(
      `deflated Sharpe ratio: trial ${best}, but there are ${all.length}, and one of them must have traded`,
    )
  const sharpes = all.map(sharpeOf).filter(value => Number.isFinite(value))
  const expectedMaximum = expectedMaximumSharpe(sharpes.length, sharpes.length > 1 ? variance(sharpes) : 0)
  const sharpe = sharpeOf(returns)
  const probability = probabilisticSharpe(sharpe, expectedMaximum, momentsOf(returns))
  return { sharpe, expectedMaximum, probability, trials: sharpes.length }
}

/** Mean / standard deviation of returns, by period. */
export function sharpeOf(returns: ArrayLike<number>): number {
  const spread = Math.sqrt(variance(returns))
  return spread > 0 ? mean(returns) / spread : Number.NaN
}

function momentsOf(returns: ArrayLike<number>) {
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

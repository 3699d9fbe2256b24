/** Effects of several studies, of which each may have a true effect of its own. */
import { normalQuantile, studentQuantile } from './normal.ts'

export interface RandomEffects {
  /** Mean of the true effects. */
  effect: number
  standardError: number
  /** 95 % interval of that mean; NaN for fewer than two studies. */
  low: number
  high: number
  /** Standard deviation of the true effects between studies, in the unit of the effect. */
  tau: number
  /** Share of the variation between the studies that is more than chance, 0 to 1. */
  i2: number
  /** Weight of each study, in order; they sum to 1. */
  weights: number[]
}

/**
 * Pools effects by random effects: the variance between studies by DerSimonian and Laird (1986, Controlled Clinical Trials 7, 177–188), the
 * interval by Hartung and Knapp (2001, Statistics in Medicine 20, 3875–3889) with Student's quantile of k − 1 degrees, at least as wide as
 * the plain one (Röver, Knapp and Friede 2015), as few studies may agree by chance.
 *
 * @param errors standard error of each effect, above 0
 */
export function randomEffects(effects: readonly number[], errors: readonly number[]): RandomEffects {
  const k = effects.length
  const fixed = errors.map(error => error ** -2)
  const total = sum(fixed)
  const common = sum(effects.map((effect, i) => effect * fixed[i]!)) / total
  const q = sum(effects.map((effect, i) => fixed[i]! * (effect - common) ** 2))
  const spread = total - sum(fixed.map(weight => weight ** 2)) / total
  const tau2 = k > 1 ? Math.max(0, (q - (k - 1)) / spread) : 0
  const weights = errors.map(error => 1 / (error ** 2 + tau2))
  const weight = sum(weights)
  const effect = sum(effects.map((each, i) => each * weights[i]!)) / weight
  const plain = Math.sqrt(1 / weight)
  const scatter = sum(effects.map((each, i) => weights[i]! * (each - effect) ** 2)) / ((k - 1) * weight)
  const half = k > 1 ? Math.max(studentQuantile(k - 1) * Math.sqrt(scatter), normalQuantile(0.975) * plain) : Number.NaN
  return {
    effect,
    standardError: plain,
    low: effect - half,
    high: effect + half,
    tau: Math.sqrt(tau2),
    i2: q > 0 ? Math.max(0, (q - (k - 1)) / q) : 0,
    weights: weights.map(each => each / weight),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** White's reality check and Hansen's test of superior predictive ability. */
import { OptionError } from '../../common/errors.ts'
import { defineOptions, numberThat, option, wholeNumber } from '../../common/options.ts'
import { MAX_RESAMPLES, resample } from '../../stats/bootstrap.ts'
import { mean } from '../../stats/descriptive.ts'
import { random } from '../../stats/random.ts'

export interface RealityCheck {
  /** White's reality check: p-value of the null "no trial has a mean return above 0", with every mean taken as 0. */
  white: number
  /** Hansen's test of superior predictive ability, studentised: p-value with poor trials left out. */
  consistent: number
  /** Lower and upper bound of that p-value: all trials with a negative mean left out, or none. */
  lower: number
  upper: number
  /** The largest of the trials' √n · mean / ω. */
  statistic: number
  /** Index of the trial that has it. */
  best: number
  resamples: number
}

export interface RealityCheckOptions {
  /** Mean length of a block, in periods. Default 10. */
  block?: number
  /** Number of bootstrap resamples. Default 500. */
  resamples?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

const CALLER = 'sweep.realityCheck'

const realityCheckOptions = defineOptions<RealityCheckOptions>(CALLER, {
  block: option(
    10,
    numberThat('1 or more periods', x => x >= 1),
  ),
  resamples: option(500, wholeNumber(10, MAX_RESAMPLES)),
  seed: option(1, wholeNumber()),
})

/**
 * Tests whether the best of many trials may be due to luck, against a benchmark of no return: White's reality check (2000,
 * Econometrica 68, 1097–1126) and Hansen's test of superior predictive ability (2005, JBES 23, 365–380), by the stationary
 * bootstrap of Politis & Romano (1994). With d̄ₖ a trial's mean and ωₖ² the bootstrap variance of √n d̄ₖ:
 *
 *     white      V = maxₖ √n d̄ₖ            V* = maxₖ √n (d̄ₖ* − d̄ₖ)
 *     superior   T = max(0, maxₖ √n d̄ₖ/ωₖ)  T* = max(0, maxₖ √n (d̄ₖ* − g(d̄ₖ))/ωₖ)
 *
 * with g(x) = x for `upper`, max(0, x) for `lower`, and x where √n x/ωₖ ≥ −√(2 ln ln n), else 0, for `consistent`. The p-value is the
 * share of resamples that reach the statistic. Trials whose returns never change are left out.
 *
 * @param trials returns by period of every trial, all of one length
 * @throws OptionError naming the option that is out of range, or when no trial has returns that change
 */
export function realityCheck(trials: readonly ArrayLike<number>[], options: RealityCheckOptions = {}): RealityCheck {
  const bootstrap = realityCheckOptions.resolve(options)
  const { resamples } = bootstrap
  const changing = [...trials.entries()].filter(([, returns]) => changes(returns))
  const count = changing.length
  const n = changing[0]?.[1].length
  if (n === undefined) throw new OptionError(`${CALLER}: no variant has returns that change`)
  const root = Math.sqrt(n)
  const means = Float64Array.from(changing, ([, returns]) => mean(returns))
  const resampledMeans = bootstrapMeans(
    changing.map(([, returns]) => returns),
    n,
    bootstrap,
  )
  const omegas = Float64Array.from(means, (average, k) => {
    let square = 0
    for (let b = 0; b < resamples; b++) square += (resampledMeans[b * count + k]! - average) ** 2
    return Math.sqrt((n * square) / resamples)
  })
  let best = 0
  let largest = -Infinity
  for (let k = 0; k < count; k++) {
    if ((root * means[k]!) / omegas[k]! > (root * means[best]!) / omegas[best]!) best = k
    largest = Math.max(largest, root * means[k]!)
  }
  const statistic = Math.max(0, (root * means[best]!) / omegas[best]!)
  const limit = -Math.sqrt(2 * Math.log(Math.log(n)))
  const reached = { white: 0, consistent: 0, lower: 0, upper: 0 }
  for (let b = 0; b < resamples; b++) {
    let white = -Infinity
    let upper = 0
    let lower = 0
    let consistent = 0
    for (let k = 0; k < count; k++) {
      const average = means[k]!
      const omega = omegas[k]!
      const value = resampledMeans[b * count + k]!
      white = Math.max(white, root * (value - average))
      upper = Math.max(upper, (root * (value - average)) / omega)
      lower = Math.max(lower, (root * (value - Math.max(0, average))) / omega)
      const center = (root * average) / omega >= limit ? average : 0
      consistent = Math.max(consistent, (root * (value - center)) / omega)
    }
    if (white >= largest) reached.white++
    if (upper >= statistic) reached.upper++
    if (lower >= statistic) reached.lower++
    if (consistent >= statistic) reached.consistent++
  }
  const pValue = (hits: number) => (hits + 1) / (resamples + 1)
  return {
    white: pValue(reached.white),
    consistent: pValue(reached.consistent),
    lower: pValue(reached.lower),
    upper: pValue(reached.upper),
    statistic,
    best: changing[best]?.[0] ?? -1,
    resamples,
  }
}

/** Means of all trials in each resample, resample by resample; all trials use the same drawn periods. */
function bootstrapMeans(
  trials: readonly ArrayLike<number>[],
  n: number,
  { block, resamples, seed }: Required<RealityCheckOptions>,
): Float64Array {
  const { uniform } = random(seed)
  const indices = new Uint32Array(n)
  const counts = new Float64Array(n)
  const out = new Float64Array(resamples * trials.length)
  for (let b = 0; b < resamples; b++) {
    resample(n, block, uniform, indices)
    counts.fill(0)
    for (let i = 0; i < n; i++) counts[indices[i]!]!++
    for (let k = 0; k < trials.length; k++) {
      const returns = trials[k]!
      let sum = 0
      for (let i = 0; i < n; i++) sum += counts[i]! * returns[i]!
      out[b * trials.length + k] = sum / n
    }
  }
  return out
}

function changes(returns: ArrayLike<number>): boolean {
  for (let i = 1; i < returns.length; i++) if (returns[i] !== returns[0]) return true
  return false
}

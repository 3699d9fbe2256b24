import { resample } from '../../stats/bootstrap.ts'
import { mean } from '../../stats/descriptive.ts'
import { random } from '../../stats/random.ts'

export interface RealityCheck {
  /** White's reality check: p-value of "no trial earns more than nothing", all trials taken to earn just nothing. */
  white: number
  /** Hansen's test of superior predictive ability: the same, studentised; poor trials do not count (consistent), none or all of the rest do. */
  consistent: number
  lower: number
  upper: number
  /** The largest of the trials' √n · mean / ω. */
  statistic: number
  /** The trial that has it. */
  best: number
  resamples: number
}

export interface RealityCheckOptions {
  /** Mean length of a block, in periods. Default 10. */
  block?: number
  /** Default 500. */
  resamples?: number
  /** Default 1. */
  seed?: number
}

/**
 * Could the best of many trials be luck? White's reality check (2000, Econometrica 68, 1097–1126) and Hansen's test of superior
 * predictive ability (2005, JBES 23, 365–380) against a benchmark of no return, by the stationary bootstrap of Politis &
 * Romano (1994). With d̄ₖ a trial's mean and ωₖ² the bootstrap variance of √n d̄ₖ:
 *
 *     white      V = maxₖ √n d̄ₖ            V* = maxₖ √n (d̄ₖ* − d̄ₖ)
 *     superior   T = max(0, maxₖ √n d̄ₖ/ωₖ)  T* = max(0, maxₖ √n (d̄ₖ* − g(d̄ₖ))/ωₖ)
 *
 * with g(x) = x for `upper`, max(0, x) for `lower`, and x where √n x/ωₖ ≥ −√(2 ln ln n), else 0, for `consistent`. The p-value is the
 * share of resamples that reach the statistic. Trials that never change are left out.
 *
 * @param all returns by period of every trial, all of one length
 * @throws RangeError when no trial changes, or an option is out of range
 */
export function realityCheck(
  all: readonly ArrayLike<number>[],
  { block = 10, resamples = 500, seed = 1 }: RealityCheckOptions = {},
): RealityCheck {
  if (!(block >= 1)) throw new RangeError(`block: ${block}, but expected 1 or more periods`)
  if (!(Number.isInteger(resamples) && resamples >= 10))
    throw new RangeError(`resamples: ${resamples}, but expected a whole number of 10 or more`)
  const kept = all.map((_, k) => k).filter(k => changes(all[k]!))
  if (kept.length === 0) throw new RangeError('reality check: no trial has a return that changes')
  const n = all[kept[0]!]!.length
  const root = Math.sqrt(n)
  const means = Float64Array.from(kept, k => mean(all[k]!))
  const drawn = bootstrapMeans(
    kept.map(k => all[k]!),
    n,
    { block, resamples, seed },
  )
  const omegas = Float64Array.from(kept, (_, k) => {
    let square = 0
    for (let b = 0; b < resamples; b++) square += (drawn[b * kept.length + k]! - means[k]!) ** 2
    return Math.sqrt((n * square) / resamples)
  })
  let best = 0
  let largest = -Infinity
  for (let k = 0; k < kept.length; k++) {
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
    for (let k = 0; k < kept.length; k++) {
      const own = means[k]!
      const omega = omegas[k]!
      const value = drawn[b * kept.length + k]!
      white = Math.max(white, root * (value - own))
      upper = Math.max(upper, (root * (value - own)) / omega)
      lower = Math.max(lower, (root * (value - Math.max(0, own))) / omega)
      const center = (root * own) / omega >= limit ? own : 0
      consistent = Math.max(consistent, (root * (value - center)) / omega)
    }
    if (white >= largest) reached.white++
    if (upper >= statistic) reached.upper++
    if (lower >= statistic) reached.lower++
    if (consistent >= statistic) reached.consistent++
  }
  const p = (count: number) => (count + 1) / (resamples + 1)
  return {
    white: p(reached.white),
    consistent: p(reached.consistent),
    lower: p(reached.lower),
    upper: p(reached.upper),
    statistic,
    best: kept[best]!,
    resamples,
  }
}

/** Means of all trials in each resample, resample after resample; the same days are drawn for all trials. */
function bootstrapMeans(
  all: readonly ArrayLike<number>[],
  n: number,
  { block, resamples, seed }: Required<RealityCheckOptions>,
): Float64Array {
  const { uniform } = random(seed)
  const indices = new Uint32Array(n)
  const counts = new Float64Array(n)
  const out = new Float64Array(resamples * all.length)
  for (let b = 0; b < resamples; b++) {
    resample(n, block, uniform, indices)
    counts.fill(0)
    for (let i = 0; i < n; i++) counts[indices[i]!]!++
    for (let k = 0; k < all.length; k++) {
      const returns = all[k]!
      let sum = 0
      for (let i = 0; i < n; i++) sum += counts[i]! * returns[i]!
      out[b * all.length + k] = sum / n
    }
  }
  return out
}

function changes(returns: ArrayLike<number>): boolean {
  for (let i = 1; i < returns.length; i++) if (returns[i] !== returns[0]) return true
  return false
}

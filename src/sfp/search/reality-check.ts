/** White's reality check and Hansen's test of superior predictive ability. */
import { OptionError } from '../../common/errors.ts'
import { defineOptions, numberThat, option, optional, wholeNumber } from '../../common/options.ts'
import { blockLength } from '../../stats/block-length.ts'
import { MAX_RESAMPLES, resample } from '../../stats/bootstrap.ts'
import { mean, quantile } from '../../stats/descriptive.ts'
import { random } from '../../stats/random.ts'
import type { Sequence } from './outcomes.ts'

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
  /** Mean length of a block, in periods. */
  block: number
}

export interface RealityCheckOptions {
  /**
   * Mean length of a block, in periods. Default: the median of the automatic lengths of the trials (Politis & White 2004), see
   * {@link blockLength}.
   */
  block?: number
  /** Number of bootstrap resamples. Default 500. */
  resamples?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

const CALLER = 'sweep.realityCheck'

const realityCheckOptions = defineOptions<RealityCheckOptions, 'block'>(CALLER, {
  block: optional(numberThat('1 or more periods', x => x >= 1)),
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
export function realityCheck(trials: Sequence<ArrayLike<number>>, options: RealityCheckOptions = {}): RealityCheck {
  const resolved = realityCheckOptions.resolve(options)
  const bootstrap = { ...resolved, block: resolved.block ?? medianBlockLength(trials) }
  return checkOfMaxima(trialMaxima(trials, bootstrap), bootstrap)
}

/** What a reality check makes of its options. */
export type Bootstrap = Required<RealityCheckOptions>

/** The bootstrap of a check whose block is known, with the defaults of {@link RealityCheckOptions} for the rest. */
export function defaultBootstrap(block: number): Bootstrap {
  return { ...realityCheckOptions.resolve(), block }
}

/** Statistics of which a check takes the largest in each resample. */
export const MAXIMA = ['white', 'consistent', 'lower', 'upper'] as const

/**
 * Maxima over trials. Those of all trials are the largest of those of its parts, which may overlap, see {@link mergeMaxima}: so parts that
 * never lie in one memory are tested together.
 */
export interface TrialMaxima {
  /** √n · mean, and √n · mean / ω. */
  mean: number
  ratio: number
  /** Number of the trial that has the largest ratio; −1 = no trial has returns that change. */
  best: number
  /** By resample. */
  resampled: Record<(typeof MAXIMA)[number], Float64Array>
}

/** @param numbers of the trials. Default: from 0 on */
export function trialMaxima(
  trials: Sequence<ArrayLike<number>>,
  bootstrap: Bootstrap,
  numbers?: ArrayLike<number>,
): TrialMaxima {
  const { resamples } = bootstrap
  const maxima = noMaxima(resamples)
  const { white, consistent, lower, upper } = maxima.resampled
  for (const { indices, chunk, n } of changingChunks(trials)) {
    const root = Math.sqrt(n)
    const limit = -Math.sqrt(2 * Math.log(Math.log(n)))
    const resampledMeans = bootstrapMeans(chunk, n, bootstrap)
    for (const [k, returns] of chunk.entries()) {
      const average = mean(returns)
      let square = 0
      for (let b = 0; b < resamples; b++) square += (resampledMeans[b * chunk.length + k]! - average) ** 2
      const omega = Math.sqrt((n * square) / resamples)
      const ratio = (root * average) / omega
      const index = indices[k]!
      keepBest(maxima, { ratio, best: numbers ? numbers[index]! : index })
      maxima.mean = Math.max(maxima.mean, root * average)
      const center = ratio >= limit ? average : 0
      for (let b = 0; b < resamples; b++) {
        const value = resampledMeans[b * chunk.length + k]!
        white[b] = Math.max(white[b]!, root * (value - average))
        upper[b] = Math.max(upper[b]!, (root * (value - average)) / omega)
        lower[b] = Math.max(lower[b]!, (root * (value - Math.max(0, average))) / omega)
        consistent[b] = Math.max(consistent[b]!, (root * (value - center)) / omega)
      }
    }
  }
  return maxima
}

/** The maxima over no trial. */
export function noMaxima(resamples: number): TrialMaxima {
  return {
    mean: -Infinity,
    ratio: -Infinity,
    best: -1,
    resampled: {
      white: new Float64Array(resamples).fill(-Infinity),
      consistent: new Float64Array(resamples),
      lower: new Float64Array(resamples),
      upper: new Float64Array(resamples),
    },
  }
}

/** Adds the maxima over other trials, or over some of the same. */
export function mergeMaxima(into: TrialMaxima, other: TrialMaxima): void {
  keepBest(into, other)
  into.mean = Math.max(into.mean, other.mean)
  for (const name of MAXIMA) {
    const values = into.resampled[name]
    for (let b = 0; b < values.length; b++) values[b] = Math.max(values[b]!, other.resampled[name][b]!)
  }
}

/** Of equal ratios the first trial's counts. */
function keepBest(maxima: TrialMaxima, { ratio, best }: Pick<TrialMaxima, 'ratio' | 'best'>): void {
  const isBetter = maxima.best < 0 || ratio > maxima.ratio || (ratio === maxima.ratio && best < maxima.best)
  if (!isBetter) return
  maxima.ratio = ratio
  maxima.best = best
}

/** @throws OptionError when no trial has returns that change */
export function checkOfMaxima(
  { mean, ratio, best, resampled }: TrialMaxima,
  { resamples, block }: Bootstrap,
): RealityCheck {
  if (best < 0) throw new OptionError(`${CALLER}: no variant has returns that change`)
  const statistic = Math.max(0, ratio)
  const pValue = (values: Float64Array, reached: number) =>
    (values.reduce((hits, value) => hits + Number(value >= reached), 0) + 1) / (resamples + 1)
  return {
    white: pValue(resampled.white, mean),
    consistent: pValue(resampled.consistent, statistic),
    lower: pValue(resampled.lower, statistic),
    upper: pValue(resampled.upper, statistic),
    statistic,
    best,
    resamples,
    block,
  }
}

/** All trials are resampled together, so one length must do for all. */
export function medianBlockLength(trials: Sequence<ArrayLike<number>>): number {
  const lengths: number[] = []
  for (const returns of trials) if (changes(returns)) lengths.push(blockLength(Float64Array.from(returns)))
  return lengths.length > 0 ? quantile(lengths, 0.5) : 1
}

/** Trials that are resampled together: few enough for the memory, many enough that drawing the periods costs little. */
const CHUNK = 64

/** The trials whose returns change, some at a time, with their indices and their number of periods. */
function* changingChunks(trials: Sequence<ArrayLike<number>>) {
  let indices: number[] = []
  let chunk: ArrayLike<number>[] = []
  let index = 0
  for (const returns of trials) {
    if (changes(returns)) {
      indices.push(index)
      chunk.push(returns)
    }
    index++
    if (chunk.length < CHUNK && !(index === trials.length && chunk.length > 0)) continue
    yield { indices, chunk, n: chunk[0]!.length }
    indices = []
    chunk = []
  }
}

/** Means of the trials in each resample, resample by resample. The same seed draws the same periods for all trials. */
function bootstrapMeans(
  trials: readonly ArrayLike<number>[],
  n: number,
  { block, resamples, seed }: Bootstrap,
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

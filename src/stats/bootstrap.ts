/** Bootstrap intervals. */
import { lowerBound } from '../common/binary-search.ts'
import { blockLength } from './block-length.ts'
import { mean } from './descriptive.ts'
import { normalCdf, studentQuantile } from './normal.ts'
import { random } from './random.ts'

/** Guards against typos: more resamples take hours and add no digit. */
export const MAX_RESAMPLES = 100_000

/** A statistic with its 95 % confidence interval; NaN bounds where there is none. */
export interface Interval {
  mean: number
  low: number
  high: number
}

/** A mean with its interval and the p-value of the null that it is 0. */
export interface MeanTest extends Interval {
  p: number
}

/** Fewer values than this get no interval. */
export const MIN_INTERVAL_VALUES = 10

interface BootstrapOptions {
  /** Mean length of a block, in values. Default: the cube root of their number, at least 1. */
  block?: number
  /** Number of bootstrap samples. Default 1,000. */
  resamples?: number
  /** Seed of the random numbers. Default 1. */
  seed?: number
}

/**
 * The indices of one bootstrap sample: blocks of geometrically distributed length that begin anywhere and wrap around (the
 * stationary bootstrap of Politis & Romano 1994, JASA 89, 1303–1313). With a block of 1 it is Efron's bootstrap.
 *
 * @param starts receives 1 where a block starts, else 0
 * @returns `into`
 */
export function resample(
  n: number,
  block: number,
  uniform: () => number,
  into: Uint32Array,
  starts?: Uint8Array,
): Uint32Array {
  const restart = 1 / block
  let index = 0
  for (let i = 0; i < n; i++) {
    const isStart = i === 0 || uniform() < restart
    index = isStart ? Math.floor(uniform() * n) : index + 1 === n ? 0 : index + 1
    into[i] = index
    if (starts) starts[i] = Number(isStart)
  }
  return into
}

/**
 * Expanded percentile intervals (Hesterberg 2015, The American Statistician 69, 371–386) of several statistics of the same ordered
 * values: `statistics` computes them all from the indices of one bootstrap sample. The plain percentiles of few values cover too
 * little, so those of a standard normal at √(n/(n − 1)) times Student's quantile are taken. A statistic may be infinite, and then
 * so is a bound that such samples reach; NaN is left out. NaN bounds below {@link MIN_INTERVAL_VALUES} values.
 *
 * @param options.informative n of the expansion: the values that are not 0 for certain. Default: all
 */
export function bootstrap<Name extends string>(
  n: number,
  statistics: (indices: Uint32Array) => Record<Name, number>,
  {
    block = Math.max(1, Math.round(Math.cbrt(n))),
    resamples = 1000,
    seed = 1,
    informative = n,
  }: BootstrapOptions & { informative?: number } = {},
): Record<Name, Interval> {
  const observed = statistics(Uint32Array.from({ length: n }, (_, i) => i))
  const names = Object.keys(observed) as Name[]
  const samples = names.map(name => ({ name, values: new Float64Array(resamples) }))
  const tail = normalCdf(-Math.sqrt(informative / (informative - 1)) * studentQuantile(informative - 1))
  if (informative >= MIN_INTERVAL_VALUES) {
    const { uniform } = random(seed)
    const indices = new Uint32Array(n)
    for (let k = 0; k < resamples; k++) {
      const drawn = statistics(resample(n, block, uniform, indices))
      for (const { name, values } of samples) values[k] = drawn[name]
    }
  }
  const intervals = samples.map(({ name, values }): [Name, Interval] => {
    const sorted = values.filter(value => !Number.isNaN(value)).sort()
    const enough = informative >= MIN_INTERVAL_VALUES && sorted.length > 0
    const bound = (share: number) =>
      enough ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! : Number.NaN
    return [name, { mean: observed[name], low: bound(tail), high: bound(1 - tail) }]
  })
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

interface MeanOptions extends BootstrapOptions {
  /**
   * Sizes of runs of neighbouring values that are drawn together, as of trades of one day, which depend on each other. The mean stays that
   * of all values; counts, and the least of ten, are of runs. Default: each value alone.
   */
  clusters?: ArrayLike<number>
}

/**
 * Mean with a 95 % interval by the studentised stationary bootstrap: the deviation of each sample's mean is divided by that
 * sample's own standard error, the root of the sum of its blocks' squared deviations (Götze & Künsch 1996, Annals of Statistics
 * 24, 1914–1933). With few values it is wider than the percentile interval, which then covers too little.
 *
 * NaN bounds below {@link MIN_INTERVAL_VALUES} values, where all are equal, where 5 % or more of the samples have no
 * variation, as of ten trades that rarely win, and where the mean could be off by more than the values span: they cannot say how
 * far off it may be.
 *
 * @param block default: {@link blockLength} of the values
 */
export function meanInterval(values: ArrayLike<number>, options: MeanOptions = {}): Interval {
  const { mean, low, high } = meanTest(values, options)
  return { mean, low, high }
}

/** {@link meanInterval} with the two-sided p-value of a mean of 0 from the same samples; NaN where there is no interval. */
export function meanTest(values: ArrayLike<number>, { clusters, ...options }: MeanOptions = {}): MeanTest {
  const average = mean(values)
  const none = { mean: average, low: Number.NaN, high: Number.NaN, p: Number.NaN }
  const sums = clusters ? clusterSums(values, clusters) : values
  const counts = clusters ?? new Uint8Array(values.length).fill(1)
  const means = Float64Array.from(counts, (count, i) => sums[i]! / count)
  // What a run adds to the deviation of the mean.
  const series = clusters ? Float64Array.from(counts, (count, i) => sums[i]! - average * count) : means
  const { block = blockLength(series), resamples = 1000, seed = 1 } = options
  const n = sums.length
  if (n < MIN_INTERVAL_VALUES || !varies(means)) return none
  const { uniform } = random(seed)
  const indices = new Uint32Array(n)
  const starts = new Uint8Array(n)
  const deviations = new Float64Array(resamples)
  const errors = new Float64Array(resamples)
  let squares = 0
  for (let k = 0; k < resamples; k++) {
    resample(n, block, uniform, indices, starts)
    const drawn = meanAndError(sums, counts, indices, starts)
    deviations[k] = Math.abs(drawn.mean - average)
    errors[k] = drawn.error
    squares += deviations[k]! ** 2
  }
  // Rounding leaves a tiny error in a sample of equal values.
  const least = 1e-9 * Math.sqrt(squares / resamples)
  const t = deviations.map((deviation, k) =>
    errors[k]! > least ? deviation / errors[k]! : deviation > least ? Infinity : 0,
  )
  t.sort()
  const standardError = Math.sqrt(squares / resamples)
  const halfWidth = t[Math.ceil(0.95 * resamples) - 1]! * standardError
  // Resamples that hardly vary, as of losses that differ by their costs alone, have next to no error: such an interval is of the
  // division, not of the data.
  if (!(halfWidth < spanOf(means))) return none
  const beyond = resamples - lowerBound(t, Math.abs(average) / standardError)
  return { mean: average, low: average - halfWidth, high: average + halfWidth, p: (1 + beyond) / (1 + resamples) }
}

/** Sums over runs of neighbouring values of these sizes. */
export function clusterSums(values: ArrayLike<number>, sizes: ArrayLike<number>): Float64Array {
  let next = 0
  return Float64Array.from(sizes, size => {
    let total = 0
    for (let i = 0; i < size; i++) total += values[next++]!
    return total
  })
}

/** Mean of the values in the drawn runs: the ratio of their sums and counts, with the standard error of a ratio (Cochran 1977, ch. 6). */
function meanAndError(sums: ArrayLike<number>, counts: ArrayLike<number>, indices: Uint32Array, starts: Uint8Array) {
  let total = 0
  let count = 0
  for (let i = 0; i < indices.length; i++) {
    total += sums[indices[i]!]!
    count += counts[indices[i]!]!
  }
  const average = total / count
  let squares = 0
  let block = 0
  for (let i = 0; i < indices.length; i++) {
    if (starts[i]) {
      squares += block * block
      block = 0
    }
    block += sums[indices[i]!]! - average * counts[indices[i]!]!
  }
  return { mean: average, error: Math.sqrt(squares + block * block) / count }
}

function spanOf(values: ArrayLike<number>): number {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!)
    max = Math.max(max, values[i]!)
  }
  return max - min
}

function varies(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return true
  return false
}

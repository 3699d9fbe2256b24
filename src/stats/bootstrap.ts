/** Bootstrap intervals. */
import { mean } from './descriptive.ts'
import { random } from './random.ts'

/** Guards against typos: more resamples take hours and add no digit. */
export const MAX_RESAMPLES = 100_000

/** A statistic with its 95 % confidence interval. */
export interface Interval {
  mean: number
  low: number
  high: number
}

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
 * @returns `into`
 */
export function resample(n: number, block: number, uniform: () => number, into: Uint32Array): Uint32Array {
  const restart = 1 / block
  let index = 0
  for (let i = 0; i < n; i++) {
    index = i === 0 || uniform() < restart ? Math.floor(uniform() * n) : index + 1 === n ? 0 : index + 1
    into[i] = index
  }
  return into
}

/** Fewer values than this get no interval. */
const MIN_VALUES = 10

/**
 * Percentile intervals of several statistics of the same ordered values: `statistics` computes them all from the indices of
 * one bootstrap sample. NaN bounds below 10 values.
 */
export function bootstrap<Name extends string>(
  n: number,
  statistics: (indices: Uint32Array) => Record<Name, number>,
  { block = Math.max(1, Math.round(Math.cbrt(n))), resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Record<Name, Interval> {
  const observed = statistics(Uint32Array.from({ length: n }, (_, i) => i))
  const names = Object.keys(observed) as Name[]
  const samples = names.map(name => ({ name, values: new Float64Array(resamples) }))
  if (n >= MIN_VALUES) {
    const { uniform } = random(seed)
    const indices = new Uint32Array(n)
    for (let k = 0; k < resamples; k++) {
      const drawn = statistics(resample(n, block, uniform, indices))
      for (const { name, values } of samples) values[k] = drawn[name]
    }
  }
  const intervals = samples.map(({ name, values }): [Name, Interval] => {
    const sorted = values.filter(value => !Number.isNaN(value)).sort()
    const enough = n >= MIN_VALUES && sorted.length > 0
    const bound = (share: number) =>
      enough ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! : Number.NaN
    return [name, { mean: observed[name], low: bound(0.025), high: bound(0.975) }]
  })
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

/** Mean with a 95 % percentile bootstrap interval over single values (Efron 1979); NaN bounds below 2 values. */
export function bootstrapMean(values: readonly number[]): Interval {
  const n = values.length
  if (n < 2) return { mean: mean(values), low: Number.NaN, high: Number.NaN }
  const resamples = 2000
  const rng = random(1)
  const means = Float64Array.from({ length: resamples }, () => {
    let total = 0
    for (let i = 0; i < n; i++) total += values[rng.integer(n)]!
    return total / n
  }).sort()
  return {
    mean: mean(values),
    low: means[Math.floor(0.025 * resamples)]!,
    high: means[Math.ceil(0.975 * resamples) - 1]!,
  }
}

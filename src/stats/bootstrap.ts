/** Bootstrap intervals. */
import { blockLength } from './block-length.ts'
import { mean } from './descriptive.ts'
import { random } from './random.ts'

/** Guards against typos: more resamples take hours and add no digit. */
export const MAX_RESAMPLES = 100_000

/** A statistic with its 95 % confidence interval; NaN bounds where there is none. */
export interface Interval {
  mean: number
  low: number
  high: number
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
 * Percentile intervals of several statistics of the same ordered values: `statistics` computes them all from the indices of
 * one bootstrap sample. A statistic may be infinite, and then so is a bound that such samples reach; NaN is left out. NaN
 * bounds below {@link MIN_INTERVAL_VALUES} values.
 */
export function bootstrap<Name extends string>(
  n: number,
  statistics: (indices: Uint32Array) => Record<Name, number>,
  { block = Math.max(1, Math.round(Math.cbrt(n))), resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Record<Name, Interval> {
  const observed = statistics(Uint32Array.from({ length: n }, (_, i) => i))
  const names = Object.keys(observed) as Name[]
  const samples = names.map(name => ({ name, values: new Float64Array(resamples) }))
  if (n >= MIN_INTERVAL_VALUES) {
    const { uniform } = random(seed)
    const indices = new Uint32Array(n)
    for (let k = 0; k < resamples; k++) {
      const drawn = statistics(resample(n, block, uniform, indices))
      for (const { name, values } of samples) values[k] = drawn[name]
    }
  }
  const intervals = samples.map(({ name, values }): [Name, Interval] => {
    const sorted = values.filter(value => !Number.isNaN(value)).sort()
    const enough = n >= MIN_INTERVAL_VALUES && sorted.length > 0
    const bound = (share: number) =>
      enough ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! : Number.NaN
    return [name, { mean: observed[name], low: bound(0.025), high: bound(0.975) }]
  })
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

/**
 * Mean with a 95 % interval by the studentised stationary bootstrap: the deviation of each sample's mean is divided by that
 * sample's own standard error, the root of the sum of its blocks' squared deviations (Götze & Künsch 1996, Annals of Statistics
 * 24, 1914–1933). With few values it is wider than the percentile interval, which then covers too little.
 *
 * NaN bounds below {@link MIN_INTERVAL_VALUES} values, where all are equal, and where 5 % or more of the samples have no
 * variation, as of ten trades that rarely win: they cannot say how far off the mean may be.
 *
 * @param block default: {@link blockLength} of the values
 */
export function meanInterval(
  values: ArrayLike<number>,
  { block = blockLength(Float64Array.from(values)), resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Interval {
  const n = values.length
  const average = mean(values)
  const none = { mean: average, low: Number.NaN, high: Number.NaN }
  if (n < MIN_INTERVAL_VALUES || !varies(values)) return none
  const { uniform } = random(seed)
  const indices = new Uint32Array(n)
  const starts = new Uint8Array(n)
  const deviations = new Float64Array(resamples)
  const errors = new Float64Array(resamples)
  let squares = 0
  for (let k = 0; k < resamples; k++) {
    resample(n, block, uniform, indices, starts)
    const drawn = meanAndError(values, indices, starts)
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
  const halfWidth = t[Math.ceil(0.95 * resamples) - 1]! * Math.sqrt(squares / resamples)
  return halfWidth < Infinity ? { mean: average, low: average - halfWidth, high: average + halfWidth } : none
}

function meanAndError(values: ArrayLike<number>, indices: Uint32Array, starts: Uint8Array) {
  const n = indices.length
  let total = 0
  for (let i = 0; i < n; i++) total += values[indices[i]!]!
  const average = total / n
  let squares = 0
  let block = 0
  for (let i = 0; i < n; i++) {
    if (starts[i]) {
      squares += block * block
      block = 0
    }
    block += values[indices[i]!]! - average
  }
  return { mean: average, error: Math.sqrt(squares + block * block) / n }
}

function varies(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return true
  return false
}

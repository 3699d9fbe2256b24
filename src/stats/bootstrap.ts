import { mean } from './descriptive.ts'
import { random } from './random.ts'

/** A figure and the interval that holds it with 95 % confidence. */
export interface Interval {
  mean: number
  low: number
  high: number
}

export interface BootstrapOptions {
  /** Mean length of a block, in values. Default: the cube root of their number. */
  block?: number
  /** Default 1,000. */
  resamples?: number
  /** Default 1. */
  seed?: number
}

/**
 * The indices of one resample: blocks of geometrically distributed length that begin anywhere and wrap around (the
 * stationary bootstrap of Politis & Romano 1994, JASA 89, 1303–1313). With a block of 1 it is Efron's bootstrap.
 */
export function resample(n: number, block: number, uniform: () => number, into: Uint32Array): Uint32Array {
  const restart = 1 / block
  let at = 0
  for (let i = 0; i < n; i++) {
    at = i === 0 || uniform() < restart ? Math.floor(uniform() * n) : at + 1 === n ? 0 : at + 1
    into[i] = at
  }
  return into
}

/**
 * Percentile intervals of several figures of the same ordered values: `figures` computes them all from one resample's
 * indices. NaN bounds below 10 values.
 */
export function bootstrap<Name extends string>(
  n: number,
  figures: (indices: Uint32Array) => Record<Name, number>,
  { block = Math.max(1, Math.round(Math.cbrt(n))), resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Record<Name, Interval> {
  const own = figures(Uint32Array.from({ length: n }, (_, i) => i))
  const names = Object.keys(own) as Name[]
  const draws = new Map(names.map(name => [name, new Float64Array(resamples)]))
  if (n >= 10) {
    const { uniform } = random(seed)
    const indices = new Uint32Array(n)
    for (let k = 0; k < resamples; k++) {
      const drawn = figures(resample(n, block, uniform, indices))
      for (const name of names) draws.get(name)![k] = drawn[name]
    }
  }
  const interval = (name: Name): Interval => {
    const sorted = draws
      .get(name)!
      .filter(value => !Number.isNaN(value))
      .sort()
    const enough = n >= 10 && sorted.length > 0
    const at = (share: number) =>
      enough ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! : Number.NaN
    return { mean: own[name], low: at(0.025), high: at(0.975) }
  }
  return Object.fromEntries(names.map(name => [name, interval(name)])) as Record<Name, Interval>
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

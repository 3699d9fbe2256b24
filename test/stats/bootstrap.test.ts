/** Bootstrap intervals. */
import { describe, expect, it } from 'vitest'
import { bootstrap, meanInterval, meanTest, resample } from '../../src/stats/bootstrap.ts'
import { variance } from '../../src/stats/descriptive.ts'
import { studentQuantile } from '../../src/stats/normal.ts'
import { random } from '../../src/stats/random.ts'

/** The share of samples whose interval has the mean, among those that have an interval, and the share of these. */
function coverage(samples: number, truth: number, draw: (seed: number) => number[]) {
  let covered = 0
  let given = 0
  for (let seed = 1; seed <= samples; seed++) {
    const { low, high } = meanInterval(draw(seed), { resamples: 300, seed })
    if (Number.isNaN(low)) continue
    given++
    if (low <= truth && truth <= high) covered++
  }
  return { covered: covered / given, given: given / samples }
}

describe('the interval of a mean', () => {
  it('covers it at least at its nominal rate for small samples of normal values', () => {
    const { covered, given } = coverage(400, 0, seed => {
      const rng = random(seed)
      return Array.from({ length: 12 }, () => rng.normal())
    })
    expect(given).toBe(1)
    // Standard error of the share: 1.1 %. The percentile interval covers 90 %.
    expect(covered).toBeGreaterThan(0.925)
    expect(covered).toBeLessThan(0.995)
  })

  it('covers it for trades of 2 R against 1 R, and is not given where too many resamples do not vary', () => {
    const trades = (n: number, p: number, win: number) => (seed: number) => {
      const rng = random(seed)
      return Array.from({ length: n }, () => (rng.uniform() < p ? win : -1))
    }
    const twenty = coverage(300, 0.36 * 3 - 1, trades(20, 0.36, 2))
    expect(twenty.covered).toBeGreaterThan(0.92)
    expect(twenty.given).toBeGreaterThan(0.95)
    expect(coverage(200, 0.2, trades(10, 0.2, 5)).given).toBeLessThan(0.6)
  })

  it('is not given where it would be wider than the values span', () => {
    // Losses that differ by their costs alone, and two winners: some resamples have next to no error.
    const values = [2, -1.01, -1.02, -1.013, -1.008, -1.017, -1.011, -1.019, 2.1, -1.006, -1.015]
    expect(meanInterval(values)).toMatchObject({ low: Number.NaN, high: Number.NaN })
    const { low, high } = meanInterval(Array.from({ length: 60 }, (_, i) => values[(7 * i) % 11]!))
    expect(high - low).toBeLessThan(1.5)
  })

  it('goes with the p-value of a mean of 0, from the same resamples', () => {
    let significant = 0
    for (let seed = 1; seed <= 60; seed++) {
      const rng = random(seed)
      const { low, high, p } = meanTest(
        Array.from({ length: 40 }, () => 0.3 + rng.normal()),
        { resamples: 399 },
      )
      if (low > 0 || high < 0) significant++
      // Both come from the same |t|; they may differ by one resample.
      if (p < 0.045) expect(low > 0 || high < 0).toBe(true)
      if (p > 0.055) expect(low <= 0 && high >= 0).toBe(true)
    }
    // Power of a t-test of 0.3 σ with 40 values: 45 %.
    expect(significant).toBeGreaterThan(15)
    expect(significant).toBeLessThan(40)
  })

  it('is wider where values depend on each other, by the length of their blocks', () => {
    const rng = random(4)
    const values = Array.from({ length: 400 }, () => rng.normal())
    for (let i = 1; i < 400; i++) values[i]! += 0.9 * values[i - 1]!
    const width = (block?: number) => {
      const { low, high } = meanInterval(values, block ? { block } : {})
      return high - low
    }
    expect(width(20)).toBeGreaterThan(2 * width(1))
    expect(width()).toBeGreaterThan(2 * width(1))
  })

  it('is reproducible, and has no bounds for fewer than ten values or equal ones', () => {
    const values = [1, -1, 2, -1, 3, -1, 1, 0, 2, 5]
    expect(meanInterval(values)).toEqual(meanInterval(values))
    expect(meanInterval(values).low).toBeLessThan(1.1)
    const none = { low: Number.NaN, high: Number.NaN }
    expect(meanInterval(values.slice(0, 9))).toMatchObject(none)
    expect(meanInterval(Array(20).fill(0.1))).toMatchObject(none)
    expect(meanInterval([])).toMatchObject(none)
  })
})

describe('percentile intervals', () => {
  it('are expanded by Student’s quantile, as tables have it', () => {
    // Published 97.5 % quantiles.
    for (const [degrees, t] of [
      [1, 12.706],
      [2, 4.303],
      [3, 3.182],
      [4, 2.776],
      [5, 2.571],
      [9, 2.262],
      [19, 2.093],
      [29, 2.045],
    ] as const)
      expect(studentQuantile(degrees)).toBeCloseTo(t, 2)
    // Normal values: the interval of the mean is as wide as Student's, 2 · 2.262 · s/√10, on average.
    let ratio = 0
    for (let seed = 1; seed <= 60; seed++) {
      const rng = random(seed)
      const values = Array.from({ length: 10 }, () => rng.normal())
      const average = (indices: Uint32Array) => ({ mean: indices.reduce((sum, i) => sum + values[i]!, 0) / 10 })
      const { low, high } = bootstrap(10, average, { block: 1 }).mean
      ratio += (high - low) / (2 * 2.262 * Math.sqrt(variance(values) / 10)) / 60
    }
    expect(ratio).toBeGreaterThan(0.93)
    expect(ratio).toBeLessThan(1.05)
  })

  it('have an infinite bound where resamples are infinite, and leave out those that are undefined', () => {
    const ratio = (indices: Uint32Array) => ({ ratio: indices.includes(0) ? 1 : Infinity })
    expect(bootstrap(20, ratio).ratio).toEqual({ mean: 1, low: 1, high: Infinity })
    const undefinedRatio = (indices: Uint32Array) => ({ ratio: indices.includes(0) ? 1 : Number.NaN })
    expect(bootstrap(20, undefinedRatio).ratio).toEqual({ mean: 1, low: 1, high: 1 })
  })
})

describe('the indices of a stationary bootstrap sample', () => {
  it('are runs of neighbours that begin anywhere, wrap around, and have geometric lengths of the given mean', () => {
    const n = 10
    const { uniform } = random(5)
    const starts = new Uint8Array(n)
    const firsts = new Array<number>(n).fill(0)
    const lengths: number[] = []
    for (let k = 0; k < 4000; k++) {
      const indices = resample(n, 4, uniform, new Uint32Array(n), starts)
      expect(starts[0]).toBe(1)
      firsts[indices[0]!]!++
      for (let i = 1; i < n; i++) if (!starts[i]) expect(indices[i]).toBe((indices[i - 1]! + 1) % n)
      lengths.push([...starts].filter(Boolean).length)
    }
    // Each of ten is first in a tenth of the samples, ± 4 standard errors.
    for (const count of firsts) expect(Math.abs(count - 400)).toBeLessThan(4 * Math.sqrt(4000 * 0.1 * 0.9))
    // Besides the first, each of nine begins a block with a chance of ¼: 3.25 blocks on average.
    expect(lengths.reduce((sum, each) => sum + each, 0) / 4000).toBeCloseTo(3.25, 1)
  })
})

/** Where formulas end: published generators and tables, single values, and series that barely suffice. */
import { describe, expect, it } from 'vitest'
import { blockLength } from '../../src/stats/block-length.ts'
import { bootstrap, resample } from '../../src/stats/bootstrap.ts'
import { geometricMean, quantile, variance } from '../../src/stats/descriptive.ts'
import { nonNegativeLeastSquares } from '../../src/stats/nnls.ts'
import { normalCdf, normalQuantile, studentQuantile } from '../../src/stats/normal.ts'
import { random } from '../../src/stats/random.ts'
import { randomEffects } from '../../src/stats/random-effects.ts'
import { groupTies, partialSpearman, ranks } from '../../src/stats/ranks.ts'

/** sfc32 as its author publishes it, in whole numbers modulo 2^32: out = a + b + counter++; a = b ^ b >> 9; b = 9c; c = rotl(c, 21) + out. */
function sfc32(seed: number, stream: number) {
  const M = 1n << 32n
  const mod = (x: bigint) => ((x % M) + M) % M
  let [a, b, c, counter] = [mod(BigInt(stream)), mod(BigInt(seed)), mod(BigInt(Math.floor(seed / 2 ** 32))), 1n]
  const next = () => {
    const out = mod(a + b + counter)
    counter = mod(counter + 1n)
    a = b ^ (b >> 9n)
    b = mod(9n * c)
    c = mod(mod((c << 21n) | (c >> 11n)) + out)
    return Number(out)
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

describe('random numbers', () => {
  it('are those of sfc32', () => {
    for (const [seed, stream] of [
      [1, 0],
      [123_456_789, 7],
      [2 ** 40 + 5, 256],
      [-3, 1],
    ] as const) {
      const { uniform } = random(seed, stream)
      const next = sfc32(seed, stream)
      for (let i = 0; i < 200; i++) expect(uniform()).toBe(next() / 2 ** 32)
    }
  })

  it('make normal, exponential and whole ones as their methods say', () => {
    const next = sfc32(9, 0)
    const middle = () => next() + 0.5
    const rng = random(9)
    for (let i = 0; i < 50; i++) {
      let [x, y, s] = [0, 0, 2]
      while (s >= 1) {
        x = (2 * middle()) / 2 ** 32 - 1
        y = (2 * middle()) / 2 ** 32 - 1
        s = x * x + y * y
      }
      const factor = Math.sqrt((-2 * Math.log(s)) / s)
      expect(rng.normal()).toBeCloseTo(x * factor, 12)
      expect(rng.normal()).toBeCloseTo(y * factor, 12)
      expect(rng.exponential()).toBeCloseTo(-Math.log(middle() / 2 ** 32), 9)
      expect(rng.integer(10)).toBe(Math.floor((10 * next()) / 2 ** 32))
    }
  })
})

describe('distributions', () => {
  it('of Student have the 97.5 % quantiles of tables', () => {
    const table = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179]
    for (const [i, t] of table.entries()) expect(Math.abs(studentQuantile(i + 1) - t)).toBeLessThan(0.0015)
    for (const [degrees, t] of [
      [15, 2.1314],
      [20, 2.086],
      [60, 2.0003],
      [120, 1.9799],
    ] as const)
      expect(studentQuantile(degrees)).toBeCloseTo(t, 3)
    expect(studentQuantile(1e9)).toBeCloseTo(1.959964, 6)
  })

  it('of the normal kind are symmetric, also where series and fraction meet', () => {
    expect(normalCdf(0)).toBe(0.5)
    expect(normalCdf(Number.NaN)).toBeNaN()
    for (const x of [1e-9, 0.5, 3.5355, 3.5356, 6]) {
      expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15)
      expect(normalQuantile(normalCdf(-x))).toBeCloseTo(-x, 8)
    }
    const jump = normalCdf(-2.5 * Math.SQRT2 * (1 + 1e-14)) / normalCdf(-2.5 * Math.SQRT2 * (1 - 1e-14))
    expect(Math.abs(jump - 1)).toBeLessThan(1e-11)
    for (const p of [-0.1, 1.1, Number.NaN]) expect(normalQuantile(p)).toBeNaN()
  })
})

describe('few values', () => {
  it('have no variance, and no mean where there are none', () => {
    for (const values of [[], [5]]) expect(variance(values)).toBeNaN()
    expect(geometricMean([])).toBeNaN()
    expect(geometricMean([-1])).toBe(0)
    expect(quantile([], 0)).toBeNaN()
    expect([0, 0.5, 1].map(share => quantile([7], share))).toEqual([7, 7, 7])
  })

  it('give one study its own effect, without an interval', () => {
    const { effect, standardError, low, high, tau, i2, weights } = randomEffects([2], [0.5])
    expect([effect, standardError, tau, i2, weights]).toEqual([2, 0.5, 0, 0, [1]])
    expect([low, high]).toEqual([Number.NaN, Number.NaN])
    // Equal effects do not differ: I² is 0, and the interval is the plain one.
    const equal = randomEffects([2, 2], [0.5, 0.5])
    expect([equal.i2, equal.tau]).toEqual([0, 0])
    expect(equal.high - 2).toBeCloseTo(1.959964 * 0.5 * Math.SQRT1_2, 6)
  })

  it('have blocks of one, however they go on', () => {
    expect(blockLength(Float64Array.of(1, 2, 3, 4, 5, 6, 7))).toBe(1)
    expect(blockLength(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toBeGreaterThan(1)
  })

  it('get no bounds below ten, or below ten that inform', () => {
    const mean = (n: number) => (indices: Uint32Array) => ({ mean: indices.reduce((sum, i) => sum + i, 0) / n })
    const bounds = (n: number, options = {}) => {
      const { low, high } = bootstrap(n, mean(n), { resamples: 200, ...options }).mean
      return [Number.isNaN(low), Number.isNaN(high)]
    }
    expect(bounds(9)).toEqual([true, true])
    expect(bounds(10)).toEqual([false, false])
    expect(bounds(30, { informative: 9 })).toEqual([true, true])
    const none = bootstrap(20, () => ({ x: Number.NaN }), { resamples: 50 }).x
    expect([none.low, none.high]).toEqual([Number.NaN, Number.NaN])
  })
})

describe('a bootstrap', () => {
  it('tells its statistics the values in order first, and then as many samples as asked', () => {
    const calls: number[][] = []
    const { count } = bootstrap(
      12,
      indices => {
        calls.push([...indices])
        return { count: calls.length }
      },
      { resamples: 100, seed: 3 },
    )
    expect(calls[0]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(calls.length).toBe(101)
    expect(count.mean).toBe(1)
    // Blocks have the mean length of the cube root, 2: half of the steps go on.
    const steps = calls.slice(1).flatMap(list => list.slice(1).map((index, i) => index === (list[i]! + 1) % 12))
    expect(steps.filter(Boolean).length / steps.length).toBeCloseTo(0.5 + 0.5 / 12, 1)
    // The bounds are those of counts from 2 to 101, expanded: √(12/11) · 2.201 = 2.299 of the normal, 1.1 % each.
    expect([count.low, count.high]).toEqual([3, 100])
  })

  it('draws an index for each place and no more', () => {
    let drawn = 0
    const into = new Uint32Array(5)
    resample(
      5,
      1e9,
      () => {
        drawn++
        return 0.9999
      },
      into,
    )
    // One to begin, then one for each further place, to see whether a block begins there: never with such a length.
    expect(drawn).toBe(5)
    expect([...into]).toEqual([4, 0, 1, 2, 3])
  })
})

it('ranks group equal values, and a control that says nothing new changes nothing', () => {
  const { group, groups } = groupTies([5, 1, 5, 3, 1])
  expect([[...group], groups]).toEqual([[2, 0, 2, 1, 0], 3])
  expect([...ranks([5, 1, 5, 3, 1])]).toEqual([4.5, 1.5, 4.5, 3, 1.5])
  const rng = random(2)
  const column = () => Array.from({ length: 40 }, () => rng.normal())
  const [x, y, a] = [column(), column(), column()]
  const once = partialSpearman(x, y, [a])
  expect(partialSpearman(x, y, [a, a])).toBeCloseTo(once, 12)
  expect(partialSpearman(x, y, [a, a.map(value => 2 * value + 1), Array(40).fill(7)])).toBeCloseTo(once, 12)
})

it('least squares leave out a column of zeros, and end where nothing changes', () => {
  const gram = [Float64Array.of(2, 0, 1), Float64Array.of(0, 0, 0), Float64Array.of(1, 0, 2)]
  // 2x + z = 4 and x + 2z = 5: x = 1, z = 2.
  const near = (values: number[]) => values.map(value => expect.closeTo(value, 8))
  expect([...nonNegativeLeastSquares(gram, Float64Array.of(4, 3, 5))]).toEqual(near([1, 0, 2]))
  // Scales of 1e12 and 1e-12, to as many digits.
  const scaled = (by: number) => gram.map(row => row.map(value => value * by * by))
  for (const by of [1e-6, 1e6])
    expect([...nonNegativeLeastSquares(scaled(by), Float64Array.of(4 * by * by, 0, 5 * by * by))]).toEqual(
      near([1, 0, 2]),
    )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overfitting } from '../../src/sfp/search/cscv.ts'
import { deflatedSharpe, expectedMaximumSharpe, probabilisticSharpe, sharpeOf } from '../../src/sfp/search/deflated.ts'
import { realityCheck } from '../../src/sfp/search/reality-check.ts'
import { resample } from '../../src/stats/bootstrap.ts'
import { normalCdf, normalQuantile } from '../../src/stats/normal.ts'
import { random } from '../../src/stats/random.ts'

/** Returns without skill, or with a mean of `skill` standard deviations. */
function noise(trials: number, periods: number, seed: number, skill: (k: number) => number = () => 0) {
  const rng = random(seed)
  return Array.from({ length: trials }, (_, k) =>
    Float64Array.from({ length: periods }, () => 0.01 * (rng.normal() + skill(k))),
  )
}

describe('the normal distribution', () => {
  it('has the values of the tables', () => {
    for (const [x, p] of [
      [0, 0.5],
      [1, 0.8413447460685429],
      [1.959963984540054, 0.975],
      [-3, 0.0013498980316300933],
      [4, 0.9999683287581669],
      [-8, 6.220960574271786e-16],
    ] as const) {
      expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-11)
      expect(normalQuantile(p)).toBeCloseTo(x, p > 0.9999 ? 6 : 8)
    }
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-1)]).toEqual([-Infinity, Infinity, Number.NaN])
  })
})

describe('the deflated Sharpe ratio', () => {
  it('agrees with the worked example of Bailey & López de Prado 2014', () => {
    // 100 trials whose annual ratios have a variance of ½, 250 days a year, five years, skewness −3, kurtosis 10, ratio 2.5 a year.
    const expected = expectedMaximumSharpe(100, 1 / (2 * 250))
    expect(expected).toBeCloseTo(0.1132, 4)
    const moments = { length: 1250, skewness: -3, kurtosis: 10 }
    expect(probabilisticSharpe(2.5 / Math.sqrt(250), expected, moments)).toBeCloseTo(0.9004, 3)
    // With 46 trials it is 0.9505, with 88 0.9 on the other side of their threshold.
    expect(probabilisticSharpe(2.5 / Math.sqrt(250), expectedMaximumSharpe(46, 1 / 500), moments)).toBeCloseTo(
      0.9505,
      3,
    )
  })

  it('is low for the best of many without skill, and high for one that has it', () => {
    const idle = noise(100, 500, 1)
    const best = idle.reduce((at, own, k) => (sharpeOf(own) > sharpeOf(idle[at]!) ? k : at), 0)
    expect(deflatedSharpe(idle, best).probability).toBeLessThan(0.95)
    const one = deflatedSharpe(
      noise(100, 500, 1, k => (k === 7 ? 0.4 : 0)),
      7,
    )
    expect(one.probability).toBeGreaterThan(0.99)
    expect(one.trials).toBe(100)
  })
})

describe('the probability of overfitting', () => {
  it('agrees with a slow count over all halves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 7 }), (seed, trials) => {
        const all = noise(trials, 50, seed)
        const blocks = 6
        const size = Math.floor(50 / blocks)
        let over = 0
        let count = 0
        for (let mask = 0; mask < 2 ** blocks; mask++) {
          const inside = Array.from({ length: blocks }, (_, b) => ((mask >> b) & 1) === 1)
          if (inside.filter(Boolean).length !== blocks / 2) continue
          const half = (own: Float64Array, which: boolean) =>
            own.slice(0, blocks * size).filter((_, i) => inside[Math.floor(i / size)] === which)
          const chosen = all.map(own => sharpeOf(half(own, true)))
          const best = chosen.indexOf(Math.max(...chosen))
          const other = all.map(own => sharpeOf(half(own, false)))
          const rank = other.filter(value => value <= other[best]!).length
          count++
          if (rank / (trials + 1) <= 0.5) over++
        }
        const found = overfitting(all, blocks)
        expect(found.logits.length).toBe(count)
        expect(found.probability).toBeCloseTo(over / count, 12)
      }),
      { numRuns: 20 },
    )
  })

  it('is about one half without skill, and near 0 where one trial has it', () => {
    let idle = 0
    for (let seed = 1; seed <= 12; seed++) idle += overfitting(noise(20, 320, seed), 8).probability / 12
    expect(idle).toBeGreaterThan(0.3)
    expect(idle).toBeLessThan(0.7)
    expect(
      overfitting(
        noise(20, 320, 1, k => (k === 3 ? 0.5 : 0)),
        8,
      ).probability,
    ).toBeLessThan(0.02)
  })

  it('takes a trial that never changes as 0, and refuses what it cannot halve', () => {
    const all = [...noise(3, 40, 2), new Float64Array(40), new Float64Array(40).fill(0.01)]
    expect(Number.isFinite(overfitting(all, 4).probability)).toBe(true)
    expect(() => overfitting(all.slice(0, 1), 4)).toThrow(/at least 2/)
    expect(() => overfitting(all, 5)).toThrow(/blocks: 5/)
    expect(() => overfitting(all, 24)).toThrow(/only 40 periods/)
  })

  it('cuts short data into fewer blocks by itself', () => {
    const blocks = (periods: number) => overfitting(noise(3, periods, 2)).blocks
    expect([320, 32, 31, 30, 9, 4].map(blocks)).toEqual([16, 16, 14, 14, 4, 2])
    expect(() => blocks(3)).toThrow(/3 periods, but at least 4/)
  })
})

describe('the reality check', () => {
  it('agrees with a slow calculation from the same resamples', () => {
    const all = noise(4, 60, 9, k => [0.3, -0.5, 0, 0.1][k]!)
    const n = 60
    const B = 200
    const means = all.map(own => own.reduce((sum, value) => sum + value, 0) / n)
    const { uniform } = random(4)
    const drawn = Array.from({ length: B }, () => {
      const indices = [...resample(n, 5, uniform, new Uint32Array(n))]
      return all.map(own => indices.reduce((sum, i) => sum + own[i]!, 0) / n)
    })
    const omega = all.map((_, k) =>
      Math.sqrt((n * drawn.reduce((sum, row) => sum + (row[k]! - means[k]!) ** 2, 0)) / B),
    )
    const statistic = Math.max(0, ...means.map((own, k) => (Math.sqrt(n) * own) / omega[k]!))
    const p = (center: (own: number, k: number) => number) =>
      (1 +
        drawn.filter(
          row =>
            Math.max(0, ...row.map((value, k) => (Math.sqrt(n) * (value - center(means[k]!, k))) / omega[k]!)) >=
            statistic,
        ).length) /
      (B + 1)
    const limit = -Math.sqrt(2 * Math.log(Math.log(n)))
    const found = realityCheck(all, { block: 5, resamples: B, seed: 4 })
    expect(found.statistic).toBeCloseTo(statistic, 12)
    expect(found.upper).toBeCloseTo(
      p(own => own),
      12,
    )
    expect(found.lower).toBeCloseTo(
      p(own => Math.max(0, own)),
      12,
    )
    expect(found.consistent).toBeCloseTo(
      p((own, k) => ((Math.sqrt(n) * own) / omega[k]! >= limit ? own : 0)),
      12,
    )
    const white = Math.max(...means)
    const reached = drawn.filter(row => Math.max(...row.map((value, k) => value - means[k]!)) >= white).length
    expect(found.white).toBeCloseTo((1 + reached) / (B + 1), 12)
    expect(found.best).toBe(means.map((own, k) => own / omega[k]!).indexOf(statistic / Math.sqrt(n)))
  })

  it('rejects about as often as it says without skill, and finds it where it is', () => {
    let rejected = 0
    for (let seed = 1; seed <= 60; seed++)
      if (realityCheck(noise(10, 200, seed), { resamples: 100, block: 3, seed }).consistent <= 0.1) rejected++
    expect(rejected).toBeGreaterThan(0)
    expect(rejected).toBeLessThan(15)
    const skilled = realityCheck(noise(10, 200, 3, k => (k === 4 ? 0.4 : 0)))
    expect(skilled.consistent).toBeLessThan(0.01)
    expect(skilled.best).toBe(4)
  })

  it('poor trials weigh on White’s test, not on the consistent one', () => {
    const all = noise(30, 200, 5, k => (k === 0 ? 0.18 : -1))
    const found = realityCheck(all)
    expect(found.lower).toBeLessThanOrEqual(found.consistent)
    expect(found.consistent).toBeLessThanOrEqual(found.upper)
    expect(found.consistent).toBeLessThan(found.white)
    expect(() => realityCheck([new Float64Array(50)])).toThrow(/no trial/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overfitting } from '../../../src/sfp/search/cscv.ts'
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  probabilisticSharpe,
  sharpeRatio,
} from '../../../src/sfp/search/deflated-sharpe.ts'
import {
  checkOfMaxima,
  mergeMaxima,
  noMaxima,
  realityCheck,
  trialMaxima,
} from '../../../src/sfp/search/reality-check.ts'
import { resample } from '../../../src/stats/bootstrap.ts'
import { normalCdf, normalQuantile } from '../../../src/stats/normal.ts'
import { random } from '../../../src/stats/random.ts'

/** Normal returns of each trial, with a mean of `skill` standard deviations. */
function noise(trials: number, periods: number, seed: number, skill: (k: number) => number = () => 0) {
  const rng = random(seed)
  return Array.from({ length: trials }, (_, k) =>
    Float64Array.from({ length: periods }, () => 0.01 * (rng.normal() + skill(k))),
  )
}

describe('the deflated Sharpe ratio', () => {
  it('agrees with the worked example of Bailey & López de Prado 2014', () => {
    // 100 trials whose annual ratios have a variance of ½; five years of 250 days, skewness −3, kurtosis 10, annual ratio 2.5.
    const expected = expectedMaximumSharpe(100, 1 / (2 * 250))
    expect(expected).toBeCloseTo(0.1132, 4)
    const moments = { length: 1250, skewness: -3, kurtosis: 10 }
    expect(probabilisticSharpe(2.5 / Math.sqrt(250), expected, moments)).toBeCloseTo(0.9004, 3)
    // With 46 trials it is 0.9505.
    expect(probabilisticSharpe(2.5 / Math.sqrt(250), expectedMaximumSharpe(46, 1 / 500), moments)).toBeCloseTo(
      0.9505,
      3,
    )
  })

  it('is that of the paper for two trials, by moments taken anew', () => {
    const best = [0.03, -0.01, 0.02, 0.02, -0.02, 0.09]
    const weak = [0.01, -0.01, 0.02, -0.02, 0, 0.01]
    const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const moment = (values: readonly number[], power: number) =>
      average(values.map(value => (value - average(values)) ** power))
    const ratio = (values: readonly number[]) => average(values) / Math.sqrt((moment(values, 2) * 6) / 5)
    // The variance of two values is half the square of their difference; the median of a normal is 0.
    const difference = ratio(best) - ratio(weak)
    const maximum = Math.sqrt(difference ** 2 / 2) * 0.5772156649 * normalQuantile(1 - 1 / (2 * Math.E))
    const [skewness, kurtosis] = [moment(best, 3) / moment(best, 2) ** 1.5, moment(best, 4) / moment(best, 2) ** 2]
    const spread = 1 - skewness * ratio(best) + ((kurtosis - 1) / 4) * ratio(best) ** 2
    const expected = normalCdf(((ratio(best) - maximum) * Math.sqrt(5)) / Math.sqrt(spread))
    // A trial that never trades has no ratio and is none.
    const found = deflatedSharpe([best, weak, [0, 0, 0, 0, 0, 0]], 0)
    expect(found.trials).toBe(2)
    expect(found.expectedMaximum).toBeCloseTo(maximum, 9)
    expect(found.probability).toBeCloseTo(expected, 7)
    for (const index of [-1, 0.5, 3, Number.NaN])
      expect(() => deflatedSharpe([best, weak, best], index)).toThrow(`variant: ${index}, but expected 0 to 2`)
  })

  it('is low for the best of many trials without skill, and high for a trial with skill', () => {
    const unskilled = noise(100, 500, 1)
    const sharpes = unskilled.map(sharpeRatio)
    const best = sharpes.indexOf(Math.max(...sharpes))
    expect(deflatedSharpe(unskilled, best).probability).toBeLessThan(0.95)
    const one = deflatedSharpe(
      noise(100, 500, 1, k => (k === 7 ? 0.4 : 0)),
      7,
    )
    expect(one.probability).toBeGreaterThan(0.99)
    expect(one.trials).toBe(100)
  })
})

describe('the probability of overfitting', () => {
  it('agrees with a brute-force count over all halves', () => {
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
          const half = (returns: Float64Array, which: boolean) =>
            returns.slice(0, blocks * size).filter((_, i) => inside[Math.floor(i / size)] === which)
          const chosen = all.map(returns => sharpeRatio(half(returns, true)))
          const best = chosen.indexOf(Math.max(...chosen))
          const other = all.map(returns => sharpeRatio(half(returns, false)))
          const rank = other.filter(value => value <= other[best]!).length
          count++
          if (rank / (trials + 1) <= 0.5) over++
        }
        const result = overfitting(all, blocks)
        expect(result.logits.length).toBe(count)
        expect(result.probability).toBeCloseTo(over / count, 12)
      }),
      { numRuns: 20 },
    )
  })

  it('takes the first of variants that are equally good, as are those that did not trade in one half', () => {
    // Two halves. Neither trades in the first; in the second the one gains and the other loses.
    const gains = Float64Array.of(0, 0, 0.02, 0.01)
    const loses = Float64Array.of(0, 0, -0.02, -0.01)
    const logits = (...trials: Float64Array[]) => [...overfitting(trials, 2).logits].sort((a, b) => a - b)
    // Chosen by the first half: the first, which is the better of two in the second. By the second: the one that
    // gains, of two zeros, which share the middle rank.
    expect(logits(gains, loses)).toEqual([0, Math.log(2)].map(value => expect.closeTo(value, 12)))
    expect(logits(loses, gains)).toEqual([Math.log(1 / 2), 0].map(value => expect.closeTo(value, 12)))
  })

  it('is about one half without skill, and near 0 when one trial has skill', () => {
    let average = 0
    for (let seed = 1; seed <= 12; seed++) average += overfitting(noise(20, 320, seed), 8).probability / 12
    expect(average).toBeGreaterThan(0.3)
    expect(average).toBeLessThan(0.7)
    expect(
      overfitting(
        noise(20, 320, 1, k => (k === 3 ? 0.5 : 0)),
        8,
      ).probability,
    ).toBeLessThan(0.02)
  })

  it('counts a trial that never changes as 0, and refuses data that it cannot split', () => {
    const all = [...noise(3, 40, 2), new Float64Array(40), new Float64Array(40).fill(0.01)]
    expect(Number.isFinite(overfitting(all, 4).probability)).toBe(true)
    expect(() => overfitting(all.slice(0, 1), 4)).toThrow(/expected at least 2/)
    expect(() => overfitting(all, 5)).toThrow(/^sweep.overfitting: blocks: 5, but expected an even number from 2 to 24/)
    expect(() => overfitting(all, 24)).toThrow(/blocks: 24, but expected at most 20 for 40 periods/)
  })

  it('cuts short data into fewer blocks by default', () => {
    const blocks = (periods: number) => overfitting(noise(3, periods, 2)).blocks
    expect([320, 32, 31, 30, 9, 4].map(blocks)).toEqual([16, 16, 14, 14, 4, 2])
    expect(() => blocks(3)).toThrow(/3 periods, but expected at least 4/)
  })
})

describe('the reality check', () => {
  it('agrees with a brute-force calculation from the same resamples', () => {
    const all = noise(4, 60, 9, k => [0.3, -0.5, 0, 0.1][k]!)
    const n = 60
    const resamples = 200
    const means = all.map(returns => returns.reduce((sum, value) => sum + value, 0) / n)
    const { uniform } = random(4)
    const drawn = Array.from({ length: resamples }, () => {
      const indices = [...resample(n, 5, uniform, new Uint32Array(n))]
      return all.map(returns => indices.reduce((sum, i) => sum + returns[i]!, 0) / n)
    })
    const omega = all.map((_, k) =>
      Math.sqrt((n * drawn.reduce((sum, row) => sum + (row[k]! - means[k]!) ** 2, 0)) / resamples),
    )
    const statistic = Math.max(0, ...means.map((average, k) => (Math.sqrt(n) * average) / omega[k]!))
    const pValue = (center: (average: number, k: number) => number) =>
      (1 +
        drawn.filter(
          row =>
            Math.max(0, ...row.map((value, k) => (Math.sqrt(n) * (value - center(means[k]!, k))) / omega[k]!)) >=
            statistic,
        ).length) /
      (resamples + 1)
    const limit = -Math.sqrt(2 * Math.log(Math.log(n)))
    const result = realityCheck(all, { block: 5, resamples, seed: 4 })
    expect(result.statistic).toBeCloseTo(statistic, 12)
    expect(result.upper).toBeCloseTo(
      pValue(average => average),
      12,
    )
    expect(result.lower).toBeCloseTo(
      pValue(average => Math.max(0, average)),
      12,
    )
    expect(result.consistent).toBeCloseTo(
      pValue((average, k) => ((Math.sqrt(n) * average) / omega[k]! >= limit ? average : 0)),
      12,
    )
    const white = Math.max(...means)
    const reached = drawn.filter(row => Math.max(...row.map((value, k) => value - means[k]!)) >= white).length
    expect(result.white).toBeCloseTo((1 + reached) / (resamples + 1), 12)
    expect(result.best).toBe(means.map((average, k) => average / omega[k]!).indexOf(statistic / Math.sqrt(n)))
  })

  it('rejects at its nominal rate without skill, and finds the trial with skill', () => {
    let rejected = 0
    for (let seed = 1; seed <= 60; seed++)
      if (realityCheck(noise(10, 200, seed), { resamples: 100, block: 3, seed }).consistent <= 0.1) rejected++
    expect(rejected).toBeGreaterThan(0)
    expect(rejected).toBeLessThan(15)
    const skilled = realityCheck(noise(10, 200, 3, k => (k === 4 ? 0.4 : 0)))
    expect(skilled.consistent).toBeLessThan(0.01)
    expect(skilled.best).toBe(4)
  })

  it('keeps its rate with blocks of the automatic length, which a fixed length of 10 does not', () => {
    let automatic = 0
    let fixed = 0
    for (let seed = 1; seed <= 150; seed++) {
      const all = noise(10, 120, seed)
      const { consistent, block } = realityCheck(all, { resamples: 99 })
      expect(block).toBeLessThan(5)
      if (consistent <= 0.05) automatic++
      if (realityCheck(all, { resamples: 99, block: 10 }).consistent <= 0.05) fixed++
    }
    // 5 % of 150 is 7.5; 15 or more have a chance of one in a hundred.
    expect(automatic).toBeLessThan(15)
    expect(fixed).toBeGreaterThan(automatic)
    // Returns that depend on each other get longer blocks.
    const dependent = noise(5, 400, 3).map(returns =>
      returns.map((_, t) => returns[t]! + (returns[t - 1] ?? 0) + (returns[t - 2] ?? 0)),
    )
    expect(realityCheck(dependent, { resamples: 50 }).block).toBeGreaterThan(4)
  })

  it('comes out of the maxima of parts, which may overlap, as of all trials at once', () => {
    // Trials 5 and 6 are 0 and 1 again: of equal ratios the first one's counts.
    const all = [...noise(5, 80, 6), ...noise(2, 80, 6)]
    const bootstrap = { block: 3, resamples: 100, seed: 2 }
    const merged = noMaxima(100)
    for (const part of [[4, 5], [], [5, 6, 2], [0, 1, 2, 3]]) {
      const trials = part.map(k => all[k]!)
      mergeMaxima(merged, trialMaxima(trials, bootstrap, part))
    }
    expect(checkOfMaxima(merged, bootstrap)).toEqual(realityCheck(all, bootstrap))
    const best = (parts: number[][]) => {
      const maxima = noMaxima(100)
      for (const part of parts) mergeMaxima(maxima, trialMaxima([all[0]!, all[0]!], bootstrap, part))
      return maxima.best
    }
    expect([
      best([[7, 3]]),
      best([
        [9, 8],
        [5, 6],
      ]),
      best([
        [2, 1],
        [4, 6],
      ]),
    ]).toEqual([3, 5, 1])
  })

  it('takes blocks of one period or more', () => {
    const all = noise(3, 60, 2)
    expect(realityCheck(all, { block: 1, resamples: 20 }).block).toBe(1)
    expect(realityCheck(all, { block: 2.5, resamples: 20 }).block).toBe(2.5)
    for (const block of [0.99, 0, -1, Number.NaN])
      expect(() => realityCheck(all, { block })).toThrow('sweep.realityCheck: block: ')
  })

  it('lets poor trials weaken White’s test, but not the consistent one', () => {
    const all = noise(30, 200, 5, k => (k === 0 ? 0.18 : -1))
    const result = realityCheck(all)
    expect(result.lower).toBeLessThanOrEqual(result.consistent)
    expect(result.consistent).toBeLessThanOrEqual(result.upper)
    expect(result.consistent).toBeLessThan(result.white)
    expect(() => realityCheck([new Float64Array(50)])).toThrow(
      /^sweep.realityCheck: no variant has returns that change$/,
    )
  })
})

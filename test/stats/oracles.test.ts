/** Statistics against libraries that others wrote. */
import { mean as d3Mean, quantile as d3Quantile, variance as d3Variance } from 'd3-array'
import fc from 'fast-check'
import * as simple from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { geometricMean, mean, quantile, sum, variance } from '../../src/stats/descriptive.ts'
import { normalCdf, normalQuantile } from '../../src/stats/normal.ts'
import { pearson, spearman } from '../../src/stats/ranks.ts'

const value = fc.integer({ min: -1e9, max: 1e9 }).map(thousandths => thousandths / 1000)
const values = fc.array(value, { minLength: 2, maxLength: 50 })

/** Equal to 10 digits of the larger values that it was computed from. */
function expectNear(actual: number, expected: number, scale: number) {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.max(scale, Math.abs(expected)))
}

describe('descriptive statistics', () => {
  it('equal those of d3-array and simple-statistics', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (x, share) => {
        const scale = Math.max(...x.map(Math.abs))
        expectNear(sum(x), simple.sum(x), scale * x.length)
        expectNear(mean(x), d3Mean(x)!, scale)
        expectNear(variance(x), d3Variance(x)!, scale ** 2)
        expectNear(variance(x), simple.sampleVariance(x), scale ** 2)
        expectNear(quantile(x, share), d3Quantile(x, share)!, scale)
      }),
    )
    expect(quantile([], 0.5)).toBeNaN()
    expect(variance([1])).toBeNaN()
  })

  it('of returns: the geometric mean', () => {
    const returns = fc.array(fc.double({ min: -0.9, max: 3, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(returns, r => {
        expectNear(geometricMean(r), simple.geometricMean(r.map(each => 1 + each)) - 1, 10)
      }),
    )
    // Half lost and doubled is nothing gained; all lost stays lost.
    expect(geometricMean([-0.5, 1])).toBeCloseTo(0, 14)
    expect(geometricMean([0.5, -1])).toBe(0)
    expect(geometricMean([])).toBeNaN()
  })
})

describe('correlations', () => {
  it('equal those of simple-statistics, whose ranks need distinct values', () => {
    const distinct = (n: number) => fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: n, maxLength: n })
    const pairs = fc.integer({ min: 3, max: 40 }).chain(n => fc.tuple(distinct(n), distinct(n)))
    fc.assert(
      fc.property(pairs, ([x, y]) => {
        expectNear(pearson(x, y), simple.sampleCorrelation(x, y), 1)
        expectNear(spearman(x, y), simple.sampleRankCorrelation(x, y), 1)
      }),
    )
  })
})

describe('the normal distribution', () => {
  it('equals the error function of simple-statistics to its seven digits, and its quantile is the inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), z => {
        expect(Math.abs(normalCdf(z) - (1 + simple.errorFunction(z / Math.SQRT2)) / 2)).toBeLessThan(2e-7)
        expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 8)
      }),
    )
  })
})

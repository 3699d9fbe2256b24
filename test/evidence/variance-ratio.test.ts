import { describe, expect, it } from 'vitest'
import { varianceRatio } from '../../src/evidence/variance-ratio.ts'
import { random } from '../../src/stats/random.ts'

/** Prices whose log returns are an AR(1) with coefficient phi. */
function prices(seed: number, n: number, phi: number): Float64Array {
  const rng = random(seed)
  let value = 0
  let price = 0
  return Float64Array.from({ length: n }, () => {
    value = phi * value + 0.01 * rng.normal()
    price += value
    return Math.exp(price)
  })
}

describe('the variance ratio', () => {
  it('is that of an AR(1), and within its standard error of 1 for a random walk', () => {
    const n = 40_000
    const sigma = new Float64Array(n).fill(0.01)
    for (const phi of [0, 0.2, -0.2]) {
      // 1 + 2 Σ (1 − k/q) φᵏ
      let expected = 1
      for (let k = 1; k < 24; k++) expected += 2 * (1 - k / 24) * phi ** k
      const { ratio, standardError } = varianceRatio(prices(7, n, phi), sigma, 24)
      expect(standardError).toBeCloseTo(Math.sqrt((2 * 47 * 23) / (3 * 24 * (n - 1))), 12)
      expect(Math.abs(ratio - expected)).toBeLessThan(3.5 * standardError * expected)
    }
  })

  it('has that standard error over many random walks', () => {
    const n = 1000
    const sigma = new Float64Array(n).fill(0.01)
    const ratios = Array.from({ length: 200 }, (_, i) => varianceRatio(prices(i + 1, n, 0), sigma, 12).ratio)
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / 200
    const spread = Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / 199)
    const { standardError } = varianceRatio(prices(1, n, 0), sigma, 12)
    expect(Math.abs(mean - 1)).toBeLessThan((4 * standardError) / Math.sqrt(200))
    expect(spread / standardError).toBeGreaterThan(0.85)
    expect(spread / standardError).toBeLessThan(1.15)
  })

  it('is undefined where the data is too short', () => {
    expect(varianceRatio([1, 2, 3], [1, 1, 1], 24).ratio).toBeNaN()
  })
})

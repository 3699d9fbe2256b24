/** The automatic block length, against the formula's parts calculated one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockLength } from '../../src/stats/block-length.ts'
import { type Random, random } from '../../src/stats/random.ts'

function autoregression(rng: Random, n: number, phi: number): Float64Array {
  const out = new Float64Array(n)
  for (let t = 1; t < n; t++) out[t] = phi * out[t - 1]! + rng.normal()
  return out
}

/**
 * Politis and White 2004 with the correction of Patton, Politis and White 2009, as the papers write it: all autocovariances from
 * −M to M, the flat-top window by its definition, and the smallest lag m after which K neighbours are negligible.
 */
function byThePaper(series: Float64Array): number {
  const n = series.length
  const average = [...series].reduce((total, x) => total + x, 0) / n
  const R = (k: number) => {
    let total = 0
    for (let t = 0; t + Math.abs(k) < n; t++) total += (series[t]! - average) * (series[t + Math.abs(k)]! - average)
    return total / n
  }
  const K = Math.max(5, Math.ceil(Math.log10(n)))
  const most = Math.ceil(Math.sqrt(n)) + K
  const bound = 2 * Math.sqrt(Math.log10(n) / n)
  const negligible = (k: number) => Math.abs(R(k) / R(0)) < bound
  let m = 0
  const quietAfter = (lag: number) => Array.from({ length: K }, (_, i) => lag + 1 + i).every(k => negligible(k))
  while (!quietAfter(m) && m + K < most) m++
  // Where no lag is followed by K negligible ones, the last significant one counts.
  if (!quietAfter(m)) for (m = most; m > 0 && negligible(m); m--);
  const M = Math.min(2 * Math.max(1, m), most)
  const window = (t: number) => (Math.abs(t) <= 0.5 ? 1 : Math.abs(t) <= 1 ? 2 * (1 - Math.abs(t)) : 0)
  let G = 0
  let g0 = 0
  for (let k = -M; k <= M; k++) {
    G += window(k / M) * Math.abs(k) * R(k)
    g0 += window(k / M) * R(k)
  }
  const length = ((2 * G ** 2) / (2 * g0 ** 2)) ** (1 / 3) * n ** (1 / 3)
  return Math.min(Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)), Math.max(1, length))
}

describe('blockLength', () => {
  it('equals the formula of the papers, written out', () => {
    const phi = fc.double({ min: -0.95, max: 0.95, noNaN: true })
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 8, max: 300 }), phi, (seed, n, each) => {
        const series = autoregression(random(seed), n, each)
        const expected = byThePaper(series)
        expect(Math.abs(blockLength(series) / expected - 1)).toBeLessThan(1e-9)
      }),
      { numRuns: 300 },
    )
  })

  it('comes to the best length of an AR(1), (2φ/(1 − φ²))^⅔ · ∛n, as the sample grows', () => {
    // G = 2R₀φ/(1−φ)² and D = 2(R₀(1+φ)/(1−φ))²: 11.5 for φ = 0.7 and n = 200, 31.1 for φ = 0.7 and n = 4,000.
    for (const phi of [0.7, -0.4]) {
      const n = 4000
      const best = Math.abs((2 * phi) / (1 - phi ** 2)) ** (2 / 3) * Math.cbrt(n)
      const lengths = Array.from({ length: 15 }, (_, i) => blockLength(autoregression(random(i), n, phi)))
      const middle = lengths.sort((a, b) => a - b)[7]!
      expect(middle / best).toBeGreaterThan(0.75)
      expect(middle / best).toBeLessThan(1.3)
    }
    expect(blockLength(autoregression(random(3), 4000, 0))).toBeLessThan(12)
  })

  it('is 1 for a constant or very short series', () => {
    expect(blockLength(new Float64Array(100))).toBe(1)
    expect(blockLength(Float64Array.of(1, 2, 3, 5, 2, 7, 8))).toBe(1)
  })
})

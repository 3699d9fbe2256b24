/** Random effects against a published analysis. */
import { describe, expect, it } from 'vitest'
import { random } from '../../src/stats/random.ts'
import { randomEffects } from '../../src/stats/random-effects.ts'

/** Thirteen trials of the BCG vaccine (Colditz et al. 1994, JAMA 271, 698–702): cases and others, vaccinated and not. */
const BCG = [
  [4, 119, 11, 128],
  [6, 300, 29, 274],
  [3, 228, 11, 209],
  [62, 13536, 248, 12619],
  [33, 5036, 47, 5761],
  [180, 1361, 372, 1079],
  [8, 2537, 10, 619],
  [505, 87886, 499, 87892],
  [29, 7470, 45, 7232],
  [17, 1699, 65, 1600],
  [186, 50448, 141, 27197],
  [5, 2493, 3, 2338],
  [27, 16886, 29, 17825],
] as const
const riskRatios = BCG.map(([a, b, c, d]) => Math.log(a / (a + b) / (c / (c + d))))
const riskErrors = BCG.map(([a, b, c, d]) => Math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))

describe('randomEffects', () => {
  it('agrees with the published analysis of the BCG trials by DerSimonian and Laird’s method', () => {
    // As R's metafor documents it: τ² 0.3088, I² 92.12 %, log risk ratio −0.7141 with a standard error of 0.1787.
    const { effect, standardError, tau, i2, low, high } = randomEffects(riskRatios, riskErrors)
    expect(tau ** 2).toBeCloseTo(0.3088, 4)
    expect(i2).toBeCloseTo(0.9212, 4)
    expect(effect).toBeCloseTo(-0.7141, 4)
    expect(standardError).toBeCloseTo(0.1787, 4)
    // Hartung and Knapp's is a little wider than −1.0644 to −0.3638.
    expect(low).toBeLessThan(-1.0644)
    expect(high).toBeGreaterThan(-0.3638)
    expect(high - low).toBeLessThan(0.9)
  })

  it('covers the mean of true effects that differ, with few studies too', () => {
    for (const k of [2, 3, 5, 8, 20]) {
      let covered = 0
      for (let seed = 1; seed <= 400; seed++) {
        const rng = random(seed, k)
        const errors = Array.from({ length: k }, () => 0.05 + 0.1 * rng.uniform())
        const { low, high } = randomEffects(
          errors.map(error => 0.2 + 0.1 * rng.normal() + error * rng.normal()),
          errors,
        )
        if (low <= 0.2 && 0.2 <= high) covered++
      }
      // Standard error of the share: 1.1 %.
      expect(covered / 400, `${k} studies`).toBeGreaterThan(0.925)
    }
  })

  it('weighs by precision where studies agree, and gives one study no interval', () => {
    const agreeing = randomEffects([0.1, 0.1, 0.1], [0.1, 0.2, 0.2])
    expect(agreeing).toMatchObject({ tau: 0, i2: 0 })
    expect(agreeing.weights.map(weight => +weight.toFixed(12))).toEqual([
      +(2 / 3).toFixed(12),
      +(1 / 6).toFixed(12),
      +(1 / 6).toFixed(12),
    ])
    // Not narrower than the plain interval, although nothing scatters.
    expect(agreeing.high - agreeing.low).toBeCloseTo(2 * 1.959964 * agreeing.standardError, 6)
    expect(randomEffects([0.3], [0.1])).toMatchObject({ effect: 0.3, low: Number.NaN, high: Number.NaN, weights: [1] })
  })
})

import { describe, expect, it } from 'vitest'
import { normalCdf, normalQuantile } from '../../src/stats/normal.ts'

describe('the normal distribution', () => {
  it('matches tabulated values', () => {
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

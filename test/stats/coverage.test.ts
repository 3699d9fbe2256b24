/** Coverage of the intervals of studies. `node test/stats/coverage/run.mjs` prints the table. */
import { describe, expect, it } from 'vitest'
import { cases, coverage } from './coverage/coverage.ts'

describe('95 % intervals hold the true value', () => {
  for (const one of cases())
    it(one.name, () => {
      for (const n of [3, 5, 9]) expect(coverage(one, n, 20).given).toBe(0)
      // Standard error of the share: 1.8 %.
      const { given, covered } = coverage(one, 100, 150)
      expect(given).toBeGreaterThan(0.98)
      expect(covered).toBeGreaterThan(0.895)
    })
})

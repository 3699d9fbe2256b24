import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ln } from '../../src/stats/ln.ts'

describe('ln', () => {
  it('is the logarithm to about 1e-15', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), x => {
        const exact = Math.log(x)
        expect(Math.abs(ln(x) - exact)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(exact)))
      }),
      { numRuns: 2000 },
    )
    expect(ln(1)).toBe(0)
  })

  it('is bit-identical on every machine', () => {
    expect([3, 0.3, 60_000, 1e-9].map(ln)).toEqual([
      1.0986122886681096, -1.2039728043259361, 11.002099841204238, -20.72326583694641,
    ])
  })
})

/** Non-negative least squares. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nonNegativeLeastSquares } from '../../src/stats/nnls.ts'

const normal = (columns: readonly (readonly number[])[], y: readonly number[]) => {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  return {
    gram: columns.map(a => Float64Array.from(columns, b => dot(a, b))),
    b: Float64Array.from(columns, a => dot(a, y)),
  }
}

describe('nonNegativeLeastSquares', () => {
  it('solves worked examples, also where the free solution is negative', () => {
    const both = normal(
      [
        [1, 0, 0],
        [1, 1, 0],
      ],
      [5, 2, 7],
    )
    expect([...nonNegativeLeastSquares(both.gram, both.b)]).toEqual([expect.closeTo(3, 8), expect.closeTo(2, 8)])
    // Freely 3 and −2; without the second column 1.
    const bound = normal(
      [
        [1, 0],
        [1, 1],
      ],
      [1, -2],
    )
    expect([...nonNegativeLeastSquares(bound.gram, bound.b)]).toEqual([expect.closeTo(1, 8), 0])
    expect([...nonNegativeLeastSquares([new Float64Array(1)], new Float64Array(1))]).toEqual([0])
  })

  it('meets the conditions of Karush, Kuhn and Tucker', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true })
    const row = fc.array(number, { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), row, (columns, y) => {
        const { gram, b } = normal(columns, y)
        const x = nonNegativeLeastSquares(gram, b)
        for (const [i, rowOfG] of gram.entries()) {
          const gradient = rowOfG.reduce((sum, value, j) => sum + value * x[j]!, 0) - b[i]!
          expect(x[i]).toBeGreaterThanOrEqual(0)
          // Nearly parallel columns converge slowly, so the bound is loose.
          if (x[i]! > 0) expect(Math.abs(gradient)).toBeLessThan(1e-3)
          else expect(gradient).toBeGreaterThan(-1e-3)
        }
      }),
    )
  })
})

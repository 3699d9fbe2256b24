import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstWhere, lowerBound, upperBound } from '../../src/common/binary-search.ts'

it('the bounds equal those of a linear search', () => {
  const value = fc.integer({ min: -3, max: 9 })
  fc.assert(
    fc.property(fc.array(value), value, (values, target) => {
      const ascending = Float64Array.from(values).sort()
      const orAll = (index: number) => (index < 0 ? ascending.length : index)
      expect(lowerBound(ascending, target)).toBe(orAll(ascending.findIndex(x => x >= target)))
      expect(upperBound(ascending, target)).toBe(orAll(ascending.findIndex(x => x > target)))
    }),
  )
})

it('takes at most 20 steps for a million values, and stays in range', () => {
  for (const first of [0, 1, 499_999, 999_999, 1_000_000]) {
    let steps = 0
    const result = firstWhere(1_000_000, index => {
      steps++
      expect(index).toBeLessThan(1_000_000)
      return index >= first
    })
    expect(result).toBe(first)
    expect(steps).toBeLessThanOrEqual(20)
  }
})

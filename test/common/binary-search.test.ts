import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstWhere, lowerBound, upperBound } from '../../src/common/binary-search.ts'

it('the bounds of a value are where a look at every value finds them', () => {
  const value = fc.integer({ min: -3, max: 9 })
  fc.assert(
    fc.property(fc.array(value), value, (values, wanted) => {
      const rising = Float64Array.from(values).sort()
      const orAll = (index: number) => (index < 0 ? rising.length : index)
      expect(lowerBound(rising, wanted)).toBe(orAll(rising.findIndex(one => one >= wanted)))
      expect(upperBound(rising, wanted)).toBe(orAll(rising.findIndex(one => one > wanted)))
    }),
  )
})

it('a place is found in few looks, and none is looked at that is not there', () => {
  for (const first of [0, 1, 499_999, 999_999, 1_000_000]) {
    let looks = 0
    const found = firstWhere(1_000_000, index => {
      looks++
      expect(index).toBeLessThan(1_000_000)
      return index >= first
    })
    expect(found).toBe(first)
    expect(looks).toBeLessThanOrEqual(20)
  }
})

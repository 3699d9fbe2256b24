import { describe, expect, it } from 'vitest'
import { checkedOpenInterest } from '../../src/market/open-interest.ts'

const check = (values: number[]) =>
  checkedOpenInterest(
    Float64Array.from(values),
    Float64Array.from(values, (_, i) => i * 3_600_000),
    [],
  )

describe('open interest', () => {
  it('of 0 never counts, also as the first value and for long', () => {
    expect([...check([0, 5, 6])]).toEqual([Number.NaN, 5, 6])
    expect(check([5, ...new Array<number>(40).fill(0)]).filter(Number.isNaN).length).toBe(40)
  })

  it('at a new level counts after a day of hours', () => {
    const values = check([1000, ...new Array<number>(30).fill(50)])
    expect(values.findIndex((value, i) => i > 0 && value === 50)).toBe(25)
    expect([...check([1000, 99, 101, 1001])]).toEqual([1000, Number.NaN, 101, 1001])
    expect([...check([1000, 100_000, 1001])]).toEqual([1000, Number.NaN, 1001])
  })

  it('of a bar does not depend on later bars', () => {
    const values = [1000, 50, 50, 0, 1001, 20_000, ...new Array<number>(30).fill(40), 1000]
    const all = check(values)
    for (let n = 1; n <= values.length; n++) expect([...check(values.slice(0, n))]).toEqual([...all.slice(0, n)])
  })

  it('without a missing value is the same array', () => {
    const values = Float64Array.of(5, Number.NaN, 6)
    expect(checkedOpenInterest(values, values, [])).toBe(values)
  })
})

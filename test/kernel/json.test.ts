import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJson } from '../../src/kernel/json.ts'

describe('toJson', () => {
  it('agrees with JSON.stringify for values that it supports', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withNullPrototype: true }), value => {
        expect(toJson(value)).toEqual(JSON.parse(JSON.stringify(value) ?? 'null'))
      }),
    )
  })

  it('converts typed arrays to lists, and invalid numbers and dates to null', () => {
    expect(
      toJson({ a: new Float64Array([1, Number.NaN]), b: Number.POSITIVE_INFINITY, c: new Date(Number.NaN) }),
    ).toEqual({
      a: [1, null],
      b: null,
      c: null,
    })
  })

  it('allows the same object twice', () => {
    const shared = { x: 1 }
    expect(toJson([shared, shared])).toEqual([{ x: 1 }, { x: 1 }])
  })

  it.each([
    [{ a: [0, 1n] }, '$.a[1] is a BigInt'],
    [{ f: () => 1 }, '$.f is a function'],
    [[Symbol('s')], '$[0] is a symbol'],
    [{ m: new Map() }, '$.m is a Map'],
  ])('names the path of a value that JSON lacks: %o', (value, message) => {
    expect(() => toJson(value)).toThrow(message)
  })
})

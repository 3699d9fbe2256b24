import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exactKey } from '../../src/common/cache-key.ts'

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, Infinity, -Infinity, Number.NaN, 0, -0, 1, '1', 'null', 'NaN', '', true, false, 1n),
  fc.string({ maxLength: 2 }),
)
const value = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'a":1,"b'), tie('any'), { maxKeys: 2, noNullPrototype: true }),
  ),
})).any

it('two values have the same key exactly if they are deeply equal', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(exactKey(a) === exactKey(b)).toBe(isDeepStrictEqual(a, b))
    }),
    { numRuns: 2000 },
  )
  const distinct = [
    null,
    Infinity,
    -Infinity,
    Number.NaN,
    0,
    -0,
    '0',
    'null',
    [],
    [null],
    {},
    '',
    false,
    [[]],
    [1, 2],
    ['1,2'],
  ]
  expect(new Set(distinct.map(exactKey)).size).toBe(distinct.length)
})

it('property order and undefined properties do not matter', () => {
  expect(exactKey({ a: 1, b: [Infinity] })).toBe(exactKey({ b: [Infinity], c: undefined, a: 1 }))
  expect(exactKey(runInNewContext('({ a: 1, b: [Infinity] })'))).toBe(exactKey({ a: 1, b: [Infinity] }))
  expect(exactKey([1, undefined])).not.toBe(exactKey([1]))
})

it('functions and class instances are compared by identity', () => {
  const values = [() => 1, () => 1, new Date(0), new Date(0), new Map(), Float64Array.of(1)]
  expect(new Set(values.map(value => exactKey({ where: value }))).size).toBe(values.length)
  for (const value of values) expect(exactKey([value])).toBe(exactKey([value]))
  expect(() => exactKey([Symbol('x')])).toThrow(/Symbol\(x\) cannot be part of a key/)
})

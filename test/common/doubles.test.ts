/** Lists of 64-bit numbers: joined, and as text. */
import { expect, it } from 'vitest'
import { concatDoubles, decodeDoubles, encodeDoubles } from '../../src/common/doubles.ts'

it('lists are joined in order, whatever their lengths', () => {
  const joined = concatDoubles([Float64Array.of(1, 2), new Float64Array(0), Float64Array.of(Number.NaN)])
  expect(joined).toEqual(Float64Array.of(1, 2, Number.NaN))
  expect(concatDoubles([])).toEqual(new Float64Array(0))
})

it('values come back from their text bit by bit, also those of a part of a list', () => {
  // Little-endian: 1 is 00 00 00 00 00 00 f0 3f.
  expect(encodeDoubles(Float64Array.of(1))).toBe('AAAAAAAA8D8=')
  const all = Float64Array.of(7, -0, Number.NaN, Number.MIN_VALUE, -Infinity, 0.1)
  expect(decodeDoubles(encodeDoubles(all.subarray(1)))).toEqual(all.slice(1))
})

it('text that is not of whole values is none', () => {
  expect(decodeDoubles('AAAA')).toBeNull()
  expect(decodeDoubles('AAAAAAAA8D8A')).toBeNull()
  expect(decodeDoubles('')).toEqual(new Float64Array(0))
})

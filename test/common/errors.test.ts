import { describe, expect, it } from 'vitest'
import { DataError, OptionError, oneLine, quoteName, quoteValue } from '../../src/common/errors.ts'

describe('quoteValue', () => {
  it('quotes strings and shows plain objects as JSON', () => {
    expect(['a  "b"\n', 5, null, undefined, { a: [1] }].map(quoteValue)).toEqual([
      '"a  \\"b\\"\\n"',
      '5',
      'null',
      'undefined',
      '{"a":[1]}',
    ])
  })

  it('cuts long values', () => {
    expect(quoteValue('x'.repeat(1e6))).toHaveLength(58)
  })

  it('stays on one line', () => {
    const code = () => {
      return 1
    }
    for (const value of [code, new Error('a\nb'), 'a\u2028b']) expect(quoteValue(value)).not.toMatch(/[\n\u2028]/)
  })

  it('shows values that have no text of their own', () => {
    const cyclic: object[] = []
    cyclic.push(cyclic)
    const noToString = Object.create(Object.create(null)) as object
    expect([cyclic, { n: 1n }, { toJSON: () => undefined }, noToString, Symbol('s')].map(quoteValue)).toEqual([
      '[object Array]',
      '[object Object]',
      '[object Object]',
      '[object Object]',
      'Symbol(s)',
    ])
  })
})

it('quoteName quotes what is no plain word', () => {
  expect(['minMove', 'target.r', '', 'a\nb', 'x'.repeat(100)].map(quoteName)).toEqual([
    'minMove',
    'target.r',
    '""',
    '"a\\nb"',
    `"${'x'.repeat(56)}…`,
  ])
})

describe('a message', () => {
  it('is one line without control characters', () => {
    for (const ErrorClass of [DataError, OptionError]) {
      const { message } = new ErrorClass('a.csv: Row 1,\r\n\u2028\u0085 "a\tb\0": not a number')
      expect(message).toBe('a.csv: Row 1, "a b\ufffd": not a number')
    }
  })

  it('of any length keeps where and what to do', () => {
    const { message } = new DataError(`a.csv: ${'x\n'.repeat(1e5)}: unpack it first`)
    expect(message).toMatch(/^a\.csv: x x .*… x x .*: unpack it first$/)
    expect(message.length).toBeLessThan(1010)
    expect(new DataError('x'.repeat(1000)).message).toHaveLength(1000)
  })

  it('keeps its cause', () => expect(new DataError('a', { cause: 5 }).cause).toBe(5))
})

it('oneLine cuts off long texts', () => {
  expect(oneLine('a\n b')).toBe('a b')
  expect(oneLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`)
})

import { describe, expect, it } from 'vitest'
import { quoteName, quoteValue } from '../../src/common/errors.ts'

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

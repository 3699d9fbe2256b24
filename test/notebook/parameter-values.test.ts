import { describe, expect, it } from 'vitest'
import { inputProblem, inputValue, plainParameters, valueSource } from '../../src/notebook/parameter-values.ts'

const valuesOf = (source: string) => Object.fromEntries(plainParameters(source).map(({ name, value }) => [name, value]))

describe('the plain parameters of a cell', () => {
  it.each([
    ['const symbol = \'BTC/USDT:USDT\', timeframe = "4h"', { symbol: 'BTC/USDT:USDT', timeframe: '4h' }],
    ["const symbol: string = 'a'\nlet days: number = 60; var on = true", { symbol: 'a', days: 60, on: true }],
    [
      'const a = -1.5e3\nconst b = 1_000\nconst c = .5\nconst d = null\nconst e = false',
      { a: -1500, b: 1000, c: 0.5, d: null, e: false },
    ],
    ["const since =\n  '2023-01-01'\nconst next = 1", { since: '2023-01-01', next: 1 }],
    // Values of several tokens are left out, and nothing inside of them is taken for a parameter.
    ["const mix = { 10: 0.5 }, half = '7d'", { half: '7d' }],
    ['const f = (a = 1) => { const b = 2; return b }\nconst c = 3', { c: 3 }],
    ["const a = 'x' + 'y'\nconst b = a ? 1 : 2\nconst c = 4", { c: 4 }],
    ['const a = 1\n  + 2\nconst b = 3', { b: 3 }],
    [`const a = \`plain\`, b = \`not \${1}\``, { a: 'plain' }],
    [
      "// const old = 1\n/* const older = 2 */ const text = '// no comment; const x = 1'",
      { text: '// no comment; const x = 1' },
    ],
    ["const quote = 'it\\'s \\u20ac \\n'", { quote: "it's € \n" }],
    ['', {}],
  ])('%j', (source, values) => {
    expect(valuesOf(source)).toEqual(values)
  })

  it('have their place in the text, and the comment before them', () => {
    const source = "// A file.\n// Empty: none.\nconst file = '' // behind\n\nconst days = 60"
    const [file, days] = plainParameters(source)
    expect(source.slice(file!.start, file!.end)).toBe("''")
    expect(source.slice(days!.start, days!.end)).toBe('60')
    expect(file!.comment).toBe('A file. Empty: none.')
  })
})

describe('a value as source', () => {
  it.each([
    ["it's", "'", "'it\\'s'"],
    ['say "x" \\ \n', "'", '\'say "x" \\\\ \\n\''],
    ['say "x"', '"', '"say \\"x\\""'],
    [60, "'", '60'],
    [-0, "'", '-0'],
    [true, "'", 'true'],
    [null, "'", 'null'],
  ])('%j in %s is %s', (value, replaced, source) => {
    expect(valueSource(value, replaced)).toBe(source)
    expect(valuesOf(`const a = ${source}`).a).toBe(value)
  })
})

describe('an input', () => {
  it('keeps the type of the value', () => {
    expect([inputProblem('x', 1), inputProblem('', 1), inputProblem('1e999', 1)].every(Boolean)).toBe(true)
    expect(inputProblem('maybe', true)).toBe('true or false')
    expect([
      inputProblem('2.5', 1),
      inputProblem('false', true),
      inputProblem('', 'x'),
      inputProblem('x', null),
    ]).toEqual([undefined, undefined, undefined, undefined])
    expect([inputValue('2.5', 1), inputValue('false', true), inputValue('1', 'x'), inputValue('null', null)]).toEqual([
      2.5,
      false,
      '1',
      null,
    ])
  })
})

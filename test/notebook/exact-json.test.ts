import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactNumber, parseExactJson } from '../../src/notebook/exact-json.ts'
import { JsonTooLongError, writeJson } from '../../src/notebook/json-writer.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'

const compact = (text: string) => writeJson(parseExactJson(text), { indent: 0, sortKeys: false })
const token = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 30n }).map(String)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,20}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?[0-9]{1,4}$/)),
  )
  .map(parts => parts.join(''))

describe('numbers in a file', () => {
  it.each([
    '1.0',
    '1e400',
    '-1e400',
    '1e-400',
    '-0',
    '-0.0',
    '12345678901234567890',
    '9007199254740993',
    '1E5',
    '1e5',
    '1e-7',
    '0.10',
  ])('%s is written as it is read', number => {
    expect(compact(number)).toBe(number)
    const file = `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": {"b": [${number}]}}, "cells": []}`
    expect(serializeNotebook(parseNotebook(file))).toContain(`\n    ${number}\n`)
  })

  it('keep their digits in any notation, among strings with quotes and backslashes', () => {
    // Names that are not numbers, because JavaScript orders those.
    const json = fc.letrec<{ json: string }>(tie => ({
      json: fc.oneof(
        { maxDepth: 4 },
        token,
        fc.string().map(text => JSON.stringify(text)),
        fc.constantFrom('true', 'false', 'null', '"\\\\"', '"\\"1.0"', '{}', '[]', '{"__proto__":1.0}'),
        fc.array(tie('json'), { maxLength: 4 }).map(items => `[${items.join(',')}]`),
        fc
          .array(tie('json'), { maxLength: 4 })
          .map(items => `{${items.map((item, i) => `"k${i}":${item}`).join(',')}}`),
      ),
    })).json
    fc.assert(
      fc.property(json, text => {
        expect(compact(text)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('are ordinary numbers where their text is the usual one, and the nearest ones for everything else', () => {
    expect(parseExactJson('[1, 2.5, -0.0, 1e-07, 1e+22]')).toEqual([1, 2.5, -0, 1e-7, 1e22])
    const [number] = parseExactJson('[1.50]') as unknown as [ExactNumber]
    expect(number).toBeInstanceOf(ExactNumber)
    expect(Number(number) + 1).toBe(2.5)
    expect(JSON.stringify({ number, huge: parseExactJson('-1e400') })).toBe(
      '{"number":1.5,"huge":-1.7976931348623157e+308}',
    )
  })

  it('may have a fraction of zero where a whole number is expected, as in Python', () => {
    const output = '{"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": 3.0}'
    const cell = `{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1.0, "outputs": [${output}]}`
    const file = (metadata: string) =>
      `{"nbformat": 4.0, "nbformat_minor": 5.0, "metadata": ${metadata}, "cells": [${cell}]}`
    expect(parseNotebook(file('{}')).nbformat_minor).toBe(5)
    expect(() => parseNotebook(file('1.0'))).toThrow('metadata: expected an object, found 1.0')
    expect(() => parseNotebook(file('{}').replace('4.0', '4.5'))).toThrow('nbformat: only version 4 can be read')
  })
})

describe('JSON that is too long', () => {
  it.each<[string, unknown]>([
    ['a text', ['x'.repeat(100)]],
    ['escapes', '\u0001'.repeat(20)],
    ['many values', Array(60).fill(0)],
    ['a name', { ['x'.repeat(100)]: 1 }],
  ])('is not written: %s', (_name, value) => {
    expect(() => writeJson(value, { maxChars: 100 })).toThrow(JsonTooLongError)
    expect(writeJson(value, { maxChars: 1000 }).length).toBeGreaterThan(100)
  })

  it('includes a text whose escapes no string can hold', () => {
    expect(() => writeJson('\u0001'.repeat(2 ** 27))).toThrow(JsonTooLongError)
  })
})

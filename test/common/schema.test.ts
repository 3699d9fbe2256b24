import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  arrayOf,
  arrayThat,
  numberFrom,
  parse,
  record,
  schemaProblem,
  wholeNumberFrom,
} from '../../src/common/schema.ts'

const schema = v.strictObject({
  count: v.exactOptional(wholeNumberFrom(1, 9)),
  share: v.exactOptional(numberFrom(0, 1)),
  kind: v.exactOptional(v.picklist(['long', 'short'])),
  tiers: v.exactOptional(arrayOf(v.object({ leverage: v.number() }), 1, 2)),
  'odd name': v.exactOptional(v.boolean()),
  rows: v.exactOptional(arrayThat(value => typeof value === 'string', 'text')),
  meta: v.exactOptional(record),
})

describe('schemaProblem', () => {
  it.each([
    [null, 'expected an object, found null'],
    [{ count: 2.5 }, 'count: expected a whole number from 1 to 9, found 2.5'],
    [{ count: 10 }, 'count: expected a whole number from 1 to 9, found 10'],
    [{ share: Number.NaN }, 'share: expected a number from 0 to 1, found NaN'],
    [{ kind: 'both' }, 'kind: expected "long" or "short", found "both"'],
    [{ tiers: [] }, 'tiers: expected an array of 1 to 2 items, found an array of 0 items'],
    [{ tiers: [{ leverage: 5 }, { leverage: 'x'.repeat(99) }] }, 'tiers[1].leverage: expected a number, found "xxx'],
    [{ tiers: [{}] }, 'tiers[0].leverage: required, but missing'],
    [{ 'odd name': 1 }, '["odd name"]: expected true or false, found 1'],
    [{ rows: ['a', {}] }, 'rows[1]: expected text, found an object'],
    [{ meta: [1] }, 'meta: expected an object, found an array of 1 item'],
    [{ other: 1 }, 'other: not a known property'],
  ])('says what is wrong with %j', (value, problem) => {
    expect(schemaProblem(schema, value)).toContain(problem)
    expect(schemaProblem(schema, value)?.length).toBeLessThan(130)
  })

  it('accepts a valid value', () => {
    expect(schemaProblem(schema, { count: 9, kind: 'long', rows: ['a'] })).toBeUndefined()
  })
})

describe('parse', () => {
  it('throws the error of the caller', () => {
    expect(() => parse(schema, { count: 0 }, problem => new RangeError(problem))).toThrow(RangeError)
  })

  it('gives the output of the schema', () => {
    const upper = v.pipe(
      v.string(),
      v.transform(text => text.toUpperCase()),
    )
    expect(parse(upper, 'a', problem => new Error(problem))).toBe('A')
  })
})

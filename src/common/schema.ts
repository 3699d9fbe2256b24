/** Checks data from outside by valibot schemas; one sentence says why a value is refused. */
import * as v from 'valibot'
import { quoteValue } from './errors.ts'
import { isRecord, type JsonRecord } from './json.ts'

/**
 * Parses a value by its schema. A schema's own message completes "expected …".
 *
 * @param toError makes the error to throw, from a sentence such as `grid.rows: expected a number from 1 to 5, found "x"`
 */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  toError: (problem: string) => Error,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, SETTINGS)
  if (!result.success) throw toError(issueText(result.issues[0]))
  return result.output
}

/** A schema of exactly this type, with an entry for each of its properties, optional ones too. */
export type SchemaOf<T> = v.GenericSchema<unknown, T> & { entries: { [Name in keyof Required<T>]: unknown } }

/** What is wrong with a value, in one sentence; undefined if it is valid. */
export function schemaProblem(schema: v.GenericSchema, value: unknown): string | undefined {
  const result = v.safeParse(schema, value, SETTINGS)
  return result.success ? undefined : issueText(result.issues[0])
}

const SETTINGS = { abortEarly: true, message: expectedText } as const

/** valibot's type names, in the words of messages. */
const KINDS: { [name: string]: string } = {
  Object: 'an object',
  Array: 'an array',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
}

/** `("a" | "b")` → `"a" or "b"`. */
function expectedText({ expected }: v.BaseIssue<unknown>): string {
  if (expected === null) return 'another value'
  return KINDS[expected] ?? expected.replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ')
}

function issueText({ path, expected, message, input }: v.BaseIssue<unknown>): string {
  const place = pathText(path ?? [])
  if (path?.at(-1)?.origin === 'key')
    return expected === 'never' ? `${place}: not a known property` : `${place}: required, but missing`
  return `${place === '' ? '' : `${place}: `}expected ${message}, found ${valueText(input)}`
}

/** `tiers[1].weight`; a key that is no plain name is quoted: `presets["a b"]`. */
function pathText(path: readonly v.IssuePathItem[]): string {
  let text = ''
  for (const { key } of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (!/^[A-Za-z_$][\w$]*$/.test(String(key))) text += `[${quoteValue(String(key))}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}

/** A value in a few words, however large it is. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 1 ? 'an array of 1 item' : `an array of ${value.length} items`
  return typeof value === 'object' && value !== null ? 'an object' : quoteValue(value)
}

/** An object that is not an array, which valibot's own schemas would accept; its properties may be anything. */
export const record = v.custom<JsonRecord>(isRecord, 'an object')

/** A number, not NaN, from `min` to `max`. */
export function numberFrom(min: number, max: number) {
  const expected = `a number from ${min} to ${max}`
  return v.pipe(v.number(expected), v.minValue(min, expected), v.maxValue(max, expected))
}

export function wholeNumberFrom(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected))
}

/** An array of `min` to `max` items, each by a schema. The length is checked first, so that a long array costs nothing. */
export function arrayOf<Item extends v.GenericSchema>(item: Item, min: number, max: number) {
  return v.pipe(arrayOfLength(min, max), v.array(item))
}

/**
 * An array whose items all pass a test. A plain loop: a schema on each of many thousand items would take too long.
 *
 * @param expected what an item must be
 */
export function arrayThat<Item>(is: (value: unknown) => value is Item, expected: string, max = Infinity) {
  return v.pipe(
    arrayOfLength(0, max),
    v.rawTransform<unknown[], Item[]>(({ dataset, addIssue, NEVER }) => {
      const input = dataset.value
      const key = input.findIndex(value => !is(value))
      if (key < 0) return input as Item[]
      const value = input[key]
      addIssue({ message: expected, input: value, path: [{ type: 'array', origin: 'value', input, key, value }] })
      return NEVER
    }),
  )
}

function arrayOfLength(min: number, max: number) {
  const count = min === max ? `${max}` : min === 0 ? `at most ${max}` : `${min} to ${max}`
  return v.custom<unknown[]>(
    value => Array.isArray(value) && value.length >= min && value.length <= max,
    max === Infinity ? 'an array' : `an array of ${count} ${max === 1 ? 'item' : 'items'}`,
  )
}

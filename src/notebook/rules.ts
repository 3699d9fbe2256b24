/**
 * Rules for plain JSON data, put together from small ones. A rule looks at a value and reports every way in which it is
 * not what it should be, with the path of the culprit.
 */
import type { Problem } from './errors.ts'

export type Rule = (value: unknown, path: string, problems: Problem[]) => void

/** A rule made of a yes/no test; `expected` completes "expected …, found …". */
export function test(expected: string, accepts: (value: unknown) => boolean): Rule {
  return (value, path, problems) => {
    if (!accepts(value)) problems.push({ path, message: `expected ${expected}, found ${describe(value)}` })
  }
}

export const anything: Rule = () => {}
export const text = test('text', value => typeof value === 'string')
export const flag = test('true or false', value => typeof value === 'boolean')
export const plainObject = test('an object', isObject)
export const list = test('a list', Array.isArray)

export function matching(expected: string, pattern: RegExp): Rule {
  return test(expected, value => typeof value === 'string' && pattern.test(value))
}

export function integerFrom(minimum: number): Rule {
  return test(`a whole number from ${minimum}`, value => isIntegerFrom(minimum, value))
}

/** From 1e21 on a number is written with an exponent, which Jupyter does not take for a whole one. */
export function isIntegerFrom(minimum: number, value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= minimum && (value as number) < 1e21
}

export function oneOf(...values: readonly unknown[]): Rule {
  return test(values.map(value => JSON.stringify(value)).join(' or '), value => values.includes(value))
}

export function listOf(item: Rule): Rule {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return list(value, path, problems)
    value.forEach((element, index) => {
      item(element, `${path}[${index}]`, problems)
    })
  }
}

/** An object whose values all follow a rule that may depend on the key. */
export function mapOf(ruleOf: (key: string) => Rule): Rule {
  return (value, path, problems) => {
    if (!isObject(value)) return plainObject(value, path, problems)
    for (const [key, element] of Object.entries(value)) ruleOf(key)(element, member(path, key), problems)
  }
}

export interface Shape {
  required?: Record<string, Rule>
  optional?: Record<string, Rule>
  /** Whether keys that are not named are allowed. */
  open: boolean
}

export function shape({ required = {}, optional = {}, open }: Shape): Rule {
  const known = new Map(Object.entries({ ...required, ...optional }))
  return (value, path, problems) => {
    if (!isObject(value)) return plainObject(value, path, problems)
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(value, key)) problems.push({ path: member(path, key), message: 'required, but missing' })
    }
    for (const [key, element] of Object.entries(value)) {
      const rule = known.get(key)
      if (rule) rule(element, member(path, key), problems)
      else if (!open) problems.push({ path: member(path, key), message: 'not a known property here' })
    }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `cells` + `id` → `cells.id`; keys that are no plain names are quoted: `data["text/plain"]`. */
export function member(path: string, key: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** A value in a few words for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isObject(value)) return 'an object'
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 59)}…` : json
}

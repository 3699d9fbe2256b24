/** Composable validation rules for JSON data. A rule checks a value and reports every problem with its path. */
import { isRecord } from '../common/json.ts'
import type { Problem } from './errors.ts'
import { ExactNumber } from './exact-json.ts'

export type Rule = (value: unknown, path: string, problems: Problem[]) => void

/** A rule from a predicate; `expected` completes "expected …, found …". */
export function rule(expected: string, accepts: (value: unknown) => boolean): Rule {
  return (value, path, problems) => {
    if (!accepts(value)) problems.push({ path, message: `expected ${expected}, found ${describe(value)}` })
  }
}

export const anything: Rule = () => {}
export const text = rule('text', value => typeof value === 'string')
export const flag = rule('true or false', value => typeof value === 'boolean')
export const plainObject = rule('an object', isRecord)
export const list = rule('a list', Array.isArray)

export function matching(expected: string, pattern: RegExp): Rule {
  return rule(expected, value => typeof value === 'string' && pattern.test(value))
}

export function integerFrom(minimum: number): Rule {
  return rule(`a whole number from ${minimum}`, value => isIntegerFrom(minimum, value))
}

/** Below 1e21: larger numbers are written with an exponent, which Jupyter does not read as a whole number. */
export function isIntegerFrom(minimum: number, value: unknown): boolean {
  const number = value instanceof ExactNumber ? value.valueOf() : value
  return Number.isInteger(number) && (number as number) >= minimum && (number as number) < 1e21
}

export function oneOf(...values: readonly unknown[]): Rule {
  return rule(values.map(value => JSON.stringify(value)).join(' or '), value => values.includes(value))
}

export function listOf(item: Rule): Rule {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return list(value, path, problems)
    value.forEach((element, index) => {
      item(element, `${path}[${index}]`, problems)
    })
  }
}

/** An object whose values all follow a rule, which may depend on the key. */
export function mapOf(ruleOf: (key: string) => Rule): Rule {
  return (value, path, problems) => {
    if (!isRecord(value)) return plainObject(value, path, problems)
    for (const [key, element] of Object.entries(value)) ruleOf(key)(element, member(path, key), problems)
  }
}

export interface Shape {
  required?: Record<string, Rule>
  optional?: Record<string, Rule>
  /** Whether other keys are allowed. */
  open: boolean
}

export function shape({ required = {}, optional = {}, open }: Shape): Rule {
  const rules = new Map(Object.entries({ ...required, ...optional }))
  return (value, path, problems) => {
    if (!isRecord(value)) return plainObject(value, path, problems)
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(value, key)) problems.push({ path: member(path, key), message: 'required, but missing' })
    }
    for (const [key, element] of Object.entries(value)) {
      const rule = rules.get(key)
      if (rule) rule(element, member(path, key), problems)
      else if (!open) problems.push({ path: member(path, key), message: 'not a known property here' })
    }
  }
}

/** `cells` + `id` → `cells.id`; other keys than plain names are quoted: `data["text/plain"]`. */
export function member(path: string, key: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** A short description of a value for error messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isRecord(value)) return 'an object'
  if (value instanceof ExactNumber) return shorten(value.text)
  // Shortened first, because it may be a text of megabytes.
  return shorten(JSON.stringify(typeof value === 'string' ? value.slice(0, MAX_SHOWN) : value))
}

const MAX_SHOWN = 60

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text
}

/** Text keys for in-process caches, equal for equal values. */

/** Ids of objects that are compared by identity. */
const ids = new WeakMap<object, number>()
let lastId = 0

/**
 * A string that is equal for two values exactly if they are deeply equal; property order does not matter. Unlike JSON it
 * distinguishes Infinity and NaN from null, and −0 from 0. Undefined properties are ignored; functions and class instances
 * are compared by identity.
 *
 * @throws TypeError for a symbol
 */
export function exactKey(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (typeof value === 'symbol') throw new TypeError(`${String(value)} cannot be part of a key`)
  if (Array.isArray(value)) return `[${value.map(exactKey).join()}]`
  if (!isPlain(value)) return `#${idOf(value)}`
  const properties = Object.entries(value).filter(([, property]) => property !== undefined)
  const texts = properties.map(([name, property]) => `${JSON.stringify(name)}:${exactKey(property)}`)
  return `{${texts.sort().join()}}`
}

/** Also true for objects of another realm, such as the values of a notebook cell. */
function isPlain(value: object): boolean {
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : value
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

function idOf(value: object): number {
  const id = ids.get(value) ?? ++lastId
  ids.set(value, id)
  return id
}

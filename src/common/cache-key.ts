/** Numbers of objects that are told apart by being themselves. */
const numbers = new WeakMap<object, number>()
let last = 0

/**
 * A text that two values have in common only when they are the same, whatever the order of their properties: for caches of
 * one process. Unlike JSON it tells Infinity and NaN from null, and −0 from 0. A property that is `undefined` counts as left out;
 * a function or an object of a class is the same only as itself.
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
  if (!isPlain(value)) return `#${numberOf(value)}`
  const properties = Object.entries(value).filter(([, property]) => property !== undefined)
  const texts = properties.map(([name, property]) => `${JSON.stringify(name)}:${exactKey(property)}`)
  return `{${texts.sort().join()}}`
}

/** Also where it comes from a context of its own, as a cell's values do. */
function isPlain(value: object): boolean {
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : value
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

function numberOf(value: object): number {
  const number = numbers.get(value) ?? ++last
  numbers.set(value, number)
  return number
}

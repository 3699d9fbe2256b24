import type { Json } from '../common/json.ts'

/**
 * A value as JSON for an output: dates as ISO strings, NaN and infinities as null, typed arrays as lists, fields that are
 * undefined left out.
 * @throws TypeError that names the path of what cannot be said in JSON (functions, symbols, BigInt, cycles).
 */
export function toJson(value: unknown, path = '$', above: Set<object> = new Set()): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (value === undefined) return null
  if (typeof value === 'bigint') {
    throw new TypeError(`${path} is a BigInt, which JSON does not have: make it a Number or a string.`)
  }
  if (typeof value !== 'object') throw new TypeError(`${path} is a ${typeof value}, which JSON does not have.`)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (above.has(value)) throw new TypeError(`${path} contains itself: JSON cannot hold a cycle.`)
  above.add(value)
  const json = containerToJson(value, path, above)
  above.delete(value)
  return json
}

function containerToJson(value: object, path: string, above: Set<object>): Json {
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${path}[${index}]`, above))
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<unknown>, (item, index) => toJson(item, `${path}[${index}]`, above))
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson(value.toJSON(), path, above)
  if (value instanceof Map || value instanceof Set) {
    throw new TypeError(`${path} is a ${value instanceof Map ? 'Map' : 'Set'}, which JSON does not have.`)
  }
  // Not by assignment: `__proto__` is a name like any other in JSON.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, toJson(item, `${path}.${key}`, above)]),
  )
}

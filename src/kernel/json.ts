/** Converts values to JSON for outputs. */
import { types } from 'node:util'
import type { Json } from '../common/json.ts'

/**
 * A value as JSON: dates as ISO strings, NaN and infinities as null, typed arrays as lists, undefined fields left out.
 * @throws TypeError that names the path of what JSON cannot hold (functions, symbols, BigInt, cycles)
 */
export function toJson(value: unknown, path = '$', ancestors: Set<object> = new Set()): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (value === undefined) return null
  if (typeof value === 'bigint') {
    throw new TypeError(`${path} is a BigInt, which JSON does not have: make it a Number or a string.`)
  }
  if (typeof value !== 'object') throw new TypeError(`${path} is a ${typeof value}, which JSON does not have.`)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ancestors.has(value)) throw new TypeError(`${path} contains itself: JSON cannot hold a cycle.`)
  ancestors.add(value)
  const json = containerToJson(value, path, ancestors)
  ancestors.delete(value)
  return json
}

function containerToJson(value: object, path: string, ancestors: Set<object>): Json {
  // By index: a cell may have changed how its lists are iterated.
  const listToJson = (list: ArrayLike<unknown>) =>
    Array.from({ length: list.length }, (_, index) => toJson(list[index], `${path}[${index}]`, ancestors))
  if (Array.isArray(value)) return listToJson(value)
  if (ArrayBuffer.isView(value) && !types.isDataView(value)) {
    return listToJson(value as unknown as ArrayLike<unknown>)
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson(value.toJSON(), path, ancestors)
  if (types.isMap(value) || types.isSet(value)) {
    throw new TypeError(`${path} is a ${types.isMap(value) ? 'Map' : 'Set'}, which JSON does not have.`)
  }
  // Not by assignment: `__proto__` is an ordinary name in JSON.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, toJson(item, `${path}.${key}`, ancestors)]),
  )
}

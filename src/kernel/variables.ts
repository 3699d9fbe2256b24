/** Describes the session's variables. */
import { types } from 'node:util'
import { inspectValue, tryRead } from './inspect.ts'
import type { Variable } from './protocol.ts'
import { secrets } from './secrets.ts'

const MAX_PREVIEW_CHARS = 120

/** Name, type and preview of each variable. Leaves out those that `read` throws for: they have no value yet. */
export function describeVariables(names: string[], read: (name: string) => unknown): Variable[] {
  return names.flatMap(name => {
    try {
      const value = read(name)
      return [{ name, type: tryRead(() => typeOf(value), typeof value), preview: preview(value) }]
    } catch {
      return []
    }
  })
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
  if (typeof value !== 'object') return typeof value
  const name = className(value)
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) return `${name}(${value.length})`
  if (types.isMap(value) || types.isSet(value)) return `${name}(${value.size})`
  return name
}

function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null) return 'Object'
  const owner = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as { name?: unknown } | undefined
  return typeof owner?.name === 'string' && owner.name !== '' ? owner.name : 'Object'
}

function preview(value: unknown): string {
  const text = inspectValue(value, {
    depth: 0,
    maxArrayLength: 5,
    // Longer than any secret, which could not be found in a part of itself.
    maxStringLength: 20 * MAX_PREVIEW_CHARS,
    breakLength: Number.POSITIVE_INFINITY,
    customInspect: false,
  })
  const line = secrets.text(text).replaceAll('\n', ' ')
  return line.length > MAX_PREVIEW_CHARS ? `${line.slice(0, MAX_PREVIEW_CHARS - 1)}…` : line
}

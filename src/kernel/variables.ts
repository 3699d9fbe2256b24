import { inspect } from 'node:util'
import type { Variable } from './protocol.ts'

const MAX_PREVIEW = 120

/** Name, type and a line of text of each value. Left out are those that `read` throws for: they have no value yet. */
export function describeVariables(names: string[], read: (name: string) => unknown): Variable[] {
  return names.flatMap(name => {
    try {
      const value = read(name)
      return [{ name, type: typeOf(value), preview: previewOf(value) }]
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
  const name = nameOfClass(value)
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) return `${name}(${value.length})`
  if (value instanceof Map || value instanceof Set) return `${name}(${value.size})`
  return name
}

function nameOfClass(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (typeof prototype !== 'object' || prototype === null) return 'Object'
  const maker = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as { name?: unknown } | undefined
  return typeof maker?.name === 'string' && maker.name !== '' ? maker.name : 'Object'
}

function previewOf(value: unknown): string {
  const text = inspect(value, {
    depth: 0,
    maxArrayLength: 5,
    maxStringLength: MAX_PREVIEW,
    breakLength: Number.POSITIVE_INFINITY,
    customInspect: false,
  })
  const line = text.replaceAll('\n', ' ')
  return line.length > MAX_PREVIEW ? `${line.slice(0, MAX_PREVIEW - 1)}…` : line
}

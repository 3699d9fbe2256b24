/** Describes the session's variables, and the parts of their values, without running code of the values. */
import { types } from 'node:util'
import { SUMMARY } from '../common/host.ts'
import { tryRead } from './inspect.ts'
import {
  className,
  collectionSize,
  entriesFrom,
  isCollection,
  isObject,
  isTypedArray,
  listItems,
  lookAtTable,
  ownData,
  propertyNames,
  typedLength,
} from './look.ts'
import { previewValue, typeName } from './preview.ts'
import type { PartStep, Variable, VariableGroup, VariablePart } from './protocol.ts'
import { valueSize } from './value-size.ts'

/** Variables that are listed, and parts in one answer. */
const MAX_VARIABLES = 2000
export const MAX_PARTS = 100
/** A list of variables takes hardly longer: what then is left has no preview and no size. */
const MAX_LIST_MS = 250

/** Leaves out those that `read` throws for: they have no value yet. */
export function describeVariables(names: string[], read: (name: string) => unknown): Variable[] {
  const start = performance.now()
  return names.slice(0, MAX_VARIABLES).flatMap(name => {
    try {
      const value = read(name)
      return [{ name, ...describeValue(value, performance.now() - start < MAX_LIST_MS) }]
    } catch {
      return []
    }
  })
}

type Description = Omit<Variable, 'name'>

/** @param inFull with a preview and the size */
function describeValue(value: unknown, inFull = true): Description {
  const summary = readSummary(value)
  const group: VariableGroup = summary?.group ?? (isTableValue(value) ? 'tables' : 'other')
  const type = summary?.type ?? tryRead(() => typeOf(value), typeof value)
  const shape = summary?.shape ?? tryRead(() => shapeOf(value), '')
  const preview = !inFull ? '' : (summary?.preview ?? tryRead(() => previewValue(value), ''))
  const size = inFull ? tryRead(() => valueSize(value), null) : null
  const canOpen = summary?.table !== undefined || tryRead(() => isTableValue(value) || isRecordList(value), false)
  return { type, shape, preview, size, group, canOpen, hasParts: tryRead(() => hasParts(value), false) }
}

/** The parts of a value from a position on, and how many there are. */
export function describeParts(
  value: unknown,
  expression: string,
  start: number,
): { parts: VariablePart[]; count: number } {
  const { count, from } = partsOf(value)
  const parts = from(start, MAX_PARTS).map(({ name, step, isGetter }) => {
    const described: Description = isGetter ? GETTER : describeValue(stepInto(value, step))
    return { name, step, expression: partExpression(value, step, expression), ...described }
  })
  return { parts, count }
}

const GETTER: Description = {
  type: 'getter',
  shape: '',
  preview: 'is not run',
  size: null,
  group: 'other',
  canOpen: false,
  hasParts: false,
}

/** The part of a value that a step leads to. @throws Error if there is none any more */
export function stepInto(value: unknown, step: PartStep): unknown {
  if (isObject(value)) {
    if ('column' in step) {
      const table = lookAtTable(value)
      if (table) return ownData(table.columns, step.column)
    } else if ('entry' in step) {
      const entry = isCollection(value) ? entriesFrom(value, step.entry).next().value : undefined
      if (entry) return entry[1]
    } else if (isTypedArray(value)) return value[Number(step.property)]
    else return ownData(value, step.property)
  }
  throw new Error('This part of the value is gone: refresh the view.')
}

/** What a cell writes to get a part of a value. */
function partExpression(value: unknown, step: PartStep, expression: string): string {
  if ('column' in step) return `${expression}.array(${JSON.stringify(step.column)})`
  if ('entry' in step) {
    if (types.isMap(value)) {
      const [key] = entriesFrom(value, step.entry).next().value ?? []
      if (typeof key === 'string' || typeof key === 'number') return `${expression}.get(${JSON.stringify(key)})`
    }
    return `Array.from(${expression}.values())[${step.entry}]`
  }
  const { property } = step
  if (/^(?:0|[1-9]\d*)$/.test(property)) return `${expression}[${property}]`
  const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(property)
  return expression + (isName ? `.${property}` : `[${JSON.stringify(property)}]`)
}

interface Part {
  name: string
  step: PartStep
  isGetter?: boolean
}

function partsOf(value: unknown): { count: number; from: (start: number, count: number) => Part[] } {
  const none = { count: 0, from: () => [] }
  if (!isObject(value) || types.isProxy(value) || typeof value === 'function') return none
  const table = lookAtTable(value)
  if (table)
    return {
      count: table.names.length,
      from: (start, count) => table.names.slice(start, start + count).map(name => ({ name, step: { column: name } })),
    }
  if (isCollection(value)) {
    const isMap = types.isMap(value)
    return {
      count: collectionSize(value),
      from(start, count) {
        const parts: Part[] = []
        for (const [key] of entriesFrom(value, start)) {
          if (parts.length === count) break
          const entry = start + parts.length
          parts.push({ name: isMap ? previewValue(key) : String(entry), step: { entry } })
        }
        return parts
      },
    }
  }
  const length = Array.isArray(value) ? value.length : isTypedArray(value) ? typedLength(value) : undefined
  if (length !== undefined)
    return {
      count: length,
      from: (start, count) =>
        Array.from({ length: Math.max(0, Math.min(count, length - start)) }, (_, i) => {
          const property = String(start + i)
          return { name: property, step: { property } }
        }),
    }
  const names = propertyNames(value)
  return {
    count: names.length,
    from: (start, count) =>
      names.slice(start, start + count).map(name => {
        const descriptor = Object.getOwnPropertyDescriptor(value, name)
        const isGetter = descriptor !== undefined && !('value' in descriptor)
        return { name, step: { property: name }, isGetter }
      }),
  }
}

/** Cheaper than {@link partsOf} for what is certain. */
function hasParts(value: unknown): boolean {
  if (!isObject(value) || types.isPromise(value) || types.isDate(value) || types.isRegExp(value)) return false
  return partsOf(value).count > 0
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (!isObject(value)) return typeof value
  if (types.isProxy(value)) return 'Proxy'
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
  return lookAtTable(value) ? 'Table' : typeName(value)
}

function shapeOf(value: unknown): string {
  if (!isObject(value)) return ''
  const table = lookAtTable(value)
  return table ? `${count(table.rows)} × ${count(table.names.length)}` : ''
}

const count = (n: number) => n.toLocaleString('en-US')

const isTableValue = (value: unknown): boolean => isObject(value) && lookAtTable(value) !== undefined

/** Whether a list starts with a plain object, as a list of records does. */
function isRecordList(value: unknown): boolean {
  if (!Array.isArray(value) || types.isProxy(value) || value.length === 0) return false
  const [first] = listItems(value, 1)
  return isObject(first) && className(first) === 'Object' && propertyNames(first).length > 0
}

interface ReadSummary {
  group: VariableGroup
  type: string
  shape: string
  preview: string
  /** Makes the table to open. */
  table: (() => unknown) | undefined
}

/** What the library has written into a value about it. */
export function readSummary(value: unknown): ReadSummary | undefined {
  const summary = isObject(value) ? ownData(value, SUMMARY) : undefined
  if (!isObject(summary)) return undefined
  const [group, type, shape, preview] = ['group', 'type', 'shape', 'preview'].map(name => ownData(summary, name))
  const table = ownData(summary, 'table')
  if (group !== 'markets' && group !== 'maps') return undefined
  if (typeof type !== 'string' || typeof shape !== 'string' || typeof preview !== 'string') return undefined
  const isFunction = typeof table === 'function' && !types.isProxy(table)
  return { group, type, shape, preview, table: isFunction ? (table as () => unknown) : undefined }
}

/**
 * Looks at values without running any of their code: no getter, no method, no trap of a proxy, no `Symbol.hasInstance`. Only the
 * kernel realm's own functions are called, which cells cannot replace.
 */
import { types } from 'node:util'

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object

const getter = (prototype: object, name: PropertyKey) => Object.getOwnPropertyDescriptor(prototype, name)!.get!
const typedArrayLength = getter(TYPED_ARRAY, 'length')
const typedArrayBuffer = getter(TYPED_ARRAY, 'buffer')
const bufferLength = getter(ArrayBuffer.prototype, 'byteLength')
const sharedLength = getter(SharedArrayBuffer.prototype, 'byteLength')
const mapSize = getter(Map.prototype, 'size')
const setSize = getter(Set.prototype, 'size')
const regExpSource = getter(RegExp.prototype, 'source')

export type Collection = Map<unknown, unknown> | Set<unknown>
export type NumberList = ArrayLike<number | bigint> & { buffer: ArrayBufferLike }

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** The value of a property if reading it runs no code: along the prototypes, up to a getter or a proxy. */
export function dataProperty(value: object, key: PropertyKey): unknown {
  for (let object: object | null = value; object !== null && !types.isProxy(object); ) {
    const descriptor = Object.getOwnPropertyDescriptor(object, key)
    if (descriptor) return descriptor.value
    object = Object.getPrototypeOf(object) as object | null
  }
  return undefined
}

/** The value of an own property; undefined if there is none, or if it is a getter. */
export function ownData(value: object, key: PropertyKey): unknown {
  return types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, key)?.value
}

/** The name of the class of an object. */
export function className(value: object): string {
  if (types.isProxy(value)) return 'Proxy'
  const prototype = Object.getPrototypeOf(value) as object | null
  const owner = prototype === null ? undefined : ownData(prototype, 'constructor')
  const name = isObject(owner) ? ownData(owner, 'name') : undefined
  return typeof name === 'string' && name !== '' ? name : 'Object'
}

export function isTypedArray(value: object): value is NumberList {
  return types.isTypedArray(value)
}

export const typedLength = (value: NumberList): number => Reflect.apply(typedArrayLength, value, []) as number
export const typedBuffer = (value: NumberList): ArrayBufferLike =>
  Reflect.apply(typedArrayBuffer, value, []) as ArrayBufferLike

export const bufferBytes = (buffer: ArrayBufferLike): number =>
  Reflect.apply(types.isSharedArrayBuffer(buffer) ? sharedLength : bufferLength, buffer, []) as number

export const isCollection = (value: object): value is Collection => types.isMap(value) || types.isSet(value)

export const collectionSize = (value: Collection): number =>
  Reflect.apply(types.isMap(value) ? mapSize : setSize, value, []) as number

/** The entries of a map or set (there key and value are the same) from a position on. */
export function* entriesFrom(value: Collection, start: number): Generator<[key: unknown, value: unknown], undefined> {
  const entries = types.isMap(value)
    ? Map.prototype.entries.call(value as Map<unknown, unknown>)
    : Set.prototype.entries.call(value)
  let index = 0
  for (const entry of entries) if (index++ >= start) yield entry
}

/** The ISO time of a date; `Invalid Date` for one that is none. */
export function dateText(value: object): string {
  const ms = Date.prototype.getTime.call(value) as number
  return Number.isNaN(ms) ? 'Invalid Date' : new Date(ms).toISOString()
}

export const regExpText = (value: object): string => `/${String(Reflect.apply(regExpSource, value, []))}/`

/** An arquero table as its fields tell. */
export interface LookedTable {
  names: readonly string[]
  rows: number
  columns: object
}

/** Undefined for anything but a table. */
export function lookAtTable(value: object): LookedTable | undefined {
  const [names, rows, columns] = [ownData(value, '_names'), ownData(value, '_nrows'), ownData(value, '_data')]
  if (!Array.isArray(names) || types.isProxy(names) || typeof rows !== 'number' || !isObject(columns)) return undefined
  if (types.isProxy(columns)) return undefined
  return { names: listItems(names, names.length).filter(name => typeof name === 'string'), rows, columns }
}

/** The first elements of a list; holes and getters are undefined. */
export function listItems(list: readonly unknown[], count: number, start = 0): unknown[] {
  const end = Math.min(list.length, start + count)
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => ownData(list, String(start + i)))
}

/** The enumerable own properties of an object, in order. */
export function propertyNames(value: object): string[] {
  return types.isProxy(value) ? [] : Object.keys(value)
}

/** How much memory a value takes, about, in a time that does not grow with it. Runs none of its code. */
import { types } from 'node:util'
import {
  bufferBytes,
  collectionSize,
  entriesFrom,
  isCollection,
  isObject,
  isTypedArray,
  listItems,
  lookAtTable,
  ownData,
  propertyNames,
  typedBuffer,
} from './look.ts'

export interface ValueSize {
  bytes: number
  /** There is more, which was not looked at. */
  atLeast: boolean
}

/** Values that are looked at before the rest is left out. */
const MAX_VALUES = 2000
/** Elements of a long list by which the others are judged. */
const SAMPLE = 64
/** What V8 needs for a reference, a boxed number, the head of an object. */
const WORD = 8
const HEAD = 24

export function valueSize(value: unknown): ValueSize {
  const measure = new Measure()
  const bytes = measure.bytesOf(value)
  return { bytes: Math.round(bytes), atLeast: measure.left <= 0 }
}

class Measure {
  left = MAX_VALUES
  readonly #seen = new Set<object>()

  bytesOf(value: unknown): number {
    if (typeof value === 'string') return HEAD + value.length
    if (!isObject(value)) return typeof value === 'bigint' ? 2 * WORD : WORD
    if (this.#seen.has(value) || this.left-- <= 0) return WORD
    this.#seen.add(value)
    if (types.isProxy(value) || typeof value === 'function') return HEAD
    if (isTypedArray(value)) return HEAD + this.#bufferBytes(typedBuffer(value))
    if (types.isAnyArrayBuffer(value)) return this.#bufferBytes(value)
    if (Array.isArray(value)) return HEAD + this.#listBytes(value)
    if (isCollection(value)) return HEAD + this.#collectionBytes(value)
    const table = lookAtTable(value)
    if (table) return table.names.reduce((sum, name) => sum + this.bytesOf(ownData(table.columns, name)), HEAD)
    const names = propertyNames(value)
    const looked = names.slice(0, MAX_VALUES)
    const bytes = looked.reduce((sum, name) => sum + WORD + this.bytesOf(ownData(value, name)), HEAD)
    return names.length > looked.length ? (bytes * names.length) / looked.length : bytes
  }

  #bufferBytes(buffer: ArrayBufferLike): number {
    if (this.#seen.has(buffer)) return 0
    this.#seen.add(buffer)
    return bufferBytes(buffer)
  }

  #listBytes(list: readonly unknown[]): number {
    const sample = listItems(list, SAMPLE)
    const own = sample.reduce(
      (sum: number, item) => sum + (isObject(item) || typeof item === 'string' ? this.bytesOf(item) : 0),
      0,
    )
    return list.length * WORD + (sample.length === 0 ? 0 : (own / sample.length) * list.length)
  }

  #collectionBytes(collection: Parameters<typeof collectionSize>[0]): number {
    const size = collectionSize(collection)
    let sampled = 0
    let bytes = 0
    for (const [key, item] of entriesFrom(collection, 0)) {
      if (sampled === SAMPLE) break
      sampled++
      bytes += 3 * WORD + this.bytesOf(key) + this.bytesOf(item)
    }
    return sampled === 0 ? 0 : (bytes / sampled) * size
  }
}

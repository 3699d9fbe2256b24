/** Sorts rows by one column. */
import { type Column, sortKey } from './columns.ts'

export type Direction = 'ascending' | 'descending'

/**
 * The row indices in the order of `column`. The sort is stable in both directions; rows without a value come last in both.
 * Numbers come before texts; texts that are all numbers are compared as numbers, others case-insensitively, with runs of digits as numbers. A million numbers take four
 * passes over typed arrays.
 */
export function sortRows({ values, type }: Column, direction: Direction, rows: Uint32Array): Uint32Array {
  const count = rows.length
  const numbers = new Uint32Array(count)
  const keys = new Float64Array(count)
  const texts = new Uint32Array(count)
  // Each distinct text gets an id by first appearance, because columns repeat texts.
  const textIds = new Float64Array(count)
  const ids = new Map<string, number>()
  const missing: number[] = []
  let [n, t] = [0, 0]
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const key = sortKey(values[row], type)
    if (typeof key === 'number') {
      numbers[n] = row
      keys[n++] = key
    } else if (key === null) missing.push(row)
    else {
      let id = ids.get(key)
      if (id === undefined) {
        id = ids.size
        ids.set(key, id)
      }
      texts[t] = row
      textIds[t++] = id
    }
  }
  const ranks = naturalRanks([...ids.keys()])
  for (let i = 0; i < t; i++) textIds[i] = ranks[textIds[i]!]!
  const sortedNumbers = radixSort(numbers.subarray(0, n), keys.subarray(0, n), direction)
  const sortedTexts = radixSort(texts.subarray(0, t), textIds.subarray(0, t), direction)
  const sorted = new Uint32Array(count)
  const [first, second] = direction === 'ascending' ? [sortedNumbers, sortedTexts] : [sortedTexts, sortedNumbers]
  sorted.set(first)
  sorted.set(second, first.length)
  sorted.set(missing, n + t)
  return sorted
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** The rank of each text; equal for texts that compare as equal. Texts that are all numbers, as some exchanges send them, rank as these. */
function naturalRanks(texts: readonly string[]): Float64Array {
  if (texts.every(text => NUMBER.test(text))) return Float64Array.from(texts, Number)
  const naturals = texts.map(naturalKey)
  const sorted = [...new Set(naturals)].sort()
  const ranks = new Map(sorted.map((key, rank) => [key, rank]))
  return Float64Array.from(naturals, key => ranks.get(key) ?? Number.NaN)
}

/** A key whose plain comparison is the natural order: `b9` before `B10`. */
function naturalKey(text: string): string {
  return text.toLowerCase().replace(/0*(\d+)/g, (_, digits: string) => String.fromCharCode(48 + digits.length) + digits)
}

const RADIX_BITS = 16
const BUCKETS = 2 ** RADIX_BITS

/** Stable sort of rows by 64-bit numbers, 16 bits per pass, from the lowest. */
function radixSort(rows: Uint32Array, keys: Float64Array, direction: Direction): Uint32Array {
  const count = rows.length
  // For short lists the passes over 65,536 buckets dominate.
  if (count < 2000) return compareSort(rows, keys, direction)
  const halves = [new Uint32Array(count), new Uint32Array(count)] as const
  const flip = direction === 'ascending' ? 0 : 0xffffffff
  const one = new Float64Array(1)
  const bits = new Uint32Array(one.buffer)
  const [lowWord, highWord] = littleEndian() ? [0, 1] : [1, 0]
  for (let i = 0; i < count; i++) {
    one[0] = keys[i]! + 0 // No negative zero.
    const high = bits[highWord]!
    // The bits of negative numbers order in reverse.
    const mask = high >>> 31 ? 0xffffffff : 0
    halves[0][i] = bits[lowWord]! ^ mask ^ flip
    halves[1][i] = high ^ (mask | 0x80000000) ^ flip
  }
  let from = new Uint32Array(count)
  for (let i = 0; i < count; i++) from[i] = i
  let to = new Uint32Array(count)
  const starts = new Uint32Array(BUCKETS + 1)
  for (const half of halves) {
    for (let shift = 0; shift < 32; shift += RADIX_BITS) {
      starts.fill(0)
      for (let i = 0; i < count; i++) starts[((half[i]! >>> shift) & (BUCKETS - 1)) + 1]!++
      // All rows are in one bucket.
      if (starts[((half[0]! >>> shift) & (BUCKETS - 1)) + 1] === count) continue
      for (let i = 1; i <= BUCKETS; i++) starts[i]! += starts[i - 1]!
      for (let i = 0; i < count; i++) to[starts[(half[from[i]!]! >>> shift) & (BUCKETS - 1)]!++] = from[i]!
      ;[from, to] = [to, from]
    }
  }
  for (let i = 0; i < count; i++) to[i] = rows[from[i]!]!
  return to
}

function compareSort(rows: Uint32Array, keys: Float64Array, direction: Direction): Uint32Array {
  const sign = direction === 'ascending' ? 1 : -1
  const order = Array.from(rows, (_, i) => i)
  order.sort((a, b) => (keys[a]! === keys[b]! ? 0 : keys[a]! < keys[b]! ? -sign : sign))
  return Uint32Array.from(order, i => rows[i]!)
}

function littleEndian(): boolean {
  return new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
}

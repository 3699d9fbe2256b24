/** What is in a column, at a glance. */
import { type Column, keyOf } from './columns.ts'

export interface ColumnStatistics {
  /** Rows with a value. */
  count: number
  missing: number
  /** Of the numbers, dates (epoch ms) and flags (0, 1) in it; null where there are none. */
  numbers: { min: number; max: number; mean: number; bins: number[] } | null
  /** Of the texts in it: how many different ones (up to {@link MAX_DISTINCT}), and the commonest. */
  texts: { distinct: number; more: boolean; top: { text: string; count: number }[] } | null
}

export const BINS = 24
const MAX_DISTINCT = 10_000
const TOP = 5

export function columnStatistics({ values, type }: Column, rows: Uint32Array): ColumnStatistics {
  let [missing, n, sum] = [0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const keys = new Float64Array(rows.length)
  const texts = new Map<string, number>()
  let textCount = 0
  let more = false
  for (const row of rows) {
    const key = keyOf(values[row], type)
    if (key === null) missing++
    else if (typeof key === 'number') {
      if (!Number.isFinite(key)) continue
      keys[n++] = key
      sum += key
      if (key < min) min = key
      if (key > max) max = key
    } else {
      textCount++
      const known = texts.get(key)
      if (known !== undefined) texts.set(key, known + 1)
      else if (texts.size < MAX_DISTINCT) texts.set(key, 1)
      else more = true
    }
  }
  return {
    count: rows.length - missing,
    missing,
    numbers: n === 0 ? null : { min, max, mean: sum / n, bins: histogram(keys.subarray(0, n), min, max) },
    texts: textCount === 0 ? null : { distinct: texts.size, more, top: commonest(texts) },
  }
}

/** Counts in {@link BINS} parts of equal width from `min` to `max`; all in one where they are the same. */
function histogram(keys: Float64Array, min: number, max: number): number[] {
  if (max === min) return [keys.length]
  const bins = new Array<number>(BINS).fill(0)
  // Halves first: the span of the largest numbers is no number.
  const scale = BINS / 2 / (max / 2 - min / 2)
  for (let i = 0; i < keys.length; i++) {
    const bin = Math.floor((keys[i]! / 2 - min / 2) * 2 * scale)
    bins[Math.min(BINS - 1, Math.max(0, bin || 0))]!++
  }
  return bins
}

function commonest(texts: Map<string, number>): { text: string; count: number }[] {
  return [...texts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, TOP)
    .map(([text, count]) => ({ text: text.slice(0, 60), count }))
}

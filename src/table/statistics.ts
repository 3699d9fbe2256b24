/** Summary statistics of a column. */
import { type Column, sortKey } from './columns.ts'

export interface ColumnStatistics {
  /** Rows with a value. */
  count: number
  missing: number
  /** Of its numbers, dates (epoch ms) and booleans (0, 1); null if there are none. */
  numbers: { min: number; max: number; mean: number; bins: number[] } | null
  /** Of its texts: the number of distinct ones (up to {@link MAX_DISTINCT}; `more` if there are more), and the most frequent. */
  texts: { distinct: number; more: boolean; top: { text: string; count: number }[] } | null
}

export const BINS = 24
const MAX_DISTINCT = 10_000
const MAX_TOP = 5

export function columnStatistics({ values, type }: Column, rows: Uint32Array): ColumnStatistics {
  let [missing, n, sum] = [0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const keys = new Float64Array(rows.length)
  const texts = new Map<string, number>()
  let textCount = 0
  let more = false
  for (const row of rows) {
    const key = sortKey(values[row], type)
    if (key === null) missing++
    else if (typeof key === 'number') {
      if (!Number.isFinite(key)) continue
      keys[n++] = key
      sum += key
      if (key < min) min = key
      if (key > max) max = key
    } else {
      textCount++
      const frequency = texts.get(key)
      if (frequency !== undefined) texts.set(key, frequency + 1)
      else if (texts.size < MAX_DISTINCT) texts.set(key, 1)
      else more = true
    }
  }
  return {
    count: rows.length - missing,
    missing,
    numbers: n === 0 ? null : { min, max, mean: sum / n, bins: histogram(keys.subarray(0, n), min, max) },
    texts: textCount === 0 ? null : { distinct: texts.size, more, top: mostFrequent(texts) },
  }
}

/** Counts in {@link BINS} bins of equal width from `min` to `max`; one bin if both are equal. */
function histogram(keys: Float64Array, min: number, max: number): number[] {
  if (max === min) return [keys.length]
  const bins = new Array<number>(BINS).fill(0)
  // Halved first: the range of the largest numbers overflows.
  const scale = BINS / 2 / (max / 2 - min / 2)
  for (let i = 0; i < keys.length; i++) {
    const bin = Math.floor((keys[i]! / 2 - min / 2) * 2 * scale)
    bins[Math.min(BINS - 1, Math.max(0, bin || 0))]!++
  }
  return bins
}

function mostFrequent(texts: Map<string, number>): { text: string; count: number }[] {
  return [...texts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_TOP)
    .map(([text, count]) => ({ text: text.slice(0, 60), count }))
}

/** Order of rows by one column. */
import type { Column, ColumnType } from './payload.ts'

export type Direction = 'ascending' | 'descending'

export interface Sorting {
  column: number
  direction: Direction
}

/** Successive clicks on a header: ascending, descending, the table's own order. */
export function nextSorting(current: Sorting | null, column: number): Sorting | null {
  if (current?.column !== column) return { column, direction: 'ascending' }
  return current.direction === 'ascending' ? { column, direction: 'descending' } : null
}

/** A value as it takes part in the order. Kinds sort among themselves: numbers before text, missing values last. */
type Key = { rank: 0; value: number } | { rank: 1; value: string } | null

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function keyOf(value: unknown, type: ColumnType): Key {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isNaN(value) ? null : { rank: 0, value }
  if (typeof value === 'boolean') return { rank: 0, value: Number(value) }
  if (typeof value !== 'string') return { rank: 1, value: JSON.stringify(value) }
  if (type === 'datetime') {
    const time = Date.parse(value)
    if (!Number.isNaN(time)) return { rank: 0, value: time }
  }
  if (type === 'number' || type === 'integer') {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    if (!Number.isNaN(number)) return { rank: 0, value: number }
  }
  return { rank: 1, value }
}

/**
 * The row numbers 0 … n−1 in the order of `column`. Stable: rows with equal values keep their order, in both
 * directions; rows without a value come last, in both directions.
 */
export function sortRows(column: Column, direction: Direction): number[] {
  const keys = column.values.map(value => keyOf(value, column.type))
  const sign = direction === 'ascending' ? 1 : -1
  return keys
    .map((_, row) => row)
    .sort((a, b) => {
      const left = keys[a] ?? null
      const right = keys[b] ?? null
      if (left === null || right === null) return Number(left === null) - Number(right === null)
      if (left.rank !== right.rank) return sign * (left.rank - right.rank)
      if (left.rank === 0)
        return sign * (left.value < (right.value as number) ? -1 : Number(left.value > (right.value as number)))
      return sign * collator.compare(left.value, right.value as string)
    })
}

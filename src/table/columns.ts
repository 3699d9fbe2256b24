/**
 * Tables as columns, and what is asked of them: order, filters, statistics, text. Pure and without dependencies, because both
 * the kernel (on whole tables) and the renderer (on the rows that a saved notebook holds) answer by it, and must agree.
 */

export type ColumnType = 'number' | 'integer' | 'string' | 'boolean' | 'datetime' | 'any'

export interface Column {
  name: string
  type: ColumnType
  /** One value a row; null and undefined where the row has none. */
  values: ArrayLike<unknown>
}

/** A value as it takes part in order and comparison: a number, a text, or nothing (null, NaN, an invalid date). */
export function keyOf(value: unknown, type: ColumnType): number | string | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime()
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return textOf(value)
  if (type === 'datetime') {
    const time = timeOf(value)
    if (!Number.isNaN(time)) return time
  }
  if (type === 'number' || type === 'integer') {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    if (!Number.isNaN(number)) return number
  }
  return value
}

/** A value in full: dates in ISO form, objects as JSON, nothing as an empty text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value !== 'object') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // Cycles and BigInt inside.
    return String(value)
  }
}

const MAX_TIME = 8.64e15

/** Epoch ms of an ISO date or of a number of milliseconds; NaN for anything else. A date without a zone is UTC. */
export function timeOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'number') return Math.abs(value) <= MAX_TIME ? value : Number.NaN
  if (typeof value !== 'string') return Number.NaN
  const zoned = /T[\d:.]+$/.test(value) ? `${value}Z` : value
  return /^[+-]?\d{4,6}-\d\d/.test(value) ? Date.parse(zoned) : Number.NaN
}

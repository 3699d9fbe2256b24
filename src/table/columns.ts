/**
 * Tables as columns. This folder is pure and depends on plain helpers only, because both the kernel (for whole tables) and the renderer
 * (for the rows in a saved notebook) sort and filter with it, and must agree.
 */

import type { ColumnFormat } from '../common/column-format.ts'

export type ColumnType = 'number' | 'integer' | 'string' | 'boolean' | 'datetime' | 'any'

export interface Column {
  name: string
  type: ColumnType
  /** One value per row; null or undefined if the row has none. */
  values: ArrayLike<unknown>
  /** How its numbers are shown. */
  format?: ColumnFormat
}

/** The key of a value for sorting and comparison: a number, a text, or null if there is none (null, NaN, an invalid date). */
export function sortKey(value: unknown, type: ColumnType): number | string | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime()
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return cellText(value)
  if (type === 'datetime') {
    const time = epochMsOf(value)
    if (!Number.isNaN(time)) return time
  }
  if (type === 'number' || type === 'integer') {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    if (!Number.isNaN(number)) return number
  }
  return value
}

/** A value as text, in full: dates in ISO form, objects as JSON, a missing value as an empty text. */
export function cellText(value: unknown): string {
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

const MAX_TIME_MS = 8.64e15

/** Epoch ms of an ISO date or of a number of milliseconds; NaN for anything else. A date without a zone is UTC. */
export function epochMsOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'number') return Math.abs(value) <= MAX_TIME_MS ? value : Number.NaN
  if (typeof value !== 'string') return Number.NaN
  const zoned = /T[\d:.]+$/.test(value) ? `${value}Z` : value
  return /^[+-]?\d{4,6}-\d\d/.test(value) ? Date.parse(zoned) : Number.NaN
}

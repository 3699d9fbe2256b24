/** Formats values as text. A column has one format for all its values, so that they align and compare. */
import { withMinus } from '../../src/common/number-text.ts'
import { epochMsOf } from '../../src/table/columns.ts'
import type { Column } from './payload.ts'

export type Align = 'left' | 'right' | 'center'

export interface ColumnFormat {
  align: Align
  /** What the cell shows; empty for a missing value. */
  text(value: unknown): string
  /** The value in full, for the cell's tooltip; empty when `text` already shows everything. */
  full(value: unknown): string
}

/** Longer text is cut, in the cell and its tooltip. */
const MAX_TEXT = 500

export function createFormat(column: Column): ColumnFormat {
  if (column.type === 'datetime') return datetimeFormat(column.values)
  if (column.type === 'boolean') return plain('left')
  const numbers = column.values.filter((value): value is number => typeof value === 'number')
  const numeric = column.type === 'number' || column.type === 'integer'
  if (numeric || (column.type === 'any' && numbers.length > 0)) return numberFormat(numbers)
  return plain('left')
}

function plain(align: Align): ColumnFormat {
  return {
    align,
    text: plainValue,
    full: value => (typeof value === 'string' && value.length <= 24 ? '' : plainValue(value)),
  }
}

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

function numberFormat(numbers: number[]): ColumnFormat {
  const decimals = decimalsOf(numbers)
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return {
    align: 'right',
    text: value => (typeof value === 'number' ? withMinus(numberText(value, decimals, format)) : plainValue(value)),
    full: value => (typeof value === 'number' ? withMinus(plainValue(value)) : plainValue(value)),
  }
}

function numberText(value: number, decimals: number, format: Intl.NumberFormat): string {
  const size = Math.abs(value)
  if (size >= 1e15) return value.toExponential(3)
  // Nothing but zero is shown as zero: a p-value of 2e-7 must not read 0.0000.
  if (size > 0 && size < 0.5 * 10 ** -decimals) return value.toExponential(1)
  return format.format(value === 0 ? 0 : value)
}

/**
 * Decimals of a column: two if the largest value has four or more digits before the point, else four significant digits (at
 * most six decimals); never more than the values have.
 */
export function decimalsOf(numbers: number[]): number {
  let largest = 0
  for (const value of numbers) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  if (largest === 0) return 0
  const magnitude = Math.floor(Math.log10(largest))
  const max = magnitude >= 3 ? 2 : magnitude >= 0 ? 4 - Math.min(2, magnitude) : Math.min(6, 3 - magnitude)
  let needed = 0
  for (const value of numbers) {
    // Shown with an exponent.
    if (Math.abs(value) < 0.5 * 10 ** -max) continue
    while (needed < max && !hasDecimals(value, needed)) needed++
    if (needed === max) break
  }
  return needed
}

/** Whether `value` has at most `decimals` decimals, within floating-point precision. */
function hasDecimals(value: number, decimals: number): boolean {
  const scaled = value * 10 ** decimals
  return !Number.isFinite(scaled) || Math.abs(scaled - Math.round(scaled)) <= Math.abs(scaled) * 1e-12
}

function datetimeFormat(values: unknown[]): ColumnFormat {
  const times = values.map(epochMsOf).filter(time => !Number.isNaN(time))
  const withSeconds = times.some(time => time % 60_000 !== 0)
  return {
    align: 'left',
    text: value => {
      const time = epochMsOf(value)
      if (Number.isNaN(time)) return plainValue(value)
      return new Date(time)
        .toISOString()
        .slice(0, withSeconds ? 19 : 16)
        .replace('T', ' ')
    },
    full: value => {
      const time = epochMsOf(value)
      return Number.isNaN(time) ? plainValue(value) : new Date(time).toISOString()
    },
  }
}

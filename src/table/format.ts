/** Formats values as text. A column has one format for all its values, so that they align and compare. */
import type { ColumnFormat } from '../common/column-format.ts'
import { usdText, withMinus } from '../common/number-text.ts'
import { type Column, epochMsOf } from './columns.ts'

export type Align = 'left' | 'right'

export interface CellFormat {
  align: Align
  /** Behind the name in the heading: `USD`, `%`, `UTC`; empty without a unit. */
  unit: string
  /** What the cell shows; empty for a missing value. */
  text(value: unknown): string
  /** The value in full, for the cell's tooltip; empty when `text` already shows everything. */
  full(value: unknown): string
}

/** Longer text is cut, in the cell and its tooltip. */
const MAX_TEXT = 500

export function createFormat(column: Column): CellFormat {
  if (column.type === 'datetime') return datetimeFormat(Array.from(column.values))
  if (column.type === 'boolean') return plain('left')
  const numbers = Array.from(column.values).filter((value): value is number => typeof value === 'number')
  const numeric = column.type === 'number' || column.type === 'integer'
  if (numeric || (column.type === 'any' && numbers.length > 0)) return numberFormat(numbers, column.format ?? {})
  return plain('left')
}

function plain(align: Align): CellFormat {
  return {
    align,
    unit: '',
    text: plainValue,
    full: value => (typeof value === 'string' && value.length <= 24 ? '' : plainValue(value)),
  }
}

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

/** A column whose largest amount is below is shown in full. */
const COMPACT_FROM = 1e6

function numberFormat(numbers: number[], { unit = '', notation, signed = false }: ColumnFormat): CellFormat {
  const write = numberWriter(numbers, unit, notation)
  const text = (value: number) => (signed && value > 0 ? `+${write(value)}` : write(value))
  return {
    align: 'right',
    unit,
    text: value => (typeof value === 'number' ? withMinus(text(value)) : plainValue(value)),
    full: value => (typeof value === 'number' ? withMinus(plainValue(value)) : plainValue(value)),
  }
}

function numberWriter(numbers: number[], unit: string, notation: ColumnFormat['notation']): (value: number) => string {
  if (notation === 'compact' && largestOf(numbers) >= COMPACT_FROM) return usdText
  const factor = notation === 'share' ? 100 : 1
  const shown = factor === 1 ? numbers : numbers.map(value => value * factor)
  const decimals = decimalsOf(shown, unit === '' ? undefined : 2)
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return value => numberText(value * factor, decimals, format)
}

function numberText(value: number, decimals: number, format: Intl.NumberFormat): string {
  const size = Math.abs(value)
  if (size >= 1e15) return value.toExponential(3)
  // Nothing but zero is shown as zero: a p-value of 2e-7 must not read 0.0000.
  if (size > 0 && size < 0.5 * 10 ** -decimals) return value.toExponential(1)
  return format.format(value === 0 ? 0 : value)
}

function largestOf(numbers: number[]): number {
  let largest = 0
  for (const value of numbers) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  return largest
}

/**
 * Decimals of a column: two if the largest value has four or more digits before the point, else four significant digits (at
 * most six decimals); never more than the values have.
 * @param limit most decimals of a column whose largest value is at least 1. Default: none
 */
export function decimalsOf(numbers: number[], limit = Number.POSITIVE_INFINITY): number {
  const largest = largestOf(numbers)
  if (largest === 0) return 0
  const magnitude = Math.floor(Math.log10(largest))
  const max =
    magnitude >= 3 ? 2 : magnitude >= 0 ? Math.min(limit, 4 - Math.min(2, magnitude)) : Math.min(6, 3 - magnitude)
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

function datetimeFormat(values: unknown[]): CellFormat {
  const times = values.map(epochMsOf).filter(time => !Number.isNaN(time))
  const withSeconds = times.some(time => time % 60_000 !== 0)
  return {
    align: 'left',
    unit: 'UTC',
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

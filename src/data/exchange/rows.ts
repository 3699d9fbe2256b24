import { DataError, quoteValue } from '../../common/errors.ts'
import type { Field, SeriesRule } from './rule.ts'
import type { SeriesChunk } from './series.ts'

/** A checked record: its time, then its values in the order of the rule's columns. */
export type Row = readonly number[]

/**
 * Rows as served → numbers.
 * @param what for messages, e.g. `binanceusdm: candles of BTC/USDT:USDT`
 * @throws DataError naming the row (1-based in the answer), the field and the value that is not a number
 */
export function checkRows(rows: readonly unknown[], rule: SeriesRule, what: string): Row[] {
  const fields = Object.values(rule.columns)
  return rows.map((row, i) => {
    const time = numberIn(row, rule.time, i, what)
    if (!(time > 0)) bad(row, rule.time, i, what)
    return [time, ...fields.map(field => numberIn(row, field, i, what))]
  })
}

function numberIn(row: unknown, field: Field, index: number, what: string): number {
  const value = typeof row === 'object' && row !== null ? field.of(row) : undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) bad(row, field, index, what)
  return number as number
}

function bad(row: unknown, field: Field, index: number, what: string): never {
  const value = typeof row === 'object' && row !== null ? field.of(row) : row
  throw new DataError(
    `${what}, row ${index + 1} of an answer, ${field.name}: ${quoteValue(value)}, but expected a number. The row: ${JSON.stringify(row)?.slice(0, 120)}`,
  )
}

/** Rows in order of time → columns. */
export function chunkOf(rows: readonly Row[], rule: SeriesRule): SeriesChunk {
  const column = (index: number) => Float64Array.from(rows, row => row[index]!)
  const columns = Object.keys(rule.columns).map((name, i) => [name, column(i + 1)] as const)
  return { time: column(0), columns: Object.fromEntries(columns) }
}

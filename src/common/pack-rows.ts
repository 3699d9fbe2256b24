/** Packs the rows of a table into one text, for outputs that hold a table. */
import { deflateColumns } from './deflate.ts'
import type { Json } from './json.ts'

/** A table of more rows is packed; as many are in the output as objects too, for other readers. */
export const PREVIEW_ROWS = 10
/** What a renderer unpacks at most. */
const MAX_PACKED_BYTES = 64 * 1024 * 1024
/** Digits of packed numbers that are not whole: more than any column shows, and without what rounding leaves behind them. */
const PACKED_DIGITS = 10

/** Base64 of a raw deflate stream of `bytes` bytes: JSON in UTF-8, a list of values for each column. */
export interface PackedRows {
  rows: number
  bytes: number
  data: string
}

/**
 * All rows in one text, a third of the size.
 *
 * @param columns values by column, `rows` of each
 * @returns undefined beyond what a renderer unpacks
 */
export function packRows(rows: number, columns: readonly (readonly Json[])[]): PackedRows | undefined {
  const texts = columns.map((column, i) => `${i > 0 ? ',' : ''}${JSON.stringify(column.map(packedValue))}`)
  const parts = ['[', ...texts, ']'].map(text => Buffer.from(text))
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  return bytes > MAX_PACKED_BYTES ? undefined : { rows, bytes, data: deflateColumns(parts) }
}

const packedValue = (value: Json): Json =>
  typeof value !== 'number' || Number.isInteger(value) ? value : Number(value.toPrecision(PACKED_DIGITS))

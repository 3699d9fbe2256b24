/** Turns rows as an exchange serves them into checked numbers. */
import { DataError, quoteValue, valueExcerpt } from '../../common/errors.ts'
import type { Field, SeriesEndpoint } from './endpoint.ts'
import type { SeriesChunk } from './series.ts'
import { venueNumber } from './venue-number.ts'

/** A checked record: its time, then its values in the order of the endpoint's columns. */
export type Row = readonly [time: number, ...values: number[]]

/**
 * Parses rows as served.
 * @param label for messages, e.g. `binanceusdm: candles of BTC/USDT:USDT`
 * @throws DataError naming the row (1-based in the response), the field and the value that is not a number
 */
export function parseRows(
  rows: readonly unknown[],
  endpoint: Pick<SeriesEndpoint, 'time' | 'columns'>,
  label: string,
): Row[] {
  const fields = Object.values(endpoint.columns)
  return rows.map((row, i) => {
    const time = parseNumber(row, endpoint.time, i, label)
    if (!(time > 0)) throw invalidField(row, endpoint.time, i, label)
    return [time, ...fields.map(field => parseNumber(row, field, i, label))]
  })
}

function parseNumber(row: unknown, field: Field, index: number, label: string): number {
  const number = venueNumber(typeof row === 'object' && row !== null ? field.read(row) : undefined)
  if (Number.isNaN(number)) throw invalidField(row, field, index, label)
  return number
}

function invalidField(row: unknown, field: Field, index: number, label: string): DataError {
  const value = typeof row === 'object' && row !== null ? field.read(row) : row
  return new DataError(
    `${label}, row ${index + 1} of a response, ${field.name}: ${quoteValue(value)}, but expected a number. The row: ${valueExcerpt(row, 120)}`,
  )
}

/** Turns rows in order of time into columns. */
export function toChunk(rows: readonly Row[], endpoint: Pick<SeriesEndpoint, 'columns'>): SeriesChunk {
  const column = (index: number) => Float64Array.from(rows, row => row[index]!)
  const columns = Object.keys(endpoint.columns).map((name, i) => [name, column(i + 1)] as const)
  return { time: column(0), columns: Object.fromEntries(columns) }
}

/** Columns of tables on their way to DuckDB and back. */
import type { Connection, DuckDb, SqlType } from './duckdb.ts'

export interface SqlTable {
  names: readonly string[]
  /** One list of values per column; null or undefined where there is none. */
  columns: readonly ArrayLike<unknown>[]
}

/** What a column becomes: its type in SQL, and how a value is written. */
interface ColumnWriter {
  type: SqlType
  write(value: unknown): unknown
}

/** Rows of one chunk. */
const CHUNK_ROWS = 2048

/**
 * Creates a table with these rows. Numbers are DOUBLE, as everywhere else here, so that results equal those of arquero; dates
 * are TIMESTAMP in UTC; a column of several kinds of values is text.
 */
export async function createTable(
  duckdb: DuckDb,
  connection: Connection,
  name: string,
  { names, columns }: SqlTable,
): Promise<void> {
  const writers = columns.map(column => columnWriter(column, duckdb))
  const definitions = names.map((column, index) => `${quoteIdentifier(column)} ${writers[index]!.type}`)
  await connection.run(`CREATE TABLE ${quoteIdentifier(name)} (${definitions.join(', ')})`)
  const rows = columns[0]?.length ?? 0
  if (rows === 0) return
  const types = writers.map(({ type }) => duckdb[type])
  const appender = await connection.createAppender(name)
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - start)
    const chunk = duckdb.DuckDBDataChunk.create(types, count)
    columns.forEach((column, index) => {
      const { write } = writers[index]!
      chunk.setColumnValues(
        index,
        Array.from({ length: count }, (_, row) => write(column[start + row])),
      )
    })
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** A value of a column of text: an object as JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  } catch {
    return String(value) // Cycles and BigInt inside.
  }
}

/** A name in a query. */
export const quoteIdentifier = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A text in a query. */
export const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`

function columnWriter(column: ArrayLike<unknown>, { DuckDBTimestampValue }: DuckDb): ColumnWriter {
  const kinds = new Set<string>()
  for (let row = 0; row < column.length; row++) {
    const value = column[row]
    if (value !== null && value !== undefined) kinds.add(value instanceof Date ? 'date' : typeof value)
  }
  const [kind = 'number', ...others] = kinds
  const orNull = (write: (value: unknown) => unknown) => (value: unknown) =>
    value === null || value === undefined ? null : write(value)
  if (others.length === 0 && kind === 'number') return { type: 'DOUBLE', write: orNull(value => value) }
  if (others.length === 0 && kind === 'boolean') return { type: 'BOOLEAN', write: orNull(value => value) }
  if (others.length === 0 && kind === 'bigint') return { type: 'HUGEINT', write: orNull(value => value) }
  if (others.length === 0 && kind === 'date')
    return {
      type: 'TIMESTAMP',
      write: orNull(value => {
        const ms = (value as Date).getTime()
        return Number.isNaN(ms) ? null : new DuckDBTimestampValue(BigInt(ms) * 1000n)
      }),
    }
  return { type: 'VARCHAR', write: orNull(textOf) }
}

/** Values of a result as cells use them: whole numbers of 64 bits and more are numbers where all of a column are exact as such. */
export function readColumn(values: readonly unknown[]): unknown[] {
  const isExact = values.every(value => typeof value !== 'bigint' || Number.isSafeInteger(Number(value)))
  return isExact ? values.map(value => (typeof value === 'bigint' ? Number(value) : value)) : [...values]
}

/** Reads the `application/vnd.dataresource+json` payload of an output: a table with typed columns. */
import type { ColumnType, Column as TableColumn } from '../../src/table/columns.ts'
import { isRecord, type JsonRecord, kindOf, PayloadError } from '../shared/json.ts'

const MAX_COLUMNS = 1000

export interface Column extends TableColumn {
  /** One value per row; null where the row has none. */
  values: unknown[]
}

export interface Table {
  columns: Column[]
  /** Rows in the payload. */
  rows: number
  /** Rows of the table that the payload was taken from, at least `rows`. */
  totalRows: number
  /** Name under which the reader's choice is kept. */
  view: string
  /** The way to the whole table in the kernel. */
  channel?: string
}

const TYPES = new Set<string>(['number', 'integer', 'string', 'boolean', 'datetime'])

/**
 * @throws PayloadError naming the field or row that is not as it should be
 */
export function readTable(payload: unknown): Table {
  if (!isRecord(payload))
    throw new PayloadError(`expected an object with "schema" and "data", found ${kindOf(payload)}`)
  const { schema, data, totalRows, view, channel } = payload
  if (!isRecord(schema)) throw new PayloadError(`"schema" must be an object, found ${kindOf(schema)}`)
  if (!Array.isArray(schema.fields))
    throw new PayloadError(`"schema.fields" must be an array, found ${kindOf(schema.fields)}`)
  if (!Array.isArray(data)) throw new PayloadError(`"data" must be an array of rows, found ${kindOf(data)}`)
  if (schema.fields.length > MAX_COLUMNS)
    throw new PayloadError(`the table has ${schema.fields.length} columns; at most ${MAX_COLUMNS} can be shown`)
  const rows: JsonRecord[] = data.map((row, index) => {
    if (!isRecord(row)) throw new PayloadError(`data[${index}] must be an object, found ${kindOf(row)}`)
    return row
  })
  const columns = schema.fields.map((field: unknown, index) => readColumn(field, index, rows))
  const total = typeof totalRows === 'number' && Number.isFinite(totalRows) ? Math.floor(totalRows) : rows.length
  return {
    columns,
    rows: rows.length,
    totalRows: Math.max(total, rows.length),
    view: typeof view === 'string' ? view : 'table',
    ...(typeof channel === 'string' ? { channel } : {}),
  }
}

function readColumn(field: unknown, index: number, rows: JsonRecord[]): Column {
  if (!isRecord(field)) throw new PayloadError(`schema.fields[${index}] must be an object, found ${kindOf(field)}`)
  const { name, type } = field
  if (typeof name !== 'string')
    throw new PayloadError(`schema.fields[${index}].name must be a string, found ${kindOf(name)}`)
  // `hasOwn`: a column may be called "constructor".
  const values = rows.map(row => (Object.hasOwn(row, name) ? (row[name] ?? null) : null))
  return { name, type: typeof type === 'string' && TYPES.has(type) ? (type as ColumnType) : 'any', values }
}

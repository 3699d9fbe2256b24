/** Arquero tables as `application/vnd.dataresource+json`, with `text/plain` as well. */

import { formatOf, inferFormat } from '../common/column-format.ts'
import { type ChannelHandler, PORTABLE_OUTPUTS } from '../common/host.ts'
import type { Json, JsonObject } from '../common/json.ts'
import { PREVIEW_ROWS, packRows } from '../common/pack-rows.ts'
import type { MimeBundle } from '../notebook/types.ts'
import type { Column, ColumnType } from '../table/columns.ts'
import { createFormat } from '../table/format.ts'
import { cutText, inspectValue, tryRead } from './inspect.ts'
import { toJson } from './json.ts'
import { secrets } from './secrets.ts'
import { createTableHandler, isLongTable } from './table-channel.ts'
import type { TableLike } from './table-like.ts'

/** Rows in an output, packed where they are more than {@link PREVIEW_ROWS}; `totalRows` says how many the table has. */
const MAX_ROWS = 1000
const PREVIEW_CHARS = 40
/** Of one text; a longer one is shown in part. */
const MAX_TEXT_CHARS = 10_000

/** @param openChannel opens a channel through which a renderer gets the rows that the output does not hold */
export function tableBundle(table: TableLike, openChannel?: (handler: ChannelHandler) => string): MimeBundle {
  const names = table.columnNames()
  const rows = table.objects({ limit: MAX_ROWS })
  const marks = columnMarks(table)
  const fields = names.map(name => {
    const type = columnType(rows.map(row => row[name]))
    const format = isNumeric(type) ? (formatOf(marks[name]) ?? inferFormat(name)) : undefined
    return { name, type, ...format }
  })
  const data = rows.map(row => {
    const record: JsonObject = {}
    for (const name of names) record[name] = valueToJson(row[name])
    return record
  })
  const isPacked = data.length > PREVIEW_ROWS && process.env[PORTABLE_OUTPUTS] !== '1'
  // Packed texts cannot be searched for secrets any more.
  const values = () => secrets.value(names.map(name => data.map(row => row[name] ?? null)))
  const packed = isPacked ? packRows(data.length, values()) : undefined
  const resource: JsonObject = {
    schema: { fields },
    data: packed ? data.slice(0, PREVIEW_ROWS) : data,
    totalRows: table.numRows(),
    ...(packed && { packed: { ...packed } }),
  }
  resource.view = `table:${names.join(',')}`.slice(0, 200)
  if (openChannel && table.numRows() > MAX_ROWS && isLongTable(table)) {
    resource.channel = openChannel(createTableHandler(table, fields, valueToJson))
  }
  const columns = fields.map(({ name, type, ...format }) => ({
    name,
    type,
    values: data.map(row => row[name] ?? null),
    format,
  }))
  return { 'application/vnd.dataresource+json': resource, 'text/plain': previewText(table, columns) }
}

const isNumeric = (type: ColumnType) => type === 'number' || type === 'integer'

/** The arrays of the columns, which may be marked with a format. */
function columnMarks(table: TableLike & { data?: () => unknown }): Record<string, unknown> {
  if (typeof table.data !== 'function') return {}
  const data: unknown = tryRead(() => table.data?.(), undefined)
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
}

/** The narrowest type of all values that are not missing. */
function columnType(values: unknown[]): ColumnType {
  const types = new Set<ColumnType>()
  for (const value of values) if (value != null) types.add(valueType(value))
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number'
  const [type = 'any', ...others] = types
  return others.length > 0 ? 'any' : type
}

function valueType(value: unknown): ColumnType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  return value instanceof Date ? 'datetime' : 'any'
}

function valueToJson(value: unknown): Json {
  if (typeof value === 'string') return cutText(secrets.text(value), MAX_TEXT_CHARS)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  try {
    return toJson(value)
  } catch {
    return inspectValue(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
  }
}

/** The first rows as text, with the numbers and times as on screen. */
function previewText(table: TableLike, columns: readonly Column[]): string {
  const size = `${plural(table.numRows(), 'row')} x ${plural(table.numCols(), 'column')}`
  if (columns.length === 0) return size
  const count = Math.min(PREVIEW_ROWS, columns[0]!.values.length)
  const texts = columns.map(column => {
    const format = createFormat(column)
    const heading = format.unit === '' ? column.name : `${column.name} (${format.unit})`
    const cells = [heading, ...Array.from({ length: count }, (_, row) => cutCell(format.text(column.values[row])))]
    const width = Math.max(...cells.map(cell => cell.length))
    return cells.map(cell => (format.align === 'right' ? cell.padStart(width) : cell.padEnd(width)))
  })
  const lines = Array.from({ length: count + 1 }, (_, line) =>
    texts
      .map(cells => cells[line])
      .join('  ')
      .trimEnd(),
  )
  if (table.numRows() > PREVIEW_ROWS) lines.push('…')
  return [...lines, size].join('\n')
}

const plural = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`

function cutCell(text: string): string {
  const line = text.replaceAll('\n', ' ')
  return line.length > PREVIEW_CHARS ? `${line.slice(0, PREVIEW_CHARS - 1)}…` : line
}

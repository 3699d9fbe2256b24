/** Arquero tables as `application/vnd.dataresource+json`, with `text/plain` as well. */
import type { ChannelHandler } from '../common/host.ts'
import type { Json, JsonObject } from '../common/json.ts'
import type { MimeBundle } from '../notebook/types.ts'
import type { ColumnType } from '../table/columns.ts'
import { cutText, inspectValue } from './inspect.ts'
import { toJson } from './json.ts'
import { createTableHandler, isLongTable } from './table-channel.ts'
import type { TableLike } from './table-like.ts'

/** Rows in an output; `totalRows` says how many the table has. */
const MAX_ROWS = 1000
const PREVIEW_ROWS = 10
/** Of one text; a longer one is shown in part. */
const MAX_TEXT_CHARS = 10_000

/** @param openChannel opens a channel through which a renderer gets the rows that the output does not hold */
export function tableBundle(table: TableLike, openChannel?: (handler: ChannelHandler) => string): MimeBundle {
  const names = table.columnNames()
  const rows = table.objects({ limit: MAX_ROWS })
  const fields = names.map(name => ({ name, type: columnType(rows.map(row => row[name])) }))
  const data = rows.map(row => {
    const record: JsonObject = {}
    for (const name of names) record[name] = valueToJson(row[name])
    return record
  })
  const resource: JsonObject = { schema: { fields }, data, totalRows: table.numRows() }
  resource.view = `table:${names.join(',')}`.slice(0, 200)
  if (openChannel && table.numRows() > MAX_ROWS && isLongTable(table)) {
    const types = fields.map(field => field.type)
    resource.channel = openChannel(createTableHandler(table, types, valueToJson))
  }
  return { 'application/vnd.dataresource+json': resource, 'text/plain': previewText(table, names, rows) }
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
  if (typeof value === 'string') return cutText(value, MAX_TEXT_CHARS)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  try {
    return toJson(value)
  } catch {
    return inspectValue(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
  }
}

function previewText(table: TableLike, names: string[], rows: Record<string, unknown>[]): string {
  const size = `${plural(table.numRows(), 'row')} x ${plural(table.numCols(), 'column')}`
  if (names.length === 0) return size
  const shown = rows.slice(0, PREVIEW_ROWS)
  const columns = names.map(name => {
    const cells = [name, ...shown.map(row => previewCell(row[name]))]
    const width = Math.max(...cells.map(cell => cell.length))
    const isNumeric = ['integer', 'number'].includes(columnType(rows.map(row => row[name])))
    return cells.map(cell => (isNumeric ? cell.padStart(width) : cell.padEnd(width)))
  })
  const lines = Array.from({ length: shown.length + 1 }, (_, line) =>
    columns
      .map(cells => cells[line])
      .join('  ')
      .trimEnd(),
  )
  if (table.numRows() > PREVIEW_ROWS) lines.push('…')
  return [...lines, size].join('\n')
}

const plural = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`

function previewCell(value: unknown): string {
  if (value == null) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  const text =
    typeof value === 'string'
      ? cutText(value, 100)
      : inspectValue(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
  const line = text.replaceAll('\n', ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

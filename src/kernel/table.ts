/** Arquero tables, known by their methods, as `application/vnd.dataresource+json` with a text twin. */
import { inspect } from 'node:util'
import type { Json, JsonObject } from '../common/json.ts'
import type { MimeBundle } from '../notebook/types.ts'
import type { ColumnType } from '../table/columns.ts'
import type { ChannelHandler } from './channel-handler.ts'
import { toJson } from './json.ts'
import { answerTable, isLongTable } from './table-channel.ts'
import type { TableLike } from './table-like.ts'

/** Rows that go into an output; the table says how many more it has. */
const MAX_ROWS = 1000
const TEXT_ROWS = 10

/** @param open opens a channel, by which a renderer gets the rows that the output does not hold */
export function tableBundle(table: TableLike, open?: (handler: ChannelHandler) => string): MimeBundle {
  const names = table.columnNames()
  const rows = table.objects({ limit: MAX_ROWS })
  const fields = names.map(name => ({ name, type: typeOf(rows.map(row => row[name])) }))
  const data = rows.map(row => {
    const record: JsonObject = {}
    for (const name of names) record[name] = cellToJson(row[name])
    return record
  })
  const resource: JsonObject = { schema: { fields }, data, totalRows: table.numRows() }
  resource.view = `table:${names.join(',')}`.slice(0, 200)
  if (open && table.numRows() > MAX_ROWS && isLongTable(table)) {
    const types = fields.map(field => field.type)
    resource.channel = open(answerTable(table, types, cellToJson))
  }
  return { 'application/vnd.dataresource+json': resource, 'text/plain': tableText(table, names, rows) }
}

/** The narrowest type that all values have, missing ones aside. */
function typeOf(values: unknown[]): ColumnType {
  const types = new Set<ColumnType>()
  for (const value of values) if (value != null) types.add(typeOfValue(value))
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number'
  const [type = 'any', ...others] = types
  return others.length > 0 ? 'any' : type
}

function typeOfValue(value: unknown): ColumnType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  return value instanceof Date ? 'datetime' : 'any'
}

function cellToJson(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  try {
    return toJson(value)
  } catch {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
  }
}

function tableText(table: TableLike, names: string[], rows: Record<string, unknown>[]): string {
  const size = `${table.numRows()} rows x ${table.numCols()} columns`
  if (names.length === 0) return size
  const lines = [names, ...rows.slice(0, TEXT_ROWS).map(row => names.map(name => cellText(row[name])))]
  const widths = names.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const numeric = names.map(name => ['integer', 'number'].includes(typeOf(rows.map(row => row[name]))))
  const text = lines.map(line =>
    line
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
  if (table.numRows() > TEXT_ROWS) text.push('…')
  return [...text, size].join('\n')
}

function cellText(value: unknown): string {
  if (value == null) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  const text = typeof value === 'string' ? value : inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
  const line = text.replaceAll('\n', ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

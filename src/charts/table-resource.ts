/** A table of the library as content of `application/vnd.dataresource+json`, for views that have it beside a picture. */
import type { ColumnTable } from 'arquero'
import { formatOf } from '../common/column-format.ts'
import type { Json } from '../common/json.ts'
import { PREVIEW_ROWS, packRows } from '../common/pack-rows.ts'

type FieldType = 'number' | 'datetime' | 'string' | 'any'

/** @param view name under which the reader's sorting and filters are saved */
export function tableResource(table: ColumnTable, view: string): Record<string, unknown> {
  const names = table.columnNames()
  const rows = table.objects() as Record<string, unknown>[]
  const columns = table.data() as Record<string, unknown>
  const data = rows.map(row => Object.fromEntries(names.map(name => [name, toJson(row[name])])))
  const packed =
    rows.length > PREVIEW_ROWS
      ? packRows(
          rows.length,
          names.map(name => data.map(row => row[name]!)),
        )
      : undefined
  return {
    schema: {
      fields: names.map(name => ({
        name,
        type: typeOf(rows.find(row => row[name] !== null && row[name] !== undefined)?.[name]),
        ...formatOf(columns[name]),
      })),
    },
    data: packed ? data.slice(0, PREVIEW_ROWS) : data,
    totalRows: rows.length,
    ...(packed && { packed }),
    view,
  }
}

/** @param value the first one of the column; undefined where it has none */
function typeOf(value: unknown): FieldType {
  if (value instanceof Date) return 'datetime'
  return typeof value === 'number' || typeof value === 'string' ? (typeof value as 'number' | 'string') : 'any'
}

const toJson = (value: unknown): Json => (value instanceof Date ? value.toISOString() : ((value ?? null) as Json))

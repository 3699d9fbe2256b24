/** A table of the library as content of `application/vnd.dataresource+json`, for views that have it beside a picture. */
import type { ColumnTable } from 'arquero'
import { formatOf } from '../common/column-format.ts'

type FieldType = 'number' | 'datetime' | 'string' | 'any'

/** @param view name under which the reader's sorting and filters are saved */
export function tableResource(table: ColumnTable, view: string): Record<string, unknown> {
  const names = table.columnNames()
  const rows = table.objects() as Record<string, unknown>[]
  const columns = table.data() as Record<string, unknown>
  return {
    schema: {
      fields: names.map(name => ({
        name,
        type: typeOf(rows.find(row => row[name] !== null && row[name] !== undefined)?.[name]),
        ...formatOf(columns[name]),
      })),
    },
    data: rows.map(row => Object.fromEntries(names.map(name => [name, toJson(row[name])]))),
    totalRows: rows.length,
    view,
  }
}

/** @param value the first one of the column; undefined where it has none */
function typeOf(value: unknown): FieldType {
  if (value instanceof Date) return 'datetime'
  return typeof value === 'number' || typeof value === 'string' ? (typeof value as 'number' | 'string') : 'any'
}

const toJson = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null))

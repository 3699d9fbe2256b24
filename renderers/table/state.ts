/** The reader's choices for a table, packed for the notebook and restored from it. */
import * as v from 'valibot'
import type { JsonObject } from '../../src/common/json.ts'
import { record } from '../../src/common/schema.ts'
import type { Query } from '../../src/table/query.ts'
import type { TableColumn as Column } from '../../src/table/resource.ts'
import { PAGE_SIZES } from './paging.ts'

export interface TableState {
  query: Query
  size: number
  /** Whether the rows of filters and of column statistics are shown. */
  filters: boolean
  statistics: boolean
}

export function packState({ query, size, filters, statistics }: TableState, columns: readonly Column[]): JsonObject {
  const where = query.filters.flatMap(({ column, text }) => {
    const name = columns[column]?.name
    return name === undefined || text === '' ? [] : [[name, text] as const]
  })
  const sortColumn = query.sort && columns[query.sort.column]
  const sort = query.sort && sortColumn ? { column: sortColumn.name, direction: query.sort.direction } : null
  return { sort, where: Object.fromEntries(where), search: query.search, size, filters, statistics }
}

const savedSchema = v.object({
  sort: v.fallback(
    v.nullable(v.object({ column: v.string(), direction: v.picklist(['ascending', 'descending']) })),
    null,
  ),
  where: v.fallback(record, {}),
  search: v.fallback(v.string(), ''),
  size: v.fallback(v.optional(v.picklist(PAGE_SIZES)), undefined),
  filters: v.fallback(v.optional(v.boolean()), undefined),
  statistics: v.fallback(v.optional(v.boolean()), undefined),
})

/** A saved state as far as it fits these columns; else `fallback`. */
export function unpackState(saved: unknown, columns: readonly Column[], fallback: TableState): TableState {
  const { success, output: state } = v.safeParse(savedSchema, saved)
  if (!success) return fallback
  const indexOf = (name: string) => columns.findIndex(column => column.name === name)
  const sortColumn = state.sort ? indexOf(state.sort.column) : -1
  const sort = state.sort && sortColumn >= 0 ? { column: sortColumn, direction: state.sort.direction } : null
  const filters = Object.entries(state.where).flatMap(([name, text]) => {
    const column = indexOf(name)
    return column >= 0 && typeof text === 'string' ? [{ column, text }] : []
  })
  return {
    query: { sort, filters, search: state.search },
    size: state.size ?? fallback.size,
    filters: state.filters ?? fallback.filters,
    statistics: state.statistics ?? fallback.statistics,
  }
}

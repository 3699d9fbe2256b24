/** The reader's choices for a table, packed for the notebook and restored from it. */
import type { JsonObject } from '../../src/common/json.ts'
import { isRecord } from '../../src/common/json.ts'
import type { Query } from '../../src/table/query.ts'
import { PAGE_SIZES } from './paging.ts'
import type { Column } from './payload.ts'

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

/** A saved state as far as it fits these columns; else `fallback`. */
export function unpackState(state: unknown, columns: readonly Column[], fallback: TableState): TableState {
  if (!isRecord(state)) return fallback
  const indexOf = (name: unknown) => columns.findIndex(column => column.name === name)
  const sort = isRecord(state.sort) ? state.sort : {}
  const column = indexOf(sort.column)
  const { direction } = sort
  const where = isRecord(state.where) ? Object.entries(state.where) : []
  return {
    query: {
      sort: column >= 0 && (direction === 'ascending' || direction === 'descending') ? { column, direction } : null,
      filters: where.flatMap(([name, text]) => {
        const index = indexOf(name)
        return index >= 0 && typeof text === 'string' ? [{ column: index, text }] : []
      }),
      search: typeof state.search === 'string' ? state.search : '',
    },
    size: PAGE_SIZES.find(size => size === state.size) ?? fallback.size,
    filters: typeof state.filters === 'boolean' ? state.filters : fallback.filters,
    statistics: typeof state.statistics === 'boolean' ? state.statistics : fallback.statistics,
  }
}

/** Queries of the rows of a table: filter, search and order. */
import type { Column } from './columns.ts'
import { matchingRows, type RowFilter } from './filter.ts'
import { type Direction, sortRows } from './sort.ts'

export interface Sorting {
  /** Index of the column. */
  column: number
  direction: Direction
}

export interface Query extends RowFilter {
  sort: Sorting | null
}

/** All rows in the table's own order. */
export const ALL_ROWS: Query = { sort: null, filters: [], search: '' }

/** Rows filtered between two pauses: a few tens of milliseconds. */
const CHUNK_ROWS = 100_000

/**
 * Answers queries on one table, and caches the last result, so that further pages are free.
 * @param rows the table's rows in its own order
 */
export class TableView {
  readonly columns: readonly Column[]
  readonly rows: Uint32Array
  #filtered: { key: string; rows: Uint32Array }
  #sorted: { key: string; rows: Uint32Array }

  constructor(columns: readonly Column[], rows: Uint32Array) {
    this.columns = columns
    this.rows = rows
    this.#filtered = { key: filterKey(ALL_ROWS), rows }
    this.#sorted = { key: queryKey(ALL_ROWS), rows }
  }

  /**
   * The matching rows in the query's order.
   * @param pause awaited between chunks, so that other work can run; it may throw to stop
   * @throws RangeError naming the column if its filter cannot be parsed, or if there is no such column
   */
  async rowsFor(query: Query, pause: () => Promise<void> = async () => {}): Promise<Uint32Array> {
    const key = queryKey(query)
    if (this.#sorted.key === key) return this.#sorted.rows
    const filtered = await this.#filter(query, pause)
    const { sort } = query
    const column = sort ? this.columns[sort.column] : undefined
    if (sort && !column) throw new RangeError(`there is no column ${sort.column}`)
    const rows = sort && column ? sortRows(column, sort.direction, filtered) : filtered
    this.#sorted = { key, rows }
    return rows
  }

  async #filter(query: Query, pause: () => Promise<void>): Promise<Uint32Array> {
    const key = filterKey(query)
    if (this.#filtered.key === key) return this.#filtered.rows
    const parts: Uint32Array[] = []
    for (let start = 0; start === 0 || start < this.rows.length; start += CHUNK_ROWS) {
      if (start > 0) await pause()
      parts.push(matchingRows(this.columns, query, this.rows.subarray(start, start + CHUNK_ROWS)))
    }
    const rows = concat(parts)
    this.#filtered = { key, rows }
    return rows
  }
}

function filterKey({ filters, search }: RowFilter): string {
  const active = filters.map(({ column, text }) => [column, text.trim()] as const).filter(([, text]) => text !== '')
  return JSON.stringify([active, search.trim()])
}

function queryKey(query: Query): string {
  const { sort } = query
  return `${sort ? `${sort.direction} ${sort.column}` : ''} ${filterKey(query)}`
}

function concat(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

/** The rows of a table as a reader wants to see them. */
import type { Column } from './columns.ts'
import { matchingRows, type Wanted } from './filter.ts'
import { type Direction, sortRows } from './sort.ts'

export interface Sorting {
  /** Number of the column. */
  column: number
  direction: Direction
}

export interface Query extends Wanted {
  sort: Sorting | null
}

/** No order but the table's own, and all rows. */
export const WHOLE: Query = { sort: null, filters: [], search: '' }

/** Rows looked at between two pauses: some tens of milliseconds. */
const CHUNK = 100_000

/**
 * Answers queries on one table, and keeps the last answer: a page more costs nothing.
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
    this.#filtered = { key: keyOfWanted(WHOLE), rows }
    this.#sorted = { key: keyOfQuery(WHOLE), rows }
  }

  /**
   * The wanted rows in the wanted order.
   * @param pause awaited now and then, so that others get a turn; it may throw to end the work
   * @throws RangeError naming the column whose filter cannot be read, or that is not there
   */
  async order(query: Query, pause: () => Promise<void> = async () => {}): Promise<Uint32Array> {
    const key = keyOfQuery(query)
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
    const key = keyOfWanted(query)
    if (this.#filtered.key === key) return this.#filtered.rows
    const parts: Uint32Array[] = []
    for (let start = 0; start === 0 || start < this.rows.length; start += CHUNK) {
      if (start > 0) await pause()
      parts.push(matchingRows(this.columns, query, this.rows.subarray(start, start + CHUNK)))
    }
    const rows = joined(parts)
    this.#filtered = { key, rows }
    return rows
  }
}

function keyOfWanted({ filters, search }: Wanted): string {
  const set = filters.map(({ column, text }) => [column, text.trim()] as const).filter(([, text]) => text !== '')
  return JSON.stringify([set, search.trim()])
}

function keyOfQuery(query: Query): string {
  const { sort } = query
  return `${sort ? `${sort.direction} ${sort.column}` : ''} ${keyOfWanted(query)}`
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Where the rows of a table come from: the output itself, or the kernel that has them all. */
import type { RowsAnswer, StatisticsAnswer, TableRequest } from '../../src/kernel/table-channel.ts'
import { type Query, TableView } from '../../src/table/query.ts'
import { type ColumnStatistics, columnStatistics } from '../../src/table/statistics.ts'
import { rowsText } from '../../src/table/text.ts'
import type { Channel } from '../shared/channel.ts'
import type { SaveFile } from '../shared/save.ts'
import type { Table } from './payload.ts'

export interface Rows {
  /** How many rows the query leaves. */
  matching: number
  /** One list of values a column. */
  columns: ArrayLike<unknown>[]
}

export interface TableSource {
  /** Rejects with an `AbortError` when a newer query overtakes it, else with an error in words for the reader. */
  rows(query: Query, start: number, count: number): Promise<Rows>
  statistics(column: number): Promise<ColumnStatistics>
  /** Saves all rows that the query leaves, in its order, as CSV. Gives a word on it for the reader, or null. */
  saveCsv(query: Query): Promise<string | null>
}

const CSV = { type: 'text/csv;charset=utf-8' }
const FILE = 'table.csv'

/** The rows that the output holds. */
export function localSource({ columns, rows }: Table, save: SaveFile): TableSource {
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  const view = new TableView(columns, all)
  return {
    async rows(query, start, count) {
      const order = await view.order(query)
      const page = order.subarray(start, start + count)
      return { matching: order.length, columns: columns.map(({ values }) => Array.from(page, row => values[row])) }
    },
    statistics: async column => columnStatistics(columns[column]!, all),
    async saveCsv(query) {
      await save(new Blob([rowsText(columns, await view.order(query), 'csv', true)], CSV), FILE)
      return null
    },
  }
}

/** All rows, by way of the kernel. */
export function kernelSource(channel: Channel): TableSource {
  const ask = (request: TableRequest, slot?: string) => channel.request(request, slot === undefined ? {} : { slot })
  return {
    rows: async (query, start, count) => (await ask({ type: 'rows', query, start, count }, 'rows')) as RowsAnswer,
    statistics: async column => (await ask({ type: 'statistics', column })) as StatisticsAnswer,
    // Written by the extension as it comes: a million rows are too much for a page to hold.
    async saveCsv(query) {
      const request: Omit<TableRequest & { type: 'text' }, 'start'> = { type: 'text', query, form: 'csv' }
      const name = await channel.export(FILE, request)
      return name === null ? null : `Wrote ${name}.`
    },
  }
}

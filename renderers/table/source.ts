/** Sources of a table's rows: the output itself, or the kernel, which has all of them. */
import type { RowsAnswer, StatisticsAnswer, TableRequest } from '../../src/kernel/table-channel.ts'
import { type Query, TableView } from '../../src/table/query.ts'
import type { Table } from '../../src/table/resource.ts'
import { type ColumnStatistics, columnStatistics } from '../../src/table/statistics.ts'
import { rowsText } from '../../src/table/text.ts'
import type { Channel } from '../shared/channel.ts'
import type { SaveFile } from '../shared/save.ts'

export interface Rows {
  /** Number of rows that match the query. */
  matching: number
  /** Values by column. */
  columns: ArrayLike<unknown>[]
}

export interface TableSource {
  /** Rejects with an `AbortError` when a newer query replaces it, else with an error for the reader. */
  rows(query: Query, start: number, count: number): Promise<Rows>
  statistics(column: number): Promise<ColumnStatistics>
  /** Saves all matching rows as CSV, in the query's order. Resolves to a message for the reader, or null. */
  saveCsv(query: Query): Promise<string | null>
}

const CSV = { type: 'text/csv;charset=utf-8' }
const FILE_NAME = 'table.csv'

/** The rows in the output. */
export function localSource({ columns, rows }: Table, save: SaveFile): TableSource {
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  const view = new TableView(columns, all)
  return {
    async rows(query, start, count) {
      const order = await view.rowsFor(query)
      const page = order.subarray(start, start + count)
      return { matching: order.length, columns: columns.map(({ values }) => Array.from(page, row => values[row])) }
    },
    statistics: async column => columnStatistics(columns[column]!, all),
    async saveCsv(query) {
      await save(new Blob([rowsText(columns, await view.rowsFor(query), 'csv', true)], CSV), FILE_NAME)
      return null
    },
  }
}

/** All rows, from the kernel. */
export function kernelSource(channel: Channel): TableSource {
  const send = (request: TableRequest, slot?: string) => channel.request(request, slot === undefined ? {} : { slot })
  return {
    rows: async (query, start, count) => (await send({ type: 'rows', query, start, count }, 'rows')) as RowsAnswer,
    statistics: async column => (await send({ type: 'statistics', column })) as StatisticsAnswer,
    // The extension writes the file in chunks: a million rows are too many for a page.
    async saveCsv(query) {
      const request: Omit<TableRequest & { type: 'text' }, 'start'> = { type: 'text', query, form: 'csv' }
      const name = await channel.export(FILE_NAME, request)
      return name === null ? null : `Wrote ${name}.`
    },
  }
}

import type { Json } from '../common/json.ts'
import type { Column, ColumnType } from '../table/columns.ts'
import { type Query, TableView } from '../table/query.ts'
import { type ColumnStatistics, columnStatistics } from '../table/statistics.ts'
import { rowsText, type TextForm } from '../table/text.ts'
import type { ChannelHandler } from './channel-handler.ts'
import type { TableLike } from './table-like.ts'

/** What a renderer asks. Rows count from 0, in the order of the query. */
export type TableRequest =
  | { type: 'rows'; query: Query; start: number; count: number }
  | { type: 'statistics'; column: number }
  /** The text of the rows from `start` on, as many as go into one answer. */
  | { type: 'text'; query: Query; form: TextForm; start: number }

/** `columns` hold one list of values each. */
export interface RowsAnswer {
  matching: number
  columns: Json[][]
}
export interface TextAnswer {
  text: string
  /** Where the rest starts; null at the end. */
  next: number | null
  matching: number
}
export type StatisticsAnswer = ColumnStatistics

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setImmediate } = globalThis

const MAX_COUNT = 1000
/** Rows that one answer of text holds: some megabytes at most. */
const TEXT_ROWS = 20_000

/** What of a long arquero table is needed besides; all versions since 5 have it. */
interface LongTable extends TableLike {
  /** Rows in the table's order and filter, as they number its data. */
  indices(): Uint32Array
  data(): Record<string, unknown>
  array(name: string): ArrayLike<unknown>
}

/** Whether {@link answerTable} can answer for this table. */
export function isLongTable(table: TableLike): table is LongTable {
  const long = table as Partial<Record<keyof LongTable, unknown>>
  return [long.indices, long.data, long.array].every(method => typeof method === 'function')
}

/** @param types of the columns, as the output says */
export function answerTable(
  table: LongTable,
  types: readonly ColumnType[],
  toJson: (value: unknown) => Json,
): ChannelHandler {
  let view: TableView | undefined
  return async (message, { signal, progress }) => {
    view ??= viewOf(table, types)
    const { columns, rows } = view
    const pause = async () => {
      await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
    }
    const request = message as TableRequest
    switch (request.type) {
      case 'rows': {
        const order = await view.order(request.query, pause)
        const page = order.subarray(request.start, request.start + Math.min(request.count, MAX_COUNT))
        return {
          matching: order.length,
          columns: columns.map(({ values }) => Array.from(page, row => toJson(values[row]))),
        } satisfies RowsAnswer
      }
      case 'statistics': {
        const column = columns[request.column]
        if (!column) throw new RangeError(`there is no column ${request.column}`)
        return columnStatistics(column, rows) satisfies StatisticsAnswer
      }
      case 'text': {
        const { start, form } = request
        const order = await view.order(request.query, pause)
        const end = Math.min(order.length, start + TEXT_ROWS)
        progress('writing rows', order.length === 0 ? 1 : end / order.length)
        const text = rowsText(columns, order.subarray(start, end), form, start === 0)
        return { text, next: end < order.length ? end : null, matching: order.length } satisfies TextAnswer
      }
      default:
        throw new TypeError(`A table knows no request ${JSON.stringify((message as { type?: unknown } | null)?.type)}.`)
    }
  }
}

/** The table's own columns are read where they lie, unless they can only be read one by one. */
function viewOf(table: LongTable, types: readonly ColumnType[]): TableView {
  const names = table.columnNames()
  const data = table.data()
  const stored = names.map(name => data[name])
  const plain = stored.every(values => Array.isArray(values) || ArrayBuffer.isView(values))
  const columns = names.map((name, i): Column => {
    const values = plain ? (stored[i] as ArrayLike<unknown>) : table.array(name)
    return { name, type: types[i]!, values }
  })
  const rows = plain
    ? Uint32Array.from(table.indices())
    : Uint32Array.from({ length: table.numRows() }, (_, row) => row)
  return new TableView(columns, rows)
}

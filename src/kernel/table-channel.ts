/** Answers a renderer's requests for the rows of a table that its output does not hold. */
import * as v from 'valibot'
import type { ColumnFormat } from '../common/column-format.ts'
import { DataError } from '../common/errors.ts'
import type { ChannelHandler } from '../common/host.ts'
import type { Json } from '../common/json.ts'
import { parse } from '../common/schema.ts'
import type { Column, ColumnType } from '../table/columns.ts'
import { type Query, TableView } from '../table/query.ts'
import { type ColumnStatistics, columnStatistics } from '../table/statistics.ts'
import { rowsText, type TextForm } from '../table/text.ts'
import type { TableLike } from './table-like.ts'

/** A request of a renderer. Rows count from 0, in the order of the query. */
export type TableRequest =
  | { type: 'rows'; query: Query; start: number; count: number }
  | { type: 'statistics'; column: number }
  /** The rows from `start` on as text, as many as fit into one answer. */
  | { type: 'text'; query: Query; form: TextForm; start: number }

/** `columns` holds one list of values per column. */
export interface RowsAnswer {
  matching: number
  columns: Json[][]
}
export interface TextAnswer {
  text: string
  /** The `start` of the next request; null at the end. */
  next: number | null
  matching: number
}
export type StatisticsAnswer = ColumnStatistics

const MAX_ROWS = 1000
/** Rows per answer of text: a few megabytes at most. */
const MAX_TEXT_ROWS = 20_000

const COUNT = 'a whole number from 0'
const count = v.pipe(v.number(COUNT), v.safeInteger(COUNT), v.minValue(0, COUNT))
const query = v.strictObject({
  sort: v.nullable(v.strictObject({ column: count, direction: v.picklist(['ascending', 'descending']) })),
  filters: v.array(v.strictObject({ column: count, text: v.string() })),
  search: v.string(),
})
const requestSchema = v.variant('type', [
  v.strictObject({ type: v.literal('rows'), query, start: count, count }),
  v.strictObject({ type: v.literal('statistics'), column: count }),
  v.strictObject({ type: v.literal('text'), query, form: v.picklist(['csv', 'tsv']), start: count }),
]) satisfies v.GenericSchema<unknown, TableRequest>

/** Further methods of arquero tables, present since version 5. */
interface LongTable extends TableLike {
  /** Indices into the data, in the table's order and filter. */
  indices(): Uint32Array
  data(): Record<string, unknown>
  array(name: string): ArrayLike<unknown>
}

/** Whether {@link createTableHandler} supports the table. */
export function isLongTable(table: TableLike): table is LongTable {
  const candidate = table as Partial<Record<keyof LongTable, unknown>>
  return [candidate.indices, candidate.data, candidate.array].every(method => typeof method === 'function')
}

/** A column as the output describes it. */
export interface TableField extends ColumnFormat {
  name: string
  type: ColumnType
}

/** @param fields the columns, as in the output */
export function createTableHandler(
  table: LongTable,
  fields: readonly TableField[],
  toJson: (value: unknown) => Json,
): ChannelHandler {
  let view: TableView | undefined
  return async (message, { signal, progress }) => {
    const request = parse(requestSchema, message, problem => new DataError(`table request: ${problem}`))
    view ??= createTableView(table, fields)
    const { columns, rows } = view
    const pause = async () => {
      await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
    }
    switch (request.type) {
      case 'rows': {
        const order = await view.rowsFor(request.query, pause)
        const page = order.subarray(request.start, request.start + Math.min(request.count, MAX_ROWS))
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
        const order = await view.rowsFor(request.query, pause)
        const end = Math.min(order.length, start + MAX_TEXT_ROWS)
        progress('writing rows', order.length === 0 ? 1 : end / order.length)
        const text = rowsText(columns, order.subarray(start, end), form, start === 0)
        return { text, next: end < order.length ? end : null, matching: order.length } satisfies TextAnswer
      }
    }
  }
}

/** Reads the table's columns in place, or copies them if they can only be read value by value. */
function createTableView(table: LongTable, fields: readonly TableField[]): TableView {
  const data = table.data()
  const isInPlace = fields.every(({ name }) => Array.isArray(data[name]) || ArrayBuffer.isView(data[name]))
  const columns = fields.map(({ name, type, ...format }): Column => {
    const values = isInPlace ? (data[name] as ArrayLike<unknown>) : table.array(name)
    return { name, type, values, format }
  })
  const rows = isInPlace
    ? Uint32Array.from(table.indices())
    : Uint32Array.from({ length: table.numRows() }, (_, row) => row)
  return new TableView(columns, rows)
}

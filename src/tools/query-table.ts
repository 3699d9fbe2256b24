/** Reads rows of a table in a saved or live output for a language model. */
import { DataError, quoteName, quoteValue } from '../common/errors.ts'
import { isRecord, type Json } from '../common/json.ts'
import { didYouMean, listWords } from '../common/options.ts'
import { TABLE_MIME } from '../notebook/mime.ts'
import type { CodeCell, Notebook } from '../notebook/types.ts'
import { createFormat } from '../table/format.ts'
import { type Query, TableView } from '../table/query.ts'
import type { Table, TableColumn } from '../table/resource.ts'
import { readSavedTable } from '../table/saved-table.ts'
import { rowsText } from '../table/text.ts'
import { dataBlock } from './data-block.ts'
import { findCodeCell } from './find-cell.ts'
import { DEFAULT_ROWS, type ToolInput } from './inputs.ts'

/** Of the rows in one answer; more of them are the next page. */
const MAX_CSV_CHARS = 20_000

/** Matching rows: how many there are, and those of one page by column. */
export interface TableRows {
  matching: number
  columns: ArrayLike<unknown>[]
}

/**
 * Reads from the kernel's whole table; undefined if its channel is closed.
 * @param channel of the output
 */
export type ReadLiveTable = (
  channel: string,
  query: Query,
  start: number,
  count: number,
) => Promise<TableRows | undefined>

/**
 * A page of rows as CSV, under a line that says how many match.
 * @param readLive reads rows that the output does not hold. Default: only the rows in the output are read, and the answer says so
 * @throws DataError naming the column or filter that is wrong
 */
export async function queryTable(
  notebook: Notebook,
  input: ToolInput<'query_table'>,
  readLive?: ReadLiveTable,
): Promise<string> {
  const { cell, number } = findCodeCell(notebook, input.cell)
  const table = readSavedTable(tableContent(cell, number, input.output))
  const shown = input.columns?.map(name => columnIndex(table, name)) ?? table.columns.map((_, index) => index)
  const query = toQuery(table, input)
  const { start = 0, count = DEFAULT_ROWS } = input
  const live = table.channel === undefined ? undefined : await readLive?.(table.channel, query, start, count)
  const { matching, columns } = live ?? (await savedRows(table, query, start, count))
  const page = shown.map(
    (index): TableColumn => ({ ...table.columns[index]!, values: Array.from(columns[index] ?? []) }),
  )
  const { text, rows } = csvPage(page)
  const end = start + rows
  return [
    `${matching} of ${live ? table.totalRows : table.rows} rows match; rows ${rows === 0 ? 'none' : `${start} to ${end - 1}`}.`,
    ...(!live && table.rows < table.totalRows
      ? [`Only the first ${table.rows} of ${table.totalRows} rows are saved: run the cell to query all of them.`]
      : []),
    dataBlock(`${describeColumns(page)}\n${text}`),
    ...(end < matching ? [`More rows: start: ${end}.`] : []),
  ].join('\n')
}

function tableContent({ outputs }: CodeCell, cell: number, number: number | undefined): Json {
  const tables = outputs.flatMap((output, index) => {
    const content = 'data' in output ? output.data[TABLE_MIME] : undefined
    return isRecord(content) ? [{ number: index + 1, content: content as Json }] : []
  })
  const table = number === undefined ? tables[0] : tables.find(each => each.number === number)
  if (table !== undefined) return table.content
  if (tables.length === 0) throw new DataError(`cell: cell ${cell} has no table in its outputs`)
  const numbers = tables.map(each => String(each.number))
  throw new DataError(`output: output ${number} of cell ${cell} is no table, expected ${listWords(numbers)}`)
}

function columnIndex({ columns }: Table, name: string): number {
  const index = columns.findIndex(column => column.name === name)
  if (index >= 0) return index
  const names = columns.map(column => column.name)
  const hint = didYouMean(name, names) || `; there are ${names.slice(0, 30).map(quoteName).join(', ')}`
  throw new DataError(`column: there is no column ${quoteValue(name)}${hint}`)
}

function toQuery(table: Table, { filters = [], search = '', sort }: ToolInput<'query_table'>): Query {
  return {
    filters: filters.map(({ column, filter }) => ({ column: columnIndex(table, column), text: filter })),
    search,
    sort: sort ? { column: columnIndex(table, sort.column), direction: sort.direction ?? 'ascending' } : null,
  }
}

async function savedRows(table: Table, query: Query, start: number, count: number): Promise<TableRows> {
  const view = new TableView(
    table.columns,
    Uint32Array.from({ length: table.rows }, (_, row) => row),
  )
  try {
    const order = await view.rowsFor(query)
    const page = order.subarray(start, start + count)
    return {
      matching: order.length,
      columns: table.columns.map(({ values }) => Array.from(page, row => values[row])),
    }
  } catch (error) {
    if (error instanceof RangeError) throw new DataError(`filters: ${error.message}`)
    throw error
  }
}

/** As many rows as fit into one answer, at least one. */
function csvPage(columns: readonly TableColumn[]): { text: string; rows: number } {
  const count = columns[0]?.values.length ?? 0
  let text = rowsText(columns, [], 'csv', true)
  for (let row = 0; row < count; row++) {
    const line = rowsText(columns, [row], 'csv', false)
    if (row > 0 && text.length + line.length > MAX_CSV_CHARS) return { text, rows: row }
    text += line.length > MAX_CSV_CHARS ? `${line.slice(0, MAX_CSV_CHARS)}…\n` : line
  }
  return { text, rows: count }
}

/** `# price: number, notional: number (USD)` */
function describeColumns(columns: readonly TableColumn[]): string {
  const names = columns.map(column => {
    const { unit } = createFormat(column)
    return `${column.name}: ${column.type}${unit === '' ? '' : ` (${unit})`}`
  })
  return `# ${names.join(', ').replace(/\s+/g, ' ')}`
}

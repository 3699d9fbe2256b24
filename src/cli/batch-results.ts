/** One table of what the runs of a batch gave: the outputs of the cells tagged `results`. */
import { isRecord } from '../common/json.ts'
import { TABLE_MIME } from '../notebook/mime.ts'
import { hasTag } from '../notebook/tags.ts'
import type { Notebook } from '../notebook/types.ts'
import { readSavedTable } from '../table/saved-table.ts'

export type Row = Readonly<Record<string, unknown>>

/** Name of the column of a result that is no table. */
const VALUE = 'result'

/**
 * The rows of the tables that the cells tagged `results` show; of any other value its text. Those of several cells side by side where
 * each has one row, else one below the other.
 */
export function resultRows({ cells }: Notebook): Row[] {
  const parts = cells.flatMap(cell => {
    if (cell.cell_type !== 'code' || !hasTag(cell.metadata, 'results')) return []
    return cell.outputs.flatMap(output => ('data' in output ? [rowsOf(output.data)] : []))
  })
  if (parts.every(rows => rows.length === 1)) return parts.length === 0 ? [] : [Object.assign({}, ...parts.flat())]
  return parts.flat()
}

function rowsOf(data: Readonly<Record<string, unknown>>): Row[] {
  const table = data[TABLE_MIME]
  if (isRecord(table)) {
    const { columns, rows } = readSavedTable(table)
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
    )
  }
  return [{ [VALUE]: data['text/plain'] ?? '' }]
}

/** Rows as CSV; the columns are those of all rows, in the order in which they come. */
export function rowsToCsv(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const lines = rows.map(row => names.map(name => csvCell(row[name])).join())
  return `${[names.map(csvCell).join(), ...lines].join('\n')}\n`
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV or TSV for other programs: numbers unrounded, dates in ISO form. */
import { type Column, cellText } from './columns.ts'

export type TextForm = 'csv' | 'tsv'

/** One line per row (RFC 4180 for CSV), each with a line end; with `header`, a header line first. */
export function rowsText(columns: readonly Column[], rows: ArrayLike<number>, form: TextForm, header: boolean): string {
  const [separator, cell] = form === 'csv' ? [',', csvCell] : ['\t', tsvCell]
  const lines = header ? [columns.map(({ name }) => cell(name)).join(separator)] : []
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    lines.push(columns.map(({ values }) => cell(cellText(values[row]))).join(separator))
  }
  return lines.map(line => `${line}\n`).join('')
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Without tabs and line ends, which a spreadsheet reads as the next cell and row. */
function tsvCell(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ')
}

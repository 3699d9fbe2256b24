/** Rows as text for other programs. Values in full: numbers unrounded, dates in ISO form. */
import { type Column, textOf } from './columns.ts'

export type TextForm = 'csv' | 'tsv'

/** One line a row (RFC 4180 for CSV), each with its line end. The header where `header` says so. */
export function rowsText(columns: readonly Column[], rows: ArrayLike<number>, form: TextForm, header: boolean): string {
  const [separator, cell] = form === 'csv' ? [',', csvCell] : ['\t', tsvCell]
  const lines = header ? [columns.map(({ name }) => cell(name)).join(separator)] : []
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    lines.push(columns.map(({ values }) => cell(textOf(values[row]))).join(separator))
  }
  return lines.map(line => `${line}\n`).join('')
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A spreadsheet takes a tab for the next cell and a line end for the next row. */
function tsvCell(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ')
}

/** The code of a cell in the editor, as the kernel runs it. */
import type * as vscode from 'vscode'
import { SQL_LANGUAGE, sqlCode } from '../notebook/sql-cell.ts'
import { CODE_LANGUAGE } from './cells.ts'

/** The languages of the cells that run. */
export const RUN_LANGUAGES: readonly string[] = [CODE_LANGUAGE, SQL_LANGUAGE]

export const isQuery = ({ document }: vscode.NotebookCell) => document.languageId === SQL_LANGUAGE

/** A query in SQL as the call that runs it; any other text as it is. */
export function executableText(cell: vscode.NotebookCell): string {
  const text = cell.document.getText()
  return isQuery(cell) ? sqlCode(text) : text
}

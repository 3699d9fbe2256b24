/** Finds the cell that a command is for. */
import * as vscode from 'vscode'
import { cellKey } from './cell-dependencies.ts'
import { targetNotebook } from './target-notebook.ts'

/** The cell whose menu or mark was used, else the selected one of the active notebook. */
export function targetCell(target?: unknown, key?: unknown): vscode.NotebookCell | undefined {
  if (target instanceof vscode.Uri && typeof key === 'string') {
    const uri = target.toString()
    const notebook = vscode.workspace.notebookDocuments.find(document => document.uri.toString() === uri)
    return notebook?.getCells().find(cell => cellKey(cell) === key)
  }
  const notebook = targetNotebook()
  const clicked = (target as Partial<vscode.NotebookCell> | undefined)?.document
  const cells = vscode.workspace.notebookDocuments.flatMap(document => document.getCells())
  if (clicked) return cells.find(cell => cell.document === clicked)
  const selected = vscode.window.activeNotebookEditor?.selection.start
  return selected === undefined ? undefined : notebook?.getCells()[selected]
}

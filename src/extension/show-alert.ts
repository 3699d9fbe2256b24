/** Alerts of cells as notifications of VS Code. */
import * as vscode from 'vscode'
import { showAlertNotifications } from './settings.ts'

const SHOW_CELL = 'Show Cell'

/** Shows an alert of a cell, unless the setting turns them off. */
export async function showAlert(cell: vscode.NotebookCell, text: string): Promise<void> {
  if (!showAlertNotifications()) return
  const answer = await vscode.window.showInformationMessage(text, SHOW_CELL)
  if (answer === SHOW_CELL) await showCell(cell)
}

/** Shows a cell in its notebook, if both are still there. */
export async function showCell(cell: vscode.NotebookCell): Promise<void> {
  if (cell.index < 0 || cell.notebook.isClosed) return
  const editor = await vscode.window.showNotebookDocument(cell.notebook)
  const range = new vscode.NotebookRange(cell.index, cell.index + 1)
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport)
}

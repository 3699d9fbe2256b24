/** Says that a long run has ended to a user who looks elsewhere. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { durationText } from './progress-text.ts'
import { notifyAfterSeconds } from './settings.ts'
import { showCell } from './show-alert.ts'

const SHOW = 'Show'

/** How a cell ended, in a run of one or more. */
export interface EndedCell {
  cell: vscode.NotebookCell
  ok: boolean
  /** The user stopped it, and so knows. */
  interrupted: boolean
}

/** Announces the end of a run that took as long as the setting says, unless its notebook is in front of the user. */
export async function announceEnd(
  notebook: vscode.NotebookDocument,
  cells: readonly EndedCell[],
  ms: number,
): Promise<void> {
  const after = notifyAfterSeconds()
  if (after <= 0 || ms < after * 1000 || isWatched(notebook)) return
  if (cells.some(({ interrupted }) => interrupted)) return
  const failed = cells.find(({ ok }) => !ok)
  const last = failed ?? cells.at(-1)
  if (last === undefined) return
  const what = cells.length === 1 || failed ? `cell ${last.cell.index + 1}` : `${cells.length} cells`
  const text = `${basename(notebook.uri.path)}: ${what} ${failed ? 'failed' : 'finished'} after ${durationText(ms)}.`
  const show = failed ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  if ((await show(text, SHOW)) === SHOW) await showCell(last.cell)
}

function isWatched(notebook: vscode.NotebookDocument): boolean {
  return vscode.window.state.focused && vscode.window.activeNotebookEditor?.notebook === notebook
}

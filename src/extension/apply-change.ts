/** Writes what the reader chose in an explorer into the code of its cell. */
import * as vscode from 'vscode'
import type { ToExtension } from '../kernel/messaging.ts'
import { loadTypeScriptFile } from '../kernel/typescript-file.ts'
import { isOwnMime } from '../notebook/mime.ts'
import { viewName } from '../notebook/views.ts'
import { changeHeatmapCall } from './heatmap-call.ts'
import { findCell } from './view-states.ts'

/**
 * One edit, which one undo takes back.
 * @param compiler path of TypeScript's compiler
 * @throws Error with a sentence for the reader where the call is not found without doubt
 */
export async function applyChange(
  notebook: vscode.NotebookDocument,
  { cell: id, view, change }: ToExtension & { type: 'apply' },
  compiler: string,
): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Error('This workspace is not trusted.')
  const cell = findCell(notebook, id)
  if (!cell || !showsView(cell, view)) throw new Error('The output belongs to no cell of this notebook any more.')
  const { document } = cell
  const changed = changeHeatmapCall(await loadTypeScriptFile(compiler), document.getText(), change)
  if ('problem' in changed) throw new Error(changed.problem)
  const edit = new vscode.WorkspaceEdit()
  const { start, end, text } = difference(document.getText(), changed.source)
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text)
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('The cell cannot be changed.')
}

/** Whether a view is that of an output of the cell. */
function showsView(cell: vscode.NotebookCell, view: string): boolean {
  return cell.outputs.some(({ items }) =>
    items.some(
      ({ mime, data }) => isOwnMime(mime) && viewName(mime, JSON.parse(new TextDecoder().decode(data))) === view,
    ),
  )
}

/** The part of `before` that differs, and what `after` has there: a small edit keeps the cursor in place. */
function difference(before: string, after: string): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let same = 0
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return { start, end: before.length - same, text: after.slice(start, after.length - same) }
}

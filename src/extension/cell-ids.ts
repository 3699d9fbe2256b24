/** Gives new cells their ids. */
import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import { newCellId } from '../notebook/cell-ids.ts'
import type { CellMetadata } from './cells.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

/**
 * Assigns ids to cells when they are added: a new cell has none, and a pasted or split cell has the id of its original. Ids
 * are random, so that two people can add cells to the same notebook and merge.
 */
export function assignCellIds(): vscode.Disposable {
  return vscode.workspace.onDidChangeNotebookDocument(async ({ notebook, contentChanges }) => {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return
    const added = new Set(contentChanges.flatMap(change => change.addedCells))
    if (added.size === 0) return

    const idOf = (cell: vscode.NotebookCell) => (cell.metadata as CellMetadata).id
    const cells = notebook.getCells()
    const usedIds = new Set(cells.filter(cell => !added.has(cell)).flatMap(cell => idOf(cell) ?? []))
    const edits: vscode.NotebookEdit[] = []
    for (const cell of added) {
      if (cell.index < 0) continue
      const oldId = idOf(cell)
      const id = oldId !== undefined && !usedIds.has(oldId) ? oldId : newCellId(usedIds, randomUUID())
      usedIds.add(id)
      if (id !== oldId) edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, { ...cell.metadata, id }))
    }
    if (edits.length === 0) return
    const edit = new vscode.WorkspaceEdit()
    edit.set(notebook.uri, edits)
    await vscode.workspace.applyEdit(edit)
  })
}

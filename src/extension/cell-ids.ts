import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import { newCellId } from '../notebook/create.ts'
import type { CellMetadata } from './cells.ts'
import { NOTEBOOK_TYPE } from './names.ts'

/**
 * Names cells as soon as they appear: new ones have no id, and a pasted or split one carries the id of its original.
 * Random, so that two people who add a cell to the same notebook can merge.
 */
export function nameNewCells(): vscode.Disposable {
  return vscode.workspace.onDidChangeNotebookDocument(async ({ notebook, contentChanges }) => {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return
    const added = new Set(contentChanges.flatMap(change => change.addedCells))
    if (added.size === 0) return

    const idOf = (cell: vscode.NotebookCell) => (cell.metadata as CellMetadata).id
    const cells = notebook.getCells()
    const taken = new Set(cells.filter(cell => !added.has(cell)).flatMap(cell => idOf(cell) ?? []))
    const edits: vscode.NotebookEdit[] = []
    for (const cell of added) {
      if (cell.index < 0) continue
      const own = idOf(cell)
      const id = own !== undefined && !taken.has(own) ? own : newCellId(taken, randomUUID())
      taken.add(id)
      if (id !== own) edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, { ...cell.metadata, id }))
    }
    if (edits.length === 0) return
    const edit = new vscode.WorkspaceEdit()
    edit.set(notebook.uri, edits)
    await vscode.workspace.applyEdit(edit)
  })
}

/** The notebook serializer: `.liqnb` files in VS Code. */
import * as vscode from 'vscode'
import { newNotebook } from '../notebook/create.ts'
import type { Problem } from '../notebook/errors.ts'
import { parseNotebook } from '../notebook/parse.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import type { Notebook } from '../notebook/types.ts'
import { describeRepairs } from '../notebook/upgrade.ts'
import { fromView, toView, type ViewCell } from './cells.ts'
import type { ViewOutput } from './outputs.ts'
import { saveOutputs } from './settings.ts'

/**
 * Converts between a `.liqnb` file and the notebook in the editor. For an unreadable file it throws, and VS Code shows the
 * reason: if the file opened as an empty notebook, the next save would overwrite it.
 */
export const serializer: vscode.NotebookSerializer = {
  deserializeNotebook: bytes => toNotebookData(parseNotebook(bytes, showRepairs)),

  serializeNotebook(data) {
    const cells = data.cells.map(cell =>
      viewCell(cell.kind, cell.value, cell.languageId, saveOutputs() ? cell.outputs : [], cell.metadata),
    )
    return new TextEncoder().encode(serializeNotebook(build(cells, data.metadata)))
  },
}

/** Not awaited: the notebook opens meanwhile. VS Code does not tell a serializer the name of its file. */
function showRepairs(repairs: readonly Problem[]): void {
  const message = `Cell ids of a notebook were repaired. ${describeRepairs(repairs)}. Saving the notebook writes them.`
  void vscode.window.showWarningMessage(message)
}

/** The current document in the editor, saved or not, with its outputs. */
export function documentOf(notebook: vscode.NotebookDocument): Notebook {
  const cells = notebook
    .getCells()
    .map(({ kind, document, outputs, metadata }) =>
      viewCell(kind, document.getText(), document.languageId, outputs, metadata),
    )
  return build(cells, notebook.metadata)
}

export function toNotebookData(notebook: Notebook): vscode.NotebookData {
  const view = toView(notebook)
  const data = new vscode.NotebookData(
    view.cells.map(({ kind, value, languageId, outputs, metadata }) => {
      const cell = new vscode.NotebookCellData(
        kind === 'code' ? vscode.NotebookCellKind.Code : vscode.NotebookCellKind.Markup,
        value,
        languageId,
      )
      cell.outputs = outputs.map(toNotebookOutput)
      cell.metadata = metadata
      return cell
    }),
  )
  data.metadata = view.metadata
  return data
}

export function toNotebookOutput({ items, metadata }: ViewOutput): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([...items], metadata)
}

function viewCell(
  kind: vscode.NotebookCellKind,
  value: string,
  languageId: string,
  outputs: readonly ViewOutput[] = [],
  metadata: ViewCell['metadata'] = {},
): ViewCell {
  return { kind: kind === vscode.NotebookCellKind.Code ? 'code' : 'markup', value, languageId, outputs, metadata }
}

/** Cells get their ids when they are added (see cell-ids.ts); one without gets an id from its text. */
function build(cells: ViewCell[], metadata: vscode.NotebookData['metadata']): Notebook {
  return fromView({ cells, metadata }, newNotebook())
}

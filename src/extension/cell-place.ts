/** Shows a place in a cell that an error names. */
import * as vscode from 'vscode'
import type { ToExtension } from '../kernel/messaging.ts'
import { findCell } from './view-states.ts'

/**
 * @param ids the ids of the cells by the numbers that they had when they ran: a cell may have moved since. Without one, the
 * number is the position.
 */
export async function openPlace(
  notebook: vscode.NotebookDocument,
  ids: ReadonlyMap<number, string> | undefined,
  { cell: number, line, column }: ToExtension & { type: 'open' },
): Promise<void> {
  const id = ids?.get(number)
  const cell = (id === undefined ? undefined : findCell(notebook, id)) ?? notebook.getCells()[number - 1]
  if (cell === undefined) {
    await vscode.window.showInformationMessage(`Cell ${number} is no longer in this notebook.`)
    return
  }
  const { document } = cell
  const position = document.validatePosition(new vscode.Position(line - 1, column - 1))
  await vscode.commands.executeCommand('vscode.open', document.uri, {
    selection: new vscode.Range(position, position),
  } satisfies vscode.TextDocumentShowOptions)
}

/** Runs cells of a notebook, as its run buttons do. */
import * as vscode from 'vscode'

export async function runAllCells(notebook: vscode.NotebookDocument): Promise<void> {
  await runRange(notebook, 0, notebook.cellCount)
}

export async function runCell(cell: vscode.NotebookCell): Promise<void> {
  await runRange(cell.notebook, cell.index, cell.index + 1)
}

async function runRange(notebook: vscode.NotebookDocument, start: number, end: number): Promise<void> {
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start, end }], document: notebook.uri })
}

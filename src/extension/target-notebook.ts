/** Finds the notebook that a command is for. */
import * as vscode from 'vscode'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

/** The notebook whose toolbar was clicked (VS Code passes it), else the active one. */
export function targetNotebook(target?: unknown): vscode.NotebookDocument | undefined {
  const uri = (target as { notebookEditor?: { notebookUri?: vscode.Uri } } | undefined)?.notebookEditor?.notebookUri
  const clicked = uri && vscode.workspace.notebookDocuments.find(document => document.uri.toString() === uri.toString())
  const notebook = clicked ?? vscode.window.activeNotebookEditor?.notebook
  return notebook?.notebookType === NOTEBOOK_TYPE ? notebook : undefined
}

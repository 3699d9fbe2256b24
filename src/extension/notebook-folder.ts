/** Finds the folder of a notebook. */
import { homedir } from 'node:os'
import * as vscode from 'vscode'

/** The folder of a notebook; for an unsaved one the first workspace folder, or the home folder. */
export function notebookFolder({ uri }: vscode.NotebookDocument): vscode.Uri {
  if (uri.scheme !== 'untitled') return vscode.Uri.joinPath(uri, '..')
  const folder = vscode.workspace.workspaceFolders?.find(folder => folder.uri.scheme === 'file')
  return folder?.uri ?? vscode.Uri.file(homedir())
}

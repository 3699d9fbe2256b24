import { homedir } from 'node:os'
import * as vscode from 'vscode'

/** The folder of a notebook; for one that was never saved the workspace's, or home. */
export function folderOf({ uri }: vscode.NotebookDocument): vscode.Uri {
  if (uri.scheme !== 'untitled') return vscode.Uri.joinPath(uri, '..')
  const folder = vscode.workspace.workspaceFolders?.find(folder => folder.uri.scheme === 'file')
  return folder?.uri ?? vscode.Uri.file(homedir())
}

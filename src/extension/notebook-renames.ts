/** Follows notebooks that are renamed or saved under another name. */
import * as vscode from 'vscode'
import { notebookFolder } from './notebook-folder.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

/** Maximum time between the event that announces a rename and the new document. */
export const RENAME_TIMEOUT_MS = 10_000

/**
 * Records the new names of notebooks. For a renamed file, for Save As and for the first save of a new notebook, VS Code opens
 * another document and closes the old one. Only names in the same folder count, because the kernel process keeps its working
 * folder and relative paths would change their meaning.
 */
export class NotebookRenames implements vscode.Disposable {
  readonly #newUris = new Map<string, { uri: string; expiresAt: number }>()
  readonly #subscriptions: vscode.Disposable

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) if (isSameFolder(oldUri, newUri)) this.#add(oldUri, newUri)
      }),
      // A document that is saved without a tab is the copy that Save As makes of the active notebook.
      vscode.workspace.onWillSaveNotebookDocument(({ notebook }) => {
        const active = vscode.window.activeNotebookEditor?.notebook
        if (active?.notebookType !== NOTEBOOK_TYPE || active === notebook || hasTab(notebook.uri)) return
        if (notebookFolder(active).toString() === notebookFolder(notebook).toString())
          this.#add(active.uri, notebook.uri)
      }),
    )
  }

  /** The notebook's new URI; undefined if it was not renamed. */
  newUriOf({ uri }: vscode.NotebookDocument): string | undefined {
    const entry = this.#newUris.get(uri.toString())
    return entry !== undefined && Date.now() < entry.expiresAt ? entry.uri : undefined
  }

  dispose(): void {
    this.#subscriptions.dispose()
  }

  #add(oldUri: vscode.Uri, newUri: vscode.Uri): void {
    this.#newUris.set(oldUri.toString(), { uri: newUri.toString(), expiresAt: Date.now() + RENAME_TIMEOUT_MS })
  }
}

export function hasTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === uri.toString()),
  )
}

function isSameFolder(a: vscode.Uri, b: vscode.Uri): boolean {
  return vscode.Uri.joinPath(a, '..').toString() === vscode.Uri.joinPath(b, '..').toString()
}

import * as vscode from 'vscode'
import { folderOf } from './folder.ts'
import { NOTEBOOK_TYPE } from './names.ts'

/** Between the event that announces a move and the new document. A save that takes longer counts as none. */
export const MOVE_MS = 10_000

/**
 * Notebooks that go on under another name: for what Save As wrote (the first save of a new notebook too) and for a renamed
 * file VS Code opens another document and closes the one there was. Only within a folder, because a process stays where it
 * was started and relative names would mean something else.
 */
export class Moves implements vscode.Disposable {
  readonly #moves = new Map<string, { to: string; until: number }>()
  readonly #subscriptions: vscode.Disposable

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) if (sameFolder(oldUri, newUri)) this.#add(oldUri, newUri)
      }),
      // What is saved before anyone has opened it is what Save As makes of the notebook that is active.
      vscode.workspace.onWillSaveNotebookDocument(({ notebook }) => {
        const active = vscode.window.activeNotebookEditor?.notebook
        if (active?.notebookType !== NOTEBOOK_TYPE || active === notebook || hasTab(notebook.uri)) return
        if (folderOf(active).toString() === folderOf(notebook).toString()) this.#add(active.uri, notebook.uri)
      }),
    )
  }

  /** What the notebook is called from now on; undefined when it did not move. */
  of({ uri }: vscode.NotebookDocument): string | undefined {
    const move = this.#moves.get(uri.toString())
    return move !== undefined && Date.now() < move.until ? move.to : undefined
  }

  dispose(): void {
    this.#subscriptions.dispose()
  }

  #add(from: vscode.Uri, to: vscode.Uri): void {
    this.#moves.set(from.toString(), { to: to.toString(), until: Date.now() + MOVE_MS })
  }
}

export function hasTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === uri.toString()),
  )
}

function sameFolder(one: vscode.Uri, other: vscode.Uri): boolean {
  return vscode.Uri.joinPath(one, '..').toString() === vscode.Uri.joinPath(other, '..').toString()
}

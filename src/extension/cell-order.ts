/** Tells VS Code's TypeScript server in which order the cells of the open notebooks are: it knows only when each was created. */
import * as vscode from 'vscode'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

const PLUGIN = 'liqnb-cells'

/** The part of the built-in TypeScript extension's interface that is used here. */
interface TypeScriptExtension {
  getAPI(version: 0): { configurePlugin(plugin: string, configuration: object): void } | undefined
}

export function tellCellOrder(): vscode.Disposable {
  let last = '{}'
  const tell = async () => {
    const notebooks = vscode.workspace.notebookDocuments.filter(({ notebookType }) => notebookType === NOTEBOOK_TYPE)
    const fragments = (notebook: vscode.NotebookDocument) =>
      notebook.getCells().map(({ document }) => document.uri.fragment)
    const order = Object.fromEntries(notebooks.map(notebook => [notebook.uri.path, fragments(notebook)]))
    const text = JSON.stringify(order)
    if (text === last) return
    last = text
    const extension = vscode.extensions.getExtension<TypeScriptExtension>('vscode.typescript-language-features')
    const typescript = await extension?.activate()
    typescript?.getAPI(0)?.configurePlugin(PLUGIN, { order })
  }
  void tell()
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenNotebookDocument(() => void tell()),
    vscode.workspace.onDidCloseNotebookDocument(() => void tell()),
    vscode.workspace.onDidChangeNotebookDocument(({ contentChanges }) => {
      if (contentChanges.length > 0) void tell()
    }),
  )
}

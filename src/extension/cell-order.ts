/**
 * Tells VS Code's TypeScript server what it does not know of the open notebooks: the order of their cells, as it knows only when each
 * was created, and the tables that cells in SQL declare.
 */
import * as vscode from 'vscode'
import { tableDeclaration } from '../notebook/sql-cell.ts'
import { isQuery } from './cell-code.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

const PLUGIN = 'liqnb-cells'

/** The part of the built-in TypeScript extension's interface that is used here. */
interface TypeScriptExtension {
  getAPI(version: 0): { configurePlugin(plugin: string, configuration: object): void } | undefined
}

export function tellCellOrder(): vscode.Disposable {
  let last = '{"order":{},"tables":{}}'
  const tell = async () => {
    const notebooks = vscode.workspace.notebookDocuments.filter(({ notebookType }) => notebookType === NOTEBOOK_TYPE)
    const fragments = (notebook: vscode.NotebookDocument) =>
      notebook.getCells().map(({ document }) => document.uri.fragment)
    const declarations = (notebook: vscode.NotebookDocument) =>
      notebook.getCells().flatMap(cell => {
        const { document } = cell
        const code = isQuery(cell) ? tableDeclaration(document.getText()) : undefined
        return code === undefined ? [] : [[document.uri.fragment, code]]
      })
    const byPath = (list: (notebook: vscode.NotebookDocument) => unknown) =>
      Object.fromEntries(notebooks.map(notebook => [notebook.uri.path, list(notebook)]))
    const configuration = { order: byPath(fragments), tables: byPath(declarations) }
    const text = JSON.stringify(configuration)
    if (text === last) return
    last = text
    const extension = vscode.extensions.getExtension<TypeScriptExtension>('vscode.typescript-language-features')
    const typescript = await extension?.activate()
    typescript?.getAPI(0)?.configurePlugin(PLUGIN, configuration)
  }
  void tell()
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenNotebookDocument(() => void tell()),
    vscode.workspace.onDidCloseNotebookDocument(() => void tell()),
    vscode.workspace.onDidChangeNotebookDocument(({ contentChanges, cellChanges }) => {
      const queryChanged = cellChanges.some(({ cell, document }) => document && isQuery(cell))
      if (contentChanges.length > 0 || queryChanged) void tell()
    }),
  )
}

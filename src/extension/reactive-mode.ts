/** Reactive mode: running a cell, or moving its control, also runs the cells that depend on it. */
import * as vscode from 'vscode'
import { isRecord, type JsonObject } from '../common/json.ts'
import type { CellDependencies } from './cell-dependencies.ts'
import type { NotebookMetadata } from './cells.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { reactiveByDefault } from './settings.ts'
import { targetNotebook } from './target-notebook.ts'

/** Whether the notebook is in reactive mode: by its metadata, or else by the setting. */
export function isReactive(notebook: vscode.NotebookDocument): boolean {
  const { reactive } = ownMetadata(notebook)
  return typeof reactive === 'boolean' ? reactive : reactiveByDefault()
}

function ownMetadata(notebook: vscode.NotebookDocument): JsonObject {
  const liqnb = (notebook.metadata as Partial<NotebookMetadata>).metadata?.liqnb
  return isRecord(liqnb) ? (liqnb as JsonObject) : {}
}

/** Registers the command that switches the mode, and shows it in the status bar. */
export function registerReactiveMode(dependencies: CellDependencies): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('liqnb.reactive', vscode.StatusBarAlignment.Right, 99)
  item.name = 'Liqnb Reactive Mode'
  item.text = '$(zap) Reactive'
  item.tooltip = 'Running a cell also runs the cells that depend on it. Click to switch this off for the notebook.'
  item.command = 'liqnb.toggleReactive'
  const update = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook
    if (notebook?.notebookType === NOTEBOOK_TYPE && isReactive(notebook)) item.show()
    else item.hide()
  }
  update()
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeActiveNotebookEditor(update),
    vscode.workspace.onDidChangeConfiguration(update),
    vscode.workspace.onDidChangeNotebookDocument(({ metadata }) => {
      if (metadata) update()
    }),
    vscode.commands.registerCommand('liqnb.toggleReactive', (target?: unknown) =>
      toggle(targetNotebook(target), dependencies),
    ),
  )
}

async function toggle(notebook: vscode.NotebookDocument | undefined, dependencies: CellDependencies): Promise<void> {
  if (!notebook) return
  const reactive = !isReactive(notebook)
  const { metadata = {}, ...others } = notebook.metadata as Partial<NotebookMetadata>
  const changed = { ...others, metadata: { ...metadata, liqnb: { ...ownMetadata(notebook), reactive } } }
  const edit = new vscode.WorkspaceEdit()
  edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata(changed)])
  await vscode.workspace.applyEdit(edit)
  if (!reactive) return
  const { cycles, doubleDefinitions } = await dependencies.graphOf(notebook)
  const problems = [
    ...(cycles.length > 0 ? ['some cells need each other'] : []),
    ...(doubleDefinitions.length > 0
      ? [`several cells declare ${doubleDefinitions.map(({ name }) => `"${name}"`).join(', ')}`]
      : []),
  ]
  if (problems.length > 0)
    await vscode.window.showWarningMessage(
      `Reactive mode is on, but ${problems.join(', and ')}: the marks below the cells say where.`,
    )
}

/** Marks of stale cells in their status bars. */
import * as vscode from 'vscode'
import type { DependencyGraph } from '../notebook/dependencies.ts'
import { type CellDependencies, cellKey } from './cell-dependencies.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { isReactive } from './reactive-mode.ts'
import { staleText } from './stale-text.ts'

/** Whether the active notebook has stale cells, for the `when` clauses of the manifest. */
const HAS_STALE_CELLS = 'liqnb.hasStaleCells'

/** Shows in the status bar below a cell why it is stale; in reactive mode, also what its order cannot be told from. */
export function showStaleMarks(dependencies: CellDependencies): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>()
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    async provideCellStatusBarItems(cell) {
      if (cell.kind !== vscode.NotebookCellKind.Code) return []
      const graph = isReactive(cell.notebook) ? await dependencies.graphOf(cell.notebook) : undefined
      return [...staleItem(cell, dependencies), ...(graph ? problemItems(cell, graph) : [])]
    },
  }
  const setContext = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook
    const hasStale = notebook?.notebookType === NOTEBOOK_TYPE && dependencies.staleCells(notebook).length > 0
    void vscode.commands.executeCommand('setContext', HAS_STALE_CELLS, hasStale)
  }
  return vscode.Disposable.from(
    changed,
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, provider),
    dependencies.onDidChange(() => {
      changed.fire()
      setContext()
    }),
    vscode.window.onDidChangeActiveNotebookEditor(setContext),
    vscode.workspace.onDidChangeNotebookDocument(({ metadata }) => {
      if (metadata) changed.fire()
    }),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('liqnb.reactive')) changed.fire()
    }),
  )
}

function staleItem(cell: vscode.NotebookCell, dependencies: CellDependencies): vscode.NotebookCellStatusBarItem[] {
  const staleness = dependencies.stalenessOf(cell)
  if (staleness === undefined) return []
  const cells = cell.notebook.getCells()
  const { text, details } = staleText(staleness, key => numberOf(cells, key))
  const item = new vscode.NotebookCellStatusBarItem(`$(history) ${text}`, vscode.NotebookCellStatusBarAlignment.Left)
  item.tooltip = [...details, 'Click to run this cell and what it needs.'].join('\n')
  item.accessibilityInformation = { label: [text, ...details].join('. '), role: 'button' }
  item.command = { title: 'Run', command: 'liqnb.runWithInputs', arguments: [cell.notebook.uri, cellKey(cell)] }
  return [item]
}

function problemItems(cell: vscode.NotebookCell, graph: DependencyGraph): vscode.NotebookCellStatusBarItem[] {
  const cells = cell.notebook.getCells()
  const key = cellKey(cell)
  const others = (keys: readonly string[]) => {
    const numbers = keys.filter(other => other !== key).map(other => numberOf(cells, other))
    return `cell${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`
  }
  const doubles = graph.doubleDefinitions.filter(({ cells: declaring }) => declaring.includes(key))
  const cycle = graph.cycles.find(({ cells: members }) => members.includes(key))
  return [
    ...doubles.map(({ name, cells: declaring }) => ({
      text: `${name} is also declared in ${others(declaring)}`,
      tooltip: `A cell that uses ${name} means the nearest declaration above it. Give one of them another name.`,
    })),
    ...(cycle
      ? [
          {
            text: `in a cycle with ${others(cycle.cells)}`,
            tooltip: `These cells need each other (${cycle.names.join(', ')}), so none can run first. They run from top to bottom.`,
          },
        ]
      : []),
  ].map(({ text, tooltip }) => {
    const item = new vscode.NotebookCellStatusBarItem(`$(warning) ${text}`, vscode.NotebookCellStatusBarAlignment.Left)
    item.tooltip = tooltip
    return item
  })
}

function numberOf(cells: readonly vscode.NotebookCell[], key: string): number | undefined {
  const index = cells.findIndex(cell => cellKey(cell) === key)
  return index < 0 ? undefined : index + 1
}

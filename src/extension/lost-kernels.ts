/**
 * Which notebooks had a kernel when the window was reloaded or closed: their outputs are still there, and their variables are not.
 * The workspace remembers which kernels run, and forgets those that end otherwise.
 */
import * as vscode from 'vscode'
import { cellKey } from './cell-dependencies.ts'
import type { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

const STATE = 'liqnb.runningKernels'

export class LostKernels implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  readonly #kernels: Kernels
  readonly #state: vscode.Memento
  readonly #lost: Set<string>
  readonly #running = new Set<string>()
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCellStatusBarItems = this.#changed.event
  readonly #subscriptions: vscode.Disposable

  /** @param state of the workspace */
  constructor(kernels: Kernels, state: vscode.Memento) {
    this.#kernels = kernels
    this.#state = state
    this.#lost = new Set(state.get<string[]>(STATE, []))
    this.#save()
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      kernels.onDidChangeState(notebook => this.#follow(notebook)),
      kernels.onDidEndRun(() => this.#changed.fire()),
      vscode.workspace.onDidCloseNotebookDocument(({ uri }) => this.#forget(uri.toString())),
    )
  }

  /** Whether the notebook had a kernel before the window was reloaded. */
  isLost({ uri }: vscode.NotebookDocument): boolean {
    return this.#lost.has(uri.toString())
  }

  /** Marks the cells whose outputs are from before, until they run again. */
  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    if (!this.isLost(cell.notebook) || cell.outputs.length === 0 || this.#hasRun(cell)) return []
    const { Left } = vscode.NotebookCellStatusBarAlignment
    const item = new vscode.NotebookCellStatusBarItem('$(history) from before the reload', Left)
    item.tooltip = 'The window was reloaded since this cell ran: the outputs are still there, its variables are not.'
    return [item]
  }

  /** Not the running kernels: when the window is reloaded, everything is disposed, too. */
  dispose(): void {
    this.#subscriptions.dispose()
  }

  #hasRun(cell: vscode.NotebookCell): boolean {
    const keys = this.#kernels.get(cell.notebook)?.runNumbers.values() ?? []
    return [...keys].includes(cellKey(cell))
  }

  #follow(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return
    const uri = notebook.uri.toString()
    const session = this.#kernels.get(notebook)?.session
    const runs = session !== undefined && session.state !== 'stopped'
    if (runs === this.#running.has(uri)) return
    if (runs) this.#running.add(uri)
    else this.#running.delete(uri)
    this.#save()
  }

  #forget(uri: string): void {
    this.#lost.delete(uri)
    if (this.#running.delete(uri)) this.#save()
  }

  #save(): void {
    void this.#state.update(STATE, [...this.#running])
  }
}

/** Progress of cells in their status bars. */
import * as vscode from 'vscode'
import type { Progress } from '../kernel/protocol.ts'

const REDRAW_MS = 100

/** Shows the progress of a cell in the status bar below it. */
export class CellProgress implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  readonly #progress = new Map<vscode.NotebookCell, Progress>()
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCellStatusBarItems = this.#changed.event
  #timer: NodeJS.Timeout | undefined

  show(cell: vscode.NotebookCell, progress: Progress | null): void {
    if (progress === null && !this.#progress.has(cell)) return
    if (progress === null) this.#progress.delete(cell)
    else this.#progress.set(cell, progress)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#changed.fire()
    }, REDRAW_MS)
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    const progress = this.#progress.get(cell)
    if (progress === undefined) return []
    const item = new vscode.NotebookCellStatusBarItem(
      progressText(progress),
      vscode.NotebookCellStatusBarAlignment.Left,
    )
    item.tooltip = progress.message
    return [item]
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#changed.dispose()
  }
}

const BAR_WIDTH = 12

function progressText({ message, fraction }: Progress): string {
  if (fraction === null) return `$(sync~spin) ${message}`
  const done = Math.min(1, Math.max(0, fraction))
  const filled = Math.round(done * BAR_WIDTH)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(done * 100)} %  ${message}`
}

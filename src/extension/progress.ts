/** Progress of cells in their status bars. */
import * as vscode from 'vscode'
import type { Progress } from '../kernel/protocol.ts'
import { progressLabel, progressText, type TimedProgress, withTime } from './progress-text.ts'

const REDRAW_MS = 100

/** Shows the progress of a cell in the status bar below it. */
export class CellProgress implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  readonly #progress = new Map<vscode.NotebookCell, TimedProgress>()
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCellStatusBarItems = this.#changed.event
  #timer: NodeJS.Timeout | undefined

  show(cell: vscode.NotebookCell, progress: Progress | null): void {
    if (progress === null && !this.#progress.has(cell)) return
    if (progress === null) this.#progress.delete(cell)
    else this.#progress.set(cell, withTime(this.#progress.get(cell), progress, Date.now()))
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#changed.fire()
    }, REDRAW_MS)
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    const progress = this.#progress.get(cell)
    if (progress === undefined) return []
    const now = Date.now()
    const item = new vscode.NotebookCellStatusBarItem(
      progressText(progress, now),
      vscode.NotebookCellStatusBarAlignment.Left,
    )
    item.tooltip = progress.progress.message
    item.accessibilityInformation = { label: progressLabel(progress, now) }
    return [item]
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#changed.dispose()
  }
}

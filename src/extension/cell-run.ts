/** Shows in VS Code what one run of a cell reports. */
import type * as vscode from 'vscode'
import type { RunHandlers } from '../kernel/cell-job.ts'
import type { Progress } from '../kernel/protocol.ts'
import type { ErrorOutput, Output, StreamOutput } from '../notebook/types.ts'
import type { CellMetadata } from './cells.ts'
import type { Display, Kernel } from './kernels.ts'
import { toViewOutput } from './outputs.ts'
import { toNotebookOutput } from './serializer.ts'

/** Late text comes in bursts, but a figure that follows a slider should not wait long. */
const LATE_OUTPUT_MS = 30
/** How long VS Code may take to draw an output for the first time. */
const FIRST_DRAWING_MS = 1500

/** What VS Code shows of an ended run. Kept here, because VS Code drops it when another execution of the cell begins. */
interface Outcome {
  order: number | undefined
  success: boolean
  startTime: number
  endTime: number
}
const outcomes = new WeakMap<vscode.NotebookCell, Outcome>()

/** The functions of the controller that a run uses. */
export interface CellRunHost {
  showProgress(progress: Progress | null): void
  notify(text: string): void
  /** The error with advice that needs the other cells; undefined if there is none. */
  advise(error: ErrorOutput): Promise<ErrorOutput | undefined>
  /** The cell has left the queue and runs. */
  started(): void
  /** Another execution of a cell whose run has ended; undefined while the cell runs again. */
  reopen(cell: vscode.NotebookCell): vscode.NotebookCellExecution | undefined
  /** Called when the execution from `reopen` has ended. */
  closed(cell: vscode.NotebookCell): void
}

/**
 * Shows what one run of a cell reports. VS Code applies the calls in order, so none is awaited before the next;
 * {@link CellRun.end} waits for all of them.
 */
export class CellRun implements RunHandlers {
  readonly #kernel: Kernel
  readonly #host: CellRunHost
  #execution: vscode.NotebookCellExecution
  readonly #pending: Thenable<void>[] = []
  readonly #late: (() => void)[] = []
  #lateTimer: NodeJS.Timeout | undefined
  #open = true
  #startTime: number | undefined
  #outcome: Outcome | undefined
  /** The last output, if it is text: further text of the same stream is appended to it. */
  #stream: { name: StreamOutput['name']; output: vscode.NotebookCellOutput } | undefined
  #clearBeforeNext = false

  constructor(execution: vscode.NotebookCellExecution, kernel: Kernel, host: CellRunHost) {
    this.#execution = execution
    this.#kernel = kernel
    this.#host = host
  }

  onStart(): void {
    if (this.#startTime !== undefined) return
    this.#startTime = Date.now()
    this.#host.started()
    this.#execution.executionOrder = ++this.#kernel.executionOrder
    this.#execution.start(this.#startTime)
    this.#clear()
  }

  onOutput(output: Output, displayId?: string): void {
    this.onStart()
    if (output.output_type === 'stream' && this.#stream?.name === output.name && !this.#clearBeforeNext) {
      const { items } = toNotebookOutput(toViewOutput(output))
      this.#pending.push(this.#execution.appendOutputItems(items, this.#stream.output))
      return
    }
    const { id } = this.#execution.cell.metadata as CellMetadata
    const shown = toNotebookOutput(toViewOutput(output, id === undefined ? undefined : { cell: id }))
    if (this.#clearBeforeNext) {
      this.#forgetDisplays()
      this.#pending.push(this.#execution.replaceOutput(shown))
    } else this.#pending.push(this.#execution.appendOutput(shown))
    this.#clearBeforeNext = false
    if (output.output_type === 'error') this.#pending.push(this.#advise(output, shown, this.#execution))
    this.#stream = output.output_type === 'stream' ? { name: output.name, output: shown } : undefined
    if (displayId !== undefined)
      this.#kernel.displays.set(displayId, { output: shown, cell: this.#execution.cell, shownAt: Date.now() })
  }

  async #advise(error: ErrorOutput, shown: vscode.NotebookCellOutput, execution: vscode.NotebookCellExecution) {
    const advised = await this.#host.advise(error)
    if (advised) await execution.replaceOutputItems(toNotebookOutput(toViewOutput(advised)).items, shown)
  }

  /** If the cell that showed the id has been run again or deleted, the output is shown in this cell. */
  onUpdate(output: Output, displayId: string): void {
    const display = this.#kernel.displays.get(displayId)
    if (display === undefined || display.cell.index < 0) {
      this.onOutput(output, displayId)
      return
    }
    this.onStart()
    // VS Code loses an update while it draws the output for the first time: show the last update again afterwards.
    if (display.items === undefined && Date.now() - display.shownAt < FIRST_DRAWING_MS)
      setTimeout(() => this.#whenOpen(() => this.#redraw(display)), FIRST_DRAWING_MS)
    display.items = toNotebookOutput(toViewOutput(output)).items
    this.#redraw(display)
  }

  #redraw({ items = [], output }: Display): void {
    this.#pending.push(this.#execution.replaceOutputItems(items, output))
  }

  onClear(wait: boolean): void {
    this.onStart()
    if (wait) this.#clearBeforeNext = true
    else this.#clear()
  }

  onProgress(progress: Progress | null): void {
    this.#host.showProgress(progress)
  }

  onNotification(text: string): void {
    this.#host.notify(text)
  }

  /**
   * Output of a timer or promise that outlived the cell. VS Code accepts output only from an execution, so the cell gets a
   * further brief one, with the order and times of its real run.
   */
  onLateOutput(output: Output, displayId?: string): void {
    this.#whenOpen(() => (displayId === undefined ? this.onOutput(output) : this.onUpdate(output, displayId)))
  }

  #whenOpen(show: () => void): void {
    if (this.#open) {
      show()
      return
    }
    this.#late.push(show)
    this.#lateTimer ??= setTimeout(() => this.#showLateOutput(), LATE_OUTPUT_MS)
  }

  /** A cell that left the queue without running is shown neither as successful nor as failed. */
  async end(success: boolean): Promise<void> {
    this.#host.showProgress(null)
    const startTime = this.#startTime
    if (startTime !== undefined) {
      this.#outcome = { order: this.#execution.executionOrder, success, startTime, endTime: Date.now() }
      outcomes.set(this.#execution.cell, this.#outcome)
    }
    await this.#close(this.#outcome)
  }

  async #close(outcome: Outcome | undefined): Promise<void> {
    this.#open = false
    try {
      await Promise.all(this.#pending.splice(0))
    } finally {
      this.#execution.end(outcome?.success, outcome?.endTime)
    }
  }

  async #showLateOutput(): Promise<void> {
    this.#lateTimer = undefined
    const { cell } = this.#execution
    if (cell.index < 0 || cell.notebook.isClosed) return
    const execution = this.#host.reopen(cell)
    if (execution === undefined) {
      this.#lateTimer = setTimeout(() => this.#showLateOutput(), LATE_OUTPUT_MS)
      return
    }
    // If the cell has been run again since, the text starts a new output.
    const outcome = outcomes.get(cell)
    if (outcome !== this.#outcome || cell.outputs.length === 0) this.#stream = undefined
    this.#execution = execution
    this.#open = true
    execution.executionOrder = outcome?.order
    execution.start(outcome?.startTime)
    for (const show of this.#late.splice(0)) show()
    try {
      await this.#close(outcome)
    } finally {
      this.#host.closed(cell)
    }
  }

  #clear(): void {
    this.#stream = undefined
    this.#clearBeforeNext = false
    this.#forgetDisplays()
    this.#pending.push(this.#execution.clearOutput())
  }

  #forgetDisplays(): void {
    for (const [id, { cell }] of this.#kernel.displays)
      if (cell === this.#execution.cell) this.#kernel.displays.delete(id)
  }
}

import type * as vscode from 'vscode'
import type { Progress } from '../kernel/protocol.ts'
import type { RunHandlers } from '../kernel/session.ts'
import type { Output, StreamOutput } from '../notebook/types.ts'
import type { Kernel } from './kernels.ts'
import { toViewOutput } from './outputs.ts'
import { toNotebookOutput } from './serializer.ts'

/**
 * Shows what one run of a cell reports. VS Code applies the calls in the order in which they are made, so none is awaited
 * before the next; {@link CellRun.end} waits for all of them.
 */
export class CellRun implements RunHandlers {
  readonly #execution: vscode.NotebookCellExecution
  readonly #kernel: Kernel
  readonly #showProgress: (progress: Progress | null) => void
  readonly #pending: Thenable<void>[] = []
  #started = false
  /** Text goes on in the last output as long as it is of the same stream. */
  #stream: { name: StreamOutput['name']; output: vscode.NotebookCellOutput } | undefined
  #clearBeforeNext = false

  constructor(
    execution: vscode.NotebookCellExecution,
    kernel: Kernel,
    showProgress: (progress: Progress | null) => void,
  ) {
    this.#execution = execution
    this.#kernel = kernel
    this.#showProgress = showProgress
  }

  onStart(): void {
    if (this.#started) return
    this.#started = true
    this.#execution.executionOrder = ++this.#kernel.executionOrder
    this.#execution.start(Date.now())
    this.#clear()
  }

  onOutput(output: Output, displayId?: string): void {
    this.onStart()
    if (output.output_type === 'stream' && this.#stream?.name === output.name && !this.#clearBeforeNext) {
      const { items } = toNotebookOutput(toViewOutput(output))
      this.#pending.push(this.#execution.appendOutputItems(items, this.#stream.output))
      return
    }
    const shown = toNotebookOutput(toViewOutput(output))
    if (this.#clearBeforeNext) {
      this.#forgetDisplays()
      this.#pending.push(this.#execution.replaceOutput(shown))
    } else this.#pending.push(this.#execution.appendOutput(shown))
    this.#clearBeforeNext = false
    this.#stream = output.output_type === 'stream' ? { name: output.name, output: shown } : undefined
    if (displayId !== undefined) this.#kernel.displays.set(displayId, { output: shown, cell: this.#execution.cell })
  }

  /** An id whose output has been cleared since is shown anew, in this cell. */
  onUpdate(output: Output, displayId: string): void {
    const display = this.#kernel.displays.get(displayId)
    if (display === undefined || display.cell.index < 0) {
      this.onOutput(output, displayId)
      return
    }
    this.onStart()
    this.#pending.push(
      this.#execution.replaceOutputItems([...toNotebookOutput(toViewOutput(output)).items], display.output),
    )
  }

  onClear(wait: boolean): void {
    this.onStart()
    if (wait) this.#clearBeforeNext = true
    else this.#clear()
  }

  onProgress(progress: Progress | null): void {
    this.#showProgress(progress)
  }

  /** `undefined` for a cell that left the queue without having run. */
  async end(ok: boolean | undefined): Promise<void> {
    this.#showProgress(null)
    try {
      await Promise.all(this.#pending)
    } finally {
      this.#execution.end(this.#started ? ok : undefined, this.#started ? Date.now() : undefined)
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

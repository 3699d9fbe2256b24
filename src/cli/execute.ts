import type { Progress } from '../kernel/protocol.ts'
import type { RunHandlers, Session } from '../kernel/session.ts'
import { CellOutputs, keptOutput } from '../notebook/outputs.ts'
import type { ParameterValue } from '../notebook/parameters.ts'
import { isObject } from '../notebook/rules.ts'
import type { Cell, CodeCell, ErrorOutput, Notebook, Output } from '../notebook/types.ts'
import { controlValues, keepControlValues, viewsOf } from '../notebook/views.ts'

/** Hears of a run while it goes on. */
export interface RunObserver {
  /** Before each cell. `number` is its 1-based place in the notebook, `step` of `steps` counts the cells that run. */
  onCell(cell: { number: number; step: number; steps: number }): void
  onOutput(output: Output): void
  onProgress(progress: Progress | null): void
}

export interface CellFailure {
  cellNumber: number
  source: string
  /** Undefined when the kernel gave no reason. */
  error: ErrorOutput | undefined
}

export interface ExecuteOptions {
  session: Session
  observer: RunObserver
  /** Interrupts the running cell and ends the run. */
  signal: AbortSignal
  /** How long one cell may take, ms. Default: as long as it likes. */
  timeoutMs?: number | undefined
  /** Values for the controls of those names. */
  parameters?: ReadonlyMap<string, ParameterValue>
}

export interface Execution {
  /** The notebook with the outputs of this run, also when it failed; cells that did not run have none. */
  notebook: Notebook
  failure: CellFailure | undefined
  interrupted: boolean
}

/** Runs the code cells from top to bottom, up to the first that fails. The notebook given is not changed. */
export async function executeNotebook(notebook: Notebook, options: ExecuteOptions): Promise<Execution> {
  const { session, observer, signal } = options
  const outputs = new Map<Cell, CellOutputs>()
  const runnable = notebook.cells.filter(isRunnable)
  let failure: CellFailure | undefined

  const interrupt = () => void session.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    for (const [index, cell] of runnable.entries()) {
      if (signal.aborted) break
      const number = notebook.cells.indexOf(cell) + 1
      observer.onCell({ number, step: index + 1, steps: runnable.length })
      const own = new CellOutputs()
      outputs.set(cell, own)
      const ok = await executeCell(cell, number, own, outputs, options)
      if (ok || signal.aborted) continue
      const error = own.list().findLast(output => output.output_type === 'error')
      failure = { cellNumber: number, source: cell.source, error }
      break
    }
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
  const asked = new Set(options.parameters?.keys())
  const cells = notebook.cells.map(cell =>
    cell.cell_type === 'code'
      ? keepControlValues({ ...cell, outputs: (outputs.get(cell)?.list() ?? []).map(keptOutput) }, asked)
      : cell,
  )
  return { notebook: { ...notebook, cells }, failure, interrupted: signal.aborted }
}

async function executeCell(
  cell: CodeCell,
  number: number,
  own: CellOutputs,
  all: ReadonlyMap<Cell, CellOutputs>,
  { session, observer, timeoutMs, parameters }: ExecuteOptions,
): Promise<boolean> {
  let timedOut = false
  let timer: NodeJS.Timeout | undefined
  const startTimer = () => {
    if (timeoutMs === undefined) return
    timer = setTimeout(() => {
      timedOut = true
      void session.interrupt()
    }, timeoutMs)
  }
  const show = (output: Output, displayId?: string) => {
    own.add(output, displayId)
    observer.onOutput(output)
  }
  const update = (output: Output, displayId: string) => {
    const places = [...all.values()].filter(outputs => outputs.update(output, displayId))
    // What was shown under this id has been cleared since: it is shown anew, here.
    if (places.length === 0) show(output, displayId)
  }
  const values = { saved: controlValues(viewsOf(cell.metadata)), given: Object.fromEntries(parameters ?? []) }
  const handlers: RunHandlers = {
    // The first cell waits for the kernel to start; that is not its time.
    onStart: startTimer,
    onOutput: show,
    onUpdate: update,
    onClear: wait => own.clear(wait),
    onProgress: progress => observer.onProgress(progress),
    // A timer that goes on after its cell still writes into its own cell.
    onLateOutput: (output, displayId) => (displayId === undefined ? show(output) : update(output, displayId)),
  }
  const result = await session.execute(cell.source, number, handlers, { cellId: cell.id, values })
  clearTimeout(timer)
  if (timedOut && !result.ok) {
    const evalue = `the cell took longer than ${timeoutMs! / 1000} s`
    show({ output_type: 'error', ename: 'TimeoutError', evalue, traceback: [`TimeoutError: ${evalue}`] })
  }
  return result.ok
}

/** Code in the notebook's language that is more than white space. VS Code keeps a cell's other language in its metadata. */
function isRunnable(cell: Cell): cell is CodeCell {
  if (cell.cell_type !== 'code' || cell.source.trim() === '') return false
  const { vscode } = cell.metadata
  return !isObject(vscode) || vscode.languageId === undefined || vscode.languageId === 'typescript'
}

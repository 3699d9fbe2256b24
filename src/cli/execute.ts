/** Runs the cells of a notebook. */
import type { RunHandlers } from '../kernel/cell-job.ts'
import type { Progress } from '../kernel/protocol.ts'
import type { Session } from '../kernel/session.ts'
import { cellTitle } from '../notebook/cell-title.ts'
import { CellOutputs } from '../notebook/outputs.ts'
import type { ParameterValue } from '../notebook/parameters.ts'
import { isRunnable } from '../notebook/runnable.ts'
import { savedOutputs } from '../notebook/saved-outputs.ts'
import { cellCode, isQuery } from '../notebook/sql-cell.ts'
import { hasTag } from '../notebook/tags.ts'
import type { Cell, CodeCell, ErrorOutput, Notebook, Output } from '../notebook/types.ts'
import { controlValues, saveControlValues, viewsOf, withoutStaleViews } from '../notebook/views.ts'

export interface RunningCell {
  /** 1-based position in the notebook. */
  number: number
  /** Among the cells that run, `step` of `steps`. */
  step: number
  steps: number
  /** What the cell does, in a few words. */
  title: string
}

/** Observes a run. */
export interface RunObserver {
  /** Called before each cell. */
  onCell(cell: RunningCell): void
  /** Called after each cell, with its outputs and the time it took. */
  onCellEnd(outputs: readonly Output[], ms: number): void
  onOutput(output: Output): void
  onProgress(progress: Progress | null): void
}

export interface CellFailure {
  cellNumber: number
  source: string
  /** Undefined if the kernel gave no reason. */
  error: ErrorOutput | undefined
}

export interface ExecuteOptions {
  session: Session
  observer: RunObserver
  /** Interrupts the running cell and ends the run. */
  signal: AbortSignal
  /** Time limit of one cell, ms. Default: none. */
  timeoutMs?: number | undefined
  /** Values of the controls, by name. */
  parameters?: ReadonlyMap<string, ParameterValue>
  /** What is kept of the outputs of a cell. Default: what a file holds. */
  keepOutputs?: (outputs: readonly Output[]) => Output[]
  /** The cells to run, in this order; the others keep their outputs. Default: all, from top to bottom. */
  cells?: readonly CodeCell[] | undefined
}

export interface Execution {
  /** The notebook with the outputs of this run, also if it failed; cells that did not run have none. */
  notebook: Notebook
  failure: CellFailure | undefined
  interrupted: boolean
  /** Number of the cell that ended the run by `process.exit(0)`. */
  exitedIn: number | undefined
  /** The number of the cell of each timer that had not fired when the run ended. */
  pendingTimers: readonly number[]
  /** Number of cells that were started. */
  started: number
}

/** Runs code cells, up to the first that fails without the tag `raises-exception`. Does not change `notebook`. */
export async function executeNotebook(notebook: Notebook, options: ExecuteOptions): Promise<Execution> {
  const { session, observer, signal, keepOutputs = savedOutputs } = options
  const outputs = new Map<Cell, CellOutputs>()
  const runnable = options.cells ?? notebook.cells.filter(isRunnable)
  let failure: CellFailure | undefined
  let exitedIn: number | undefined
  let pendingTimers: number[] = []

  const interrupt = () => void session.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    for (const [index, cell] of runnable.entries()) {
      if (signal.aborted) break
      const number = notebook.cells.indexOf(cell) + 1
      observer.onCell({ number, step: index + 1, steps: runnable.length, title: cellTitle(notebook.cells, number - 1) })
      const start = performance.now()
      const cellOutputs = new CellOutputs()
      outputs.set(cell, cellOutputs)
      const result = await executeCell(cell, number, cellOutputs, outputs, options)
      if (signal.aborted) continue
      observer.onCellEnd(cellOutputs.list(), performance.now() - start)
      if (result === 'exited') {
        exitedIn = number
        break
      }
      if (result === 'succeeded') continue
      const error = cellOutputs.list().findLast(output => output.output_type === 'error')
      failure = { cellNumber: number, source: cell.source, error }
      break
    }
    pendingTimers = await session.pendingTimers()
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
  const parameterNames = new Set(options.parameters?.keys())
  const cells = notebook.cells.map((cell, index) => {
    if (cell.cell_type !== 'code' || hasTag(cell.metadata, 'skip-execution')) return cell
    if (options.cells && !options.cells.includes(cell)) return cell
    const outputsOfRun = outputs.get(cell)?.list()
    const saved = { ...cell, outputs: keepOutputs(outputsOfRun ?? []) }
    // A cell that failed, or did not run, may show its views again when it runs to its end.
    const hasEnded = outputsOfRun !== undefined && !signal.aborted && index + 1 !== failure?.cellNumber
    return saveControlValues(hasEnded ? withoutStaleViews(saved) : saved, parameterNames)
  })
  return {
    notebook: { ...notebook, cells },
    failure,
    interrupted: signal.aborted,
    exitedIn,
    pendingTimers,
    started: outputs.size,
  }
}

/** How a cell ended, for the run: an error where one may occur is a success. */
type CellResult = 'succeeded' | 'failed' | 'exited'

async function executeCell(
  cell: CodeCell,
  number: number,
  cellOutputs: CellOutputs,
  allOutputs: ReadonlyMap<Cell, CellOutputs>,
  { session, observer, timeoutMs, parameters }: ExecuteOptions,
): Promise<CellResult> {
  let timedOutAfterMs: number | undefined
  let timer: NodeJS.Timeout | undefined
  const startTimer = () => {
    if (timeoutMs === undefined) return
    timer = setTimeout(() => {
      timedOutAfterMs = timeoutMs
      void session.interrupt()
    }, timeoutMs)
  }
  const show = (output: Output, displayId?: string) => {
    cellOutputs.add(output, displayId)
    observer.onOutput(output)
  }
  const update = (output: Output, displayId: string) => {
    const updated = [...allOutputs.values()].filter(outputs => outputs.update(output, displayId))
    // The output of this id has been cleared: show it again, in this cell.
    if (updated.length === 0) show(output, displayId)
  }
  const values = { saved: controlValues(viewsOf(cell.metadata)), given: Object.fromEntries(parameters ?? []) }
  const handlers: RunHandlers = {
    // The kernel's start, which the first cell waits for, does not count.
    onStart: startTimer,
    onOutput: show,
    onUpdate: update,
    onClear: wait => cellOutputs.clear(wait),
    onProgress: progress => observer.onProgress(progress),
    // A timer that outlives its cell still writes into that cell.
    onLateOutput: (output, displayId) => (displayId === undefined ? show(output) : update(output, displayId)),
  }
  const mayFail = hasTag(cell.metadata, 'raises-exception')
  const context = { cellId: cell.id, values, mayFail, isQuery: isQuery(cell) }
  const result = await session.execute(cellCode(cell), number, handlers, context)
  clearTimeout(timer)
  if (timedOutAfterMs !== undefined && !result.ok) {
    const evalue = `the cell took longer than ${timedOutAfterMs / 1000} s`
    show({ output_type: 'error', ename: 'TimeoutError', evalue, traceback: [`TimeoutError: ${evalue}`] })
  }
  if (result.ok) return result.died ? 'exited' : 'succeeded'
  return mayFail && !result.died && timedOutAfterMs === undefined ? 'succeeded' : 'failed'
}

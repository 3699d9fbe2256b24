/** The notebook controller, through which VS Code runs cells. */
import * as vscode from 'vscode'
import type { RunResult } from '../kernel/cell-job.ts'
import { type Deferred, deferred } from '../kernel/deferred.ts'
import type { CellNames } from '../notebook/dependencies.ts'
import { hasTag } from '../notebook/tags.ts'
import { controlValues } from '../notebook/views.ts'
import { executableText, isQuery, RUN_LANGUAGES } from './cell-code.ts'
import type { CellDebugger } from './cell-debugger.ts'
import type { CellDependencies } from './cell-dependencies.ts'
import { CellRun } from './cell-run.ts'
import type { CellMetadata } from './cells.ts'
import type { DependentRuns } from './dependent-runs.ts'
import type { Kernels } from './kernels.ts'
import type { LostKernels } from './lost-kernels.ts'
import { adviseMissingName } from './missing-names.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import type { CellProgress } from './progress.ts'
import { announceEnd, type EndedCell } from './run-notifications.ts'
import { showAlert } from './show-alert.ts'
import type { ViewStates } from './view-states.ts'

/** A failing cell ends the cells that are queued behind it, unless it is tagged `raises-exception`. */
export function createController(
  kernels: Kernels,
  dependencies: CellDependencies,
  dependentRuns: DependentRuns,
  lost: LostKernels,
  cellDebugger: CellDebugger,
  progress: CellProgress,
  views: ViewStates,
  log: vscode.LogOutputChannel,
): vscode.NotebookController {
  const controller = vscode.notebooks.createNotebookController('liqnb', NOTEBOOK_TYPE, 'Liqnb')
  controller.description = 'TypeScript, in a separate process for each notebook'
  controller.supportedLanguages = [...RUN_LANGUAGES]
  controller.supportsExecutionOrder = true

  const active = new Set<vscode.NotebookCell>()
  /** Cells with a brief execution for late output. */
  const late = new Map<vscode.NotebookCell, Deferred<void>>()
  /** Cells run in the order in which VS Code asked for them, however long it takes to find what else runs. */
  let prepared: Promise<unknown> = Promise.resolve()
  controller.executeHandler = async (cells, notebook) => {
    const preparing = prepared.then(() => prepare(cells, notebook))
    prepared = preparing.catch(() => {})
    const runs = await preparing
    const start = Date.now()
    const ended: EndedCell[] = []
    await Promise.all(
      runs.map(async ({ cell, execution, text, names }) => {
        try {
          const result = await run(execution, notebook, text, names)
          if (result) ended.push({ cell, ok: result.ok, interrupted: result.interrupted })
        } catch (error) {
          log.error(`Cell ${cell.index + 1} of ${notebook.uri.fsPath}`, error)
        } finally {
          active.delete(cell)
        }
      }),
    )
    await announceEnd(notebook, ended, Date.now() - start)
  }
  controller.interruptHandler = async notebook => {
    dependentRuns.interrupt(notebook)
    // A paused cell cannot be interrupted.
    await cellDebugger.stop(notebook)
    return kernels.get(notebook)?.session.interrupt()
  }

  async function prepare(requested: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument) {
    // Whoever runs a single cell means it; Run All leaves out what the command line leaves out.
    const wanted =
      requested.length === 1 ? requested : requested.filter(cell => !hasTag(cell.metadata.metadata, 'skip-execution'))
    const cells = await dependentRuns.cellsToRun(wanted, notebook)
    const names = new Map<string, CellNames | undefined>()
    for (const cell of cells) {
      const text = executableText(cell)
      names.set(text, await dependencies.namesOf(text))
    }
    await Promise.all(cells.map(cell => late.get(cell)?.promise))
    // All executions are created before the first runs, so that VS Code shows the later ones as pending.
    const runs = cells
      .filter(cell => !active.has(cell) && cell.index >= 0)
      .map(cell => {
        const text = executableText(cell)
        return { cell, text, names: names.get(text), execution: controller.createNotebookCellExecution(cell) }
      })
    for (const { cell } of runs) active.add(cell)
    return runs
  }

  async function run(
    execution: vscode.NotebookCellExecution,
    notebook: vscode.NotebookDocument,
    text: string,
    names: CellNames | undefined,
  ): Promise<RunResult | undefined> {
    const { cell } = execution
    let kernel: ReturnType<Kernels['getOrCreate']>
    try {
      kernel = kernels.getOrCreate(notebook)
    } catch (error) {
      execution.start(Date.now())
      await execution.replaceOutput(
        new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(error as Error)]),
      )
      execution.end(false, Date.now())
      return undefined
    }
    const cellRun = new CellRun(execution, kernel, {
      showProgress: step => progress.show(cell, step),
      notify: alert => showAlert(cell, alert),
      started: () => dependencies.begin(cell, names),
      advise: error => adviseMissingName(error, cell, dependencies, lost),
      reopen,
      closed,
    })
    let ok = false
    try {
      const { id } = cell.metadata as CellMetadata
      const saved = id === undefined ? {} : controlValues(views.statesOf(notebook, id))
      if (id !== undefined) kernel.runNumbers.set(cell.index + 1, id)
      // The id stays valid when the notebook is renamed.
      const mayFail = hasTag(cell.metadata.metadata, 'raises-exception')
      const context = {
        cellId: id ?? cell.document.uri.toString(),
        values: { saved },
        mayFail,
        isQuery: isQuery(cell),
        sourceUrl: cellDebugger.sourceUrlOf(cell),
      }
      const result = await kernel.session.execute(text, cell.index + 1, cellRun, context)
      ok = result.ok
      kernels.recordResult(notebook, result)
      return result
    } finally {
      await cellRun.end(ok)
      views.recordRun(cell, ok)
      dependencies.end(cell, ok)
    }
  }

  function reopen(cell: vscode.NotebookCell): vscode.NotebookCellExecution | undefined {
    if (active.has(cell)) return undefined
    active.add(cell)
    late.set(cell, deferred())
    return controller.createNotebookCellExecution(cell)
  }
  function closed(cell: vscode.NotebookCell): void {
    active.delete(cell)
    late.get(cell)?.resolve()
    late.delete(cell)
  }

  return controller
}

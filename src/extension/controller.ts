/** The notebook controller, through which VS Code runs cells. */
import * as vscode from 'vscode'
import { type Deferred, deferred } from '../kernel/deferred.ts'
import { hasTag } from '../notebook/tags.ts'
import { controlValues } from '../notebook/views.ts'
import { CellRun } from './cell-run.ts'
import { type CellMetadata, CODE_LANGUAGE } from './cells.ts'
import type { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import type { CellProgress } from './progress.ts'
import { showAlert } from './show-alert.ts'
import type { ViewStates } from './view-states.ts'

/** A failing cell ends the cells that are queued behind it, unless it is tagged `raises-exception`. */
export function createController(
  kernels: Kernels,
  progress: CellProgress,
  views: ViewStates,
  log: vscode.LogOutputChannel,
): vscode.NotebookController {
  const controller = vscode.notebooks.createNotebookController('liqnb', NOTEBOOK_TYPE, 'Liqnb')
  controller.description = 'TypeScript, in a separate process for each notebook'
  controller.supportedLanguages = [CODE_LANGUAGE]
  controller.supportsExecutionOrder = true

  const active = new Set<vscode.NotebookCell>()
  /** Cells with a brief execution for late output. */
  const late = new Map<vscode.NotebookCell, Deferred<void>>()
  controller.executeHandler = async (cells, notebook) => {
    await Promise.all(cells.map(cell => late.get(cell)?.promise))
    // All executions are created before the first runs, so that VS Code shows the later ones as pending.
    const isOnly = cells.length === 1
    const runs = cells
      // Whoever runs a single cell means it; Run All leaves out what the command line leaves out.
      .filter(cell => !active.has(cell) && (isOnly || !hasTag(cell.metadata.metadata, 'skip-execution')))
      .map(cell => ({ cell, execution: controller.createNotebookCellExecution(cell) }))
    for (const { cell } of runs) active.add(cell)
    await Promise.all(
      runs.map(async ({ cell, execution }) => {
        try {
          await run(execution, notebook)
        } catch (error) {
          log.error(`Cell ${cell.index + 1} of ${notebook.uri.fsPath}`, error)
        } finally {
          active.delete(cell)
        }
      }),
    )
  }
  controller.interruptHandler = notebook => kernels.get(notebook)?.session.interrupt()

  async function run(execution: vscode.NotebookCellExecution, notebook: vscode.NotebookDocument): Promise<void> {
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
      return
    }
    const cellRun = new CellRun(execution, kernel, {
      showProgress: step => progress.show(cell, step),
      notify: text => showAlert(cell, text),
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
      const context = { cellId: id ?? cell.document.uri.toString(), values: { saved }, mayFail }
      const result = await kernel.session.execute(cell.document.getText(), cell.index + 1, cellRun, context)
      ok = result.ok
      kernels.recordResult(notebook, result)
    } finally {
      await cellRun.end(ok)
      views.recordRun(cell, ok)
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

import * as vscode from 'vscode'
import { type Deferred, deferred } from '../kernel/deferred.ts'
import { controlValues } from '../notebook/views.ts'
import { CellRun } from './cell-run.ts'
import { type CellMetadata, CODE_LANGUAGE } from './cells.ts'
import type { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './names.ts'
import type { CellProgress } from './progress.ts'
import type { ViewStates } from './view-states.ts'

/** What VS Code runs cells with. A failing cell ends the cells that were queued behind it. */
export function createController(
  kernels: Kernels,
  progress: CellProgress,
  views: ViewStates,
  log: vscode.LogOutputChannel,
): vscode.NotebookController {
  const controller = vscode.notebooks.createNotebookController('liqnb', NOTEBOOK_TYPE, 'Liqnb')
  controller.description = 'TypeScript, in a process of its own for each notebook'
  controller.supportedLanguages = [CODE_LANGUAGE]
  controller.supportsExecutionOrder = true

  const active = new Set<vscode.NotebookCell>()
  /** Cells that show late output for an instant. */
  const late = new Map<vscode.NotebookCell, Deferred<void>>()
  controller.executeHandler = async (cells, notebook) => {
    await Promise.all(cells.map(cell => late.get(cell)?.promise))
    // All are created before the first runs: VS Code then shows the later ones as waiting.
    const runs = cells
      .filter(cell => !active.has(cell))
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
    let kernel: ReturnType<Kernels['require']>
    try {
      kernel = kernels.require(notebook)
    } catch (error) {
      execution.start(Date.now())
      await execution.replaceOutput(
        new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(error as Error)]),
      )
      execution.end(false, Date.now())
      return
    }
    const cellRun = new CellRun(execution, kernel, { showProgress: step => progress.show(cell, step), reopen, closed })
    let ok = false
    try {
      const { id } = cell.metadata as CellMetadata
      const saved = id === undefined ? {} : controlValues(views.of(notebook, id))
      // The id also holds when the notebook goes on under another name.
      const context = { cellId: id ?? cell.document.uri.toString(), values: { saved } }
      const result = await kernel.session.execute(cell.document.getText(), cell.index + 1, cellRun, context)
      ok = result.ok
      kernels.ran(notebook, result)
    } finally {
      await cellRun.end(ok)
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

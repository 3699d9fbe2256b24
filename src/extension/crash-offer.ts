/** Offers what to do when a kernel has died. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import type { Kernels } from './kernels.ts'
import { runAllCells } from './run-cells.ts'

const RESTART = 'Restart'
const RUN_ALL = 'Restart and Run All'
const MEMORY_LIMIT = 'Memory Limit…'

/** Says why a kernel has died, and offers to restart it. */
export function offerRestartAfterDeath(kernels: Kernels): vscode.Disposable {
  return kernels.onDidDie(async ({ notebook, reason }) => {
    const [summary = ''] = reason.split('\n')
    const isMemory = /ran out of memory/.test(summary)
    const answers = isMemory ? [RUN_ALL, RESTART, MEMORY_LIMIT] : [RUN_ALL, RESTART]
    const answer = await vscode.window.showErrorMessage(`${basename(notebook.uri.path)}: ${summary}`, ...answers)
    if (answer === MEMORY_LIMIT)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'liqnb.kernel.maxMemoryMb')
    if ((answer !== RESTART && answer !== RUN_ALL) || notebook.isClosed) return
    try {
      await kernels.restart(notebook)
      if (answer === RUN_ALL) await runAllCells(notebook)
    } catch (error) {
      void vscode.window.showErrorMessage((error as Error).message)
    }
  })
}

/** The commands that need a kernel. */
import * as vscode from 'vscode'
import type { CellDebugger } from './cell-debugger.ts'
import type { Kernels } from './kernels.ts'
import { targetNotebook } from './target-notebook.ts'

/** Registers the commands; they exist only in a trusted workspace. */
export function registerKernelCommands(kernels: Kernels, cellDebugger: CellDebugger): vscode.Disposable {
  const interrupt = async (target?: unknown) => {
    const notebook = targetNotebook(target)
    if (!notebook) return
    await cellDebugger.stop(notebook)
    await kernels.get(notebook)?.session.interrupt()
  }
  const restart = async (target?: unknown) => {
    const notebook = targetNotebook(target)
    if (!notebook) return
    try {
      await kernels.restart(notebook)
    } catch (error) {
      await vscode.window.showErrorMessage((error as Error).message)
    }
  }
  const restartAndRunAll = async (target?: unknown) => {
    await restart(target)
    await vscode.commands.executeCommand('notebook.execute')
  }
  const menu = async () => {
    const notebook = targetNotebook()
    if (!notebook) return
    const busy = kernels.state(notebook) === 'busy' || kernels.get(notebook)?.session.hasActiveRequests
    const items: (vscode.QuickPickItem & { run: () => Promise<void> })[] = [
      ...(busy ? [{ label: '$(debug-stop) Interrupt', description: 'keeps variables', run: () => interrupt() }] : []),
      { label: '$(debug-restart) Restart', description: 'variables are lost', run: () => restart() },
      { label: '$(run-all) Restart and Run All Cells', run: () => restartAndRunAll() },
    ]
    const picked = await vscode.window.showQuickPick(items, { title: 'Liqnb Kernel' })
    await picked?.run()
  }
  return vscode.Disposable.from(
    vscode.commands.registerCommand('liqnb.interrupt', interrupt),
    vscode.commands.registerCommand('liqnb.restart', restart),
    vscode.commands.registerCommand('liqnb.restartAndRunAll', restartAndRunAll),
    vscode.commands.registerCommand('liqnb.kernelMenu', menu),
  )
}

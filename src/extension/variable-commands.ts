/** The commands of the variables view. */
import * as vscode from 'vscode'
import type { Kernels } from './kernels.ts'
import type { TableViewers } from './table-viewer.ts'
import { type VariableNode, type VariablesView, VIEW_ID } from './variables-view.ts'

/** Registers the commands; they exist only in a trusted workspace. */
export function registerVariableCommands(
  kernels: Kernels,
  view: VariablesView,
  viewers: TableViewers,
): vscode.Disposable {
  /** For the variable that was clicked, or else the one that is selected. */
  const command = (id: string, run: (node: VariableNode) => Promise<void>) =>
    vscode.commands.registerCommand(id, async (clicked?: VariableNode) => {
      const node = clicked?.kind === 'variable' ? clicked : view.selected
      if (node === undefined) return
      try {
        await run(node)
      } catch (error) {
        void vscode.window.showErrorMessage((error as Error).message)
      }
    })
  return vscode.Disposable.from(
    command('liqnb.openVariable', node => viewers.open(node)),
    command('liqnb.copyVariableExpression', async node => vscode.env.clipboard.writeText(node.expression)),
    command('liqnb.copyVariableValue', async ({ notebook, path }) => {
      const reply = await kernels.get(notebook)?.session.inspect({ kind: 'text', path })
      if (!reply?.ok) throw new Error(reply?.error ?? 'The kernel of this notebook is not running.')
      await vscode.env.clipboard.writeText(String(reply.value))
    }),
    vscode.commands.registerCommand('liqnb.refreshVariables', () => view.refresh()),
    vscode.commands.registerCommand('liqnb.showVariables', () => vscode.commands.executeCommand(`${VIEW_ID}.focus`)),
  )
}

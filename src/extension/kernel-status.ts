/** The kernel's item in the status bar. */
import * as vscode from 'vscode'
import type { KernelState, Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

const APPEARANCE: { [S in KernelState]: { icon: string; tooltip: string } } = {
  stopped: { icon: '$(circle-slash)', tooltip: 'No kernel yet: it starts with the first cell you run.' },
  starting: { icon: '$(loading~spin)', tooltip: 'The kernel is starting.' },
  idle: { icon: '$(circle-large-outline)', tooltip: 'The kernel is idle.' },
  busy: { icon: '$(circle-large-filled)', tooltip: 'The kernel is running a cell.' },
  dead: { icon: '$(error)', tooltip: 'The kernel died and its variables are gone. The next run starts a fresh one.' },
}

/** Shows the state of the active notebook's kernel in the status bar; a click opens the kernel menu. */
export function showKernelStatus(kernels: Kernels): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('liqnb.kernel', vscode.StatusBarAlignment.Right, 100)
  item.name = 'Liqnb Kernel'
  item.command = 'liqnb.kernelMenu'

  const update = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook
    if (notebook?.notebookType !== NOTEBOOK_TYPE) return item.hide()
    const state = kernels.state(notebook)
    item.text = `${APPEARANCE[state].icon} Liqnb: ${state}`
    item.tooltip = APPEARANCE[state].tooltip
    item.accessibilityInformation = { label: `Liqnb kernel is ${state}` }
    item.backgroundColor = state === 'dead' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
    item.show()
  }
  update()
  return vscode.Disposable.from(
    item,
    kernels.onDidChangeState(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
  )
}

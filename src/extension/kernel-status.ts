import * as vscode from 'vscode'
import type { KernelState, Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './names.ts'

const LOOKS: { [S in KernelState]: { icon: string; tooltip: string } } = {
  stopped: { icon: '$(circle-slash)', tooltip: 'No kernel yet: it starts with the first cell you run.' },
  starting: { icon: '$(loading~spin)', tooltip: 'The kernel is starting.' },
  idle: { icon: '$(circle-large-outline)', tooltip: 'The kernel waits for cells.' },
  busy: { icon: '$(circle-large-filled)', tooltip: 'The kernel runs a cell.' },
  dead: { icon: '$(error)', tooltip: 'The kernel died and its variables are gone. The next run starts a fresh one.' },
}

/** The state of the active notebook's kernel, in the window's status bar; a click opens its menu. */
export function showKernelStatus(kernels: Kernels): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('liqnb.kernel', vscode.StatusBarAlignment.Right, 100)
  item.name = 'Liqnb Kernel'
  item.command = 'liqnb.kernelMenu'

  const draw = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook
    if (notebook?.notebookType !== NOTEBOOK_TYPE) return item.hide()
    const state = kernels.state(notebook)
    item.text = `${LOOKS[state].icon} Liqnb: ${state}`
    item.tooltip = LOOKS[state].tooltip
    item.accessibilityInformation = { label: `Liqnb kernel is ${state}` }
    item.backgroundColor = state === 'dead' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
    item.show()
  }
  draw()
  return vscode.Disposable.from(
    item,
    kernels.onDidChangeState(draw),
    vscode.window.onDidChangeActiveNotebookEditor(draw),
  )
}

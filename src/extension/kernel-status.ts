/** The kernel's item in the status bar. */
import * as vscode from 'vscode'
import { bytesText } from '../common/number-text.ts'
import type { KernelState, Kernels } from './kernels.ts'
import type { LostKernels } from './lost-kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { maxMemoryMb } from './settings.ts'

const APPEARANCE: { [S in KernelState | 'gone']: { icon: string; tooltip: string } } = {
  stopped: { icon: '$(circle-slash)', tooltip: 'No kernel yet: it starts with the first cell you run.' },
  starting: { icon: '$(loading~spin)', tooltip: 'The kernel is starting.' },
  idle: { icon: '$(circle-large-outline)', tooltip: 'The kernel is idle.' },
  busy: { icon: '$(circle-large-filled)', tooltip: 'The kernel is running a cell.' },
  dead: { icon: '$(error)', tooltip: 'The kernel died and its variables are gone. The next run starts a fresh one.' },
  gone: {
    icon: '$(history)',
    tooltip:
      'The window was reloaded, which ended the kernel: outputs are from before, and variables are gone. Run the cells whose variables you need again.',
  },
}

/** Shows the state of the active notebook's kernel and its memory in the status bar; a click opens the kernel menu. */
export function showKernelStatus(kernels: Kernels, lost: LostKernels): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('liqnb.kernel', vscode.StatusBarAlignment.Right, 100)
  item.name = 'Liqnb Kernel'
  item.command = 'liqnb.kernelMenu'

  const update = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook
    if (notebook?.notebookType !== NOTEBOOK_TYPE) return item.hide()
    const kernelState = kernels.state(notebook)
    const state = kernelState === 'stopped' && lost.isLost(notebook) ? 'gone' : kernelState
    const memory = kernels.get(notebook)?.session.memoryBytes
    const size = memory === undefined ? '' : bytesText(memory)
    item.text = `${APPEARANCE[state].icon} Liqnb: ${state}${size && `  ${size}`}`
    item.tooltip = [APPEARANCE[state].tooltip, memoryTooltip(size)].filter(line => line !== '').join('\n')
    item.accessibilityInformation = { label: `Liqnb kernel is ${state}${size && `, ${size} of memory`}` }
    item.backgroundColor = state === 'dead' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
    item.show()
  }
  update()
  return vscode.Disposable.from(
    item,
    kernels.onDidChangeState(update),
    kernels.onDidChangeMemory(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
  )
}

function memoryTooltip(size: string): string {
  if (size === '') return ''
  const limit = maxMemoryMb()
  return `Its process takes ${size} of memory.${limit === undefined ? '' : ` The limit of its heap is ${limit} MB.`}`
}

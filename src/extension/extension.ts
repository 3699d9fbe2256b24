import * as vscode from 'vscode'
import { nameNewCells } from './cell-ids.ts'
import { createController } from './controller.ts'
import { registerKernelCommands } from './kernel-commands.ts'
import { showKernelStatus } from './kernel-status.ts'
import { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './names.ts'
import { registerNotebookCommands } from './notebook-commands.ts'
import { CellProgress } from './progress.ts'
import { serializer } from './serializer.ts'
import { saveOutputs, watchSaveOutputs } from './settings.ts'

/** Registers the two halves of Liqnb: reading notebooks, always; running them, only in a workspace that is trusted. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, serializer, { transientOutputs: !saveOutputs() }),
    nameNewCells(),
    registerNotebookCommands({
      exporter: context.asAbsolutePath('dist/html.mjs'),
      script: context.asAbsolutePath('dist/renderers/page.js'),
    }),
    watchSaveOutputs(),
  )
  const run = () => context.subscriptions.push(...runningHalf(context.asAbsolutePath('dist/kernel.mjs')))
  if (vscode.workspace.isTrusted) run()
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(run))
}

function runningHalf(kernelEntry: string): vscode.Disposable[] {
  const log = vscode.window.createOutputChannel('Liqnb', { log: true })
  const kernels = new Kernels(kernelEntry)
  const progress = new CellProgress()
  return [
    createController(kernels, progress, log),
    registerKernelCommands(kernels),
    showKernelStatus(kernels),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, progress),
    progress,
    kernels,
    log,
  ]
}

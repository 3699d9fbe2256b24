import * as vscode from 'vscode'
import { nameNewCells } from './cell-ids.ts'
import { createController } from './controller.ts'
import { registerKernelCommands } from './kernel-commands.ts'
import { showKernelStatus } from './kernel-status.ts'
import { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './names.ts'
import { registerNotebookCommands } from './notebook-commands.ts'
import { CellProgress } from './progress.ts'
import { answerRenderers } from './renderer-messages.ts'
import { serializer } from './serializer.ts'
import { saveOutputs, watchSaveOutputs } from './settings.ts'
import { ViewStates } from './view-states.ts'

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
  const log = vscode.window.createOutputChannel('Liqnb', { log: true })
  const views = new ViewStates()
  let kernels: Kernels | undefined
  const answers = answerRenderers(
    talkingRenderers(context.extension.packageJSON),
    () => kernels,
    views,
    problem => log.warn(problem),
  )
  context.subscriptions.push(answers, views, log)
  const run = () => {
    kernels = new Kernels(context.asAbsolutePath('dist/kernel.mjs'))
    context.subscriptions.push(
      ...runningHalf(kernels, views, log),
      kernels.onDidChangeChannels(notebook => answers.refresh(notebook)),
    )
  }
  if (vscode.workspace.isTrusted) run()
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(run))
}

function runningHalf(kernels: Kernels, views: ViewStates, log: vscode.LogOutputChannel): vscode.Disposable[] {
  const progress = new CellProgress()
  return [
    createController(kernels, progress, views, log),
    registerKernelCommands(kernels),
    showKernelStatus(kernels),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, progress),
    progress,
    kernels,
  ]
}

/** The renderers that the manifest lets talk to the extension. */
function talkingRenderers(manifest: {
  contributes: { notebookRenderer: { id: string; requiresMessaging: string }[] }
}): string[] {
  return manifest.contributes.notebookRenderer
    .filter(({ requiresMessaging }) => requiresMessaging !== 'never')
    .map(({ id }) => id)
}

/** Entry point of the extension. */
import * as vscode from 'vscode'
import { CellDebugger } from './cell-debugger.ts'
import { CellDependencies, type NameReaderFiles } from './cell-dependencies.ts'
import { assignCellIds } from './cell-ids.ts'
import { tellCellOrder } from './cell-order.ts'
import { createController } from './controller.ts'
import { offerRestartAfterDeath } from './crash-offer.ts'
import { DependentRuns } from './dependent-runs.ts'
import { ExchangeKeys } from './exchange-keys.ts'
import { registerFileChoice } from './file-choice.ts'
import { registerKernelCommands } from './kernel-commands.ts'
import { showKernelStatus } from './kernel-status.ts'
import { Kernels } from './kernels.ts'
import { registerKeyCommands } from './key-commands.ts'
import { registerLanguageModelTools } from './language-model-tools.ts'
import { LostKernels } from './lost-kernels.ts'
import { registerNewNotebooks } from './new-notebooks.ts'
import { registerNotebookCommands } from './notebook-commands.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { registerParametersForm } from './parameters-form.ts'
import { CellProgress } from './progress.ts'
import { registerReactiveMode } from './reactive-mode.ts'
import { answerRenderers } from './renderer-messages.ts'
import { serializer } from './serializer.ts'
import { saveOutputs, watchSaveOutputs } from './settings.ts'
import { showStaleMarks } from './stale-marks.ts'
import { registerStringCompletion } from './string-completion.ts'
import { TableViewers } from './table-viewer.ts'
import { registerVariableCommands } from './variable-commands.ts'
import { VariablesView } from './variables-view.ts'
import { ViewStates } from './view-states.ts'

/** Registers what opens notebooks, and in a trusted workspace also what runs them. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, serializer, { transientOutputs: !saveOutputs() }),
    assignCellIds(),
    tellCellOrder(),
    registerNewNotebooks(vscode.Uri.joinPath(context.extensionUri, 'samples')),
    registerFileChoice(),
    registerParametersForm(),
    registerStringCompletion(),
    registerNotebookCommands({
      exporter: context.asAbsolutePath('dist/html.mjs'),
      scripts: context.asAbsolutePath('dist/renderers'),
    }),
    watchSaveOutputs(),
  )
  const log = vscode.window.createOutputChannel('Liqnb', { log: true })
  const views = new ViewStates()
  let kernels: Kernels | undefined
  let dependentRuns: DependentRuns | undefined
  const files: NameReaderFiles = {
    reader: context.asAbsolutePath('dist/cell-names.mjs'),
    compiler: context.asAbsolutePath('dist/typescript.cjs'),
  }
  const answers = answerRenderers(
    messagingRenderers(context.extension.packageJSON),
    () => kernels,
    views,
    files.compiler,
    (notebook, cell) => dependentRuns?.moveControl(notebook, cell),
    problem => log.warn(problem),
  )
  context.subscriptions.push(
    answers,
    views,
    log,
    registerLanguageModelTools(() => kernels),
  )
  const enableExecution = () => {
    const keys = new ExchangeKeys(context.secrets, context.globalState)
    kernels = new Kernels(context.asAbsolutePath('dist/kernel.mjs'), (notebook, request) =>
      keys.give(notebook, request),
    )
    const dependencies = new CellDependencies(kernels, files, log)
    dependentRuns = new DependentRuns(dependencies)
    const cellDebugger = new CellDebugger(kernels, context.asAbsolutePath('dist'))
    context.subscriptions.push(
      ...registerExecution(
        kernels,
        dependencies,
        dependentRuns,
        new LostKernels(kernels, context.workspaceState),
        cellDebugger,
        views,
        log,
      ),
      registerKeyCommands(keys),
      ...showVariables(kernels, vscode.Uri.joinPath(context.extensionUri, 'dist/renderers')),
      kernels.onDidChangeChannels(notebook => answers.refresh(notebook)),
    )
  }
  if (vscode.workspace.isTrusted) enableExecution()
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(enableExecution))
}

function registerExecution(
  kernels: Kernels,
  dependencies: CellDependencies,
  dependentRuns: DependentRuns,
  lost: LostKernels,
  cellDebugger: CellDebugger,
  views: ViewStates,
  log: vscode.LogOutputChannel,
): vscode.Disposable[] {
  const progress = new CellProgress()
  return [
    createController(kernels, dependencies, dependentRuns, lost, cellDebugger, progress, views, log),
    registerKernelCommands(kernels, cellDebugger),
    showKernelStatus(kernels, lost),
    offerRestartAfterDeath(kernels),
    showStaleMarks(dependencies),
    registerReactiveMode(dependencies),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, progress),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, lost),
    progress,
    // Before the kernels: when the window is reloaded, it must not see them end.
    lost,
    dependentRuns,
    dependencies,
    cellDebugger,
    kernels,
  ]
}

function showVariables(kernels: Kernels, scripts: vscode.Uri): vscode.Disposable[] {
  const view = new VariablesView(kernels)
  const viewers = new TableViewers(kernels, scripts)
  return [view, viewers, registerVariableCommands(kernels, view, viewers)]
}

/** Ids of the renderers that may exchange messages with the extension, by the manifest. */
function messagingRenderers(manifest: {
  contributes: { notebookRenderer: { id: string; requiresMessaging: string }[] }
}): string[] {
  return manifest.contributes.notebookRenderer
    .filter(({ requiresMessaging }) => requiresMessaging !== 'never')
    .map(({ id }) => id)
}

/** The settings of the extension. */
import * as vscode from 'vscode'
import { PORTABLE_OUTPUTS } from '../common/host.ts'

const settings = () => vscode.workspace.getConfiguration('liqnb')

export const saveOutputs = () => settings().get('saveOutputs', true)

/** Whether view states of outputs are saved in the notebook. */
export const saveViewState = () => settings().get('saveViewState', true)

/** Whether what `liq.alerts` reports is shown as a notification. */
export const showAlertNotifications = () => settings().get('alerts.notifications', true)

/** A run that takes as many seconds is announced when it ends; 0 for none. */
export const notifyAfterSeconds = () => settings().get('notifyAfter', 60)

/** Whether notebooks whose metadata say nothing of it are in reactive mode. */
export const reactiveByDefault = () => settings().get('reactive', false)

/** The Node.js that runs kernels; undefined for the runtime of VS Code itself. */
export const nodePath = () => settings().get('kernel.nodePath', '').trim() || undefined

/** Heap limit of a kernel in MB; undefined for the runtime's default. */
export const maxMemoryMb = () => settings().get<number | null>('kernel.maxMemoryMb', null) ?? undefined

/** The settings that reach a kernel as environment variables. */
export function kernelEnvironment(): Record<string, string> {
  const path = settings().get('store.path', '').trim()
  const offline = settings().get('store.offline', false)
  const portable = settings().get('savePortableOutputs', false)
  return {
    ...(path === '' ? {} : { LIQNB_STORE: path }),
    ...(offline ? { LIQNB_OFFLINE: '1' } : {}),
    ...(portable ? { [PORTABLE_OUTPUTS]: '1' } : {}),
  }
}

/** VS Code reads this setting only once, so a change asks for a reload. */
export function watchSaveOutputs(): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(async change => {
    if (!change.affectsConfiguration('liqnb.saveOutputs')) return
    const reload = 'Reload Window'
    const answer = await vscode.window.showInformationMessage(
      `Liqnb will ${saveOutputs() ? 'save outputs in' : 'leave outputs out of'} notebook files once the window is reloaded.`,
      reload,
    )
    if (answer === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow')
  })
}

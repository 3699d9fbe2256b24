/**
 * Entry point of the extension in a browser, such as vscode.dev: notebooks open, their saved outputs draw, and edits are saved.
 * There is no process to run cells in.
 */
import * as vscode from 'vscode'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { serializer } from './serializer.ts'
import { saveOutputs, watchSaveOutputs } from './settings.ts'

const NO_PROCESS =
  'A browser shows Liqnb notebooks and their saved outputs. Open the folder in VS Code on a computer to run cells.'

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, serializer, { transientOutputs: !saveOutputs() }),
    watchSaveOutputs(),
    ...manifestCommands(context.extension.packageJSON).map(command =>
      vscode.commands.registerCommand(command, () => vscode.window.showInformationMessage(NO_PROCESS)),
    ),
  )
}

/** The commands that VS Code offers by the manifest, wherever the extension runs. */
function manifestCommands(manifest: { contributes: { commands: { command: string }[] } }): string[] {
  return manifest.contributes.commands.map(({ command }) => command)
}

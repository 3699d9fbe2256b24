/** "Choose a file…" beside `file:` in a cell. */
import * as vscode from 'vscode'
import { CODE_LANGUAGE } from './cells.ts'
import { notebookFolder } from './notebook-folder.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { escapeForString, pathForCell } from './relative-path.ts'
import { fileStrings } from './string-context.ts'

const FILTERS = {
  'Market data': ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'arrow', 'feather', 'gz', 'zip'],
  'All files': ['*'],
}

export function registerFileChoice(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(
      { notebookType: NOTEBOOK_TYPE, language: CODE_LANGUAGE },
      { provideCodeLenses },
    ),
    vscode.commands.registerCommand('liqnb.chooseFile', (uri?: unknown, start?: unknown) => chooseFile(uri, start)),
  )
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  return fileStrings(document.getText()).map(({ start, end }) => {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end))
    return new vscode.CodeLens(range, {
      title: '$(folder-opened) Choose a file…',
      tooltip: 'Choose a file of market data, and write its path into the cell',
      command: 'liqnb.chooseFile',
      arguments: [document.uri, start],
    })
  })
}

/**
 * Asks for a file and writes its path into a cell.
 * @param uri of the cell. Default: the one with the cursor
 * @param start offset of the path in it. Default: the string at or nearest behind the cursor
 */
async function chooseFile(uri: unknown, start: unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor
  const cell = findCell(uri instanceof vscode.Uri ? uri : editor?.document.uri)
  if (cell === undefined) {
    await vscode.window.showInformationMessage("Place the cursor in a cell of a Liqnb notebook, at file: '…'.")
    return
  }
  const { document, notebook } = cell
  const cursor = editor?.document === document ? document.offsetAt(editor.selection.active) : 0
  const strings = fileStrings(document.getText())
  const place =
    strings.find(text => (typeof start === 'number' ? text.start === start : text.end >= cursor)) ?? strings[0]
  const folder = notebookFolder(notebook)
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Choose a File of Market Data',
      openLabel: 'Insert Path',
      defaultUri: folder,
      filters: FILTERS,
    })) ?? []
  if (file === undefined) return
  const path = pathForCell(folder.fsPath, file.fsPath)
  const edit = new vscode.WorkspaceEdit()
  if (place === undefined) {
    const at = editor?.document === document ? editor.selection.active : new vscode.Position(0, 0)
    edit.insert(document.uri, at, `'${escapeForString(path, "'")}'`)
  } else {
    const range = new vscode.Range(document.positionAt(place.start), document.positionAt(place.end))
    const quote = document.getText()[place.start - 1] ?? "'"
    edit.replace(document.uri, range, escapeForString(path, quote))
  }
  await vscode.workspace.applyEdit(edit)
}

function findCell(uri: vscode.Uri | undefined): vscode.NotebookCell | undefined {
  for (const notebook of vscode.workspace.notebookDocuments) {
    if (notebook.notebookType !== NOTEBOOK_TYPE) continue
    const cell = notebook.getCells().find(({ document }) => document.uri.toString() === uri?.toString())
    if (cell !== undefined) return cell
  }
  return undefined
}

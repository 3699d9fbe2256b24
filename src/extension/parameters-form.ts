/** The form above a cell tagged `parameters`: its values, checked by their types, written as one edit. */
import * as vscode from 'vscode'
import { durationMs } from '../common/duration.ts'
import {
  inputProblem,
  inputValue,
  type PlainParameter,
  type PlainValue,
  plainParameters,
  valueSource,
} from '../notebook/parameter-values.ts'
import { hasTag } from '../notebook/tags.ts'
import { type CellMetadata, CODE_LANGUAGE } from './cells.ts'
import { TIMEFRAMES, VENUES } from './known-markets.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { targetNotebook } from './target-notebook.ts'

export function registerParametersForm(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(
      { notebookType: NOTEBOOK_TYPE, language: CODE_LANGUAGE },
      { provideCodeLenses },
    ),
    vscode.commands.registerCommand('liqnb.editParameters', editParameters),
    vscode.commands.registerCommand('liqnb.runBelow', (index: unknown, uri: unknown) => runBelow(index, uri)),
  )
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const cell = parametersCell(document)
  if (cell === undefined || plainParameters(document.getText()).length === 0) return []
  const range = new vscode.Range(0, 0, 0, 0)
  const { uri } = cell.notebook
  const lens = (title: string, tooltip: string, command: string, args: unknown[]) =>
    new vscode.CodeLens(range, { title, tooltip, command, arguments: args })
  return [
    lens('$(edit) Edit parameters…', 'Change the values in a form', 'liqnb.editParameters', [cell.index, uri]),
    ...(vscode.workspace.isTrusted
      ? [lens('$(run-below) Run this cell and below', 'Run from here to the end', 'liqnb.runBelow', [cell.index, uri])]
      : []),
  ]
}

function parametersCell(document: vscode.TextDocument): vscode.NotebookCell | undefined {
  for (const notebook of vscode.workspace.notebookDocuments) {
    if (notebook.notebookType !== NOTEBOOK_TYPE) continue
    const cell = notebook.getCells().find(candidate => candidate.document === document)
    if (cell !== undefined) return hasTag((cell.metadata as CellMetadata).metadata, 'parameters') ? cell : undefined
  }
  return undefined
}

function notebookOf(uri: unknown): vscode.NotebookDocument | undefined {
  if (!(uri instanceof vscode.Uri)) return targetNotebook()
  return vscode.workspace.notebookDocuments.find(notebook => notebook.uri.toString() === uri.toString())
}

interface FormItem extends vscode.QuickPickItem {
  parameter?: PlainParameter
  action?: 'write' | 'run'
}

async function editParameters(index: unknown, uri: unknown): Promise<void> {
  const notebook = notebookOf(uri)
  const cells = notebook?.getCells() ?? []
  const cell =
    typeof index === 'number' ? cells[index] : cells.find(({ metadata }) => hasTag(metadata.metadata, 'parameters'))
  if (notebook === undefined || cell === undefined) {
    await vscode.window.showInformationMessage('This notebook has no cell tagged "parameters".')
    return
  }
  const { document } = cell
  const { version } = document
  const text = document.getText()
  const values = new Map<PlainParameter, PlainValue>()
  const parameters = plainParameters(text)
  for (;;) {
    const picked = await vscode.window.showQuickPick(formItems(parameters, values), {
      title: 'Parameters',
      placeHolder: 'Choose a value to change, or run with these values',
      matchOnDescription: true,
      ignoreFocusOut: true,
    })
    if (picked === undefined) return
    if (picked.parameter !== undefined) {
      const value = await askValue(picked.parameter, values.get(picked.parameter) ?? picked.parameter.value)
      if (value !== undefined) values.set(picked.parameter, value)
      continue
    }
    if (document.version !== version) {
      await vscode.window.showWarningMessage('The cell was changed meanwhile, so the values were not written.')
      return
    }
    await writeParameters(document, values)
    if (picked.action === 'run') await runBelow(cell.index, notebook.uri)
    return
  }
}

function formItems(parameters: readonly PlainParameter[], values: ReadonlyMap<PlainParameter, PlainValue>): FormItem[] {
  const rows = parameters.map((parameter): FormItem => {
    const value = values.get(parameter)
    const shown = (part: PlainValue) => (part === '' ? 'empty' : String(part))
    return {
      label: parameter.name,
      description: value === undefined ? shown(parameter.value) : `${shown(value)} (was ${shown(parameter.value)})`,
      detail: parameter.comment,
      parameter,
    }
  })
  const actions: FormItem[] = [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    ...(vscode.workspace.isTrusted
      ? [{ label: '$(run-below) Write the values and run below', action: 'run' as const }]
      : []),
    { label: '$(check) Write the values into the cell', action: 'write' },
  ]
  return [...rows, ...actions]
}

/** Asks for a value of the same type; undefined if the user cancelled. */
async function askValue(parameter: PlainParameter, current: PlainValue): Promise<PlainValue | undefined> {
  const { name, value: old, comment } = parameter
  const known = typeof old === 'boolean' ? ['true', 'false'] : (KNOWN[name] ?? [])
  if (known.length > 0) {
    const other = 'Another value…'
    const items = [...known, ...(typeof old === 'boolean' ? [] : [other])]
    const picked = await vscode.window.showQuickPick(
      items.map(label => (label === String(current) ? { label, description: 'now' } : { label })),
      { title: name, placeHolder: comment, ignoreFocusOut: true },
    )
    if (picked === undefined) return undefined
    if (picked.label !== other) return inputValue(picked.label, old)
  }
  const isDuration = typeof old === 'string' && isDurationText(old)
  const text = await vscode.window.showInputBox({
    title: name,
    prompt: comment,
    value: current === null ? 'null' : String(current),
    ignoreFocusOut: true,
    validateInput: input =>
      inputProblem(input, old) ??
      (isDuration && input !== '' && !isDurationText(input) ? 'A duration such as 15m, 4h or 7d' : undefined),
  })
  return text === undefined ? undefined : inputValue(text, old)
}

const KNOWN: { readonly [name: string]: readonly string[] } = {
  timeframe: TIMEFRAMES,
  exchange: VENUES.map(({ id }) => id),
}

function isDurationText(text: string): boolean {
  try {
    return durationMs(text) > 0
  } catch {
    return false
  }
}

/** All values in one edit, which one undo takes back. */
export async function writeParameters(
  document: vscode.TextDocument,
  values: ReadonlyMap<PlainParameter, PlainValue>,
): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  const text = document.getText()
  for (const [{ start, end }, value] of values) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end))
    edit.replace(document.uri, range, valueSource(value, text.slice(start, end)))
  }
  if (values.size > 0) await vscode.workspace.applyEdit(edit)
}

async function runBelow(index: unknown, uri: unknown): Promise<void> {
  const notebook = notebookOf(uri)
  if (notebook === undefined || typeof index !== 'number' || !vscode.workspace.isTrusted) return
  const ranges = [{ start: index, end: notebook.cellCount }]
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri })
}

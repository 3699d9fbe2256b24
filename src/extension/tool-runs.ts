/** Runs cells for language-model tools, in the editor, where the user sees them. */
import * as vscode from 'vscode'
import { DataError, oneLine, quoteName, quoteValue } from '../common/errors.ts'
import { cellTitle } from '../notebook/cell-title.ts'
import { type PlainParameter, type PlainValue, plainParameters } from '../notebook/parameter-values.ts'
import { isRunnable } from '../notebook/runnable.ts'
import { hasTag } from '../notebook/tags.ts'
import type { Notebook } from '../notebook/types.ts'
import { errorOf } from '../tools/explain-error.ts'
import { findCodeCell } from '../tools/find-cell.ts'
import type { ToolInput } from '../tools/inputs.ts'
import { cellReport, notebookReport, type RunEnd } from '../tools/run-report.ts'
import type { Kernels } from './kernels.ts'
import { writeParameters } from './parameters-form.ts'
import { liveNotebook, type NamedNotebook } from './tool-notebooks.ts'

/** What a run would do, to ask about. */
export interface PlannedRun {
  /** Indices of the cells that run. */
  cells: number[]
  /** Whether it is one cell, whose outputs the answer shows. */
  isOne: boolean
  question: string
  /** Code for the question. */
  code: string
  /** Differs if the code that would run does. */
  fingerprint: string
  values: ReadonlyMap<string, PlainValue>
}

/** @throws DataError if there is no such cell, or it does not run */
export function planCell(
  { name }: NamedNotebook,
  notebook: Notebook,
  { cell: key }: ToolInput<'run_cell'>,
): PlannedRun {
  requireLiqnb(name)
  const { cell, number } = findCodeCell(notebook, key)
  if (!isRunnable(cell))
    throw new DataError(`cell: cell ${number} does not run: it is empty, in another language or tagged skip-execution`)
  return {
    cells: [number - 1],
    isOne: true,
    question: `Run cell ${number} (${oneLine(cellTitle(notebook.cells, number - 1), 60)}) of ${quoteName(name)}? It runs as a program, with your rights.`,
    code: cell.source,
    fingerprint: JSON.stringify([number, cell.source]),
    values: new Map(),
  }
}

/** @throws DataError if a parameter cannot be set */
export function planNotebook(
  { name }: NamedNotebook,
  notebook: Notebook,
  { parameters = {} }: ToolInput<'run_notebook'>,
): PlannedRun {
  requireLiqnb(name)
  const values = new Map(Object.entries(parameters))
  const declared = declaredValues(notebook)
  for (const [parameter, value] of values) {
    const old = declared.get(parameter)
    if (old === undefined) {
      const names = [...declared.keys()]
      const known =
        names.length === 0 ? 'the notebook declares none' : `the notebook declares ${names.map(quoteName).join(', ')}`
      throw new DataError(`parameters: there is no parameter ${quoteName(parameter)} with a plain value; ${known}`)
    }
    if (old !== null && typeof old !== typeof value)
      throw new DataError(`parameters: ${quoteName(parameter)} is a ${typeof old}, found ${quoteValue(value)}`)
  }
  const changes = [...values].map(([parameter, value]) => `${parameter} = ${oneLine(JSON.stringify(value), 60)}`)
  const runnable = notebook.cells.flatMap((cell, index) => (isRunnable(cell) ? [index] : []))
  return {
    cells: runnable,
    isOne: false,
    question: `Run all cells of ${quoteName(name)}${changes.length > 0 ? `, and set ${changes.join(', ')} in its cell` : ''}? They run as a program, with your rights.`,
    code: '',
    fingerprint: JSON.stringify([notebook.cells.map(({ source }) => source), [...values]]),
    values,
  }
}

/** Shows the notebook, runs what was planned, and resolves when it has ended. */
export async function runPlanned(
  { uri }: NamedNotebook,
  plan: PlannedRun,
  kernels: Kernels,
  token: vscode.CancellationToken,
): Promise<string> {
  const document = await vscode.workspace.openNotebookDocument(uri)
  await vscode.window.showNotebookDocument(document, { preserveFocus: true, preview: false })
  await setParameters(document, plan.values)
  const start = performance.now()
  const cancel = token.onCancellationRequested(() => void kernels.get(document)?.session.interrupt())
  try {
    const ranges = plan.cells.map(index => ({ start: index, end: index + 1 }))
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: uri })
  } finally {
    cancel.dispose()
  }
  const notebook = liveNotebook(document)
  const failed = plan.cells.find(index => {
    const cell = notebook.cells[index]
    return cell?.cell_type === 'code' && errorOf(cell) !== undefined && !hasTag(cell.metadata, 'raises-exception')
  })
  const end: RunEnd = {
    failedIn: failed === undefined ? undefined : failed + 1,
    interrupted: token.isCancellationRequested,
    seconds: (performance.now() - start) / 1000,
  }
  return plan.isOne ? cellReport(notebook, plan.cells[0]! + 1, end) : notebookReport(notebook, end)
}

function requireLiqnb(name: string): void {
  if (name.endsWith('.ipynb'))
    throw new DataError(`notebook: ${quoteName(name)} can be read but not run; convert it to a .liqnb notebook first`)
}

/** The values that cells tagged `parameters` declare, by name. */
function declaredValues({ cells }: Notebook): Map<string, PlainValue> {
  const sources = cells.flatMap(cell => (hasTag(cell.metadata, 'parameters') ? [cell.source] : []))
  return new Map(sources.flatMap(plainParameters).map(({ name, value }) => [name, value]))
}

async function setParameters(
  document: vscode.NotebookDocument,
  values: ReadonlyMap<string, PlainValue>,
): Promise<void> {
  for (const { document: cell, metadata } of document.getCells()) {
    if (!hasTag(metadata.metadata, 'parameters')) continue
    const changes = new Map<PlainParameter, PlainValue>()
    for (const parameter of plainParameters(cell.getText())) {
      const value = values.get(parameter.name)
      if (value !== undefined) changes.set(parameter, value)
    }
    await writeParameters(cell, changes)
  }
}

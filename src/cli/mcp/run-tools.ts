/** The tools that run cells. */
import { DataError, oneLine, quoteName } from '../../common/errors.ts'
import { cellTitle } from '../../notebook/cell-title.ts'
import { injectParameters, type ParameterValue, parameterNameProblem } from '../../notebook/parameters.ts'
import { isRunnable } from '../../notebook/runnable.ts'
import type { CodeCell, Notebook, Output } from '../../notebook/types.ts'
import { controlNames } from '../../notebook/views.ts'
import { findCodeCell } from '../../tools/find-cell.ts'
import type { ToolInput } from '../../tools/inputs.ts'
import { cellReport, notebookReport } from '../../tools/run-report.ts'
import { executeNotebook, type RunObserver } from '../execute.ts'
import { cellParameters, parameterWarnings } from '../parameters.ts'
import { silentObserver } from '../terminal.ts'
import type { NotebookFile } from './folder.ts'
import type { NotebookKernels, RunNotebook } from './kernels.ts'

export interface RunContext {
  /** Asks the user; resolves only if the answer is yes. @throws DataError otherwise */
  confirm(question: string): Promise<void>
  signal: AbortSignal
  /** @param step cells that have begun, of `steps` */
  onProgress(message: string, step: number, steps: number): void
}

/** Asks, then runs one cell in the kernel of its notebook. */
export async function runCell(
  kernels: NotebookKernels,
  file: NotebookFile,
  { cell: key }: ToolInput<'run_cell'>,
  context: RunContext,
): Promise<string> {
  requireLiqnb(file)
  const asked = runnableCell(await kernels.read(file), key)
  await context.confirm(
    `Run cell ${asked.number} (${oneLine(asked.title, 60)}) of ${quoteName(file.name)}? It runs as a program, with your rights.\n${excerpt(asked.cell)}`,
  )
  return kernels.inOrder(file, async () => {
    const opened = await kernels.open(file)
    const { cell, number } = runnableCell(opened.notebook, key)
    // What runs is what was asked about.
    if (cell.source !== asked.cell.source || number !== asked.number)
      throw new DataError('cell: the notebook was changed meanwhile, so the cell did not run')
    const end = await execute(opened, opened.notebook, context, { cells: [cell] })
    return cellReport(opened.notebook, number, end)
  })
}

/** Asks, then runs all cells in a new kernel. */
export async function runNotebook(
  kernels: NotebookKernels,
  file: NotebookFile,
  { parameters: given = {} }: ToolInput<'run_notebook'>,
  context: RunContext,
): Promise<string> {
  requireLiqnb(file)
  const parameters = new Map<string, ParameterValue>(Object.entries(given))
  const asked = withParameters(await kernels.read(file), parameters)
  const values = [...parameters].map(([name, value]) => `${name} = ${oneLine(JSON.stringify(value), 60)}`)
  await context.confirm(
    `Run all cells of ${quoteName(file.name)}${values.length > 0 ? ` with ${values.join(', ')}` : ''}? They run as a program, with your rights.`,
  )
  return kernels.inOrder(file, async () => {
    const opened = await kernels.openFresh(file)
    const notebook = withParameters(opened.notebook, parameters)
    if (codeOf(notebook) !== codeOf(asked))
      throw new DataError('notebook: the file was changed meanwhile, so it did not run')
    const end = await execute(opened, notebook, context, { parameters })
    return notebookReport(opened.notebook, end)
  })
}

async function execute(
  opened: RunNotebook,
  notebook: Notebook,
  { signal, onProgress }: RunContext,
  options: { cells?: readonly CodeCell[]; parameters?: ReadonlyMap<string, ParameterValue> },
) {
  const start = performance.now()
  const observer: RunObserver = {
    ...silentObserver,
    onCell: ({ number, step, steps, title }) => onProgress(`Cell ${number} · ${title}`, step, steps),
  }
  const keepOutputs = (outputs: readonly Output[]) => [...outputs]
  const run = await executeNotebook(notebook, { session: opened.session, observer, signal, keepOutputs, ...options })
  opened.notebook = run.notebook
  return {
    failedIn: run.failure?.cellNumber,
    interrupted: run.interrupted,
    seconds: (performance.now() - start) / 1000,
  }
}

function requireLiqnb({ name }: NotebookFile): void {
  if (!name.endsWith('.liqnb'))
    throw new DataError(`notebook: ${quoteName(name)} can be read but not run; convert it with "liqnb convert" first`)
}

function runnableCell({ cells, ...notebook }: Notebook, key: number | string) {
  const { cell, number } = findCodeCell({ cells, ...notebook }, key)
  if (!isRunnable(cell))
    throw new DataError(`cell: cell ${number} does not run: it is empty, in another language or tagged skip-execution`)
  return { cell, number, title: cellTitle(cells, number - 1) }
}

function withParameters(notebook: Notebook, parameters: ReadonlyMap<string, ParameterValue>): Notebook {
  for (const name of parameters.keys()) {
    const problem = parameterNameProblem(name)
    if (problem !== undefined) throw new DataError(`parameters: ${problem}`)
  }
  const injected = cellParameters(notebook, parameters, controlNames(notebook.cells))
  // A model that invents a name would otherwise run with a default that it takes for its own value.
  for (const warning of parameterWarnings(notebook, injected)) throw new DataError(`parameters: ${warning}`)
  return injectParameters(notebook, injected)
}

const codeOf = ({ cells }: Notebook) => JSON.stringify(cells.map(({ id, source }) => [id, source]))

const EXCERPT_LINES = 12

function excerpt({ source }: CodeCell): string {
  const lines = source.split('\n')
  const shown = lines.slice(0, EXCERPT_LINES).map(line => oneLine(line, 120))
  return [...shown, ...(lines.length > EXCERPT_LINES ? [`… ${lines.length - EXCERPT_LINES} more lines`] : [])].join(
    '\n',
  )
}

/** What each tool does. */
import { oneLine } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'
import { dataBlock } from '../../tools/data-block.ts'
import { explainError, firstFailed } from '../../tools/explain-error.ts'
import { DEFAULT_ROWS, readInput, type ToolInput, type ToolName } from '../../tools/inputs.ts'
import { listCells } from '../../tools/list-cells.ts'
import { queryTable } from '../../tools/query-table.ts'
import { readOutputs } from '../../tools/read-outputs.ts'
import type { NotebookFile, NotebookFolder } from './folder.ts'
import type { NotebookKernels } from './kernels.ts'
import { type RunContext, runCell, runNotebook } from './run-tools.ts'

/**
 * Calls a tool with input from a model.
 * @throws DataError or NotebookError with what is wrong with the input or the notebook
 */
export async function callTool(
  name: ToolName,
  input: unknown,
  folder: NotebookFolder,
  kernels: NotebookKernels,
  context: RunContext,
): Promise<string> {
  if (name === 'list_notebooks') return listNotebooks(folder, kernels, readInput(name, input))
  const read = readInput(name, input)
  const file = await folder.find(read.notebook)
  switch (name) {
    case 'list_cells':
      return listCells(await kernels.read(file), readInput(name, input))
    case 'read_outputs':
      return readOutputs(await kernels.read(file), readInput(name, input))
    case 'query_table':
      return queryTable(await kernels.read(file), readInput(name, input), (...query) => kernels.rows(file, ...query))
    case 'explain_error':
      return explainError(await kernels.read(file), readInput(name, input))
    case 'run_cell':
      return runCell(kernels, file, readInput(name, input), context)
    case 'run_notebook':
      return runNotebook(kernels, file, readInput(name, input), context)
  }
}

async function listNotebooks(
  folder: NotebookFolder,
  kernels: NotebookKernels,
  { start = 0, count = DEFAULT_ROWS }: ToolInput<'list_notebooks'>,
): Promise<string> {
  const { files, isCut } = await folder.list()
  const shown = files.slice(start, start + count)
  const lines = await Promise.all(shown.map(file => describeNotebook(file, kernels)))
  const end = start + shown.length
  return [
    `${countText(files.length, 'notebook')}${isCut ? ' or more: only the first were counted' : ''}.`,
    dataBlock(lines.join('\n')),
    ...(end < files.length ? [`More notebooks: start: ${end}.`] : []),
  ].join('\n')
}

async function describeNotebook(file: NotebookFile, kernels: NotebookKernels): Promise<string> {
  try {
    const notebook = await kernels.read(file)
    const { title } = notebook.metadata
    const failed = firstFailed(notebook)
    const parts = [
      oneLine(file.name, 500),
      ...(typeof title === 'string' ? [oneLine(title, 100)] : []),
      countText(notebook.cells.length, 'cell'),
      ...(failed ? [`cell ${failed.number} failed`] : []),
    ]
    return parts.join(' · ')
  } catch (error) {
    return `${oneLine(file.name, 500)} · cannot be read: ${oneLine((error as Error).message, 200)}`
  }
}

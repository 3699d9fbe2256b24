/** The tools that only read, for the command line's server and VS Code alike. */
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import type { Notebook } from '../notebook/types.ts'
import { dataBlock } from './data-block.ts'
import { explainError, firstFailed } from './explain-error.ts'
import { DEFAULT_ROWS, readInput, type ToolInput, type ToolName } from './inputs.ts'
import { listCells } from './list-cells.ts'
import { queryTable, type ReadLiveTable } from './query-table.ts'
import { readOutputs } from './read-outputs.ts'

/** The tools that read one notebook. */
export type ReadTool = Exclude<ToolName, 'list_notebooks' | 'run_cell' | 'run_notebook'>

/**
 * Calls a tool that reads a notebook.
 * @param input from a model
 * @param readLive reads rows that the outputs do not hold
 * @throws DataError with what is wrong with the input
 */
export async function callReadTool(
  name: ReadTool,
  notebook: Notebook,
  input: unknown,
  readLive?: ReadLiveTable,
): Promise<string> {
  switch (name) {
    case 'list_cells':
      return listCells(notebook, readInput(name, input))
    case 'read_outputs':
      return readOutputs(notebook, readInput(name, input))
    case 'query_table':
      return queryTable(notebook, readInput(name, input), readLive)
    case 'explain_error':
      return explainError(notebook, readInput(name, input))
  }
}

/** A notebook to list: its name, and how to read it. */
export interface ListedNotebook {
  name: string
  read(): Promise<Notebook>
}

/** A line for each notebook. @param isCut whether there may be more of them */
export async function listNotebooks(
  notebooks: readonly ListedNotebook[],
  isCut: boolean,
  { start = 0, count = DEFAULT_ROWS }: ToolInput<'list_notebooks'>,
): Promise<string> {
  const shown = notebooks.slice(start, start + count)
  const lines = await Promise.all(shown.map(describeNotebook))
  const end = start + shown.length
  return [
    `${countText(notebooks.length, 'notebook')}${isCut ? ' or more: only the first were counted' : ''}.`,
    dataBlock(lines.join('\n')),
    ...(end < notebooks.length ? [`More notebooks: start: ${end}.`] : []),
  ].join('\n')
}

async function describeNotebook({ name, read }: ListedNotebook): Promise<string> {
  const file = oneLine(name, 500)
  try {
    const notebook = await read()
    const { title } = notebook.metadata
    const failed = firstFailed(notebook)
    const parts = [
      file,
      ...(typeof title === 'string' ? [oneLine(title, 100)] : []),
      countText(notebook.cells.length, 'cell'),
      ...(failed ? [`cell ${failed.number} failed`] : []),
    ]
    return parts.join(' · ')
  } catch (error) {
    return `${file} · cannot be read: ${oneLine((error as Error).message, 200)}`
  }
}

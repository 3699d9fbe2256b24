/** What each tool does on the files of a folder. */
import { callReadTool, listNotebooks } from '../../tools/call.ts'
import { readInput, type ToolName } from '../../tools/inputs.ts'
import type { NotebookFolder } from './folder.ts'
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
  if (name === 'list_notebooks') {
    const page = readInput(name, input)
    const { files, isCut } = await folder.list()
    const notebooks = files.map(file => ({ name: file.name, read: () => kernels.read(file) }))
    return listNotebooks(notebooks, isCut, page)
  }
  const file = await folder.find(readInput(name, input).notebook)
  if (name === 'run_cell') return runCell(kernels, file, readInput(name, input), context)
  if (name === 'run_notebook') return runNotebook(kernels, file, readInput(name, input), context)
  return callReadTool(name, await kernels.read(file), input, (...query) => kernels.rows(file, ...query))
}

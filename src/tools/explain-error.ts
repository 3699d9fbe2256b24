/** Says for a language model what failed in a cell. */
import { errorPosition, excerptLines, withoutExcerpt } from '../notebook/error-place.ts'
import { errorText } from '../notebook/outputs.ts'
import { terminalText } from '../notebook/terminal-text.ts'
import type { CodeCell, ErrorOutput, Notebook } from '../notebook/types.ts'
import { dataBlock } from './data-block.ts'
import { type FoundCell, findCodeCell } from './find-cell.ts'
import type { ToolInput } from './inputs.ts'

const MAX_TRACE_CHARS = 4000
const MAX_LINE_CHARS = 300
/** How the kernel starts the line that says what to do. */
const ADVICE = '→ '

/** The error, its place, the code around it, and the advice. @throws DataError if there is no such cell */
export function explainError(notebook: Notebook, { cell: key }: ToolInput<'explain_error'>): string {
  const found = key === undefined ? firstFailed(notebook) : findCodeCell(notebook, key)
  const error = found && errorOf(found.cell)
  if (found === undefined || error === undefined)
    return key === undefined ? 'No cell has failed.' : `Cell ${found?.number} has no error in its outputs.`
  const { cell, number } = found
  const text = terminalText(withoutExcerpt(errorText(error)))
  const position = errorPosition(text, number)
  const advice = text.split('\n').find(line => line.startsWith(ADVICE))
  const code = excerptLines(cell.source, position).map(line => line.text.slice(0, MAX_LINE_CHARS))
  return dataBlock(
    [
      `cell: ${number} (id ${cell.id})`,
      `error: ${error.ename}: ${error.evalue.slice(0, MAX_TRACE_CHARS)}`,
      ...(position ? [`place: line ${position.line}, column ${position.column}`] : []),
      ...(advice === undefined ? [] : [`advice: ${advice.slice(ADVICE.length)}`]),
      'code:',
      ...code,
      'traceback:',
      text.slice(0, MAX_TRACE_CHARS),
    ].join('\n'),
  )
}

/** The last error among the outputs of a cell. */
export function errorOf({ outputs }: CodeCell): ErrorOutput | undefined {
  return outputs.findLast(output => output.output_type === 'error')
}

/** The first cell with an error in its outputs. */
export function firstFailed({ cells }: Notebook): FoundCell<CodeCell> | undefined {
  for (const [index, cell] of cells.entries())
    if (cell.cell_type === 'code' && errorOf(cell) !== undefined) return { cell, number: index + 1 }
  return undefined
}

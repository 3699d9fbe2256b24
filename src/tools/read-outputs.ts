/** Reads the outputs of a cell as text for a language model. */
import { oneLine } from '../common/errors.ts'
import { TABLE_MIME } from '../notebook/mime.ts'
import { errorText } from '../notebook/outputs.ts'
import { terminalText } from '../notebook/terminal-text.ts'
import type { CodeCell, Notebook, Output } from '../notebook/types.ts'
import { dataBlock } from './data-block.ts'
import { findCodeCell } from './find-cell.ts'
import { DEFAULT_CHARS, type ToolInput } from './inputs.ts'
import { describeOutput } from './list-cells.ts'

/** A page of the text of all outputs of a cell. @throws DataError if there is no such cell */
export function readOutputs(notebook: Notebook, input: ToolInput<'read_outputs'>): string {
  const { cell, number } = findCodeCell(notebook, input.cell)
  if (cell.outputs.length === 0) return `Cell ${number} has no outputs: it has not run, or shows nothing.`
  const { start = 0, chars = DEFAULT_CHARS } = input
  return textPage(outputsText(cell), start, chars)
}

/** What the outputs of a cell say, each under a heading. */
export function outputsText({ outputs }: CodeCell): string {
  return outputs.map((output, index) => `[output ${index + 1}: ${heading(output)}]\n${bodyOf(output)}`).join('\n\n')
}

/** Characters `start` to `start + chars` of a text from a notebook, and where the next page starts. */
export function textPage(text: string, start: number, chars: number): string {
  if (start >= text.length) return `There is no more: the text has ${text.length} characters.`
  const end = Math.min(text.length, start + chars)
  const page = dataBlock(text.slice(start, end))
  return end < text.length ? `${page}\nMore text: start: ${end} (of ${text.length} characters).` : page
}

function heading(output: Output): string {
  return output.output_type === 'error' ? 'error' : describeOutput(output)
}

function bodyOf(output: Output): string {
  if (output.output_type === 'stream') return terminalText(output.text).trimEnd()
  if (output.output_type === 'error') return terminalText(errorText(output))
  const { data } = output
  const text = [data['text/plain'], data['text/markdown']].find(content => typeof content === 'string')
  const note = Object.hasOwn(data, TABLE_MIME) ? '\n(query_table reads its rows)' : ''
  if (typeof text === 'string') return terminalText(text).trimEnd() + note
  return `(no text form: ${oneLine(Object.keys(data).join(', '))})${note}`
}

/** A notebook as text that people compare: its cells, and what their outputs say. */
import { createHash } from 'node:crypto'
import type { Json } from '../common/json.ts'
import { isJsonMime } from './mime.ts'
import { errorText } from './outputs.ts'
import { tagsOf } from './tags.ts'
import { terminalText } from './terminal-text.ts'
import type { Cell, MimeBundle, Notebook, Output } from './types.ts'

/** Of one output; a longer one is shown in part. */
const MAX_LINES = 40
const HEAD_LINES = 30

/**
 * Cells by their ids, so that an added one does not renumber all others; of outputs their text, and for each further form of them,
 * such as a map, a line with its size and a digest that changes with it.
 */
export function notebookText({ cells }: Notebook): string {
  return cells.map(cell => `${[heading(cell), cell.source.trimEnd(), ...outputsOf(cell)].join('\n')}\n`).join('\n')
}

function heading({ id, cell_type, metadata }: Cell): string {
  const tags = tagsOf(metadata)
  return `=== ${id} · ${cell_type}${tags.length > 0 ? ` · ${tags.join(', ')}` : ''}`
}

function outputsOf(cell: Cell): string[] {
  if (cell.cell_type !== 'code') return []
  return cell.outputs.flatMap(output => ['', ...outputLines(output).map(line => `> ${line}`.trimEnd())])
}

function outputLines(output: Output): string[] {
  if (output.output_type === 'stream') return shortLines(output.text)
  if (output.output_type === 'error') return shortLines(errorText(output))
  const { 'text/plain': text, ...others } = output.data
  return [...(typeof text === 'string' ? shortLines(text) : []), ...otherForms(others)]
}

function shortLines(text: string): string[] {
  const lines = terminalText(text).trimEnd().split('\n')
  if (lines.length <= MAX_LINES) return lines
  const tail = lines.slice(lines.length - (MAX_LINES - HEAD_LINES))
  return [...lines.slice(0, HEAD_LINES), `… ${lines.length - MAX_LINES} more lines …`, ...tail]
}

function otherForms(bundle: MimeBundle): string[] {
  return Object.entries(bundle).map(([mime, content]) => {
    const json = contentText(mime, content)
    const digest = createHash('sha256').update(json).digest('hex').slice(0, 8)
    return `[${mime}, ${json.length.toLocaleString('en-US')} characters, ${digest}]`
  })
}

const contentText = (mime: string, content: Json): string =>
  typeof content === 'string' && !isJsonMime(mime) ? content : JSON.stringify(content)

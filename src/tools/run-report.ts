/** Says for a language model how a run went. */
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { cellTitle } from '../notebook/cell-title.ts'
import { hasTag } from '../notebook/tags.ts'
import type { Notebook } from '../notebook/types.ts'
import { dataBlock } from './data-block.ts'
import { findCodeCell } from './find-cell.ts'
import { DEFAULT_CHARS } from './inputs.ts'
import { describeOutput } from './list-cells.ts'
import { outputsText, textPage } from './read-outputs.ts'

export interface RunEnd {
  /** Number of the cell that ended the run with an error, from 1. */
  failedIn: number | undefined
  interrupted: boolean
  seconds: number
}

/** How the run of one cell ended, and the first page of its outputs. */
export function cellReport(notebook: Notebook, number: number, end: RunEnd): string {
  const { cell } = findCodeCell(notebook, number)
  const outputs = cell.outputs.length === 0 ? 'It shows nothing.' : textPage(outputsText(cell), 0, DEFAULT_CHARS)
  return `Cell ${number} ${endText(end)}\n${outputs}`
}

/** How the run of a notebook ended, with a line for each cell that shows something. */
export function notebookReport(notebook: Notebook, end: RunEnd): string {
  const lines = notebook.cells.flatMap((cell, index) => {
    if (cell.cell_type !== 'code' || cell.outputs.length === 0 || hasTag(cell.metadata, 'skip-execution')) return []
    return [
      `cell ${index + 1} · ${oneLine(cellTitle(notebook.cells, index))} → ${cell.outputs.map(describeOutput).join('; ')}`,
    ]
  })
  const count = countText(notebook.cells.length, 'cell')
  return `The notebook (${count}) ${endText(end)}\n${dataBlock(lines.join('\n'))}\nread_outputs and query_table read the outputs.`
}

function endText({ failedIn, interrupted, seconds }: RunEnd): string {
  const took = `after ${seconds.toFixed(1)} s`
  if (interrupted) return `was interrupted ${took}.`
  return failedIn === undefined
    ? `ran ${took} without an error.`
    : `failed in cell ${failedIn} ${took}; explain_error says why.`
}

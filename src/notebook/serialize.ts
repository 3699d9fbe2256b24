/** Writes notebook files. */
import type { Json, JsonObject } from '../common/json.ts'
import { NotebookError } from './errors.ts'
import { writeJson } from './json-writer.ts'
import { splitLines } from './lines.ts'
import { TRANSIENT_CELL_METADATA, TRANSIENT_NOTEBOOK_METADATA, without } from './parse.ts'
import type { Cell, MimeBundle, Notebook, Output } from './types.ts'
import { validateNotebook } from './validate.ts'

/**
 * The text of a notebook file, byte for byte as nbformat writes it: keys sorted, indented by one space, text as lists of
 * lines, a line end at the end of the file. The same notebook always gives the same text.
 *
 * @throws NotebookError if the result would not be a valid notebook (e.g. two cells with the same id), which could not be
 * opened again
 */
export function serializeNotebook(notebook: Notebook): string {
  const document = {
    cells: notebook.cells.map(cellDocument),
    metadata: without(notebook.metadata, TRANSIENT_NOTEBOOK_METADATA),
    nbformat: notebook.nbformat,
    nbformat_minor: notebook.nbformat_minor,
  }
  const problems = validateNotebook(document)
  if (problems.length > 0) throw new NotebookError(problems)
  return `${writeJson(document)}\n`
}

function cellDocument(cell: Cell) {
  const base = {
    cell_type: cell.cell_type,
    id: cell.id,
    metadata: without(cell.metadata, TRANSIENT_CELL_METADATA),
    source: splitLines(cell.source),
  }
  if (cell.cell_type === 'code') return { ...base, execution_count: null, outputs: cell.outputs.map(outputDocument) }
  return cell.attachments === undefined ? base : { ...base, attachments: splitAttachments(cell.attachments) }
}

function splitAttachments(attachments: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(attachments).map(([name, bundle]) => [name, splitBundle(bundle as MimeBundle)]),
  )
}

function outputDocument(output: Output) {
  switch (output.output_type) {
    case 'stream':
      return { ...output, text: splitLines(output.text) }
    case 'display_data':
    case 'execute_result':
      return { ...output, data: splitBundle(output.data) }
    case 'error':
      return output
  }
}

/** Whether nbformat stores the type as lines; it stores other text, like base64, as one string. */
function isStoredAsLines(mime: string): boolean {
  return mime.startsWith('text/') || mime === 'application/javascript' || mime === 'image/svg+xml'
}

function splitBundle(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([mime, content]): [string, Json] => [
      mime,
      typeof content === 'string' && isStoredAsLines(mime) ? splitLines(content) : content,
    ]),
  )
}

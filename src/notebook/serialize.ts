/** Writes notebook files. */
import type { Json, JsonObject } from '../common/json.ts'
import { mapValues } from '../common/map-values.ts'
import { NotebookError } from './errors.ts'
import { exceedsDepth, MAX_DEPTH } from './json-depth.ts'
import { JsonTooLongError, OneLine, writeJson } from './json-writer.ts'
import { splitLines } from './lines.ts'
import { MAX_FILE_BYTES, TRANSIENT_CELL_METADATA, TRANSIENT_NOTEBOOK_METADATA, without } from './parse.ts'
import type { Cell, MimeBundle, Notebook, Output } from './types.ts'
import { validateNotebook } from './validate.ts'

export interface SerializeOptions {
  /** Writes outputs byte for byte as nbformat does, for files that Jupyter saves again. Default false. */
  indentOutputs?: boolean
}

/**
 * The text of a notebook file, as nbformat writes it: keys sorted, indented by one space, text as lists of lines, a line end at
 * the end of the file. Of an output only what a person reads takes a line a line; the data of a view, HTML and SVG are one line each,
 * so that a result that differs is few changed lines. The same notebook always gives the same text.
 *
 * @throws NotebookError if the result could not be opened again: it is not a valid notebook (e.g. two cells with the same id),
 * or larger than {@link MAX_FILE_BYTES}
 */
export function serializeNotebook(notebook: Notebook, { indentOutputs = false }: SerializeOptions = {}): string {
  const document = {
    cells: notebook.cells.map(cellDocument),
    metadata: without(notebook.metadata, TRANSIENT_NOTEBOOK_METADATA),
    nbformat: notebook.nbformat,
    nbformat_minor: notebook.nbformat_minor,
  }
  const problems = validateNotebook(document)
  if (problems.length > 0) throw new NotebookError(problems)
  if (exceedsDepth(document, MAX_DEPTH)) throw tooDeep(document.cells)
  try {
    const written = indentOutputs ? document : { ...document, cells: document.cells.map(withDataOnOneLine) }
    const text = `${writeJson(written, { maxChars: MAX_FILE_BYTES })}\n`
    if (Buffer.byteLength(text) <= MAX_FILE_BYTES) return text
  } catch (error) {
    if (!(error instanceof JsonTooLongError)) throw error
  }
  throw tooLarge(notebook)
}

function tooDeep(cells: readonly unknown[]): NotebookError {
  const index = cells.findIndex(cell => exceedsDepth(cell, MAX_DEPTH - 2))
  const message = `JSON that is nested more than ${MAX_DEPTH} levels deep cannot be read again`
  return new NotebookError([{ path: index < 0 ? 'metadata' : `cells[${index}]`, message }])
}

/** Names the cell with the most text in its outputs, which is the one to clear. */
function tooLarge({ cells }: Notebook): NotebookError {
  const sizes = cells.map(cell =>
    cell.cell_type === 'code' ? cell.outputs.reduce((sum, o) => sum + textChars(o), 0) : 0,
  )
  const largest = sizes.reduce((best, size, index) => (size > (sizes[best] ?? 0) ? index : best), 0)
  const limit = MAX_FILE_BYTES / 1024 / 1024
  const message = `the file would be larger than ${limit} MB, which cannot be opened again. Clear the outputs of this cell, or display less.`
  return new NotebookError([{ path: cells.length === 0 ? '' : `cells[${largest}]`, message }])
}

/** The number of characters in the texts of a JSON value. */
function textChars(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, item) => sum + textChars(item), 0)
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

/** The same JSON, with all content of outputs that nobody reads line by line on one line each. */
function withDataOnOneLine(cell: ReturnType<typeof cellDocument>) {
  if (!('outputs' in cell)) return cell
  const onOneLine = (content: Json, mime: string) => (isReadAsLines(mime) ? content : new OneLine(content))
  const outputs = cell.outputs.map(output =>
    'data' in output ? { ...output, data: mapValues(output.data, onOneLine) } : output,
  )
  return { ...cell, outputs }
}

const isReadAsLines = (mime: string) => mime.startsWith('text/') && mime !== 'text/html'

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

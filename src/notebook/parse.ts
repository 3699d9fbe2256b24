/** Reads notebook files. */
import { isRecord, type JsonObject } from '../common/json.ts'
import { mapValues } from '../common/map-values.ts'
import { newNotebook } from './create.ts'
import { decodeUtf8 } from './decode.ts'
import { NotebookError, type Problem } from './errors.ts'
import { parseExactJson } from './exact-json.ts'
import { exceedsDepth, MAX_DEPTH } from './json-depth.ts'
import { findJsonError } from './json-error.ts'
import { joinLines } from './lines.ts'
import { isJsonMime } from './mime.ts'
import { describe } from './rules.ts'
import type { Cell, CodeCell, MimeBundle, Notebook, Output, StreamOutput } from './types.ts'
import { upgradeNotebook } from './upgrade.ts'
import { validateNotebook } from './validate.ts'

/** Larger files are refused: V8 cannot hold much longer texts, and an editor could not show them. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024

/** Metadata that nbformat never writes to a file. */
export const TRANSIENT_NOTEBOOK_METADATA: readonly string[] = ['orig_nbformat', 'orig_nbformat_minor', 'signature']
export const TRANSIENT_CELL_METADATA: readonly string[] = ['trusted']

/** Called once with every cell id that was replaced, if there are any. */
export type OnRepair = (repairs: readonly Problem[]) => void

/**
 * Reads a `.liqnb` (or any nbformat 4 `.ipynb`) file.
 *
 * - An empty file, or one of white space only, is a new notebook without cells.
 * - 4.0 to 4.4 files become 4.5: cells get ids that depend on their text only.
 * - In later files, cells without a valid id of their own get one too, and `onRepair` is called with what was wrong.
 * - Later minor versions are read if they use nothing that 4.5 lacks, and keep their number.
 * - Streams with other names than `stdout` and `stderr`, which the schema allows, become `stdout`.
 * - Execution counts and nbformat's transient metadata (`trusted`, `signature`) are dropped; everything else is kept, numbers
 *   with all their digits. Of a name that an object holds twice, the last value counts, as in Jupyter.
 *
 * A refused file must not be overwritten.
 * @throws NotebookError if the file is not UTF-8, not JSON (with line and column), of another format version, or breaks a
 * rule (with the path)
 */
export function parseNotebook(file: Uint8Array | string, onRepair: OnRepair = () => {}): Notebook {
  checkFileSize(file.length)
  const text = typeof file === 'string' ? file.replace(/^\uFEFF/, '') : decodeUtf8(file)
  if (text.trim() === '') return newNotebook()

  const { document, repairs } = upgradeNotebook(requireVersion4(parseJson(text)))
  const problems = validateNotebook(document)
  if (problems.length > 0) throw new NotebookError(problems)
  if (repairs.length > 0) onRepair(repairs)
  return build(document as unknown as NotebookDocument)
}

/** @throws NotebookError above {@link MAX_FILE_BYTES}; a caller can check before it reads the file */
export function checkFileSize(bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return
  const toMb = (count: number) => Math.round(count / 1024 / 1024)
  throw fail('', `the file has ${toMb(bytes)} MB; a notebook may have ${toMb(MAX_FILE_BYTES)} MB. Clear its outputs.`)
}

function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = parseExactJson(text)
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep()
    const error = findJsonError(text)
    if (error === undefined) throw cause
    const { line, column } = error.position
    const message = `line ${line}, column ${column}: ${error.message}`
    throw new NotebookError([{ path: '', message }], error.position)
  }
  if (exceedsDepth(value, MAX_DEPTH)) throw tooDeep()
  return value
}

const tooDeep = () => fail('', `the JSON is nested more than ${MAX_DEPTH} levels deep`)

function requireVersion4(document: unknown): Record<string, unknown> {
  if (!isRecord(document)) throw fail('', `a notebook is a JSON object, found ${describe(document)}`)
  const [nbformat, minor] = [document.nbformat, document.nbformat_minor].map(plainNumber)
  if (nbformat === undefined) throw fail('nbformat', 'required, but missing: this JSON is not a notebook')
  if (typeof nbformat === 'number' && nbformat < 4) {
    throw fail('nbformat', `version ${nbformat} is too old; convert it first: jupyter nbconvert --to notebook FILE`)
  }
  if (nbformat !== 4) throw fail('nbformat', `only version 4 can be read, found ${describe(nbformat)}`)
  if (!Number.isInteger(minor) || (minor as number) < 0) {
    throw fail('nbformat_minor', `expected a whole number from 0, found ${describe(minor)}`)
  }
  return { ...document, nbformat, nbformat_minor: minor }
}

/** `4.0` is a whole number in JSON. */
const plainNumber = (value: unknown) => (value instanceof Number ? value.valueOf() : value)

function fail(path: string, message: string): NotebookError {
  return new NotebookError([{ path, message }])
}

type Lines = string | string[]
interface NotebookDocument {
  cells: CellDocument[]
  metadata: JsonObject
  nbformat_minor: number
}
interface CellDocument {
  cell_type: Cell['cell_type']
  id: string
  metadata: JsonObject
  source: Lines
  attachments?: Record<string, MimeBundle>
  outputs: OutputDocument[]
}
type OutputDocument =
  | (Omit<StreamOutput, 'text'> & { text: Lines })
  | (Exclude<Output, StreamOutput> & { execution_count?: unknown })

function build(document: NotebookDocument): Notebook {
  return {
    cells: document.cells.map(buildCell),
    metadata: without(document.metadata, TRANSIENT_NOTEBOOK_METADATA),
    nbformat: 4,
    nbformat_minor: document.nbformat_minor,
  }
}

function buildCell(cell: CellDocument): Cell {
  const base = {
    id: cell.id,
    metadata: without(cell.metadata, TRANSIENT_CELL_METADATA),
    source: joinLines(cell.source),
  }
  if (cell.cell_type === 'code') {
    return { cell_type: 'code', ...base, outputs: cell.outputs.map(buildOutput) } satisfies CodeCell
  }
  const attachments = cell.attachments && mapValues(cell.attachments, joinBundle)
  return { cell_type: cell.cell_type, ...base, ...(attachments && { attachments }) }
}

function buildOutput(output: OutputDocument): Output {
  switch (output.output_type) {
    case 'stream':
      return { ...output, name: output.name === 'stderr' ? 'stderr' : 'stdout', text: joinLines(output.text) }
    case 'display_data':
      return { ...output, data: joinBundle(output.data) }
    case 'execute_result':
      return { ...output, data: joinBundle(output.data), execution_count: null }
    case 'error':
      return output
  }
}

function joinBundle(bundle: MimeBundle): MimeBundle {
  return mapValues(bundle, (content, mime) => (isJsonMime(mime) ? content : joinLines(content as Lines)))
}

/** A copy without the given keys. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}

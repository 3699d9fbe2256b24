/**
 * The notebook document as plain data: the subset of nbformat 4.5 that Liqnb writes. Unknown metadata keys and MIME types
 * survive a round trip.
 *
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import type { Json, JsonObject } from '../common/json.ts'

/**
 * MIME type → content, as in nbformat: JSON types (`application/json` and `…+json`) hold JSON values, all others a string
 * (binary types base64). In memory a text is one string; in the file it is a list of lines.
 */
export type MimeBundle = { [mime: string]: Json }

export interface StreamOutput {
  output_type: 'stream'
  name: 'stdout' | 'stderr'
  text: string
}
export interface DisplayOutput {
  output_type: 'display_data'
  data: MimeBundle
  metadata: JsonObject
}
export interface ResultOutput {
  output_type: 'execute_result'
  data: MimeBundle
  metadata: JsonObject
  execution_count: null
}
export interface ErrorOutput {
  output_type: 'error'
  ename: string
  evalue: string
  /** One entry per line, without ANSI colours. */
  traceback: string[]
}
export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput

export interface CellBase {
  id: string
  source: string
  metadata: JsonObject
}
export interface CodeCell extends CellBase {
  cell_type: 'code'
  outputs: Output[]
}
export interface MarkdownCell extends CellBase {
  cell_type: 'markdown'
  /** File name → MIME bundle, for `![](attachment:name)`. */
  attachments?: JsonObject
}
export interface RawCell extends CellBase {
  cell_type: 'raw'
  /** File name → MIME bundle, for `![](attachment:name)`. */
  attachments?: JsonObject
}
export type Cell = CodeCell | MarkdownCell | RawCell

export interface Notebook {
  cells: Cell[]
  metadata: JsonObject
  nbformat: 4
  nbformat_minor: number
}

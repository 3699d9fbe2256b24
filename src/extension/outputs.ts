/**
 * Converts between nbformat outputs and outputs as VS Code holds them: one item of bytes per MIME type, plus metadata for
 * what the bytes do not contain. Pure; VS Code's own `NotebookCellOutput` fits {@link ViewOutput}.
 */
import type { Json, JsonObject } from '../common/json.ts'
import { isJsonMime, withoutChannels } from '../notebook/mime.ts'
import type { MimeBundle, Output } from '../notebook/types.ts'

export interface ViewItem {
  mime: string
  data: Uint8Array
}
export interface ViewOutput {
  items: readonly ViewItem[]
  metadata?: { [key: string]: unknown }
}

/** VS Code's names for what nbformat calls stream and error outputs. */
export const STDOUT_MIME = 'application/vnd.code.notebook.stdout'
export const STDERR_MIME = 'application/vnd.code.notebook.stderr'
export const ERROR_MIME = 'application/vnd.code.notebook.error'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Whether nbformat content of this type is base64 and its renderer expects the decoded bytes. SVG is text. */
const isBinaryMime = (mime: string) => mime.startsWith('image/') && mime !== 'image/svg+xml'

/**
 * What a renderer needs to know about its cell; never saved. It loads and saves view states by the cell id. `views` holds the
 * states in the file when it was read, so that the first drawing need not request them.
 */
export interface OutputOrigin {
  cell: string
  views?: JsonObject
}

export function toViewOutput(output: Output, origin?: OutputOrigin): ViewOutput {
  const view = viewOutput(output)
  return origin === undefined ? view : { ...view, metadata: { ...view.metadata, ...origin } }
}

function viewOutput(output: Output): ViewOutput {
  switch (output.output_type) {
    case 'stream':
      return {
        items: [{ mime: output.name === 'stderr' ? STDERR_MIME : STDOUT_MIME, data: encoder.encode(output.text) }],
        metadata: { output_type: 'stream' },
      }
    case 'error':
      return {
        items: [{ mime: ERROR_MIME, data: encoder.encode(JSON.stringify(toError(output))) }],
        metadata: { output_type: 'error', traceback: output.traceback },
      }
    default:
      return { items: toItems(output.data), metadata: { output_type: output.output_type, metadata: output.metadata } }
  }
}

/** The items of a MIME bundle, in the bundle's order. */
function toItems(bundle: MimeBundle): ViewItem[] {
  return Object.entries(bundle).map(([mime, content]) => ({ mime, data: toBytes(mime, content) }))
}

/**
 * Converts back to nbformat. Items of one stream are joined; a bundle's items keep their order. An output without
 * `output_type` (from another extension) is recognized by its items.
 */
export function fromViewOutput({ items, metadata }: ViewOutput): Output {
  const error = items.find(item => item.mime === ERROR_MIME)
  if (error) return fromError(decoder.decode(error.data), metadata?.traceback)
  const mime = items[0]?.mime
  if (mime === STDOUT_MIME || mime === STDERR_MIME) {
    const name = mime === STDERR_MIME ? 'stderr' : 'stdout'
    return { output_type: 'stream', name, text: items.map(item => decoder.decode(item.data)).join('') }
  }

  const data: MimeBundle = {}
  for (const item of items) data[item.mime] = fromBytes(item.mime, item.data)
  const content = { data: withoutChannels(data), metadata: (metadata?.metadata ?? {}) as JsonObject }
  return metadata?.output_type === 'execute_result'
    ? { output_type: 'execute_result', execution_count: null, ...content }
    : { output_type: 'display_data', ...content }
}

function toBytes(mime: string, content: Json): Uint8Array {
  if (typeof content !== 'string' || isJsonMime(mime)) return encoder.encode(JSON.stringify(content))
  return isBinaryMime(mime) ? Buffer.from(content, 'base64') : encoder.encode(content)
}

function fromBytes(mime: string, bytes: Uint8Array): Json {
  if (isBinaryMime(mime)) return Buffer.from(bytes).toString('base64')
  const text = decoder.decode(bytes)
  return isJsonMime(mime) ? (JSON.parse(text) as Json) : text
}

/** VS Code shows only the stack if there is one, so the stack must start with the error's name and message. */
function toError({ ename, evalue, traceback }: { ename: string; evalue: string; traceback: string[] }) {
  const header = evalue === '' ? ename : `${ename}: ${evalue}`
  const trace = traceback.join('\n')
  return { name: ename, message: evalue, stack: trace.includes(header) ? trace : [header, ...traceback].join('\n') }
}

function fromError(text: string, traceback: unknown): Output {
  const { name = 'Error', message = '', stack = '' } = JSON.parse(text) as Partial<Error>
  const lines = Array.isArray(traceback) ? (traceback as string[]) : stack === '' ? [] : stack.split('\n')
  return { output_type: 'error', ename: name, evalue: message, traceback: lines }
}

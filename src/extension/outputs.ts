/**
 * Converts between nbformat outputs and outputs as VS Code holds them: one item of bytes per MIME type, plus metadata for
 * what the bytes do not contain. Pure; VS Code's own `NotebookCellOutput` fits {@link ViewOutput}.
 */
import type { Json, JsonObject } from '../common/json.ts'
import { parseExactJson } from '../notebook/exact-json.ts'
import { writeJson } from '../notebook/json-writer.ts'
import { hasChannel, isJsonMime, withoutChannels } from '../notebook/mime.ts'
import { withoutOutputChannels } from '../notebook/outputs.ts'
import type { ErrorOutput, MimeBundle, Output } from '../notebook/types.ts'
import { exactText, isCarried, isCarriedMime, isWellFormed, readExact, toCarried } from './carried.ts'

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
/** The renderer of errors, whose places in cells are links. */
export const OWN_ERROR_MIME = 'application/vnd.liqnb.error+json'
export const ERROR_MIME = 'application/vnd.code.notebook.error'

const encoder = new TextEncoder()
/** Keeps a byte order mark, which is a character like others in an output. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whether nbformat content of this type is base64 and its renderer expects the decoded bytes. SVG is text. */
const isBinaryMime = (mime: string) => mime.startsWith('image/') && mime !== 'image/svg+xml'

/**
 * What is known of an output's cell and file; never saved. A renderer loads and saves view states by the cell id. `views` holds
 * the states in the file when it was read, so that the first drawing need not request them. `saved` marks an output that was
 * read from the file.
 */
export interface OutputOrigin {
  cell: string
  views?: JsonObject
  saved?: true
}

/** An output of a run. */
export function toViewOutput(output: Output, origin?: OutputOrigin): ViewOutput {
  const { items, metadata } = viewOutput(output)
  const exact = isExact(output) ? {} : { exact: exactText(output) }
  return { items, metadata: { ...metadata, ...exact, ...origin } }
}

/**
 * An output from a file. A channel id in it must not reach the kernel, which may have a channel with the same id, but it stays
 * in the file.
 */
export function toSavedViewOutput(output: Output, origin: OutputOrigin): ViewOutput {
  const view = toViewOutput(withoutOutputChannels(output), { ...origin, saved: true })
  const isSame =
    !('data' in output) || !Object.entries(output.data).some(([mime, content]) => hasChannel(mime, content))
  return isSame ? view : { ...view, metadata: { ...view.metadata, exact: exactText(output) } }
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
        // Ours comes first: it is drawn, and VS Code knows by its own that the cell has failed.
        items: [
          { mime: OWN_ERROR_MIME, data: encoder.encode(JSON.stringify(errorPayload(output))) },
          { mime: ERROR_MIME, data: encoder.encode(JSON.stringify(toError(output))) },
        ],
        metadata: { output_type: 'error', traceback: output.traceback },
      }
    default:
      return {
        items: toItems(output.data),
        metadata: { output_type: output.output_type, metadata: toCarried(output.metadata) },
      }
  }
}

/** The items of a MIME bundle, in the bundle's order. */
function toItems(bundle: MimeBundle): ViewItem[] {
  return Object.entries(bundle)
    .filter(([mime]) => isItemMime(mime))
    .map(([mime, content]) => ({ mime, data: toBytes(mime, content) }))
}

const isItemMime = (mime: string) =>
  isCarriedMime(mime) && ![STDOUT_MIME, STDERR_MIME, ERROR_MIME, OWN_ERROR_MIME].includes(mime)

/** Whether the items and the metadata hold all of the output. */
function isExact(output: Output): boolean {
  if (output.output_type === 'stream') return isWellFormed(output.text)
  if (output.output_type === 'error') return true
  return (
    isCarried(output.metadata) && Object.entries(output.data).every(([mime, content]) => isExactItem(mime, content))
  )
}

function isExactItem(mime: string, content: Json): boolean {
  if (!isItemMime(mime)) return false
  if (typeof content !== 'string' || isJsonMime(mime)) return true
  return isBinaryMime(mime) ? Buffer.from(content, 'base64').toString('base64') === content : isWellFormed(content)
}

/**
 * Converts back to nbformat. Items of one stream are joined; a bundle's items keep their order. An output without
 * `output_type` (from another extension) is recognized by its items.
 * @param keepChannels keeps the channels of outputs of a run, which end with its kernel
 */
export function fromViewOutput(view: ViewOutput, keepChannels = false): Output {
  const exact = readExact(view.metadata?.exact) as Output | undefined
  if (exact) {
    const ended = withoutOutputChannels(exact)
    // The items differ if the output has been replaced since.
    if (view.metadata?.saved === true && areSameItems(viewOutput(ended).items, view.items)) return exact
    if (areSameItems(viewOutput(exact).items, view.items)) return ended
  }

  const { items, metadata } = view
  const error = items.find(item => item.mime === ERROR_MIME)
  if (error) return fromError(decoder.decode(error.data), metadata?.traceback)
  const mime = items[0]?.mime
  if (mime === STDOUT_MIME || mime === STDERR_MIME) {
    const name = mime === STDERR_MIME ? 'stderr' : 'stdout'
    return { output_type: 'stream', name, text: items.map(item => decoder.decode(item.data)).join('') }
  }

  const data = Object.fromEntries(items.map(item => [item.mime, fromBytes(item.mime, item.data)]))
  const content = {
    data: keepChannels ? data : withoutChannels(data),
    metadata: (metadata?.metadata ?? {}) as JsonObject,
  }
  return metadata?.output_type === 'execute_result'
    ? { output_type: 'execute_result', execution_count: null, ...content }
    : { output_type: 'display_data', ...content }
}

function areSameItems(before: readonly ViewItem[], now: readonly ViewItem[]): boolean {
  return (
    before.length === now.length &&
    before.every(({ mime, data }, i) => mime === now[i]?.mime && Buffer.compare(data, now[i].data) === 0)
  )
}

function toBytes(mime: string, content: Json): Uint8Array {
  if (typeof content !== 'string' || isJsonMime(mime))
    return encoder.encode(writeJson(content, { indent: 0, sortKeys: false }))
  return isBinaryMime(mime) ? Buffer.from(content, 'base64') : encoder.encode(content)
}

function fromBytes(mime: string, bytes: Uint8Array): Json {
  if (isBinaryMime(mime)) return Buffer.from(bytes).toString('base64')
  const text = decoder.decode(bytes)
  if (!isJsonMime(mime)) return text
  try {
    return parseExactJson(text)
  } catch {
    return text // From another extension. An error here would prevent saving.
  }
}

const errorPayload = ({ ename, evalue, traceback }: ErrorOutput) => ({ ename, evalue, traceback })

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

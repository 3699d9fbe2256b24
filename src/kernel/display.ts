/** Converts any value to a MIME bundle: by its own display method, as a table, or as text. */
import { inspect } from 'node:util'
import { type ChannelHandler, displayMethod } from '../common/host.ts'
import type { MimeBundle } from '../notebook/types.ts'
import { toJson } from './json.ts'
import { tableBundle } from './table.ts'
import { isTable, listTable } from './table-like.ts'

/**
 * The MIME bundle of a value, always with `text/plain`. A promise only if the value's display method returns one.
 * @param openChannel opens a channel for data that the bundle does not hold
 * @throws whatever the display method throws, and TypeError if it does not return a MIME bundle
 */
export function toMimeBundle(
  value: unknown,
  openChannel?: (handler: ChannelHandler) => string,
): MimeBundle | Promise<MimeBundle> {
  const display = displayMethod(value)
  if (display) {
    const returned = display.call(value)
    if (isThenable(returned)) return Promise.resolve(returned).then(bundle => checkBundle(bundle, value))
    return checkBundle(returned, value)
  }
  const table = isTable(value) ? value : listTable(value)
  return table ? tableBundle(table, openChannel) : { 'text/plain': inspectValue(value) }
}

/** A value as text, as Node's REPL shows it. */
function inspectValue(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 })
  } catch (error) {
    return `[this value cannot be shown as text: ${error instanceof Error ? error.message : String(error)}]`
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function checkBundle(bundle: unknown, value: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `[Symbol.for('Jupyter.display')]() must return an object from MIME type to content, not ${inspectValue(bundle)}.`,
    )
  }
  const checked: MimeBundle = {}
  for (const [mime, content] of Object.entries(bundle)) {
    if (content === undefined) continue
    if (!/^[\w.+-]+\/[\w.+-]+(;.*)?$/.test(mime)) throw new TypeError(`'${mime}' in a MIME bundle is not a MIME type.`)
    checked[mime] = checkContent(mime, content)
  }
  if (typeof checked['text/plain'] !== 'string') {
    const mimes = Object.keys(checked).join(', ') || 'nothing'
    checked['text/plain'] = `[${constructorName(value)}: ${mimes}]`
  }
  return checked
}

function checkContent(mime: string, content: unknown): MimeBundle[string] {
  if (/^application\/(.*\+)?json$/.test(mime)) return toJson(content, `'${mime}'`)
  if (typeof content === 'string') return content
  if (content instanceof Uint8Array) {
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
  }
  throw new TypeError(`'${mime}' in a MIME bundle must be a string (binary content in base64), not ${typeof content}.`)
}

function constructorName(value: unknown): string {
  const name = (value as { constructor?: { name?: unknown } } | null)?.constructor?.name
  return typeof name === 'string' && name !== '' ? name : typeof value
}

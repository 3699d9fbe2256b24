/** How a value shows itself: its own MIME bundle, a table, or text. */
import { inspect } from 'node:util'
import type { MimeBundle } from '../notebook/types.ts'
import type { ChannelHandler } from './channel-handler.ts'
import { toJson } from './json.ts'
import { tableBundle } from './table.ts'
import { isTable } from './table-like.ts'

/** A value may have a method of this name that returns a MIME bundle, or a promise of one. */
export const DISPLAY = Symbol.for('Jupyter.display')

/**
 * The MIME bundle of any value; always with `text/plain`. A promise only where the value's own method returns one.
 * @param open opens a channel for what the bundle does not hold
 * @throws whatever the value's own method throws, and TypeError when what it returns is not a MIME bundle.
 */
export function bundleOf(value: unknown, open?: (handler: ChannelHandler) => string): MimeBundle | Promise<MimeBundle> {
  const own = displayMethod(value)
  if (own) {
    const returned = own.call(value)
    if (isThenable(returned)) return Promise.resolve(returned).then(bundle => checkBundle(bundle, value))
    return checkBundle(returned, value)
  }
  return isTable(value) ? tableBundle(value, open) : { 'text/plain': textOf(value) }
}

/** A value as text, as Node's REPL shows it. */
export function textOf(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 })
  } catch (error) {
    return `[this value cannot be shown as text: ${error instanceof Error ? error.message : String(error)}]`
  }
}

function displayMethod(value: unknown): ((this: unknown) => unknown) | null {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return null
  const method = (value as Record<symbol, unknown>)[DISPLAY]
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : null
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function checkBundle(bundle: unknown, value: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `[Symbol.for('Jupyter.display')]() must return an object from MIME type to content, not ${textOf(bundle)}.`,
    )
  }
  const checked: MimeBundle = {}
  for (const [mime, content] of Object.entries(bundle)) {
    if (content === undefined) continue
    if (!/^[\w.+-]+\/[\w.+-]+(;.*)?$/.test(mime)) throw new TypeError(`'${mime}' in a MIME bundle is not a MIME type.`)
    checked[mime] = checkContent(mime, content)
  }
  if (typeof checked['text/plain'] !== 'string') {
    const kinds = Object.keys(checked).join(', ') || 'nothing'
    checked['text/plain'] = `[${constructorName(value)}: ${kinds}]`
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

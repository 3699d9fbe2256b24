/** Converts any value to a MIME bundle: by its own display method, as a table, or as text. */
import { types } from 'node:util'
import { type ChannelHandler, displayMethod } from '../common/host.ts'
import type { MimeBundle } from '../notebook/types.ts'
import { inspectValue, tryRead } from './inspect.ts'
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
  // A value that throws when it is looked at has no method, and is shown as text.
  const display = tryRead(() => displayMethod(value), undefined)
  if (display) {
    const returned = display.call(value)
    if (isThenable(returned)) return Promise.resolve(returned).then(bundle => checkBundle(bundle, value))
    return checkBundle(returned, value)
  }
  const table = tryRead(() => (isTable(value) ? value : listTable(value)), undefined)
  return table ? tableBundle(table, openChannel) : { 'text/plain': valueText(value) }
}

/** A value as text, as Node's REPL shows it. */
function valueText(value: unknown): string {
  return inspectValue(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 })
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function checkBundle(bundle: unknown, value: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `[Symbol.for('Jupyter.display')]() must return an object from MIME type to content, not ${valueText(bundle)}.`,
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
    // A table with a picture of its own has the text of a table.
    const text = tryRead(() => (isTable(value) ? tableBundle(value)['text/plain'] : undefined), undefined)
    checked['text/plain'] = text ?? `[${constructorName(value)}: ${mimes}]`
  }
  return checked
}

function checkContent(mime: string, content: unknown): MimeBundle[string] {
  if (/^application\/(.*\+)?json$/.test(mime)) return toJson(content, `'${mime}'`)
  if (typeof content === 'string') return content
  if (types.isUint8Array(content)) {
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
  }
  throw new TypeError(`'${mime}' in a MIME bundle must be a string (binary content in base64), not ${typeof content}.`)
}

function constructorName(value: unknown): string {
  const name = tryRead(() => (value as { constructor?: { name?: unknown } } | null)?.constructor?.name, '')
  return typeof name === 'string' && name !== '' ? name : typeof value
}

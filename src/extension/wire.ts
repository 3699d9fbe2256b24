/**
 * VS Code carries messages to renderers as JSON. Here what JSON does not have is put into words that `renderers/shared/wire.ts`
 * reads back: `{ "$liqnb": KIND, "data": … }`.
 */

import type { Reply } from '../kernel/protocol.ts'

/** The key that marks such an object; objects that have it by themselves are wrapped. */
const MARK = '$liqnb'

/** A value that was structured-cloned, as JSON. Typed arrays, buffers, dates, maps, sets, BigInt, NaN and ±Infinity survive. */
export function toWire(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return marked('number', String(value))
  if (typeof value === 'bigint') return marked('bigint', String(value))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toWire)
  if (value instanceof Date) return marked('Date', toWire(value.getTime()))
  if (value instanceof Map) return marked('Map', toWire([...value]))
  if (value instanceof Set) return marked('Set', toWire([...value]))
  if (value instanceof ArrayBuffer) return marked('ArrayBuffer', base64(new Uint8Array(value)))
  if (ArrayBuffer.isView(value)) {
    // A Buffer comes to a renderer as what it is there.
    const kind = Buffer.isBuffer(value) ? 'Uint8Array' : value.constructor.name
    return marked(kind, base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
  }
  if (value instanceof Error) return { name: value.name, message: value.message }
  const entries = Object.entries(value).map(([key, item]) => [key, toWire(item)] as const)
  return Object.hasOwn(value, MARK) ? marked('entries', entries) : Object.fromEntries(entries)
}

/** A reply as JSON. An answer that is no JSON (one that holds itself, say) becomes an error, because someone waits for it. */
export function replyToWire(reply: Reply): Reply {
  if (!reply.ok) return reply
  try {
    return { ok: true, value: toWire(reply.value) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, error: `The answer cannot be sent to the output: ${why}`, cancelled: false }
  }
}

function marked(kind: string, data: unknown): object {
  return { [MARK]: kind, data }
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

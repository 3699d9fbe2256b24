/**
 * VS Code sends messages to renderers as JSON. This file encodes values that JSON lacks as `{ "$liqnb": KIND, "data": … }`, which
 * `renderers/shared/wire.ts` decodes.
 */
import type { Reply } from '../kernel/protocol.ts'

/** The key that marks an encoded value; ordinary objects with this key are encoded as well. */
const MARK = '$liqnb'

/** A structured-cloned value as JSON. Typed arrays, buffers, dates, maps, sets, BigInt, NaN and ±Infinity survive. */
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
    // Renderers have no Buffer.
    const kind = Buffer.isBuffer(value) ? 'Uint8Array' : value.constructor.name
    return marked(kind, base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
  }
  if (value instanceof Error) return { name: value.name, message: value.message }
  const entries = Object.entries(value).map(([key, item]) => [key, toWire(item)] as const)
  return Object.hasOwn(value, MARK) ? marked('entries', entries) : Object.fromEntries(entries)
}

/** A reply as JSON. A value that cannot be encoded (e.g. a cycle) becomes an error, because the renderer waits for the reply. */
export function replyToWire(reply: Reply): Reply {
  if (!reply.ok) return reply
  try {
    return { ok: true, value: toWire(reply.value) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, error: `The answer cannot be sent to the output: ${reason}`, cancelled: false }
  }
}

function marked(kind: string, data: unknown): object {
  return { [MARK]: kind, data }
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

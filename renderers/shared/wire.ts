/** Decodes what the extension's `wire.ts` encodes as JSON: typed arrays, dates, maps and the like. */
import { isRecord } from '../../src/common/json.ts'
import { fromBase64 } from './base64.ts'

type View = new (buffer: ArrayBuffer) => ArrayBufferView

const VIEWS: { [kind: string]: View } = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  DataView,
}

/** @throws TypeError for an unknown kind */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire)
  if (!isRecord(value)) return value
  if (typeof value.$liqnb !== 'string')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]))
  const { $liqnb: kind, data } = value
  const view = Object.hasOwn(VIEWS, kind) ? VIEWS[kind] : undefined
  if (view) return new view(fromBase64(String(data)).buffer)
  if (kind === 'ArrayBuffer') return fromBase64(String(data)).buffer
  if (kind === 'number') return Number(data)
  if (kind === 'bigint') return BigInt(String(data))
  if (kind === 'Date') return new Date(fromWire(data) as number)
  if (kind === 'Map') return new Map(fromWire(data) as [unknown, unknown][])
  if (kind === 'Set') return new Set(fromWire(data) as unknown[])
  if (kind === 'entries') return Object.fromEntries(fromWire(data) as [string, unknown][])
  throw new TypeError(`The answer holds a ${kind}, which this version of the renderer does not know.`)
}

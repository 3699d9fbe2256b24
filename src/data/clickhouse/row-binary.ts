/** Rows in ClickHouse's format RowBinary. */

/** A column of rows: the same text in each, whole numbers of 64 bits, doubles, or bytes. */
export type RowColumn = string | BigInt64Array | Float64Array | Uint8Array

/** Rows [from, to) of the columns. */
export function encodeRows(columns: readonly RowColumn[], from: number, to: number): Uint8Array {
  const parts = columns.map(column => (typeof column === 'string' ? encodeText(column) : column))
  const rowBytes = parts.reduce(
    (sum, part, i) => sum + (typeof columns[i] === 'string' ? part.length : part.BYTES_PER_ELEMENT),
    0,
  )
  const bytes = new Uint8Array(rowBytes * (to - from))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (let row = from; row < to; row++) {
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!
      if (typeof columns[i] === 'string') {
        bytes.set(part as Uint8Array, at)
        at += part.length
        continue
      }
      if (part instanceof Float64Array) view.setFloat64(at, part[row]!, true)
      else if (part instanceof BigInt64Array) view.setBigInt64(at, part[row]!, true)
      else view.setUint8(at, part[row]!)
      at += part.BYTES_PER_ELEMENT
    }
  }
  return bytes
}

/** The length in groups of 7 bits, the lowest first, then the text. */
function encodeText(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128)
  return Uint8Array.from([...length, rest, ...bytes])
}

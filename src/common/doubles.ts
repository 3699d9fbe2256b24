/** Lists of 64-bit numbers: joined, and as text. */

/** All values, one list after the other. */
export function concatDoubles(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** The bits of the values, as base64. */
export function encodeDoubles(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

/** What {@link encodeDoubles} wrote; null if it is not of whole values. */
export function decodeDoubles(text: string): Float64Array | null {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return bytes.length % Float64Array.BYTES_PER_ELEMENT === 0 ? new Float64Array(bytes.buffer) : null
}

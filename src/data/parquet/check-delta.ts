/** Checks the blocks of Parquet's DELTA_BINARY_PACKED before they are decoded. */

const MAX_VARINT_BYTES = 10
const MAX_BLOCK_VALUES = 1 << 20

/**
 * Walks over the blocks of `count` integers.
 *
 * @returns where they end
 * @throws Error when they are cut off, or hold another number of integers
 */
export function checkDelta(bytes: Uint8Array, from: number, count: number): number {
  let at = from
  const readVarint = (): number => {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a page is cut off')
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Error('an integer of a page is too long')
  }
  const blockValues = readVarint()
  const miniblocks = readVarint()
  const total = readVarint()
  readVarint()
  const perMiniblock = blockValues / miniblocks
  const isPlausible = blockValues > 0 && blockValues <= MAX_BLOCK_VALUES && perMiniblock % 8 === 0
  if (!isPlausible || total !== count)
    throw new Error(`a page has ${total} integers in blocks of ${blockValues}, where there should be ${count}`)
  for (let remaining = count - 1; remaining > 0; ) {
    readVarint()
    const widths = bytes.subarray(at, at + miniblocks)
    at += miniblocks
    for (let i = 0; i < miniblocks && remaining > 0; i++) {
      const width = widths[i]
      if (width === undefined || width > 64) throw new Error('a page is cut off')
      at += (width * perMiniblock) / 8
      remaining -= perMiniblock
    }
  }
  if (at > bytes.length) throw new Error('a page is cut off')
  return at
}

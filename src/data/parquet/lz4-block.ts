/** Decompresses blocks of LZ4. */

/**
 * A block that holds exactly `length` bytes. https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 *
 * @throws Error when it is damaged
 */
export function decompressLz4Block(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  unpackLz4Block(packed, out, 0, length)
  return out
}

/**
 * Unpacks a block to exactly `from` … `end` of `out`, where it may repeat the bytes before.
 *
 * @throws Error when it is damaged
 */
export function unpackLz4Block(packed: Uint8Array, out: Uint8Array, from: number, end: number): void {
  let at = 0
  let filled = from
  const readLength = (start: number): number => {
    let total = start
    if (start < 15) return total
    for (;;) {
      const byte = packed[at++]
      if (byte === undefined) throw new Error('an LZ4 block is cut off')
      total += byte
      if (byte < 255) return total
    }
  }
  while (at < packed.length) {
    const token = packed[at++]!
    const literals = readLength(token >> 4)
    if (literals > packed.length - at || literals > end - filled) throw new Error('an LZ4 block is damaged')
    out.set(packed.subarray(at, at + literals), filled)
    at += literals
    filled += literals
    // The last sequence has literals alone.
    if (at === packed.length) break
    const offset = packed[at]! + (packed[at + 1] ?? 0) * 256
    at += 2
    const match = readLength(token & 15) + 4
    if (offset === 0 || offset > filled || match > end - filled) throw new Error('an LZ4 block is damaged')
    // Byte by byte: a match may overlap what it writes.
    for (const matchEnd = filled + match; filled < matchEnd; filled++) out[filled] = out[filled - offset]!
  }
  if (filled !== end) throw new Error(`an LZ4 block holds ${filled - from} bytes, but is said to hold ${end - from}`)
}

/** Parquet's old `LZ4`: blocks with Hadoop's frame of lengths, from some writers without it. */
export function decompressLz4Hadoop(packed: Uint8Array, length: number): Uint8Array {
  const blocks = hadoopBlocks(packed, length)
  if (blocks === null) return decompressLz4Block(packed, length)
  const out = new Uint8Array(length)
  let filled = 0
  for (const { bytes, unpacked } of blocks) {
    out.set(decompressLz4Block(bytes, unpacked), filled)
    filled += unpacked
  }
  return out
}

/** The blocks of Hadoop's frame; null when the lengths do not add up, so that there is no such frame. */
function hadoopBlocks(packed: Uint8Array, length: number): { bytes: Uint8Array; unpacked: number }[] | null {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const blocks: { bytes: Uint8Array; unpacked: number }[] = []
  let at = 0
  let total = 0
  while (at + 8 <= packed.length) {
    const unpacked = view.getUint32(at)
    const size = view.getUint32(at + 4)
    at += 8
    total += unpacked
    if (size > packed.length - at || total > length) return null
    blocks.push({ bytes: packed.subarray(at, at + size), unpacked })
    at += size
  }
  return at === packed.length && total === length ? blocks : null
}

/** Decompresses LZ4 frames in Arrow files. */
import { decompressLz4Raw } from 'hyparquet-compressors'

const MAGIC = 0x184d2204

/**
 * Decompresses an LZ4 frame with independent blocks, as Arrow writes them.
 *
 * @param length of the content
 * @throws Error for any other kind of frame, and when the content has another length
 */
export function decompressLz4Frame(packed: Uint8Array, length: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (packed.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Error('not an LZ4 frame')
  const flags = packed[4]!
  const independent = (flags & 0x20) !== 0
  const blockChecksum = (flags & 0x10) !== 0
  const contentSize = (flags & 0x08) !== 0
  const dictionary = (flags & 0x01) !== 0
  if (dictionary) throw new Error('an LZ4 frame with a dictionary is not supported')
  // Magic, flags, block size; optionally the size of the content; checksum of the header.
  let at = 6 + (contentSize ? 8 : 0) + 1
  const blockBytes = 1 << (8 + 2 * ((packed[5]! >> 4) & 7))
  const out = new Uint8Array(length)
  let filled = 0
  for (;;) {
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) break
    const size = word & 0x7fffffff
    const block = packed.subarray(at, at + size)
    if (block.length < size) throw new Error('the LZ4 frame is cut off')
    if (word >>> 31) {
      out.set(block, filled)
      filled += size
    } else {
      const expected = Math.min(blockBytes, length - filled)
      if (!independent && filled > 0) throw new Error('an LZ4 frame with dependent blocks is not supported')
      out.set(decompressLz4Raw(block, expected), filled)
      filled += expected
    }
    at += size + (blockChecksum ? 4 : 0)
  }
  if (filled !== length) throw new Error(`the LZ4 frame holds ${filled} bytes, but expected ${length}`)
  return out
}

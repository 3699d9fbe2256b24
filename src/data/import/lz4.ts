/** Decompresses LZ4 frames in Arrow files. */
import { unpackLz4Block } from '../parquet/lz4-block.ts'
import { xxHash32 } from './xxhash32.ts'

const MAGIC = 0x184d2204
/** A byte of a match's length stands for 255 bytes. */
const MAX_RATIO = 256

/**
 * Decompresses an LZ4 frame, and checks its checksums. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 *
 * @param length of the content
 * @throws Error for any other kind of frame, for a damaged one, and when the content has another length
 */
export function decompressLz4Frame(packed: Uint8Array, length: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (packed.length < 11 || view.getUint32(0, true) !== MAGIC) throw new Error('not an LZ4 frame')
  const flags = packed[4]!
  const independent = (flags & 0x20) !== 0
  const blockChecksum = (flags & 0x10) !== 0
  const contentSize = (flags & 0x08) !== 0
  const contentChecksum = (flags & 0x04) !== 0
  const dictionary = (flags & 0x01) !== 0
  if (flags >> 6 !== 1) throw new Error('an LZ4 frame of an unknown version')
  if (dictionary) throw new Error('an LZ4 frame with a dictionary is not supported')
  // Magic, flags, block size; optionally the size of the content; checksum of the header.
  const headerEnd = 6 + (contentSize ? 8 : 0)
  if (packed[headerEnd] !== ((xxHash32(packed.subarray(4, headerEnd)) >>> 8) & 0xff))
    throw new Error('the header of an LZ4 frame does not match its checksum')
  let at = headerEnd + 1
  const blockBytes = 1 << (8 + 2 * ((packed[5]! >> 4) & 7))
  if (length > packed.length * MAX_RATIO) throw new Error(`${packed.length} bytes are said to hold ${length}`)
  const out = new Uint8Array(length)
  let filled = 0
  for (;;) {
    if (at + 4 > packed.length) throw new Error('the LZ4 frame is cut off')
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) break
    const size = word & 0x7fffffff
    const block = packed.subarray(at, at + size)
    at += size + (blockChecksum ? 4 : 0)
    if (at > packed.length) throw new Error('the LZ4 frame is cut off')
    if (blockChecksum && xxHash32(block) !== view.getUint32(at - 4, true))
      throw new Error('a block of an LZ4 frame does not match its checksum')
    if (word >>> 31) {
      if (size > length - filled) throw new Error(`the LZ4 frame holds more than the ${length} bytes that are expected`)
      out.set(block, filled)
      filled += size
    } else {
      const end = Math.min(filled + blockBytes, length)
      // A block that depends on those before repeats their bytes.
      if (independent) unpackLz4Block(block, out.subarray(filled), 0, end - filled)
      else unpackLz4Block(block, out, filled, end)
      filled = end
    }
  }
  if (filled !== length) throw new Error(`the LZ4 frame holds ${filled} bytes, but expected ${length}`)
  if (contentChecksum && (at + 4 > packed.length || xxHash32(out) !== view.getUint32(at, true)))
    throw new Error('the LZ4 frame does not match its checksum')
  return out
}

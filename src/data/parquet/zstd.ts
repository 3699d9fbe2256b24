/** Decompresses ZSTD. */
import { decompressZstd as unpack } from 'hyparquet-compressors'

const MAGIC = 0xfd2fb528
/** Sixteen magics, of frames that hold no content. */
const SKIPPABLE_MAGIC = 0x184d2a5
/** As the zstd program's limit. */
const MAX_WINDOW_BYTES = 1 << 27
const MAX_BLOCK_BYTES = 1 << 17
const RLE_BLOCK = 1
const COMPRESSED_BLOCK = 2

/**
 * The content of one frame or several. Its caller compares the length of the result.
 *
 * @throws Error when the frames are damaged or hold more than `length` bytes
 */
export function decompressZstd(packed: Uint8Array, length: number): Uint8Array {
  checkFrames(packed, length)
  // Without a buffer for the result: the library would turn one into a text at every frame, to compare it with 1.
  const bytes = unpack(packed)
  // The result begins within a buffer, where it cannot be viewed as numbers.
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}

/**
 * Walks over frames and blocks, because the library allocates what a header states.
 * https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md
 */
function checkFrames(packed: Uint8Array, length: number): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let at = 0
  let stated = 0
  let plain = 0
  const skip = (bytes: number): number => {
    if (bytes > packed.length - at) throw new Error('a ZSTD frame is cut off')
    at += bytes
    return at - bytes
  }
  while (at < packed.length) {
    const magic = view.getUint32(skip(4), true)
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      skip(view.getUint32(skip(4), true))
      continue
    }
    if (magic !== MAGIC) throw new Error('it is not compressed with ZSTD')
    const flags = packed[skip(1)]!
    const isSingleSegment = (flags & 0x20) !== 0
    if (!isSingleSegment) {
      const window = packed[skip(1)]!
      const base = 2 ** (10 + (window >> 3))
      if (base + (base / 8) * (window & 7) > MAX_WINDOW_BYTES) throw new Error('a ZSTD frame needs too much memory')
    }
    if ((flags & 3) !== 0) throw new Error('a ZSTD frame needs a dictionary')
    const sizeBytes = flags >> 6 === 0 ? Number(isSingleSegment) : 1 << (flags >> 6)
    const sizeAt = skip(sizeBytes)
    let size = sizeBytes === 2 ? 256 : 0
    for (let i = 0; i < sizeBytes; i++) size += packed[sizeAt + i]! * 2 ** (8 * i)
    stated += size
    for (let isLast = false; !isLast; ) {
      const headerAt = skip(3)
      const header = packed[headerAt]! + packed[headerAt + 1]! * 2 ** 8 + packed[headerAt + 2]! * 2 ** 16
      isLast = (header & 1) === 1
      const type = (header >> 1) & 3
      const blockBytes = header >> 3
      if (type > COMPRESSED_BLOCK || blockBytes > MAX_BLOCK_BYTES) throw new Error('a ZSTD frame is damaged')
      skip(type === RLE_BLOCK ? 1 : blockBytes)
      // A compressed block holds a byte at least.
      plain += type === COMPRESSED_BLOCK ? 1 : blockBytes
    }
    if ((flags & 4) !== 0) skip(4)
    if (stated > length || plain > length + 1) throw new Error(`a ZSTD frame holds more than ${length} bytes`)
  }
}

/** Decompresses the pages of Parquet files and the buffers of Arrow files, to a known length. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { compressors } from 'hyparquet-compressors'
import { decompressLz4Block, decompressLz4Hadoop } from './lz4-block.ts'
import { decompressZstd } from './zstd.ts'

/** The most bytes that one packed byte can hold; where a byte can hold any number, the limit is {@link MAX_BYTES}. */
const MAX_RATIOS: Record<string, number> = { UNCOMPRESSED: 1, SNAPPY: 64, GZIP: 1040, LZ4: 256, LZ4_RAW: 256 }
const MAX_BYTES = 1 << 30

type Decompress = (packed: Uint8Array, length: number) => Uint8Array

const DECOMPRESSORS: Record<string, Decompress> = {
  UNCOMPRESSED: packed => packed,
  SNAPPY: decompressSnappy,
  GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
  ZSTD: decompressZstd,
  LZ4: decompressLz4Hadoop,
  LZ4_RAW: decompressLz4Block,
}

/** @throws Error when the bytes are damaged or do not hold exactly `length` bytes */
export function decompress(packed: Uint8Array, codec: string, length: number): Uint8Array {
  const unpack = DECOMPRESSORS[codec]
  if (unpack === undefined) throw new Error(`it is compressed with ${codec}, which is not supported`)
  if (length > Math.min(MAX_BYTES, (packed.length + 16) * (MAX_RATIOS[codec] ?? Infinity)))
    throw new Error(`${packed.length} bytes are said to hold ${length}`)
  if (length === 0 && packed.length === 0) return packed
  const bytes = unpack(packed, length)
  if (bytes.length !== length) throw new Error(`a page holds ${bytes.length} bytes, but is said to hold ${length}`)
  return bytes
}

/** @throws Error when the block is damaged or states another length */
function decompressSnappy(packed: Uint8Array, length: number): Uint8Array {
  let stated = 0
  for (let at = 0; ; at++) {
    const byte = packed[at]
    if (byte === undefined || at > 4) throw new Error('a Snappy block is cut off')
    stated += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) break
  }
  if (stated !== length) throw new Error(`a page holds ${stated} bytes, but is said to hold ${length}`)
  return compressors.SNAPPY!(packed, length)
}

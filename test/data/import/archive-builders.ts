/** Builds archives and compressed frames for tests. */
import { deflateRawSync } from 'node:zlib'
import { crc32 } from '../../../src/data/crc32.ts'
import { xxHash32 } from '../../../src/data/import/xxhash32.ts'

/** A zip archive of one file, or of the same file twice. */
export function zipOf(name: string, text: string | Uint8Array, { stored = false, twice = false } = {}): Buffer {
  const content = Buffer.from(text as string)
  const packed = stored ? content : deflateRawSync(content)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(stored ? 0 : 8, 4)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(content.length, 18)
  common.writeUInt16LE(name.length, 22)
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (let file = 0; file < (twice ? 2 : 1); file++) {
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, entries, end])
}

/** An LZ4 frame of one block that holds nothing but literals. */
export function lz4Literals(bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let remaining = bytes.length - 15; remaining >= 0; remaining -= 255) length.push(Math.min(255, remaining))
  const token = Math.min(15, bytes.length) << 4
  const block = Buffer.concat([Buffer.from([token, ...(bytes.length >= 15 ? length : [])]), bytes])
  const head = Buffer.alloc(11)
  head.writeUInt32LE(0x184d2204, 0)
  head[4] = 0x60
  head[5] = 0x70
  head[6] = (xxHash32(head.subarray(4, 6)) >>> 8) & 0xff
  head.writeUInt32LE(block.length, 7)
  return Buffer.concat([head, block, Buffer.alloc(4)])
}

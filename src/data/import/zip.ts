/** Reads the directory of a zip archive. */

import { open } from 'node:fs/promises'
import { DataError } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'

/** The only file in a zip archive, as exchanges pack their archives. */
export interface ZipEntry {
  name: string
  /** Position of its packed bytes. */
  start: number
  packedBytes: number
  /** Size of the content. */
  bytes: number
  crc: number
  /** Whether it is stored without compression. */
  stored: boolean
}

const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
/** The end record with the longest possible comment. */
const MAX_END_BYTES = 22 + 0xffff

/**
 * Finds the file in a zip archive through the directory at its end.
 *
 * @throws DataError when it holds no file, several, or one that is encrypted, over 4 GB or not deflate
 */
export async function readZipEntry(path: string): Promise<ZipEntry> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const read = async (position: number, length: number) => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    }
    const tail = await read(Math.max(0, size - MAX_END_BYTES), Math.min(size, MAX_END_BYTES))
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
    if (end < 0 || end + 22 > tail.length || tail.readUInt32LE(end) !== END_SIGNATURE)
      throw new DataError('The zip file is cut off: it has no directory at its end')
    const directoryBytes = tail.readUInt32LE(end + 12)
    const directoryStart = tail.readUInt32LE(end + 16)
    const directory = await read(directoryStart, Math.min(directoryBytes, size))
    const entries: (ZipEntry & { method: number; encrypted: boolean; header: number })[] = []
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY_SIGNATURE; ) {
      const nameBytes = directory.readUInt16LE(at + 28)
      const name = directory.toString('utf8', at + 46, at + 46 + nameBytes)
      const method = directory.readUInt16LE(at + 10)
      if (!name.endsWith('/') && !name.startsWith('__MACOSX'))
        entries.push({
          name,
          method,
          stored: method === 0,
          encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
          crc: directory.readUInt32LE(at + 16),
          packedBytes: directory.readUInt32LE(at + 20),
          bytes: directory.readUInt32LE(at + 24),
          header: directory.readUInt32LE(at + 42),
          start: 0,
        })
      at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    }
    const [entry] = entries
    if (entry === undefined) throw new DataError('The zip file holds no file')
    if (entries.length > 1)
      throw new DataError(
        `The zip file holds ${countText(entries.length, 'file')} (${entries
          .map(({ name }) => name)
          .slice(0, 5)
          .join(', ')}), but one is expected: unpack it and name them`,
      )
    if (entry.encrypted || (entry.method !== 0 && entry.method !== 8) || entry.bytes === 0xffffffff)
      throw new DataError(
        `The zip file packs ${entry.name} in an unsupported way (encrypted, over 4 GB, or not deflate): unpack it first`,
      )
    const local = await read(entry.header, 30)
    if (local.length < 30) throw new DataError('The zip file is cut off')
    return { ...entry, start: entry.header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28) }
  } finally {
    await file.close()
  }
}

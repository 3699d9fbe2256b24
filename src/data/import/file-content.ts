/** Reads the content of a file, unpacked. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { crc32 } from '../crc32.ts'
import { readZipEntry, type ZipEntry } from './zip.ts'

/** How a file is packed, by its first bytes. */
export type Packing = 'none' | 'gzip' | 'zip'

const CHUNK_BYTES = 256 * 1024
const PROGRESS_INTERVAL_MS = 200

export async function detectPacking(path: string): Promise<Packing> {
  const head = await readStart(path, 4)
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length === 4 && head.readUInt32LE(0) === 0x04034b50) return 'zip'
  // Hyperliquid's archives.
  if (head.length === 4 && head.readUInt32LE(0) === 0x184d2204)
    throw new DataError('The file is packed with LZ4: unpack it first, e.g. with unlz4')
  return 'none'
}

/** The first bytes of a file, still packed; fewer when it is shorter. */
async function readStart(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The first bytes of a file's content, unpacked; `whole` when that is all of it. */
export async function readContentStart(path: string, packing: Packing): Promise<{ head: Buffer; whole: boolean }> {
  const parts: Buffer[] = []
  let length = 0
  let whole = true
  for await (const chunk of readContent(path, packing)) {
    parts.push(chunk)
    length += chunk.length
    // A packed stream may yield small chunks.
    if (length >= CHUNK_BYTES) {
      whole = false
      break
    }
  }
  return { head: Buffer.concat(parts), whole }
}

/**
 * The content of a file, unpacked, in chunks; memory holds a few of them. Ends when the running task is cancelled.
 *
 * @param progressMessage with it, the task's progress is reported
 * @throws DataError when the content cannot be unpacked
 */
export async function* readContent(
  path: string,
  packing: Packing,
  progressMessage?: string,
): AsyncGenerator<Buffer, void, undefined> {
  const task = currentTask()
  const entry = packing === 'zip' ? await readZipEntry(path) : undefined
  const total = entry?.packedBytes ?? (await stat(path)).size
  const start = entry?.start ?? 0
  const file = createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    start,
    ...(entry && { end: Math.max(start, start + entry.packedBytes - 1) }),
  })
  const stream = entry?.packedBytes === 0 ? file : unpack(file, packing, entry)
  let reportedAt = 0
  let crc = 0
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      task.signal.throwIfAborted()
      if (entry) crc = crc32(chunk, crc)
      bytes += chunk.length
      // Checked on the way: a few packed bytes can unpack to more than fits into memory.
      if (entry && bytes > entry.bytes) throw damaged(entry)
      yield chunk
      const now = performance.now()
      if (progressMessage !== undefined && now - reportedAt > PROGRESS_INTERVAL_MS) {
        reportedAt = now
        task.progress(progressMessage, total > 0 ? Math.min(1, file.bytesRead / total) : null)
      }
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'Z_BUF_ERROR') throw new DataError(`The ${packing} file is cut off, so it cannot be unpacked`)
    if (code?.startsWith('Z_'))
      throw new DataError(`The ${packing} file cannot be unpacked: ${(error as Error).message}`)
    throw error
  } finally {
    stream.destroy()
    file.destroy()
  }
  if (entry && (crc !== entry.crc || bytes !== entry.bytes)) throw damaged(entry)
}

function damaged({ name }: ZipEntry): DataError {
  return new DataError(`The zip file is damaged: ${name} does not match its recorded size and checksum`)
}

function unpack(file: Readable, packing: Packing, entry: ZipEntry | undefined): Readable {
  if (packing === 'none' || entry?.stored) return file
  const transform: Transform =
    packing === 'gzip' ? createGunzip({ chunkSize: CHUNK_BYTES }) : createInflateRaw({ chunkSize: CHUNK_BYTES })
  file.on('error', error => transform.destroy(error))
  return file.pipe(transform)
}

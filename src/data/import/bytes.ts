import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/task.ts'
import { crc32, type ZipEntry, zipEntry } from './zip.ts'

/** How a file is packed, by its first bytes. */
export type Packing = 'none' | 'gzip' | 'zip'

const CHUNK = 256 * 1024
/** Progress is said this often, in ms. */
const PROGRESS_MS = 200

export async function packingOf(path: string): Promise<Packing> {
  const head = await readStart(path, 4)
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length === 4 && head.readUInt32LE(0) === 0x04034b50) return 'zip'
  return 'none'
}

/** The first bytes of a file as it is, fewer when it is shorter. */
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
export async function contentStart(path: string, packing: Packing): Promise<{ head: Buffer; whole: boolean }> {
  const parts: Buffer[] = []
  let length = 0
  let whole = true
  for await (const chunk of content(path, packing)) {
    parts.push(chunk)
    length += chunk.length
    // Some blocks that a packed stream gives are small.
    if (length >= CHUNK) {
      whole = false
      break
    }
  }
  return { head: Buffer.concat(parts), whole }
}

/**
 * The content of a file, unpacked, piece by piece; memory holds a few pieces. Says its progress to the running task when
 * `what` names it, and ends when the task is cancelled.
 *
 * @throws DataError when what is packed cannot be unpacked
 */
export async function* content(path: string, packing: Packing, what?: string): AsyncGenerator<Buffer, void, undefined> {
  const task = currentTask()
  const entry = packing === 'zip' ? await zipEntry(path) : undefined
  const total = entry?.packedBytes ?? (await stat(path)).size
  const start = entry?.start ?? 0
  const file = createReadStream(path, {
    highWaterMark: CHUNK,
    start,
    ...(entry && { end: Math.max(start, start + entry.packedBytes - 1) }),
  })
  const stream = entry?.packedBytes === 0 ? file : unpacked(file, packing, entry)
  let said = 0
  let sum = 0
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      task.signal.throwIfAborted()
      if (entry) sum = crc32(chunk, sum)
      bytes += chunk.length
      // Told at the end it would be too late: a few bytes can be packed that unpack to more than fits into memory.
      if (entry && bytes > entry.bytes) throw damaged(entry)
      yield chunk
      const now = performance.now()
      if (what !== undefined && now - said > PROGRESS_MS) {
        said = now
        task.progress(what, total > 0 ? Math.min(1, file.bytesRead / total) : null)
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
  if (entry && (sum !== entry.crc || bytes !== entry.bytes)) throw damaged(entry)
}

function damaged({ name }: ZipEntry): DataError {
  return new DataError(`The zip file is damaged: ${name} does not have the checksum that is noted for it`)
}

function unpacked(file: Readable, packing: Packing, entry: ZipEntry | undefined): Readable {
  if (packing === 'none' || entry?.stored) return file
  const unpack: Transform =
    packing === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK })
  file.on('error', error => unpack.destroy(error))
  return file.pipe(unpack)
}

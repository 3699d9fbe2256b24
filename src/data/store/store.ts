/** The store: series on disk, shared by several processes. */
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../common/atomic-file.ts'
import { DataError } from '../../common/errors.ts'
import { clip, type Interval, overlap, unite } from './intervals.ts'
import { clearDeadLock, type HeldLock, withLock } from './lock.ts'
import { DamagedError, decodePart, encodePart } from './parquet.ts'
import { emptyPart, findRecordsProblem, joinRecords, type Part, replaceRange, sliceRecords } from './part.ts'
import type { SeriesRecords } from './schema.ts'
import {
  describeKey,
  parsePartFile,
  parseStoreFile,
  partBounds,
  partFileName,
  partsBetween,
  type SeriesKey,
  seriesFolder,
} from './series-key.ts'

/** What the store has of a time range of a series. */
interface LoadedSeries {
  records: SeriesRecords
  /** The ranges that were fetched, whether or not there was a record. */
  coverage: Interval[]
  /** Names of parts that are stored uncompressed because their download did not finish. */
  drafts: string[]
  /** Parts that cannot be used, with the reason; records and coverage leave them out. */
  damaged: { name: string; file: string; reason: string }[]
}

/** Lists the parts that a series' folder should have, one per line, so that a missing file is noticed. */
export const PARTS_FILE = '_parts'

/** Age at which leftovers of processes on other machines are removed: whether those are alive cannot be told from here. */
const MAX_LEFTOVER_AGE_MS = 3_600_000

const temporaryPath = (file: string, token: string) => `${file}.${token}.tmp`
const lockPath = (file: string) => `${file}.lock`

/**
 * Series on disk, one Parquet file per month (trades: per day). Each file holds its records, the time ranges for which they are
 * complete, and a checksum over both, and is only replaced as a whole. So a reader needs no lock and sees either the old state
 * or the new one; a writer that is killed leaves the old one; and if two writers ever overtake each other, the range of one of
 * them counts as not fetched.
 */
export class Store {
  readonly path: string
  /** A cache of the part that was written last: a download rewrites it with every page. */
  #lastWritten: { file: string; stamp: string; part: Part } | undefined

  constructor(path: string) {
    this.path = path
  }

  folder(key: SeriesKey): string {
    return join(this.path, seriesFolder(key))
  }

  /**
   * Everything that is stored of a series in [from, to). Checks each file that it reads.
   * @throws DataError when a file has a later format
   */
  async load(key: SeriesKey, [from, to]: Interval): Promise<LoadedSeries> {
    const folder = this.folder(key)
    const names = (await listFolder(folder)).flatMap(file => parsePartFile(key.series, file) ?? [])
    const inRange = names.sort().filter(name => clip([partBounds(name)], [from, to]).length > 0)
    const results = await Promise.all(inRange.map(name => readPart(join(folder, partFileName(name)), key, name)))
    const readable = results.flatMap(({ part, draft }) => (part ? [{ part, draft }] : []))
    return {
      records: joinRecords(
        key.series,
        readable.map(({ part }) => sliceRecords(part.records, [from, to])),
      ),
      coverage: clip(unite(readable.flatMap(({ part }) => part.coverage)), [from, to]),
      drafts: readable.flatMap(({ part, draft }) => (draft ? [part.name] : [])),
      damaged: results.flatMap(({ reason, file, name }) => (reason === undefined ? [] : [{ name, file, reason }])),
    }
  }

  /**
   * Stores all records of a series in [from, to), in place of those stored for that range before. Durable when it returns.
   * Safe while other processes write the same series.
   *
   * @param draft whether to leave the parts uncompressed, for a download that will write them again; see {@link compact}
   * @returns the number of stored records that changed or disappeared, and the names of the parts written
   * @throws DataError naming the row when the records are not in order or not in [from, to), or when the disk refuses them
   */
  async write(key: SeriesKey, records: SeriesRecords, [from, to]: Interval, draft = false) {
    const problem = findRecordsProblem(key, records, [[from, to]])
    if (problem !== undefined) throw new DataError(`${describeKey(key)}: ${problem}`)
    const parts = partsBetween(key.series, [from, to])
    let revised = 0
    for (const name of parts) {
      const range = overlap([from, to], partBounds(name))
      await this.#update(key, name, draft, part => {
        const result = replaceRange(part, sliceRecords(records, range), range)
        revised += result.revised
        return result.part
      })
    }
    return { revised, parts }
  }

  /** Compresses parts that were stored as drafts. */
  async compact(key: SeriesKey, names: Iterable<string>): Promise<void> {
    for (const name of names) await this.#update(key, name, false, part => part)
  }

  /** Removes what killed processes left in a series' folder: dead locks and unfinished files. */
  async clean(key: SeriesKey): Promise<void> {
    const folder = this.folder(key)
    for (const name of await listFolder(folder)) {
      const path = join(folder, name)
      const suffix = parseStoreFile(key.series, name)?.suffix
      if (suffix === '.lock') {
        const file = path.slice(0, -'.lock'.length)
        await clearDeadLock(path, token => rm(temporaryPath(file, token), { force: true }))
      } else if (suffix?.startsWith('.lock.') || suffix?.endsWith('.tmp')) {
        const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
        if (age > MAX_LEFTOVER_AGE_MS) await rm(path, { force: true })
      }
    }
  }

  async #update(key: SeriesKey, name: string, draft: boolean, change: (part: Part) => Part): Promise<void> {
    const folder = this.folder(key)
    const file = join(folder, partFileName(name))
    const attempt = (held: HeldLock) => this.#replace(key, name, file, draft, change, held)
    const clear = (token: string) => rm(temporaryPath(file, token), { force: true })
    try {
      await mkdir(folder, { recursive: true })
      while (!(await withLock(lockPath(file), attempt, clear))) {
        // The lock was lost while this process was suspended: what it has read may be outdated.
      }
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      throw new DataError(
        `${describeKey(key)} cannot be stored: ${error.message}. Free some space, choose another folder (LIQNB_STORE), or work without a store (store: false)`,
      )
    }
  }

  /** @returns false when the lock was lost before anything was changed */
  async #replace(
    key: SeriesKey,
    name: string,
    file: string,
    draft: boolean,
    change: (part: Part) => Part,
    held: HeldLock,
  ): Promise<boolean> {
    const stamp = await fileStamp(file)
    let old = this.#lastWritten?.file === file && this.#lastWritten.stamp === stamp ? this.#lastWritten.part : undefined
    if (!old) {
      const read = await readPart(file, key, name)
      old = read.part
      // Set aside rather than removed: its records may be recoverable.
      if (read.reason !== undefined) await rename(file, `${file}.damaged`)
    }
    const part = change(old ?? emptyPart(key, name))
    const bytes = encodePart(part, { draft })
    if (!(await held.isHeld())) return false
    await replaceFile(file, temporaryPath(file, held.token), bytes)
    // Starts a new line, because a killed process may have left half a line.
    if (stamp === undefined) await appendFile(join(file, '..', PARTS_FILE), `\n${name}\n`)
    const written = await fileStamp(file)
    this.#lastWritten = written === undefined ? undefined : { file, stamp: written, part }
    return true
  }
}

/** The result of reading a part: the part, or the reason why it cannot be used, or neither when there is no file. */
interface PartReadResult {
  name: string
  file: string
  part?: Part
  draft?: boolean
  reason?: string
}

/** @throws DataError when the file has a later format */
export async function readPart(file: string, key: SeriesKey, name: string): Promise<PartReadResult> {
  try {
    const bytes = await readBytes(file)
    if (bytes === undefined) return { name, file }
    const read = await decodePart(bytes)
    if (describeKey(read.part.key) !== describeKey(key) || read.part.name !== name) {
      throw new DamagedError(`it holds ${describeKey(read.part.key)} ${read.part.name} and is in the wrong place`)
    }
    return { name, file, ...read }
  } catch (error) {
    if (error instanceof DamagedError) return { name, file, reason: error.message }
    if (error instanceof DataError) throw new DataError(`${file}: ${error.message}`)
    throw error
  }
}

async function readBytes(file: string): Promise<ArrayBuffer | undefined> {
  try {
    const bytes = await readFile(file)
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR') throw new DamagedError('it is a folder')
    throw error
  }
}

/** Names in a folder; none when it does not exist. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Identifies a state of a file; undefined when there is no file. */
async function fileStamp(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

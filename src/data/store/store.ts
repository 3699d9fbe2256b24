import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../common/atomic-file.ts'
import { DataError } from '../../common/errors.ts'
import { clip, type Interval, unite } from './intervals.ts'
import { describeKey, fileOf, folderOf, ownFile, partBounds, partOfFile, partsBetween, type SeriesKey } from './key.ts'
import { clearDeadLock, type Held, withLock } from './lock.ts'
import { DamagedError, decodePart, encodePart } from './parquet.ts'
import { emptyPart, joinRecords, type Part, recordsProblem, replaceStretch, sliceRecords } from './part.ts'
import type { Records } from './schema.ts'

/** What the store knows of a stretch of a series. */
export interface Loaded {
  records: Records
  /** Which moments of the stretch were fetched, whether or not there was a record. */
  coverage: Interval[]
  /** Names of parts that are stored in the large form of an unfinished download. */
  drafts: string[]
  /** Parts that cannot be used, with the reason; they are neither in the records nor in the coverage. */
  damaged: { name: string; file: string; reason: string }[]
}

/** Lists, one a line, the parts that a series' folder should have, so that a lost file is noticed. */
export const PARTS_FILE = '_parts'

/** Leftovers of processes on other machines, which nobody else can judge, may be cleared away after this long. */
const LEFTOVER_MS = 3_600_000

const temporaryOf = (file: string, token: string) => `${file}.${token}.tmp`
const lockOf = (file: string) => `${file}.lock`

/**
 * Series on disk, one Parquet file a month (trades: a day). Each file holds its records, which stretches of time it knows
 * all about, and a checksum over both, and is only ever replaced as a whole. So a reader needs no lock and sees one state
 * or the next; a writer that is killed leaves what was there; and should two writers ever overtake each other, the stretch
 * of one of them counts as not fetched.
 */
export class Store {
  readonly path: string
  /** The part that was written last: a download comes back to it with every page. */
  #last: { file: string; stamp: string; part: Part } | undefined

  constructor(path: string) {
    this.path = path
  }

  folder(key: SeriesKey): string {
    return join(this.path, folderOf(key))
  }

  /**
   * Everything that is stored of a series in [from, to), after checking each file that is read.
   * @throws DataError when a file is of a later format
   */
  async load(key: SeriesKey, [from, to]: Interval): Promise<Loaded> {
    const folder = this.folder(key)
    const names = (await listFolder(folder)).flatMap(file => partOfFile(key.series, file) ?? [])
    const wanted = names.sort().filter(name => clip([partBounds(name)], [from, to]).length > 0)
    const read = await Promise.all(wanted.map(name => readPart(join(folder, fileOf(name)), key, name)))
    const good = read.flatMap(({ part, draft }) => (part ? [{ part, draft }] : []))
    return {
      records: joinRecords(
        key.series,
        good.map(({ part }) => sliceRecords(part.records, [from, to])),
      ),
      coverage: clip(unite(good.flatMap(({ part }) => part.coverage)), [from, to]),
      drafts: good.flatMap(({ part, draft }) => (draft ? [part.name] : [])),
      damaged: read.flatMap(({ reason, file, name }) => (reason === undefined ? [] : [{ name, file, reason }])),
    }
  }

  /**
   * Stores all there is of a series in [from, to): what was known of that stretch before is replaced. Durable when it
   * returns. Safe with other processes that write the same series.
   *
   * @returns how many records that were known already have changed or gone, and the names of the parts written
   * @throws DataError naming the row when the records are not in order or not in [from, to)
   */
  async write(key: SeriesKey, records: Records, [from, to]: Interval, draft = false) {
    const problem = recordsProblem(key, records, [[from, to]])
    if (problem !== undefined) throw new DataError(`${describeKey(key)}: ${problem}`)
    const parts = partsBetween(key.series, [from, to])
    let revised = 0
    for (const name of parts) {
      const stretch = clip([[from, to]], partBounds(name))[0]!
      await this.#update(key, name, draft, part => {
        const result = replaceStretch(part, sliceRecords(records, stretch), stretch)
        revised += result.revised
        return result.part
      })
    }
    return { revised, parts }
  }

  /** Brings parts that were stored as drafts into their small form. */
  async compact(key: SeriesKey, names: Iterable<string>): Promise<void> {
    for (const name of names) await this.#update(key, name, false, part => part)
  }

  /** Clears away what killed processes left in a series' folder: dead locks and files that were never finished. */
  async clean(key: SeriesKey): Promise<void> {
    const folder = this.folder(key)
    for (const name of await listFolder(folder)) {
      const path = join(folder, name)
      const rest = ownFile(key.series, name)?.rest
      if (rest === '.lock') {
        const file = path.slice(0, -'.lock'.length)
        await clearDeadLock(path, token => rm(temporaryOf(file, token), { force: true }))
      } else if (rest?.startsWith('.lock.') || rest?.endsWith('.tmp')) {
        const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
        if (age > LEFTOVER_MS) await rm(path, { force: true })
      }
    }
  }

  async #update(key: SeriesKey, name: string, draft: boolean, change: (part: Part) => Part): Promise<void> {
    const folder = this.folder(key)
    const file = join(folder, fileOf(name))
    const attempt = (held: Held) => this.#replace(key, name, file, draft, change, held)
    const clear = (token: string) => rm(temporaryOf(file, token), { force: true })
    try {
      await mkdir(folder, { recursive: true })
      while (!(await withLock(lockOf(file), attempt, clear))) {
        // The lock was lost while this process slept; what it has read may be old.
      }
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      throw new DataError(
        `${describeKey(key)} cannot be stored: ${error.message}. Make room or name another place (LIQNB_STORE), or go on without a store: store: false`,
      )
    }
  }

  /** False when the lock was lost before anything was changed. */
  async #replace(
    key: SeriesKey,
    name: string,
    file: string,
    draft: boolean,
    change: (part: Part) => Part,
    held: Held,
  ): Promise<boolean> {
    const stamp = await stampOf(file)
    let old = this.#last?.file === file && this.#last.stamp === stamp ? this.#last.part : undefined
    if (!old) {
      const read = await readPart(file, key, name)
      old = read.part
      // Not to be read, but maybe to be saved by someone who knows how.
      if (read.reason !== undefined) await rename(file, `${file}.damaged`)
    }
    const part = change(old ?? emptyPart(key, name))
    const bytes = encodePart(part, { draft })
    if (!(await held.isOurs())) return false
    await replaceFile(file, temporaryOf(file, held.token), bytes)
    // A line of its own even where a killed process left half a line.
    if (stamp === undefined) await appendFile(join(file, '..', PARTS_FILE), `\n${name}\n`)
    const written = await stampOf(file)
    this.#last = written === undefined ? undefined : { file, stamp: written, part }
    return true
  }
}

/** What reading a part gave: the part, or the reason why it cannot be used, or neither when there is no file. */
export interface PartRead {
  name: string
  file: string
  part?: Part
  draft?: boolean
  reason?: string
}

/** @throws DataError when the file is of a later format */
export async function readPart(file: string, key: SeriesKey, name: string): Promise<PartRead> {
  try {
    const bytes = await readBytes(file)
    if (bytes === undefined) return { name, file }
    const read = await decodePart(bytes)
    if (describeKey(read.part.key) !== describeKey(key) || read.part.name !== name) {
      throw new DamagedError(`it holds ${describeKey(read.part.key)} ${read.part.name} and does not belong here`)
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

/** Names in a folder; none when it is not there. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Differs for every state of a file; undefined when there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

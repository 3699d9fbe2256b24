import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { DataError, quoteValue } from '../../common/errors.ts'
import { fileOf, keyOfFolder, ownFile, partOfFile, type SeriesKey } from './key.ts'
import { stepMs } from './part.ts'
import { PARTS_FILE } from './store.ts'

/** Narrows down what is meant; a field that is left out means all. */
export type StoreFilter = Partial<SeriesKey>

/** Something in the store's folders that is not the store's. It is neither read nor removed. */
export interface UnmanagedFile {
  path: string
  reason: string
}

export interface Contents {
  /** Every series that has a file, in order of their names, with the parts that it has or should have, in order. */
  series: { key: SeriesKey; parts: string[] }[]
  /** With a filter only those among the files of the series that are meant. */
  unmanagedFiles: UnmanagedFile[]
}

/**
 * What lies in the store's folders. Nothing that somebody else put there stands in the way.
 * @throws DataError naming a field that a store does not have
 */
export async function contentsOf(root: string, filter: StoreFilter = {}): Promise<Contents> {
  checkFilter(filter)
  const found: Contents = { series: [], unmanagedFiles: [] }
  const everything = Object.values(filter).every(value => value === undefined)
  const walk = async (levels: readonly string[]): Promise<void> => {
    const folder = join(root, ...levels)
    const key = seriesAt(levels)
    const isMeant = key ? matches(key, filter) : everything
    const stray = (name: string, reason: string) => {
      if (isMeant) found.unmanagedFiles.push({ path: join(folder, name), reason })
    }
    const parts: string[] = []
    for (const entry of await entriesOf(folder)) {
      const { name } = entry
      if (name.startsWith('.')) continue
      const isOwnFolder = /^[a-z]+=/.test(name) && isPlace([...levels, name])
      if (isOwnFolder && (await isFolder(folder, entry))) {
        try {
          await walk([...levels, name])
        } catch (error) {
          if (!isSystemError(error)) throw error
          stray(name, `it cannot be read (${error.message})`)
        }
      } else if (key && !entry.isDirectory() && name === PARTS_FILE) {
        parts.push(...(await expectedParts(join(folder, name), key)))
      } else if (key && !entry.isDirectory() && ownFile(key.series, name)) {
        const part = partOfFile(key.series, name)
        if (part !== undefined) parts.push(part)
      } else if (levels.length > 0 || /^[a-z]+=/.test(name)) {
        stray(name, 'nothing of the store has this name')
      }
    }
    if (key && isMeant && parts.length > 0) found.series.push({ key, parts: [...new Set(parts)].sort() })
  }
  await walk([])
  return found
}

const USUAL = ['series=candles', 'exchange=x', 'symbol=x']

/** Whether a folder of the store can have this path: one of a series, or one on the way to it. */
function isPlace(levels: readonly string[]): boolean {
  if (levels.length > USUAL.length) return seriesAt(levels) !== undefined
  return keyOfFolder([...levels, ...USUAL.slice(levels.length)].join(sep)) !== undefined
}

/** The series whose files lie at this path. */
function seriesAt(levels: readonly string[]): SeriesKey | undefined {
  const key = levels.length < USUAL.length ? undefined : keyOfFolder(levels.join(sep))
  try {
    if (key) stepMs(key)
    return key
  } catch (error) {
    // A length of bars that is none.
    if (error instanceof DataError) return undefined
    throw error
  }
}

/** In order of their names; none when there is no such folder. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function isFolder(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory() ?? false
}

/** The parts that a series should have. */
async function expectedParts(path: string, { series }: SeriesKey): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.flatMap(line => partOfFile(series, fileOf(line)) ?? [])
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error

const FIELDS = ['exchange', 'symbol', 'series', 'timeframe']

function checkFilter(filter: StoreFilter): void {
  for (const [name, value] of Object.entries(filter)) {
    if (!FIELDS.includes(name))
      throw new DataError(`${quoteValue(name)} is not a field of the store: ${FIELDS.join(', ')}`)
    if (value !== undefined && typeof value !== 'string')
      throw new DataError(`${name}: ${quoteValue(value)}, but expected a text`)
  }
}

const matches = (key: SeriesKey, filter: StoreFilter) =>
  Object.entries(filter).every(([name, value]) => value === undefined || key[name as keyof SeriesKey] === value)

/** Lists what is in the store's folders, and which files there are not the store's. */
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { defineOptions, dropUndefined, duration, oneOf, optional, text } from '../../common/options.ts'
import { SERIES_SCHEMAS } from './schema.ts'
import { parsePartFile, parseSeriesFolder, parseStoreFile, partFileName, type SeriesKey } from './series-key.ts'
import { PARTS_FILE } from './store.ts'

/** Selects series; a field that is left out matches all. */
export type StoreFilter = Partial<SeriesKey>

export const filterFields = {
  exchange: optional(text),
  symbol: optional(text),
  series: optional(oneOf(...Object.keys(SERIES_SCHEMAS))),
  timeframe: optional(text),
}

const filterOptions = defineOptions<StoreFilter, keyof StoreFilter>('liq.store', filterFields)

/** Something in the store's folders that is not the store's. It is neither read nor removed. */
export interface UnmanagedFile {
  path: string
  reason: string
}

interface StoreContents {
  /** Every series that has a file, in order of their names, with the parts that it has or should have, in order. */
  series: { key: SeriesKey; parts: string[] }[]
  /** With a filter, only those in the folders of the selected series. */
  unmanagedFiles: UnmanagedFile[]
}

/**
 * Lists the store's folders. Files of others do not get in the way.
 *
 * @param caller the public function
 * @throws OptionError for a field that the store does not have, or a value that is not allowed
 */
export async function listContents(root: string, filter: StoreFilter, caller: string): Promise<StoreContents> {
  const fields = dropUndefined(filterOptions.resolve(filter, caller)) as StoreFilter
  const contents: StoreContents = { series: [], unmanagedFiles: [] }
  const isUnfiltered = Object.keys(fields).length === 0
  const walk = async (levels: readonly string[]): Promise<void> => {
    const folder = join(root, ...levels)
    const key = seriesAt(levels)
    const isSelected = key ? matches(key, fields) : isUnfiltered
    const addUnmanaged = (name: string, reason: string) => {
      if (isSelected) contents.unmanagedFiles.push({ path: join(folder, name), reason })
    }
    const parts: string[] = []
    for (const entry of await listEntries(folder)) {
      const { name } = entry
      if (name.startsWith('.')) continue
      const isStoreFolder = /^[a-z]+=/.test(name) && isStorePath([...levels, name])
      if (isStoreFolder && (await isFolder(folder, entry))) {
        try {
          await walk([...levels, name])
        } catch (error) {
          if (!isSystemError(error)) throw error
          addUnmanaged(name, `it cannot be read (${error.message})`)
        }
      } else if (key && !entry.isDirectory() && name === PARTS_FILE) {
        parts.push(...(await expectedParts(join(folder, name), key)))
      } else if (key && !entry.isDirectory() && parseStoreFile(key.series, name)) {
        const part = parsePartFile(key.series, name)
        if (part !== undefined) parts.push(part)
      } else if (levels.length > 0 || /^[a-z]+=/.test(name)) {
        addUnmanaged(name, 'the store uses no such name')
      }
    }
    if (key && isSelected && parts.length > 0) contents.series.push({ key, parts: [...new Set(parts)].sort() })
  }
  await walk([])
  return contents
}

/** Levels of a valid path, to complete a path that is too short to be checked. */
const EXAMPLE_LEVELS = ['series=candles', 'exchange=x', 'symbol=x']

/** Whether a folder of the store can have this path: that of a series, or one above it. */
function isStorePath(levels: readonly string[]): boolean {
  if (levels.length > EXAMPLE_LEVELS.length) return seriesAt(levels) !== undefined
  return parseSeriesFolder([...levels, ...EXAMPLE_LEVELS.slice(levels.length)].join(sep)) !== undefined
}

/** The series whose files are in this folder. */
function seriesAt(levels: readonly string[]): SeriesKey | undefined {
  const key = levels.length < EXAMPLE_LEVELS.length ? undefined : parseSeriesFolder(levels.join(sep))
  return key && hasValidTimeframe(key) ? key : undefined
}

const isDuration = duration()

function hasValidTimeframe({ series, timeframe }: SeriesKey): boolean {
  return timeframe === '' ? series !== 'candles' : isDuration(timeframe) === undefined
}

/** The entries of a folder in order of their names; none when it does not exist. */
export async function listEntries(folder: string): Promise<Dirent[]> {
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
  return lines.flatMap(line => parsePartFile(series, partFileName(line)) ?? [])
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error

const matches = (key: SeriesKey, fields: StoreFilter) =>
  Object.entries(fields).every(([name, value]) => key[name as keyof SeriesKey] === value)

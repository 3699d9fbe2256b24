/** What users do with the store: list, verify and remove series. */
import { open, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { defineOptions, dropUndefined, invalidOption, option, trueOrFalse } from '../../common/options.ts'
import { filterFields, listContents, listEntries, type StoreFilter, type UnmanagedFile } from './contents.ts'
import { decodeHeader, type PartHeader } from './parquet.ts'
import { seriesStepMs } from './part.ts'
import { parseStoreFile, partFileName, type SeriesKey, seriesFolder } from './series-key.ts'
import { PARTS_FILE, readPart } from './store.ts'

export interface SeriesSummary extends SeriesKey {
  /** Times of the first and last record, epoch ms; null without records. */
  from: number | null
  to: number | null
  bars: number
  /** Number of gaps between `from` and `to` where bars are missing; 0 for a series without a timeframe. */
  gaps: number
  bytes: number
}

export interface StoreProblem extends SeriesKey {
  file: string
  problem: string
}

/** Every stored series, in order of their names. */
export async function listSeries(root: string, filter: StoreFilter = {}): Promise<SeriesKey[]> {
  return (await listContents(root, filter, 'liq.store.list')).series.map(({ key }) => key)
}

/** Files in the store's folders that are not the store's. */
export async function listUnmanagedFiles(root: string, filter: StoreFilter = {}): Promise<UnmanagedFile[]> {
  return (await listContents(root, filter, 'liq.store.unmanagedFiles')).unmanagedFiles
}

/** What is stored, by the headers of the files; `verifyStore` checks whether they are true. */
export async function summarizeStore(root: string, filter: StoreFilter = {}): Promise<SeriesSummary[]> {
  const { series } = await listContents(root, filter, 'liq.store.list')
  return Promise.all(series.map(({ key, parts }) => summarize(root, key, parts)))
}

async function summarize(root: string, key: SeriesKey, parts: readonly string[]): Promise<SeriesSummary> {
  const summary: SeriesSummary = { ...key, from: null, to: null, bars: 0, gaps: 0, bytes: 0 }
  const step = seriesStepMs(key) ?? Infinity
  for (const name of parts) {
    const { bytes, header } = await readHeader(join(root, seriesFolder(key), partFileName(name)))
    summary.bytes += bytes
    if (!header || header.first === null) continue
    summary.gaps += header.gaps + (summary.to !== null && header.first - summary.to > step ? 1 : 0)
    summary.bars += header.records
    summary.from ??= header.first
    summary.to = header.last
  }
  return summary
}

/**
 * Reads every file and returns those that are damaged, misplaced or missing. None: all are as they were written.
 *
 * @param onProgress called after each file
 */
export async function verifyStore(
  root: string,
  filter: StoreFilter = {},
  onProgress: (done: number, total: number, key: SeriesKey) => void = () => {},
): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = []
  const { series } = await listContents(root, filter, 'liq.store.verify')
  const total = series.reduce((sum, { parts }) => sum + parts.length, 0)
  let done = 0
  for (const { key, parts } of series) {
    const folder = join(root, seriesFolder(key))
    for (const name of parts) {
      const file = join(folder, partFileName(name))
      const { part, reason } = await readPart(file, key, name).catch((error: unknown) => {
        if (error instanceof DataError) return { part: undefined, reason: error.message }
        throw error
      })
      if (!part) problems.push({ ...key, file, problem: reason ?? 'it is missing' })
      onProgress(++done, total, key)
    }
  }
  return problems
}

export interface RemoveFilter extends StoreFilter {
  /** Remove everything. Default false. */
  all?: boolean
}

const removeOptions = defineOptions<RemoveFilter, keyof StoreFilter>('liq.store.remove', {
  ...filterFields,
  all: option(false, trueOrFalse),
})

/**
 * Removes the selected series and their empty folders; files that are not the store's stay.
 * @throws OptionError when the filter has no field: use `{ all: true }`
 */
export async function removeSeries(root: string, filter: RemoveFilter): Promise<SeriesSummary[]> {
  const { all, ...optionalFields } = removeOptions.resolve(filter)
  const fields = dropUndefined(optionalFields) as StoreFilter
  if (!all && Object.keys(fields).length === 0)
    throw invalidOption(
      'liq.store.remove',
      'all',
      all,
      'exchange, symbol, series or timeframe of what to remove, or all: true for everything',
    )
  const summaries = await summarizeStore(root, fields)
  for (const key of summaries) {
    const folder = join(root, seriesFolder(key))
    for (const entry of await listEntries(folder)) {
      // The folder may hold that of a timeframe, or files of others.
      const isStoreFile = entry.name === PARTS_FILE || parseStoreFile(key.series, entry.name) !== undefined
      if (isStoreFile && !entry.isDirectory()) await rm(join(folder, entry.name), { force: true })
    }
    await removeEmptyFolders(root, folder)
  }
  return summaries
}

/** Removes a folder and those above it, up to the root, as far as they are empty. */
async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== root; path = join(path, '..')) {
    try {
      await rmdir(path)
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return
      throw error
    }
  }
}

/** Longer than the end of any file, which holds its schema, statistics and header. */
const TAIL_BYTES = 1 << 16

/** A file's size and header; no header when it is missing or damaged. */
async function readHeader(path: string): Promise<{ bytes: number; header?: PartHeader }> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return { bytes: 0 }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return { bytes: 0 }
    const { size } = stat
    const tail = new Uint8Array(Math.min(size, TAIL_BYTES))
    await file.read(tail, 0, tail.length, size - tail.length)
    try {
      return { bytes: size, header: decodeHeader(tail.buffer) }
    } catch (error) {
      if (error instanceof DataError) return { bytes: size }
      throw error
    }
  } finally {
    await file.close()
  }
}

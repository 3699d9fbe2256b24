import { open, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { contentsOf, entriesOf, type StoreFilter, type UnmanagedFile } from './contents.ts'
import { fileOf, folderOf, ownFile, type SeriesKey } from './key.ts'
import { decodeHead, type Head } from './parquet.ts'
import { stepMs } from './part.ts'
import { PARTS_FILE, readPart } from './store.ts'

/** A series as a whole. */
export interface SeriesSummary extends SeriesKey {
  /** Times of the first and last record, epoch ms; null when there is none. */
  from: number | null
  to: number | null
  bars: number
  /** Places between `from` and `to` where bars are missing; 0 for a series without a timeframe. */
  gaps: number
  bytes: number
}

export interface StoreProblem extends SeriesKey {
  file: string
  problem: string
}

/** Every series that is stored, in order of their names. */
export async function listSeries(root: string, filter?: StoreFilter): Promise<SeriesKey[]> {
  return (await contentsOf(root, filter)).series.map(({ key }) => key)
}

/** What lies in the store's folders and is not the store's. */
export async function listUnmanagedFiles(root: string, filter?: StoreFilter): Promise<UnmanagedFile[]> {
  return (await contentsOf(root, filter)).unmanagedFiles
}

/** What is stored, from the files' own words; `verifyStore` tells whether they are true. */
export async function summarizeStore(root: string, filter: StoreFilter = {}): Promise<SeriesSummary[]> {
  const { series } = await contentsOf(root, filter)
  return Promise.all(series.map(({ key, parts }) => summarize(root, key, parts)))
}

async function summarize(root: string, key: SeriesKey, parts: readonly string[]): Promise<SeriesSummary> {
  const summary: SeriesSummary = { ...key, from: null, to: null, bars: 0, gaps: 0, bytes: 0 }
  const step = stepMs(key) ?? Infinity
  for (const name of parts) {
    const { bytes, head } = await readHead(join(root, folderOf(key), fileOf(name)))
    summary.bytes += bytes
    if (!head || head.first === null) continue
    summary.gaps += head.gaps + (summary.to !== null && head.first - summary.to > step ? 1 : 0)
    summary.bars += head.records
    summary.from ??= head.first
    summary.to = head.last
  }
  return summary
}

/**
 * Reads every file and tells of each that is damaged, in the wrong place or gone. Empty: all is as it was written.
 * `onProgress` hears of the share of files that were read.
 */
export async function verifyStore(
  root: string,
  filter: StoreFilter = {},
  onProgress: (done: number, total: number, key: SeriesKey) => void = () => {},
): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = []
  const { series } = await contentsOf(root, filter)
  const total = series.reduce((sum, { parts }) => sum + parts.length, 0)
  let done = 0
  for (const { key, parts } of series) {
    const folder = join(root, folderOf(key))
    for (const name of parts) {
      const file = join(folder, fileOf(name))
      const { part, reason } = await readPart(file, key, name).catch((error: unknown) => {
        if (error instanceof DataError) return { part: undefined, reason: error.message }
        throw error
      })
      if (!part) problems.push({ ...key, file, problem: reason ?? 'it is gone' })
      onProgress(++done, total, key)
    }
  }
  return problems
}

/**
 * Removes the series that match, and their empty folders; what is not the store's stays.
 * @throws DataError when the filter names nothing: use `{ all: true }`
 */
export async function removeSeries(root: string, filter: StoreFilter & { all?: boolean }): Promise<SeriesSummary[]> {
  const { all = false, ...fields } = filter
  if (!all && Object.values(fields).every(value => value === undefined)) {
    throw new DataError('Say what to remove: exchange, symbol, series or timeframe, or all: true for everything')
  }
  const summaries = await summarizeStore(root, fields)
  for (const key of summaries) {
    const folder = join(root, folderOf(key))
    for (const entry of await entriesOf(folder)) {
      // A timeframe's folder may lie in here, or what somebody else has put there.
      const isOwn = entry.name === PARTS_FILE || ownFile(key.series, entry.name) !== undefined
      if (isOwn && !entry.isDirectory()) await rm(join(folder, entry.name), { force: true })
    }
    await removeEmpty(root, folder)
  }
  return summaries
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== root; path = join(path, '..')) {
    try {
      await rmdir(path)
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return
      throw error
    }
  }
}

/** Longer than the end of any file, which holds its schema, statistics and head. */
const TAIL_BYTES = 1 << 16

async function readHead(path: string): Promise<{ bytes: number; head?: Head }> {
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
      return { bytes: size, head: decodeHead(tail.buffer) }
    } catch (error) {
      if (error instanceof DataError) return { bytes: size }
      throw error
    }
  } finally {
    await file.close()
  }
}

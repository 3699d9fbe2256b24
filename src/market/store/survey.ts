import { open, readFile, rm, rmdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DataError, quote } from '../errors.ts'
import { folderOf, keyOfFolder, partOfFile, type SeriesKey } from './key.ts'
import { decodeHead, type Head } from './parquet.ts'
import { stepMs } from './part.ts'
import { listFolder, PARTS_FILE, readPart } from './store.ts'

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

/** Narrows down what is meant; a field that is left out means all. */
export type StoreFilter = Partial<SeriesKey>

/** Every series that has a folder, in order of their names. */
export async function listSeries(root: string, filter: StoreFilter = {}): Promise<SeriesKey[]> {
  const keys: SeriesKey[] = []
  const walk = async (folder: string): Promise<void> => {
    for (const name of (await listFolder(folder)).sort()) {
      if (!/^[a-z]+=/.test(name)) continue
      const path = join(folder, name)
      const key = keyOfFolder(relative(root, path))
      if (key && matches(key, filter)) keys.push(key)
      await walk(path)
    }
  }
  checkFilter(filter)
  await walk(root)
  const held = await Promise.all(keys.map(async key => (await partNames(root, key)).length > 0))
  return keys.filter((_, i) => held[i])
}

/** What is stored, from the files' own words; `verifyStore` tells whether they are true. */
export async function summarizeStore(root: string, filter: StoreFilter = {}): Promise<SeriesSummary[]> {
  return Promise.all((await listSeries(root, filter)).map(key => summarize(root, key)))
}

async function summarize(root: string, key: SeriesKey): Promise<SeriesSummary> {
  const summary: SeriesSummary = { ...key, from: null, to: null, bars: 0, gaps: 0, bytes: 0 }
  const step = stepMs(key) ?? Infinity
  for (const name of await partNames(root, key)) {
    const { bytes, head } = await readHead(join(root, folderOf(key), `${name}.parquet`))
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
  const keys = await listSeries(root, filter)
  const names = await Promise.all(keys.map(key => partNames(root, key)))
  const total = names.reduce((sum, list) => sum + list.length, 0)
  let done = 0
  for (const [i, key] of keys.entries()) {
    const folder = join(root, folderOf(key))
    for (const name of names[i]!) {
      const file = join(folder, `${name}.parquet`)
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
 * Removes the series that match, and their empty folders.
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
    for (const name of await listFolder(folder)) {
      // A timeframe's folder may lie in here.
      if (name === PARTS_FILE || /^\d{4}-\d{2}(-\d{2})?\.parquet/.test(name))
        await rm(join(folder, name), { force: true })
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

/** The parts that a series has or should have, in order. */
async function partNames(root: string, key: SeriesKey): Promise<string[]> {
  const folder = join(root, folderOf(key))
  const files = await listFolder(folder)
  const expected = files.includes(PARTS_FILE) ? (await readFile(join(folder, PARTS_FILE), 'utf8')).split('\n') : []
  const names = [...files, ...expected.map(line => `${line}.parquet`)].flatMap(file => partOfFile(file) ?? [])
  return [...new Set(names)].sort()
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
    const { size } = await file.stat()
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

const FIELDS = ['exchange', 'symbol', 'series', 'timeframe']

function checkFilter(filter: StoreFilter): void {
  for (const [name, value] of Object.entries(filter)) {
    if (!FIELDS.includes(name)) throw new DataError(`${quote(name)} is not a field of the store: ${FIELDS.join(', ')}`)
    if (value !== undefined && typeof value !== 'string')
      throw new DataError(`${name}: ${quote(value)}, but expected a text`)
  }
}

const matches = (key: SeriesKey, filter: StoreFilter) =>
  Object.entries(filter).every(([name, value]) => value === undefined || key[name as keyof SeriesKey] === value)

import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import {
  listSeries,
  listUnmanagedFiles,
  removeSeries,
  summarizeStore,
  verifyStore,
} from '../../../src/data/store/manage.ts'
import {
  parsePartFile,
  parseSeriesFolder,
  parseStoreFile,
  type SeriesKey,
  seriesFolder,
} from '../../../src/data/store/series-key.ts'
import { Store } from '../../../src/data/store/store.ts'
import { at, candlesAt, KEY, opens, useFolder } from './helpers.ts'

const folder = useFolder()
const FROM = at('2024-01-30')
const TO = at('2024-03-02')
const seriesFolderPath = () => new Store(folder.path).folder(KEY)
const unmanagedFiles = async (filter = {}) =>
  (await listUnmanagedFiles(folder.path, filter)).map(({ path }) => relative(folder.path, path))
const beside = (name: string) => join(seriesFolder(KEY), name)

async function put(path: string): Promise<string> {
  const whole = join(folder.path, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, 'not of the store')
  return whole
}

beforeEach(() => new Store(folder.path).write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO]))

/** The store works as if there were only its own files. */
async function expectUndisturbed(): Promise<void> {
  expect(await listSeries(folder.path)).toEqual([KEY])
  expect(await summarizeStore(folder.path)).toMatchObject([{ ...KEY, bars: 32 * 24, gaps: 0 }])
  expect(await verifyStore(folder.path)).toEqual([])
  const store = new Store(folder.path)
  expect(await store.load(KEY, [0, TO])).toMatchObject({ coverage: [[FROM, TO]], damaged: [] })
  await store.clean(KEY)
}

describe('a foreign file in the store’s folders', () => {
  const FILES = [
    beside('2024-13.parquet'),
    beside('2024-00.parquet'),
    beside('2024-02-31.parquet'),
    beside('2024-02-01.parquet'),
    beside('2024-02.parquet.bak'),
    beside('2024-13.parquet.lock'),
    beside('notes.txt'),
    beside('2024-04.parquet/inside'),
    'series=candles/readme',
    'series=candles/exchange=%/symbol=x/timeframe=1h/2024-01.parquet',
    'series=candles/exchange=okx/symbol=x/2024-01.parquet',
    'series=candles/exchange=okx/symbol=x/timeframe=soon/2024-01.parquet',
    'series=candles/exchange=okx/symbol=x/timeframe=1h/timeframe=1h/2024-01.parquet',
    'series=candles/symbol=x/exchange=okx/timeframe=1h/2024-01.parquet',
    'series=ticks/exchange=okx/symbol=x/2024-01.parquet',
    'series=trades',
    'year=2024/month=1/data.parquet',
  ]
  it.each(FILES)('is not listed as a series, is named, and is not removed: %s', async path => {
    const file = await put(path)
    await expectUndisturbed()
    const [unmanaged, ...others] = await unmanagedFiles()
    expect(others).toEqual([])
    expect(unmanaged !== undefined && path.startsWith(unmanaged)).toBe(true)
    await removeSeries(folder.path, { all: true })
    expect(await listSeries(folder.path)).toEqual([])
    expect(await readFile(file, 'utf8')).toBe('not of the store')
  })

  it('is named with a filter only in the folders that it selects', async () => {
    await put(beside('notes.txt'))
    await put('series=ticks/x')
    expect(await unmanagedFiles({ exchange: 'okx' })).toEqual([])
    expect(await unmanagedFiles({ exchange: KEY.exchange })).toEqual([beside('notes.txt')])
    expect(await unmanagedFiles()).toEqual([beside('notes.txt'), 'series=ticks'])
  })

  it('is not a file of the store itself, a hidden file, or any file outside its folders', async () => {
    for (const name of [
      '2024-01.parquet.lock',
      '2024-01.parquet.lock.1-2',
      '2024-01.parquet.1-2.tmp',
      '2024-01.parquet.damaged',
    ])
      await put(beside(name))
    for (const path of [beside('.DS_Store'), 'notebook.liqnb', 'documents/letter.txt']) await put(path)
    expect(await unmanagedFiles()).toEqual([])
  })

  it('may be a broken link, or a folder without read permission', async () => {
    const closed = join(folder.path, 'series=funding')
    await symlink(join(folder.path, 'nowhere'), join(folder.path, 'series=trades'))
    await mkdir(closed)
    await chmod(closed, 0)
    await expectUndisturbed()
    const reasons = (await listUnmanagedFiles(folder.path)).map(({ reason }) => reason)
    expect(reasons.at(-1)).toBe('the store uses no such name')
    // Root can read everything.
    if (process.getuid?.() !== 0) expect(reasons[0]).toMatch(/^it cannot be read \(EACCES/)
    await chmod(closed, 0o700)
  })
})

it('treats a folder in place of a file as damaged, and sets it aside at the next download', async () => {
  const file = join(seriesFolderPath(), '2024-02.parquet')
  await rm(file)
  await mkdir(join(file, 'inside'), { recursive: true })
  expect(await summarizeStore(folder.path)).toMatchObject([{ bars: 3 * 24 }])
  expect(await verifyStore(folder.path)).toMatchObject([{ file, problem: 'it is a folder' }])
  const store = new Store(folder.path)
  expect((await store.load(KEY, [FROM, TO])).damaged).toEqual([{ name: '2024-02', file, reason: 'it is a folder' }])
  await store.write(KEY, candlesAt(opens(FROM, TO)), [FROM, TO])
  expect(await verifyStore(folder.path)).toEqual([])
  expect(await unmanagedFiles()).toEqual([beside('2024-02.parquet.damaged')])
})

describe('names', () => {
  it('of parts are existing months, or days for trades', () => {
    expect(parsePartFile('candles', '2024-02.parquet')).toBe('2024-02')
    expect(parsePartFile('trades', '2024-02-29.parquet')).toBe('2024-02-29')
    const none = ['2023-02-29', '2024-02', '2024-02-30', '2024-13-01', '2024-2-1', '02024-02-01', '2024-02-01x']
    for (const part of none) expect(parsePartFile('trades', `${part}.parquet`), part).toBeUndefined()
    expect(parsePartFile('candles', '2024-02-01.parquet')).toBeUndefined()
    expect(parseStoreFile('candles', '2024-02.parquet.0-1.tmp')).toEqual({ part: '2024-02', suffix: '.0-1.tmp' })
    expect(parseStoreFile('candles', '2024-02.csv')).toBeUndefined()
  })

  it('of folders that no series has have no key', () => {
    const key: SeriesKey = { series: 'candles', exchange: 'x', symbol: 'y', timeframe: '' }
    expect(parseSeriesFolder(seriesFolder(key))).toEqual(key)
    for (const exchange of ['%', '%E0%A4%A', '\ud800', '%00%'])
      expect(
        parseSeriesFolder(seriesFolder(key).replace('exchange=x', `exchange=${exchange}`)),
        exchange,
      ).toBeUndefined()
  })
})

it('counts the bars of the parts that exist', async () => {
  await rm(join(seriesFolderPath(), '2024-01.parquet'))
  expect(await summarizeStore(folder.path)).toMatchObject([{ from: at('2024-02-01'), to: TO - HOUR, bars: 30 * 24 }])
})

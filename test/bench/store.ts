/** Times the store. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { HOUR, MINUTE } from '../../src/common/duration.ts'
import { readMarketFile } from '../../src/data/load-file.ts'
import { loadMarket } from '../../src/data/load-market.ts'
import type { Interval } from '../../src/data/store/intervals.ts'
import { sliceRecords } from '../../src/data/store/part.ts'
import type { SeriesRecords } from '../../src/data/store/schema.ts'
import type { SeriesKey } from '../../src/data/store/series-key.ts'
import { Store } from '../../src/data/store/store.ts'
import { random } from '../../src/stats/random.ts'
import { type Timing, timeAsync } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable } from './table.ts'

const START = Date.UTC(2020, 0, 1)
const FOUR_YEARS = 4 * 365 * 24
/** Records of one response of an exchange. */
const PAGE = 1000

/** Times writing and reading candles in the store and as CSV, and loading a stored market. */
export async function storeBench({ storedBars, fewRepeats, repeats }: BenchPlan): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'liqnb-bench-store-'))
  try {
    return `${await timeLoading(folder, repeats)}\n${await timeFiles(folder, storedBars, fewRepeats)}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timeLoading(folder: string, repeats: BenchPlan['repeats']): Promise<string> {
  const store = join(folder, 'hours')
  const range: Interval = [START, START + FOUR_YEARS * HOUR]
  const key = createKey('1h')
  await new Store(store).write(key, candles(FOUR_YEARS, HOUR), range)
  const { exchange, symbol, timeframe } = key
  const source = { exchange, symbol, timeframe, since: range[0], until: range[1], store }
  const load = () => loadMarket(source)
  const first = await timeAsync(load, { warmups: 0, runs: 1 })
  const later = await timeAsync(load, repeats)
  const rows = [
    ['first load', ms(first.wall), ms(first.wall), ms(first.cpu)],
    ['later loads', ms(later.wall), ms(later.minWall), ms(later.cpu)],
  ]
  const title = `A stored market of four years of hours (${count(FOUR_YEARS)} bars, 48 files), checksums and checks included`
  return textTable(title, ['', 'median ms', 'min ms', 'cpu ms'], rows)
}

async function timeFiles(folder: string, bars: number, repeats: BenchPlan['repeats']): Promise<string> {
  const key = createKey('1m')
  const records = candles(bars, MINUTE)
  const range: Interval = [START, START + bars * MINUTE]
  const store = new Store(join(folder, 'minutes'))
  const fresh = async (work: () => Promise<void>) => {
    await rm(store.path, { recursive: true, force: true })
    await work()
  }
  const paged = await timeAsync(() => fresh(() => writePages(store, key, records, range)), { warmups: 0, runs: 1 })
  const written = await timeAsync(() => fresh(async () => void (await store.write(key, records, range))), repeats)
  const read = await timeAsync(() => store.load(key, range), repeats)
  const bytes = await folderSize(store.folder(key))

  const csv = join(folder, 'minutes.csv')
  const csvWritten = await timeAsync(() => writeFile(csv, toCsv(records)), repeats)
  const csvRead = await timeAsync(() => readMarketFile({ file: csv }), repeats)
  const csvBytes = (await stat(csv)).size
  const packed = gzipSync(toCsv(records)).length

  const timeCells = (timing: Timing | undefined) => (timing ? [ms(timing.minWall), ms(timing.cpu)] : ['', ''])
  const row = (name: string, write: Timing | undefined, read: Timing | undefined, size: number) => [
    name,
    ...timeCells(write),
    ...timeCells(read),
    (size / 1e6).toFixed(1),
    (size / bars).toFixed(1),
  ]
  return textTable(
    `${count(bars)} candles of a minute, with taker volume: minimum wall and median cpu time of ${repeats.runs} runs, ms`,
    ['', 'write', 'cpu', 'read', 'cpu', 'MB', 'bytes a bar'],
    [
      row('store, all at once', written, read, bytes),
      row(`store, in pages of ${count(PAGE)} as they come`, paged, undefined, bytes),
      row('CSV', csvWritten, csvRead, csvBytes),
      row('CSV, gzip', undefined, undefined, packed),
    ],
  )
}

const createKey = (timeframe: string): SeriesKey => ({
  series: 'candles',
  exchange: 'binanceusdm',
  symbol: 'BTC/USDT:USDT',
  timeframe,
})

/** Writes like a download: each page is on disk before the next, and all are compacted at the end. */
async function writePages(store: Store, key: SeriesKey, records: SeriesRecords, [from, to]: Interval): Promise<void> {
  const parts = new Set<string>()
  for (let start = from; start < to; start += PAGE * MINUTE) {
    const page: Interval = [start, Math.min(to, start + PAGE * MINUTE)]
    for (const part of (await store.write(key, sliceRecords(records, page), page, true)).parts) parts.add(part)
  }
  await store.compact(key, parts)
}

/** A random walk in steps of 0.1 with volumes in thousandths, as exchanges send them. */
function candles(bars: number, barMs: number): SeriesRecords {
  const { uniform: next, normal } = random(7)
  const column = () => new Float64Array(bars)
  const [open, high, low, close, volume, takerBuyVolume] = [column(), column(), column(), column(), column(), column()]
  const sigma = 0.006 * Math.sqrt(barMs / HOUR)
  const tick = (price: number) => Math.round(price * 10) / 10
  let price = 40_000
  for (let i = 0; i < bars; i++) {
    const [a, b] = [price, price * Math.exp(sigma * normal())]
    open[i] = tick(a)
    close[i] = tick(b)
    high[i] = tick(Math.max(a, b) * (1 + sigma * next()))
    low[i] = tick(Math.min(a, b) * (1 - sigma * next()))
    volume[i] = Math.round(200_000 * next() ** 3) / 1000
    takerBuyVolume[i] = Math.floor(volume[i]! * 1000 * next()) / 1000
    price = b
  }
  const time = Float64Array.from({ length: bars }, (_, i) => START + i * barMs)
  return { time, columns: { open, high, low, close, volume, takerBuyVolume } }
}

function toCsv({ time, columns }: SeriesRecords): string {
  const names = Object.keys(columns)
  const lines = [`date,${names.join(',')}`]
  const values = Object.values(columns)
  for (let i = 0; i < time.length; i++) {
    let line = String(time[i])
    for (const column of values) line += `,${column[i]}`
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

async function folderSize(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async name => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

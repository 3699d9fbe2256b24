/** Times the import of files. */
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { random } from '../../src/stats/random.ts'
import { median } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { runProcess } from './process.ts'
import { count, ms, textTable } from './table.ts'

/** Measurements of one process: times in ms, memory as the largest resident set after the start and at the end. */
export interface ImportResult {
  rows: number
  wall: number
  cpu: number
  beforeMb: number
  peakMb: number
}

/** Times candles in all supported formats, and trades, each in its own process. */
export async function importBench({ quick, fewRepeats }: BenchPlan): Promise<string> {
  const bars = quick ? 200_000 : 1_000_000
  const trades = quick ? 1_000_000 : 10_000_000
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-import-'))
  try {
    const files = await writeFiles(folder, bars)
    const cases: [string, string, string, number | null][] = [
      ...files.map(({ name, path }): [string, string, string, number] => [
        `${count(bars)} candles, ${name}`,
        'candles',
        path,
        statSync(path).size,
      ]),
      [`${count(bars)} trades, CSV → flow by hour`, 'trades', await writeTrades(folder, bars), null],
      [`${count(trades / 10)} trades in memory → flow by hour`, 'synthetic', String(trades / 10), null],
      [`${count(trades)} trades in memory → flow by hour`, 'synthetic', String(trades), null],
    ]
    const rows: string[][] = []
    for (const [name, task, argument, bytes] of cases) {
      const results: ImportResult[] = []
      for (let run = 0; run < fewRepeats.runs; run++)
        results.push(await runProcess<ImportResult>('import-process', [task, argument]))
      const valuesOf = (name: keyof ImportResult) => results.map(result => result[name])
      const peak = Math.max(...valuesOf('peakMb'))
      rows.push([
        name,
        bytes === null ? '' : (bytes / 1e6).toFixed(1),
        ms(median(valuesOf('wall'))),
        ms(Math.min(...valuesOf('wall'))),
        ms(median(valuesOf('cpu'))),
        count(peak),
        count(peak - Math.min(...valuesOf('beforeMb'))),
      ])
    }
    return textTable(
      'Import: each in its own process, from the start to the checked market or flow, including compilation',
      ['', 'file MB', 'median ms', 'min ms', 'cpu ms', 'peak MB', 'for the import'],
      rows,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const FIELDS = ['open_time', 'open', 'high', 'low', 'close', 'volume', 'taker_buy_volume'] as const

async function writeFiles(folder: string, bars: number): Promise<{ name: string; path: string }[]> {
  const columns = FIELDS.map(() => new Float64Array(bars))
  const rng = random(1)
  let price = 60_000
  for (let t = 0; t < bars; t++) {
    const cents = (value: number) => Math.round(value * 10) / 10
    const open = price
    price = cents(price * Math.exp(0.0005 * rng.normal()))
    const volume = Math.round(rng.uniform() * 1e6) / 1e3
    const bar = [
      1_500_000_000_000 + t * 60_000,
      open,
      cents(Math.max(open, price) * (1 + 5e-4 * rng.uniform())),
      cents(Math.min(open, price) * (1 - 5e-4 * rng.uniform())),
      price,
      volume,
      Math.round(volume * rng.uniform() * 1e3) / 1e3,
    ]
    for (const [k, value] of bar.entries()) columns[k]![t] = value
  }
  const path = (name: string) => join(folder, name)
  const row = (t: number) => columns.map(column => column[t]).join(',')
  await write(path('klines.csv'), `${FIELDS.join(',')}\n`, bars, t => `${row(t)}\n`)
  await write(
    path('candles.json'),
    '[',
    bars,
    t => `${t > 0 ? ',' : ''}[${columns.slice(0, 6).map(column => column[t])}]`,
    ']',
  )
  writeFileSync(path('klines.csv.gz'), gzipSync(await readFile(path('klines.csv'))))
  const columnData = FIELDS.map((name, k) => ({ name, data: columns[k]!, type: 'DOUBLE' as const }))
  writeFileSync(path('candles.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })))
  return [
    { name: 'CSV', path: path('klines.csv') },
    { name: 'CSV in gzip', path: path('klines.csv.gz') },
    { name: 'JSON lists', path: path('candles.json') },
    { name: 'Parquet', path: path('candles.parquet') },
  ]
}

async function writeTrades(folder: string, rows: number): Promise<string> {
  const rng = random(2)
  let price = 60_000
  const path = join(folder, 'trades.csv')
  const header = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n'
  await write(path, header, rows, i => {
    price *= 1 + (rng.uniform() - 0.5) * 2e-4
    return `${i},${price.toFixed(1)},${rng.uniform().toFixed(3)},${2 * i},${2 * i + 1},${1_700_000_000_000 + i * 900},${rng.integer(2) === 1}\n`
  })
  return path
}

/** Writes a long file in chunks. */
async function write(
  path: string,
  head: string,
  rows: number,
  row: (index: number) => string,
  tail = '',
): Promise<void> {
  const file = createWriteStream(path)
  file.write(head)
  for (let from = 0; from < rows; from += 10_000) {
    let chunk = ''
    for (let i = from; i < Math.min(rows, from + 10_000); i++) chunk += row(i)
    if (!file.write(chunk)) await once(file, 'drain')
  }
  file.end(tail)
  await once(file, 'finish')
}

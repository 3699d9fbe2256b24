import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Interval } from '../../../src/data/store/intervals.ts'
import type { SeriesKey } from '../../../src/data/store/key.ts'
import { Store } from '../../../src/data/store/store.ts'
import { verifyStore } from '../../../src/data/store/survey.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'

const HOUR = 3_600_000
export const KEY: SeriesKey = { series: 'candles', exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h' }

/** Builds the downloader once, into a folder of its own; with the real ccxt, which takes seconds, only where it is used. */
export async function buildDownloader(ccxt: boolean): Promise<{ script: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'liqnb-downloader-'))
  const banner = "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);"
  await build({
    entryPoints: { downloader: join(import.meta.dirname, 'downloader.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    keepNames: true,
    external: ccxt ? [] : ['ccxt'],
    banner: { js: banner },
    logLevel: 'warning',
  })
  return { script: join(folder, 'downloader.mjs'), remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface Download {
  exchange: LocalExchange
  path: string
  range: Interval
  /** Bars a page. */
  page: number
  /** Through the real ccxt. */
  ccxt?: boolean
}

export interface Ended {
  /** The end of the last page that the process said to be stored. */
  stored: number
  /** How many bars it got at last; undefined when it was killed before. */
  bars: number | undefined
  error: string
  /** How long it worked, ms. */
  ms: number
}

/** Runs a download in a process of its own, which is killed so many ms after it started to work. */
export function runDownload(
  script: string,
  { exchange, path, range, page, ccxt = false }: Download,
  killAfterMs?: number,
) {
  const args = [
    exchange.url,
    path,
    ...range.map(String),
    String(page),
    ...(ccxt ? [JSON.stringify(exchange.ccxt)] : []),
  ]
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise<Ended>(resolve => {
    let text = ''
    let error = ''
    let timer: NodeJS.Timeout | undefined
    let startedAt = performance.now()
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      error += part
    })
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (text === '') {
        startedAt = performance.now()
        if (killAfterMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      }
      text += part
    })
    child.on('close', () => {
      clearTimeout(timer)
      const stored = [...text.matchAll(/^stored (\d+)$/gm)].at(-1)?.[1]
      const bars = /^done (\d+)$/m.exec(text)?.[1]
      resolve({
        stored: Number(stored ?? 0),
        bars: bars === undefined ? undefined : Number(bars),
        error,
        ms: performance.now() - startedAt,
      })
    })
  })
}

/**
 * What is wrong with a store that a download of `range` was or is at: what it was told to be stored is not there, a
 * bar is missing, doubled or not that of the exchange, or a file does not verify. Undefined: nothing.
 */
export async function findLoss({ exchange, path, range }: Download, stored: number): Promise<string | undefined> {
  const problems = await verifyStore(path)
  if (problems.length > 0) return `${problems[0]!.file}: ${problems[0]!.problem}`
  const { records, coverage } = await new Store(path).load(KEY, range)
  const end = coverage.at(-1)?.[1] ?? 0
  if (coverage.length > 1 || (coverage.length === 1 && coverage[0]![0] !== range[0])) return `coverage ${coverage}`
  if (end < stored)
    return `stored up to ${new Date(stored).toISOString()} was said, but it ends ${new Date(end).toISOString()}`
  const truth = exchange.market.candles(range[0], Math.max(range[0], end) - 1, HOUR, exchange.now())
  if (records.time.length !== truth.length) return `${records.time.length} bars, but the exchange has ${truth.length}`
  for (const [i, candle] of truth.entries()) {
    if (records.time[i] !== candle.time) return `bar ${i}: ${records.time[i]}, but the exchange has ${candle.time}`
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
      const value = records.columns[field]![i]!
      if (Math.abs(value - candle[field]) > 1e-6) return `bar ${i}, ${field}: ${value} is not ${candle[field]}`
    }
  }
  return undefined
}

/** Downloads in processes that can be killed, and checks of what they stored. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HOUR } from '../../../src/common/duration.ts'
import type { Interval } from '../../../src/data/store/intervals.ts'
import { verifyStore } from '../../../src/data/store/manage.ts'
import { Store } from '../../../src/data/store/store.ts'
import { bundleForNode } from '../../bundle.mjs'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { KEY } from './helpers.ts'

/** Bundles the downloader into a temporary folder; bundling the real ccxt takes seconds. */
export async function buildDownloader(ccxt: boolean): Promise<{ script: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'liqnb-downloader-'))
  const entryPoints = { downloader: join(import.meta.dirname, 'downloader.ts') }
  await bundleForNode(entryPoints, folder, { keepNames: true, external: ccxt ? [] : ['ccxt'] })
  return { script: join(folder, 'downloader.mjs'), remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface Download {
  exchange: LocalExchange
  path: string
  range: Interval
  /** Bars per page. */
  page: number
  /** Whether to use the real ccxt. Default false. */
  ccxt?: boolean
}

export interface DownloadResult {
  /** End of the last page that the process reported as stored. */
  stored: number
  /** Number of bars at the end; undefined if it was killed before. */
  bars: number | undefined
  error: string
  /** Running time without the start, ms. */
  ms: number
}

/** Runs a download in a new process, which is killed `killAfterMs` after it began. */
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
  return new Promise<DownloadResult>(resolve => {
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
 * What is wrong with a store during or after a download of `range`: something reported as stored is not there, a bar is
 * missing, repeated or not that of the exchange, or a file does not verify. Undefined when nothing is wrong.
 */
export async function findLoss({ exchange, path, range }: Download, stored: number): Promise<string | undefined> {
  const [problem] = await verifyStore(path)
  if (problem) return `${problem.file}: ${problem.problem}`
  const { records, coverage } = await new Store(path).load(KEY, range)
  const end = coverage.at(-1)?.[1] ?? 0
  if (coverage.some(([from], i) => i > 0 || from !== range[0])) return `coverage ${coverage}`
  if (end < stored)
    return `reported as stored up to ${new Date(stored).toISOString()}, but it ends ${new Date(end).toISOString()}`
  const truth = exchange.market.candles(range[0], Math.max(range[0], end) - 1, HOUR, exchange.now())
  if (records.time.length !== truth.length) return `${records.time.length} bars, but the exchange has ${truth.length}`
  for (const [i, candle] of truth.entries()) {
    if (records.time[i] !== candle.time) return `bar ${i}: ${records.time[i]}, but the exchange has ${candle.time}`
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
      const value = records.columns[field]?.[i] ?? Number.NaN
      if (!(Math.abs(value - candle[field]) <= 1e-6)) return `bar ${i}, ${field}: ${value} is not ${candle[field]}`
    }
  }
  return undefined
}

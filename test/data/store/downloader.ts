/**
 * A process of its own that downloads hours from a local Binance into a store, page by page, and says on stdout up to
 * when each page is stored: to be killed at any moment.
 *
 *     node downloader.mjs URL STORE SINCE UNTIL PAGE [ccxt]
 *
 * With `ccxt` it asks through the real ccxt, which takes half a second to load; without, it reads the candles itself.
 */

import { currentTask } from '../../../src/common/task.ts'
import type { FetchSeries } from '../../../src/data/exchange/series.ts'
import { cachedSeries } from '../../../src/data/store/cached.ts'
import { Store } from '../../../src/data/store/store.ts'

const [url, path, since, until, page, ccxt] = process.argv.slice(2)
const HOUR = 3_600_000

/** Candles over HTTP in the simplest way there is; nothing is repaired. */
const plain: FetchSeries = async (request, onChunk) => {
  for (let from = request.since; from < request.until; ) {
    const to = Math.min(request.until, from + Number(page) * HOUR)
    const answer = await fetch(
      `${url}/fapi/v1/klines?symbol=BTCUSDT&interval=1h&startTime=${from}&endTime=${to - 1}&limit=1000`,
    )
    const rows = (await answer.json()) as unknown[][]
    const column = (index: number) => Float64Array.from(rows, row => Number(row[index]))
    const columns = {
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
      takerBuyVolume: column(9),
    }
    await onChunk({ time: column(0), columns }, from, to)
    from = to
  }
  return { until: request.until, notes: [] }
}

const inner: FetchSeries =
  ccxt === undefined ? plain : (await import('../../../src/data/exchange/fetch.ts')).fetchSeries
const saying: FetchSeries = (request, onChunk, task) =>
  inner(
    request,
    async (chunk, from, to) => {
      await onChunk(chunk, from, to)
      process.stdout.write(`stored ${to}\n`)
    },
    task,
  )
const request = {
  exchange: 'binanceusdm',
  symbol: 'BTC/USDT:USDT',
  kind: 'candles',
  timeframe: '1h',
  since: Number(since),
  until: Number(until),
  ...(ccxt === undefined ? {} : { ccxt: JSON.parse(ccxt) as Record<string, unknown> }),
} as const

process.stdout.write('started\n')
let bars = 0
await cachedSeries(saying, new Store(path!))(
  request,
  chunk => {
    bars += chunk.time.length
  },
  currentTask(),
)
process.stdout.write(`done ${bars}\n`)

/**
 * A program that downloads hourly candles from a local Binance into a store, page by page, and prints the time up to which
 * each page is stored. Tests kill it at any moment.
 *
 *     node downloader.mjs URL STORE SINCE UNTIL PAGE [ccxt]
 *
 * With `ccxt` it uses the real ccxt, which takes half a second to load; without, it requests the candles itself.
 */

import { HOUR } from '../../../src/common/duration.ts'
import { currentTask } from '../../../src/common/host.ts'
import type { FetchSeries } from '../../../src/data/exchange/series.ts'
import { cachedSeries } from '../../../src/data/store/cached-series.ts'
import { Store } from '../../../src/data/store/store.ts'

const [url, path = '', since, until, page, ccxt] = process.argv.slice(2)

/** Requests candles over HTTP without any repairs. */
const plainFetch: FetchSeries = async (request, onChunk) => {
  for (let from = request.since; from < request.until; ) {
    const to = Math.min(request.until, from + Number(page) * HOUR)
    const response = await fetch(
      `${url}/fapi/v1/klines?symbol=BTCUSDT&interval=1h&startTime=${from}&endTime=${to - 1}&limit=1000`,
    )
    const rows = (await response.json()) as unknown[][]
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

const fetchPages: FetchSeries =
  ccxt === undefined ? plainFetch : (await import('../../../src/data/exchange/fetch-series.ts')).fetchSeries
const fetchWithOutput: FetchSeries = (request, onChunk, task) =>
  fetchPages(
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
await cachedSeries(fetchWithOutput, new Store(path))(
  request,
  chunk => {
    bars += chunk.time.length
  },
  currentTask(),
)
process.stdout.write(`done ${bars}\n`)

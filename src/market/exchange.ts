import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange, OHLCV } from 'ccxt'
import { durationMs, formatTime } from './duration.ts'
import { DataError, quote } from './errors.ts'
import { createMarket, type Market } from './market.ts'
import { momentMs } from './moment.ts'
import { currentTask, type Task } from './task.ts'

export interface ExchangeSource {
  /** A ccxt id: `binanceusdm`, `bybit`, `okx`, `bitget`, `hyperliquid`, `krakenfutures`, … */
  exchange: string
  /** ccxt's unified symbol of a perpetual, e.g. `BTC/USDT:USDT`. */
  symbol: string
  /** One of the exchange's own timeframes, e.g. `1h`. */
  timeframe: string
  /** First moment to load (ISO date or epoch ms). */
  since: string | number
  /** End, exclusive. Default: now. */
  until?: string | number
  /** Passed to ccxt's constructor as it is (proxies, other hosts). */
  ccxt?: Record<string, unknown>
}

const PAGE = 500
/** Waits between tries after an answer that may be better next time, in ms. */
const BACKOFF = [1000, 2000, 4000, 8000, 16000]

/**
 * Candles of a perpetual from an exchange, page by page at the exchange's own rate limit. Duplicates and disorder
 * between pages are repaired (the later answer wins), a bar that is not over yet is dropped, gaps stay gaps; each is
 * said in `notes`. Ends at once when the cell is interrupted.
 *
 * @throws DataError when the exchange, symbol or timeframe is not known there, naming those that are; ccxt's own error
 *   when the exchange refuses or cannot be reached after {@link BACKOFF}
 */
export async function downloadMarket(source: ExchangeSource): Promise<Market> {
  const task = currentTask()
  const barMs = durationMs(source.timeframe, 'timeframe')
  const since = momentMs(source.since, 'since')
  task.progress(`${source.exchange}: connecting`)
  const exchange = await connect(source, task)
  const until = Math.min(
    source.until === undefined ? Infinity : momentMs(source.until, 'until'),
    exchange.milliseconds(),
  )
  if (!(until > since)) throw new DataError(`until: ${formatTime(until)} is not after since ${formatTime(since)}`)

  const bars = new Map<number, OHLCV>()
  let disorder = 0
  let duplicates = 0
  let cursor = since
  while (cursor < until) {
    const page = await retry(() => exchange.fetchOHLCV(source.symbol, source.timeframe, cursor, PAGE), task)
    let newest = -1
    let fresh = 0
    for (const bar of page) {
      const time = Number(bar[0])
      if (!(time >= since && time < until)) continue
      if (time < newest) disorder++
      if (bars.has(time)) duplicates++
      else fresh++
      bars.set(time, bar)
      newest = Math.max(newest, time)
    }
    // An empty page may be a time before the listing or an outage: go on behind it.
    cursor = fresh > 0 ? newest + barMs : cursor + PAGE * barMs
    task.progress(
      `${source.symbol} ${source.timeframe}: ${bars.size} bars`,
      Math.min(1, (cursor - since) / (until - since)),
    )
  }

  const now = exchange.milliseconds()
  const rows = [...bars.values()].sort((a, b) => Number(a[0]) - Number(b[0]))
  const notes: string[] = []
  if (rows.length > 0 && Number(rows.at(-1)![0]) + barMs > now) {
    rows.pop()
    notes.push('The last bar is not over yet and was left out')
  }
  if (duplicates > 0) notes.push(`${duplicates} bars came twice; the later answer was kept`)
  if (disorder > 0) notes.push(`${disorder} bars came out of order and were sorted`)
  if (rows.length === 0) {
    throw new DataError(
      `${source.exchange} has no finished ${source.timeframe} bars of ${source.symbol} from ${formatTime(since)} to ${formatTime(until)}`,
    )
  }
  const column = (index: number) =>
    Float64Array.from(rows, row => (row[index] == null ? Number.NaN : Number(row[index])))
  return createMarket(
    { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) },
    { symbol: source.symbol, source: source.exchange, barMs, notes },
  )
}

async function connect(source: ExchangeSource, task: Task): Promise<Exchange> {
  const ccxt = (await import('./ccxt.ts')).default
  if (!ccxt.exchanges.includes(source.exchange)) {
    throw new DataError(
      `exchange: ${quote(source.exchange)} is not a ccxt id. Usual ones: binanceusdm, bybit, okx, bitget, hyperliquid, krakenfutures`,
    )
  }
  const Venue = (ccxt as unknown as Record<string, new (config: object) => Exchange>)[source.exchange]!
  const exchange = new Venue({ enableRateLimit: true, timeout: 20_000, ...source.ccxt })
  if (!exchange.has.fetchOHLCV) throw new DataError(`exchange: ${source.exchange} serves no candles`)
  if (!(source.timeframe in exchange.timeframes)) {
    throw new DataError(
      `timeframe: ${source.exchange} has no ${quote(source.timeframe)}, but ${Object.keys(exchange.timeframes).join(', ')}`,
    )
  }
  const markets = await retry(() => exchange.loadMarkets(), task)
  if (!(source.symbol in markets)) {
    const base = source.symbol.split('/')[0]!.toUpperCase()
    const near = Object.keys(markets)
      .filter(symbol => symbol.startsWith(`${base}/`))
      .slice(0, 8)
    const hint = near.length > 0 ? near.join(', ') : 'none for that coin'
    throw new DataError(`symbol: ${source.exchange} has no ${quote(source.symbol)}. Near ones: ${hint}`)
  }
  return exchange
}

/** Tries again after network errors and rate limits; all other errors, and the last one, go to the caller. */
async function retry<T>(request: () => Promise<T>, task: Task): Promise<T> {
  const { NetworkError } = await import('./ccxt.ts')
  for (let attempt = 0; ; attempt++) {
    task.signal.throwIfAborted()
    try {
      return await abortable(request(), task.signal)
    } catch (error) {
      const wait = BACKOFF[attempt]
      if (task.signal.aborted || wait === undefined || !(error instanceof NetworkError)) throw error
      task.progress(`${(error as Error).name}; trying again in ${wait / 1000} s`)
      await sleep(wait, undefined, { signal: task.signal })
    }
  }
}

/** ccxt cannot be cancelled: stop waiting for it instead. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

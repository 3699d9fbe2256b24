import { onTestFinished } from 'vitest'
import type { Task } from '../../../src/common/task.ts'
import { downloadMarket, type ExchangeSource } from '../../../src/data/exchange/download.ts'
import type { Patience } from '../../../src/data/exchange/retry.ts'
import type { Market } from '../../../src/market/market.ts'
import { type ExchangeOptions, type LocalExchange, startExchange } from '../../exchange-server/server.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Real waits, so short that they do not slow the tests. */
export const QUICK: Patience = { waits: [2, 4, 8], jitter: 0.2, longestMs: 1500, timeoutMs: 20_000 }
/** For answers that do not come: shorter than any that does. */
export const IMPATIENT: Patience = { ...QUICK, timeoutMs: 300 }

/** A local exchange that is closed after the test. */
export async function localExchange(options: ExchangeOptions = {}): Promise<LocalExchange> {
  const exchange = await startExchange(options)
  onTestFinished(() => exchange.close())
  return exchange
}

/** The last `bars` hours up to the last full one, from a local exchange. */
export function download(
  exchange: LocalExchange,
  bars: number,
  options: Partial<ExchangeSource> = {},
  patience: Patience = QUICK,
): Promise<Market> {
  const until = Math.floor(exchange.now() / HOUR) * HOUR
  return downloadMarket(
    {
      exchange: exchange.venue,
      symbol: exchange.symbol,
      timeframe: '1h',
      since: until - bars * HOUR,
      until,
      ccxt: exchange.ccxt,
      ...options,
    },
    { patience },
  )
}

const TASK = Symbol.for('liqnb.task')

/** Runs something as a cell does; `said` collects its progress. */
export async function inCell<T>(task: Partial<Task> & { said?: string[] }, work: () => Promise<T>): Promise<T> {
  const { said = [], signal = new AbortController().signal } = task
  const progress = (message: string) => void said.push(message)
  Object.assign(globalThis, { [TASK]: { progress, ...task, signal } })
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(globalThis, TASK)
  }
}

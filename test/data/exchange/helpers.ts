/** Local exchanges, and downloads from them. */
import { onTestFinished } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { downloadMarket, type ExchangeSource } from '../../../src/data/exchange/download-market.ts'
import type { RetryPolicy } from '../../../src/data/exchange/retry.ts'
import type { Market } from '../../../src/market/market.ts'
import { type ExchangeOptions, type LocalExchange, startExchange } from '../../exchange-server/server.ts'

/** Real delays, but too short to slow down the tests. */
export const FAST_RETRIES: RetryPolicy = { delaysMs: [2, 4, 8], jitter: 0.2, maxRetryAfterMs: 1500, timeoutMs: 20_000 }
/** For responses that never come. */
export const SHORT_TIMEOUT: RetryPolicy = { ...FAST_RETRIES, timeoutMs: 300 }

/** A local exchange that is closed after the test. */
export async function localExchange(options: ExchangeOptions = {}): Promise<LocalExchange> {
  const exchange = await startExchange(options)
  onTestFinished(() => exchange.close())
  return exchange
}

/** Downloads the last `bars` hours up to the last full hour. */
export function download(
  exchange: LocalExchange,
  bars: number,
  options: Partial<ExchangeSource> = {},
  retryPolicy: RetryPolicy = FAST_RETRIES,
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
    { retryPolicy },
  )
}

/** Small markets for tests. */
import { createMarket, type Market, type MarketColumns } from '../../src/market/market.ts'

export const HOUR = 3_600_000
export const START = Date.UTC(2024, 0, 1)

/** A market from rows of [open, high, low, close] and optionally volume (default 10), hourly from 2024-01-01. */
export function marketOf(
  rows: readonly number[][],
  extra: Partial<MarketColumns> = {},
  symbol = 'BTC/USDT:USDT',
): Market {
  const column = (index: number, fallback = Number.NaN) => Float64Array.from(rows, row => row[index] ?? fallback)
  return createMarket(
    {
      time: Float64Array.from(rows, (_, i) => START + i * HOUR),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4, 10),
      ...extra,
    },
    { symbol, source: 'test', barMs: HOUR },
  )
}

/** The first `bars` bars of a market. */
export function prefix(market: Market, bars: number): Market {
  const columns: Record<string, Float64Array> = {}
  for (const [name, value] of Object.entries(market))
    if (value instanceof Float64Array) columns[name] = value.slice(0, bars)
  return createMarket(columns as unknown as MarketColumns, market)
}

/** Trades as columns, and the check of their values. */
import { DataError, quoteValue } from '../../common/errors.ts'

/**
 * Some trades in order of arrival: one row per trade, columns of the same length. Single trades and trades aggregated by
 * the venue (one order, one price) alike.
 */
export interface TradeChunk {
  /** Epoch ms. */
  time: Float64Array
  /** In the quote currency. */
  price: Float64Array
  /** Base coins. */
  amount: Float64Array
  /** 1 where the taker bought, 0 where the taker sold. */
  buy: Uint8Array
  /** Where the trades come from, for messages: a file, a page. */
  source?: string
  /** Row of the first trade in the source, from 1. */
  row?: number
}

/**
 * Checks each value of a chunk, but not the order of the trades.
 * @throws DataError with source, row, field and value
 */
export function checkTradeChunk(chunk: TradeChunk): void {
  const { time, price, amount, buy } = chunk
  const n = time.length
  if (price.length !== n || amount.length !== n || buy.length !== n)
    throw new DataError(`trades: ${n} times, ${price.length} prices, ${amount.length} amounts and ${buy.length} sides`)
  for (let i = 0; i < n; i++) {
    if (!(price[i]! > 0 && price[i]! < Infinity)) fail(chunk, i, 'price', price[i]!, 'a price above 0')
    if (!(amount[i]! >= 0 && amount[i]! < Infinity)) fail(chunk, i, 'amount', amount[i]!, '0 or more')
    if (!Number.isFinite(time[i])) fail(chunk, i, 'time', time[i]!, 'a time')
    if (buy[i]! > 1) fail(chunk, i, 'buy', buy[i]!, '0 or 1')
  }
}

function fail(chunk: TradeChunk, index: number, field: string, value: number, expected: string): never {
  throw new DataError(`${describeTrade(chunk, index)}, ${field}: ${quoteValue(value)}, but expected ${expected}`)
}

/** `trades.csv: Row 12`. */
export function describeTrade({ source = 'trades', row = 1 }: TradeChunk, index: number): string {
  return `${source}: Row ${row + index}`
}

import { DataError, quoteValue } from '../../common/errors.ts'
import type { TradeChunk } from './trade-chunk.ts'

/**
 * Checks every value of a chunk; disorder is not looked at.
 * @throws DataError naming source, row, field and value
 */
export function checkChunk(chunk: TradeChunk): void {
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
  throw new DataError(`${tradePlace(chunk, index)}, ${field}: ${quoteValue(value)}, but expected ${expected}`)
}

/** `trades.csv: Row 12`, as far as it is known. */
export function tradePlace({ source = 'trades', row = 1 }: TradeChunk, index: number): string {
  return `${source}: Row ${row + index}`
}

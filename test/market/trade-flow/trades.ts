/** Random trades for tests. */
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import { random } from '../../../src/stats/random.ts'

export const START = Date.UTC(2024, 0, 1)
export const MINUTE = 60_000

/** Trades on a random walk, in order of time, `perMinute` of them on average. */
export function makeTrades(seed: number, count: number, perMinute = 20): TradeChunk {
  const rng = random(seed)
  const trades = {
    time: new Float64Array(count),
    price: new Float64Array(count),
    amount: new Float64Array(count),
    buy: new Uint8Array(count),
  }
  let time = START
  let price = 100
  for (let i = 0; i < count; i++) {
    time += Math.floor((2 * rng.uniform() * MINUTE) / perMinute)
    price *= 1 + (rng.uniform() - 0.5) * 0.002
    trades.time[i] = time
    trades.price[i] = Math.round(price * 100) / 100
    trades.amount[i] = Math.round(rng.uniform() * 1000) / 100
    trades.buy[i] = rng.integer(2)
  }
  return trades
}

/** The same trades in chunks that end at the given indices. */
export function cutAt(trades: TradeChunk, ends: readonly number[]): TradeChunk[] {
  const bounds = [...new Set([0, ...ends.map(end => Math.min(end, trades.time.length)), trades.time.length])].sort(
    (a, b) => a - b,
  )
  return bounds.slice(1).map((end, k) => part(trades, bounds[k]!, end))
}

export function part(trades: TradeChunk, from: number, to: number): TradeChunk {
  return {
    time: trades.time.slice(from, to),
    price: trades.price.slice(from, to),
    amount: trades.amount.slice(from, to),
    buy: trades.buy.slice(from, to),
  }
}

export function inOrder(trades: TradeChunk, order: ArrayLike<number>): TradeChunk {
  const pick = (values: ArrayLike<number>) => Float64Array.from(order, row => values[row]!)
  return {
    time: pick(trades.time),
    price: pick(trades.price),
    amount: pick(trades.amount),
    buy: Uint8Array.from(pick(trades.buy)),
  }
}

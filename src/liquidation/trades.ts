import { DataError, quote } from '../market/errors.ts'
import type { Market } from '../market/market.ts'
import { binOf } from './bins.ts'
import type { BarEntries } from './entries.ts'
import { NOTHING_ABOVE, NOTHING_BELOW } from './flow.ts'

/** Single trades, in order of time. */
export interface TradeColumns {
  /** Epoch ms. */
  time: Float64Array
  price: Float64Array
  /** Base coins. */
  amount: Float64Array
  /** 1 where the taker bought, 0 where the taker sold. */
  takerBuy: Uint8Array
}

export interface TradeFilter {
  /** Only trades of this notional (USD) or more, and below that. Default: all. */
  minNotional?: number
  maxNotional?: number
}

interface TradeEntries {
  notional: Float64Array
  longShare: Float64Array
  lowest: number
  highest: number
  entries(t: number, into: BarEntries): void
}

/**
 * Entries of each bar by price bin, added up from single trades. A trade in the time of bar t opens `openShare` of both its
 * legs at its price; with the split `taker` all of it on the taker's side.
 *
 * @throws DataError naming the row and value of a trade that cannot be right
 */
export function tradeEntries(
  market: Market,
  trades: TradeColumns,
  options: { openShare: number; split: 'taker' | 'even'; minNotional: number; maxNotional: number },
  binWidth: number,
): TradeEntries {
  checkTrades(trades)
  const n = market.length
  const notional = new Float64Array(n)
  const longShare = new Float64Array(n).fill(0.5)
  // One entry a bar and bin, bar after bar: those of bar t are at starts[t] … starts[t+1].
  const starts = new Int32Array(n + 1)
  const bins: number[] = []
  const longs: number[] = []
  const all: number[] = []
  let lowest = Infinity
  let highest = 0
  let i = 0
  for (let t = 0; t < n; t++) {
    starts[t] = bins.length
    const from = market.time[t]!
    while (i < trades.time.length && trades.time[i]! < from) i++
    const found = new Map<number, number>()
    let long = 0
    for (; i < trades.time.length && trades.time[i]! < from + market.barMs; i++) {
      const price = trades.price[i]!
      const traded = price * trades.amount[i]!
      if (traded < options.minNotional || traded >= options.maxNotional) continue
      const bin = binOf(price, binWidth)
      let at = found.get(bin)
      if (at === undefined) {
        at = bins.length
        found.set(bin, at)
        bins.push(bin)
        longs.push(0)
        all.push(0)
        lowest = Math.min(lowest, price)
        highest = Math.max(highest, price)
      }
      const opened = 2 * options.openShare * traded
      const share = options.split === 'even' ? 0.5 : trades.takerBuy[i]!
      longs[at]! += opened * share
      all[at]! += opened
      notional[t]! += opened
      long += opened * share
    }
    if (notional[t]! > 0) longShare[t] = long / notional[t]!
  }
  starts[n] = bins.length
  return {
    notional,
    longShare,
    lowest,
    highest,
    entries(t, into) {
      for (let k = starts[t]!; k < starts[t + 1]!; k++)
        into.add(bins[k]!, bins[k]!, all[k]!, all[k]! > 0 ? longs[k]! / all[k]! : 0.5, NOTHING_BELOW, NOTHING_ABOVE)
    },
  }
}

function checkTrades({ time, price, amount, takerBuy }: TradeColumns): void {
  const n = time.length
  if (price.length !== n || amount.length !== n || takerBuy.length !== n)
    throw new DataError(
      `flow.trades: ${n} times, ${price.length} prices, ${amount.length} amounts and ${takerBuy.length} sides`,
    )
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(time[i]) || (i > 0 && time[i]! < time[i - 1]!))
      throw new DataError(`flow.trades, row ${i + 1}, time: ${quote(time[i])} is not a time at or after the row above`)
    if (!(price[i]! > 0 && price[i]! < Infinity))
      throw new DataError(`flow.trades, row ${i + 1}, price: ${quote(price[i])}, but expected a price above 0`)
    if (!(amount[i]! >= 0 && amount[i]! < Infinity))
      throw new DataError(`flow.trades, row ${i + 1}, amount: ${quote(amount[i])}, but expected 0 or more`)
    if (takerBuy[i]! > 1)
      throw new DataError(`flow.trades, row ${i + 1}, takerBuy: ${takerBuy[i]}, but expected 0 or 1`)
  }
}

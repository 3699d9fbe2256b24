import { DataError, quoteValue } from '../../common/errors.ts'
import { binOf, binPrice } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import type { TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import type { BarEntries } from './bar-entries.ts'

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
        into.add(bins[k]!, bins[k]!, all[k]!, all[k]! > 0 ? longs[k]! / all[k]! : 0.5)
    },
  }
}

/**
 * The same from what trades add up to. Its bars and price bins are the market's and the map's, or parts of them.
 *
 * @throws DataError when they do not fit, when the trades are of another time, or when they were summed with another size filter
 */
export function flowEntries(
  market: Market,
  flow: TradeFlow,
  options: { openShare: number; split: 'taker' | 'even'; minNotional: number; maxNotional: number },
  binWidth: number,
): TradeEntries {
  if (flow.minUsd !== options.minNotional || flow.maxUsd !== options.maxNotional)
    throw new DataError(
      `flow.minNotional: the trades of ${flow.minUsd} to ${flow.maxUsd} USD were added up; say minUsd and maxUsd there`,
    )
  if (market.barMs % flow.barMs !== 0)
    throw new DataError(
      `flow.trades: added up by ${flow.timeframe}, which does not divide the ${market.timeframe} bars`,
    )
  const binsTogether = Math.round(binWidth / flow.binWidth)
  if (binsTogether < 1 || Math.abs(binsTogether * flow.binWidth - binWidth) > 1e-12)
    throw new DataError(
      `flow.trades: added up in price bins of ${flow.binWidth}, which do not divide the map's of ${binWidth}`,
    )
  const n = market.length
  const notional = new Float64Array(n)
  const longShare = new Float64Array(n).fill(0.5)
  // The parts of bar t are at parts[t] … parts[t+1].
  const parts = new Int32Array(n + 1)
  let lowest = Infinity
  let highest = 0
  let part = 0
  for (let t = 0; t < n; t++) {
    const end = market.time[t]! + market.barMs
    while (part < flow.length && flow.time[part]! < market.time[t]!) part++
    parts[t] = part
    let bought = 0
    let traded = 0
    for (; part < flow.length && flow.time[part]! < end; part++) {
      if (flow.time[part]! + flow.barMs > end)
        throw new DataError('flow.trades: its bars do not begin with those of the market')
      for (let k = flow.starts[part]!; k < flow.starts[part + 1]!; k++) {
        bought += flow.buyUsd[k]!
        traded += flow.buyUsd[k]! + flow.sellUsd[k]!
      }
      if (flow.starts[part] !== flow.starts[part + 1]) {
        lowest = Math.min(lowest, binPrice(flow.bin[flow.starts[part]!]! + 0.5, flow.binWidth))
        highest = Math.max(highest, binPrice(flow.bin[flow.starts[part + 1]! - 1]! + 0.5, flow.binWidth))
      }
    }
    notional[t] = 2 * options.openShare * traded
    if (traded > 0 && options.split === 'taker') longShare[t] = bought / traded
  }
  parts[n] = part
  if (highest === 0) throw new DataError(`flow.trades: none of the trades (${flow.source}) lies in the market's bars`)
  return {
    notional,
    longShare,
    lowest,
    highest,
    entries(t, into) {
      // Bars between two of the market's may lie between parts[t] and parts[t+1].
      const end = market.time[t]! + market.barMs
      for (let p = parts[t]!; p < parts[t + 1]! && flow.time[p]! < end; p++) {
        for (let k = flow.starts[p]!; k < flow.starts[p + 1]!; k++) {
          const traded = flow.buyUsd[k]! + flow.sellUsd[k]!
          const bin = Math.floor(flow.bin[k]! / binsTogether)
          const share = options.split === 'even' ? 0.5 : flow.buyUsd[k]! / traded
          into.add(bin, bin, 2 * options.openShare * traded, share)
        }
      }
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
      throw new DataError(
        `flow.trades, row ${i + 1}, time: ${quoteValue(time[i])} is not a time at or after the row above`,
      )
    if (!(price[i]! > 0 && price[i]! < Infinity))
      throw new DataError(`flow.trades, row ${i + 1}, price: ${quoteValue(price[i])}, but expected a price above 0`)
    if (!(amount[i]! >= 0 && amount[i]! < Infinity))
      throw new DataError(`flow.trades, row ${i + 1}, amount: ${quoteValue(amount[i])}, but expected 0 or more`)
    if (takerBuy[i]! > 1)
      throw new DataError(`flow.trades, row ${i + 1}, takerBuy: ${takerBuy[i]}, but expected 0 or 1`)
  }
}

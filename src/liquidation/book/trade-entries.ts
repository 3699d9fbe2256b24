/** Entries of positions from single trades, or from a flow summed from them. */
import { formatTime } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import { invalidOption } from '../../common/options.ts'
import { binOf, binPrice } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import type { TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import type { ContractKind } from '../contract.ts'
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
  /** Use only trades from this notional (USD) on. Default 0. */
  minNotional?: number
  /** Use only trades below this notional (USD). Default Infinity. */
  maxNotional?: number
}

interface TradeEntries {
  notional: Float64Array
  longShare: Float64Array
  lowest: number
  highest: number
  entries(t: number, into: BarEntries): void
}

interface TradeEntryOptions {
  binWidth: number
  contract: ContractKind
  /** Multiplies all USD. */
  scale: number
  openShare: number
  split: 'taker' | 'even'
  minNotional: number
  maxNotional: number
}

/**
 * Entries of each bar by price bin, summed from single trades. A trade within bar t opens `openShare` of both its legs at
 * its price, the middle of its bin; with the split `taker` all of it on the taker's side. USD are contracts at the bar's close.
 *
 * @throws DataError naming the row and value of an invalid trade
 */
export function tradeEntries(
  market: Market,
  trades: TradeColumns,
  options: TradeEntryOptions,
  caller: string,
): TradeEntries {
  checkTrades(trades, caller)
  const { binWidth } = options
  const n = market.length
  const notional = new Float64Array(n)
  const longShare = new Float64Array(n).fill(0.5)
  // One entry per bar and bin, bar after bar: those of bar t are at starts[t] … starts[t+1].
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
    const entryByBin = new Map<number, number>()
    let long = 0
    for (; i < trades.time.length && trades.time[i]! < from + market.barMs; i++) {
      const price = trades.price[i]!
      const traded = price * trades.amount[i]!
      if (traded < options.minNotional || traded >= options.maxNotional) continue
      const bin = binOf(price, binWidth)
      let entry = entryByBin.get(bin)
      if (entry === undefined) {
        entry = bins.length
        entryByBin.set(bin, entry)
        bins.push(bin)
        longs.push(0)
        all.push(0)
        lowest = Math.min(lowest, price)
        highest = Math.max(highest, price)
      }
      const opened = 2 * options.openShare * traded * valueAtClose(market, t, bin, options)
      const share = options.split === 'even' ? 0.5 : trades.takerBuy[i]!
      longs[entry]! += opened * share
      all[entry]! += opened
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
 * The same from a trade flow. Its bars and price bins must divide those of the market and the map.
 *
 * @throws OptionError when they do not, or when the flow was summed with another size filter
 * @throws DataError when the trades are from another time
 */
export function flowEntries(market: Market, flow: TradeFlow, options: TradeEntryOptions, caller: string): TradeEntries {
  const { binWidth } = options
  const invalid = (name: string, value: unknown, expected: string) =>
    invalidOption(caller, `flow.${name}`, value, expected)
  if (flow.minUsd !== options.minNotional)
    throw invalid('minNotional', options.minNotional, `${flow.minUsd}, the minUsd that the trades were summed with`)
  if (flow.maxUsd !== options.maxNotional)
    throw invalid('maxNotional', options.maxNotional, `${flow.maxUsd}, the maxUsd that the trades were summed with`)
  if (market.barMs % flow.barMs !== 0)
    throw invalid('trades.timeframe', flow.timeframe, `a timeframe that divides the market's ${market.timeframe} bars`)
  const flowBinsPerBin = Math.round(binWidth / flow.binWidth)
  if (flowBinsPerBin < 1 || Math.abs(flowBinsPerBin * flow.binWidth - binWidth) > 1e-12)
    throw invalid('trades.binWidth', flow.binWidth, `a width that divides the map's binWidth of ${binWidth}`)
  const n = market.length
  const notional = new Float64Array(n)
  const longShare = new Float64Array(n).fill(0.5)
  // The flow's bars within bar t are at parts[t] … parts[t+1].
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
        throw invalid('trades.time', formatTime(flow.time[part]!), `bars aligned with the market's`)
      for (let k = flow.starts[part]!; k < flow.starts[part + 1]!; k++) {
        const value = valueAtClose(market, t, Math.floor(flow.bin[k]! / flowBinsPerBin), options)
        bought += value * flow.buyUsd[k]!
        traded += value * (flow.buyUsd[k]! + flow.sellUsd[k]!)
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
  if (highest === 0)
    throw new DataError(`${caller}: flow.trades: none of the trades (${flow.source}) lies within the market's bars`)
  return {
    notional,
    longShare,
    lowest,
    highest,
    entries(t, into) {
      // Bars in a gap of the market also lie between parts[t] and parts[t+1].
      const end = market.time[t]! + market.barMs
      for (let p = parts[t]!; p < parts[t + 1]! && flow.time[p]! < end; p++) {
        for (let k = flow.starts[p]!; k < flow.starts[p + 1]!; k++) {
          const traded = flow.buyUsd[k]! + flow.sellUsd[k]!
          const bin = Math.floor(flow.bin[k]! / flowBinsPerBin)
          const share = options.split === 'even' ? 0.5 : flow.buyUsd[k]! / traded
          into.add(bin, bin, 2 * options.openShare * traded * valueAtClose(market, t, bin, options), share)
        }
      }
    },
  }
}

/** USD at the close of bar t of the contracts that one USD is in a price bin, times the scale. */
function valueAtClose(
  market: Market,
  t: number,
  bin: number,
  { contract, binWidth, scale }: TradeEntryOptions,
): number {
  return contract === 'linear' ? (scale * market.close[t]!) / binPrice(bin + 0.5, binWidth) : scale
}

function checkTrades({ time, price, amount, takerBuy }: TradeColumns, caller: string): void {
  const n = time.length
  if (price.length !== n || amount.length !== n || takerBuy.length !== n)
    throw new DataError(
      `${caller}: flow.trades: ${n} times, ${price.length} prices, ${amount.length} amounts and ${takerBuy.length} taker sides, but expected equally many`,
    )
  const invalid = (row: number, name: keyof TradeColumns, value: unknown, expected: string) =>
    new DataError(`${caller}: flow.trades, row ${row + 1}, ${name}: ${quoteValue(value)}, but expected ${expected}`)
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(time[i]) || (i > 0 && time[i]! < time[i - 1]!))
      throw invalid(i, 'time', time[i], 'epoch ms at or after the row above')
    if (!(price[i]! > 0 && price[i]! < Infinity)) throw invalid(i, 'price', price[i], 'a price above 0')
    if (!(amount[i]! >= 0 && amount[i]! < Infinity)) throw invalid(i, 'amount', amount[i], '0 or more')
    if (takerBuy[i]! > 1) throw invalid(i, 'takerBuy', takerBuy[i], '0 or 1')
  }
}

/** Signals, near misses, trades and orders as tables. */

import { type ColumnTable, table } from 'arquero'
import { type ColumnFormat, FORMATS, withFormats } from '../common/column-format.ts'
import { countText } from '../common/number-text.ts'
import type { Market } from '../market/market.ts'
import type { NearMiss, Signal } from './detect.ts'
import type { Fill, Trade } from './position.ts'

const SIGNAL_FORMATS = {
  move: FORMATS.atr,
  sweepDepth: FORMATS.share,
  consumed: FORMATS.share,
  depth: FORMATS.atr,
  depthPct: FORMATS.percent,
}

/**
 * Signals by bar; `time` is the close of the bar at which the signal is known. Prices are in the quote currency, moves and depths
 * in ATR, `volumeOutside` in mean bars. `reason` describes the signal in words.
 */
export function signalTable(market: Market, signals: readonly Signal[]): ColumnTable {
  return toTable(
    signals,
    {
      time: signal => closeTime(market, signal.bar),
      bar: signal => signal.bar,
      side: signal => signal.side,
      reason: describeSignal,
      levelInner: signal => signal.level.inner,
      levelOuter: signal => signal.level.outer,
      levelSince: signal => closeTime(market, signal.level.since),
      strength: signal => signal.level.strength,
      convergence: signal => signal.level.convergence,
      sweepBar: signal => signal.sweepBar,
      extreme: signal => signal.extreme,
      move: signal => signal.move,
      sweepDepth: signal => signal.sweepDepth,
      consumed: signal => signal.consumed,
      depth: signal => signal.depth,
      depthPct: signal => signal.depthPct,
      volumeOutside: signal => signal.volumeOutside,
      opposite: signal => signal.opposite,
    },
    SIGNAL_FORMATS,
  )
}

function describeSignal({ bar, side, sweepBar, level, extreme, move, depth, consumed }: Signal): string {
  const price = (value: number) => +value.toPrecision(6)
  const isLine = level.inner === level.outer
  const zone = isLine ? `${price(level.inner)}` : `${price(level.inner)}–${price(level.outer)}`
  const share = isLine ? '' : ` (${Math.round(100 * consumed)} % of its USD)`
  const delay = bar - sweepBar
  const when = delay === 0 ? 'in the same bar' : `after ${countText(delay, 'bar')}`
  const size = Number.isNaN(depth) ? '' : `, ${depth.toFixed(2)} ATR deep in a move of ${move.toFixed(2)} ATR`
  return `swept the ${level.kind} ${zone}${share} to ${price(extreme)}${size}; closed back ${when}: ${side}`
}

/**
 * Near misses by bar: the option whose condition failed (`condition`), the value measured, the value needed, and the difference (`by`)
 * in the unit of the option.
 */
export function missTable(market: Market, misses: readonly NearMiss[]): ColumnTable {
  return toTable(misses, {
    time: miss => closeTime(market, miss.bar),
    bar: miss => miss.bar,
    side: miss => miss.side,
    condition: miss => miss.condition,
    value: miss => miss.value,
    needed: miss => miss.needed,
    by: miss => Math.abs(miss.value - miss.needed),
    sweepBar: miss => miss.sweepBar,
    levelInner: miss => miss.level.inner,
    levelOuter: miss => miss.level.outer,
    strength: miss => miss.level.strength,
    convergence: miss => miss.level.convergence,
  })
}

const TRADE_FORMATS = {
  r: FORMATS.r,
  returnPct: FORMATS.signedPercent,
  net: FORMATS.resultUsd,
  gross: FORMATS.resultUsd,
  fees: FORMATS.usd,
  funding: FORMATS.resultUsd,
  mae: FORMATS.unsignedR,
  mfe: FORMATS.unsignedR,
}

/**
 * Trades in order of entry. Times are the opens of bars; results are in USD and, as `r`, in multiples of the risk, like `mae` and
 * `mfe`; `returnPct` is in % of the notional at the entry.
 */
export function tradeTable(market: Market, trades: readonly Trade[]): ColumnTable {
  return toTable(
    trades,
    tradeColumns(() => market),
    TRADE_FORMATS,
  )
}

/** {@link tradeTable} of trades of several markets, with the name of the `market`. */
export function marketTradeTable<T extends Trade & { market: string }>(
  trades: readonly T[],
  marketOf: (trade: T) => Market,
): ColumnTable {
  return toTable(trades, { market: trade => trade.market, ...tradeColumns(marketOf) }, TRADE_FORMATS)
}

function tradeColumns<T extends Trade>(
  marketOf: (trade: T) => Market,
): Readonly<Record<string, (trade: T) => unknown>> {
  return {
    entryTime: trade => openTime(marketOf(trade), trade.entryBar),
    exitTime: trade => openTime(marketOf(trade), trade.exitBar),
    side: trade => trade.side,
    entry: trade => trade.entry,
    exit: trade => trade.exit,
    stop: trade => trade.stop,
    target: trade => trade.target,
    size: trade => trade.size,
    reason: trade => trade.reason,
    r: trade => trade.r,
    returnPct: trade => (100 * trade.net) / (trade.entry * trade.size),
    net: trade => trade.net,
    gross: trade => trade.gross,
    fees: trade => trade.fees,
    funding: trade => trade.funding,
    mae: trade => trade.mae,
    mfe: trade => trade.mfe,
    bars: trade => trade.exitBar - trade.entryBar + 1,
    exits: trade => trade.exits.length,
    ambiguous: trade => trade.ambiguous,
    levelInner: trade => trade.signal.level.inner,
    levelOuter: trade => trade.signal.level.outer,
    extreme: trade => trade.signal.extreme,
    strength: trade => trade.signal.level.strength,
    convergence: trade => trade.signal.level.convergence,
    signalBar: trade => trade.signal.bar,
    entryBar: trade => trade.entryBar,
    exitBar: trade => trade.exitBar,
  }
}

const ORDER_FORMATS = { notional: FORMATS.usd, fee: FORMATS.usd }

/** Filled orders by bar: `trade` is the index of the trade, `order` is `entry` or the reason of the exit. */
export function orderTable(market: Market, trades: readonly Trade[]): ColumnTable {
  return toTable(
    ordersOf(trades, () => market),
    ORDER_COLUMNS,
    ORDER_FORMATS,
  )
}

/** {@link orderTable} of trades of several markets by the open of their bars, with the name of the `market`. */
export function marketOrderTable<T extends Trade & { market: string }>(
  trades: readonly T[],
  marketOf: (trade: T) => Market,
): ColumnTable {
  return toTable(
    ordersOf(trades, marketOf),
    { market: order => trades[order.trade]!.market, ...ORDER_COLUMNS },
    ORDER_FORMATS,
  )
}

interface Order extends Omit<Fill, 'reason'> {
  /** Open of its bar, epoch ms. */
  time: number
  /** Index of the trade. */
  trade: number
  order: string
  side: 'buy' | 'sell'
}

const ORDER_COLUMNS: Readonly<Record<string, (order: Order) => unknown>> = {
  time: order => new Date(order.time),
  bar: order => order.bar,
  trade: order => order.trade,
  order: order => order.order,
  side: order => order.side,
  price: order => order.price,
  size: order => order.size,
  notional: order => order.price * order.size,
  fee: order => order.fee,
}

/** In order of their bars' opens, then of the trades. */
function ordersOf<T extends Trade>(trades: readonly T[], marketOf: (trade: T) => Market): Order[] {
  const orders = trades.flatMap((trade, index): Order[] => {
    const { time } = marketOf(trade)
    const exitFees = trade.exits.reduce((sum, { fee }) => sum + fee, 0)
    const entry = { bar: trade.entryBar, price: trade.entry, size: trade.size, fee: trade.fees - exitFees }
    const [entrySide, exitSide] = trade.side === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const)
    return [
      { ...entry, time: time[entry.bar]!, trade: index, order: 'entry', side: entrySide },
      ...trade.exits.map(({ reason: order, ...fill }) => ({
        ...fill,
        time: time[fill.bar]!,
        trade: index,
        order,
        side: exitSide,
      })),
    ]
  })
  return orders.sort((a, b) => a.time - b.time)
}

function toTable<Row>(
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => unknown>>,
  formats: Readonly<Record<string, ColumnFormat>> = {},
): ColumnTable {
  const values = Object.entries(columns).map(([name, value]) => [name, rows.map(value)] as const)
  return withFormats(table(Object.fromEntries(values)), formats)
}

function openTime(market: Market, bar: number): Date {
  return new Date(market.time[bar]!)
}

function closeTime(market: Market, bar: number): Date {
  return new Date(market.time[bar]! + market.barMs)
}

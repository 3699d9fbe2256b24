import { type ColumnTable, table } from 'arquero'
import type { Market } from '../market/market.ts'
import type { Trade } from './backtest.ts'
import type { Signal } from './detect.ts'

/** Signals by bar; `time` is the close of the bar at which the signal is known. Prices in the quote currency, moves in ATR. */
export function signalTable(market: Market, signals: readonly Signal[]): ColumnTable {
  const column = <T>(value: (signal: Signal) => T) => signals.map(value)
  return table({
    time: column(signal => new Date(market.time[signal.bar]! + market.barMs)),
    bar: column(signal => signal.bar),
    side: column(signal => signal.side),
    levelInner: column(signal => signal.level.inner),
    levelOuter: column(signal => signal.level.outer),
    levelSince: column(signal => new Date(market.time[signal.level.since]! + market.barMs)),
    strength: column(signal => signal.level.strength),
    convergence: column(signal => signal.level.convergence),
    sweepBar: column(signal => signal.sweepBar),
    extreme: column(signal => signal.extreme),
    move: column(signal => signal.move),
    taken: column(signal => signal.taken),
  })
}

/** Trades in order; times are those of the bars' opens, results in USD and in multiples of the risk. */
export function tradeTable(market: Market, trades: readonly Trade[]): ColumnTable {
  const column = <T>(value: (trade: Trade) => T) => trades.map(value)
  return table({
    entryTime: column(trade => new Date(market.time[trade.entryBar]!)),
    exitTime: column(trade => new Date(market.time[trade.exitBar]!)),
    side: column(trade => trade.side),
    entry: column(trade => trade.entry),
    exit: column(trade => trade.exit),
    stop: column(trade => trade.stop),
    target: column(trade => trade.target),
    reason: column(trade => trade.reason),
    r: column(trade => trade.r),
    net: column(trade => trade.net),
    gross: column(trade => trade.gross),
    fees: column(trade => trade.fees),
    funding: column(trade => trade.funding),
    bars: column(trade => trade.exitBar - trade.entryBar + 1),
    ambiguous: column(trade => trade.ambiguous),
    entryBar: column(trade => trade.entryBar),
    exitBar: column(trade => trade.exitBar),
  })
}

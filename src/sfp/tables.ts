import { type ColumnTable, table } from 'arquero'
import type { Market } from '../market/market.ts'
import type { Miss, Signal } from './detect.ts'
import type { Trade } from './position.ts'

/**
 * Signals by bar; `time` is the close of the bar at which the signal is known. Prices in the quote currency, moves and depths in
 * ATR, `volumeOutside` in mean bars. `reason` says in words what made the signal.
 */
export function signalTable(market: Market, signals: readonly Signal[]): ColumnTable {
  const column = <T>(value: (signal: Signal) => T) => signals.map(value)
  return table({
    time: column(signal => closeTime(market, signal.bar)),
    bar: column(signal => signal.bar),
    side: column(signal => signal.side),
    reason: column(reasonOf),
    levelInner: column(signal => signal.level.inner),
    levelOuter: column(signal => signal.level.outer),
    levelSince: column(signal => closeTime(market, signal.level.since)),
    strength: column(signal => signal.level.strength),
    convergence: column(signal => signal.level.convergence),
    sweepBar: column(signal => signal.sweepBar),
    extreme: column(signal => signal.extreme),
    move: column(signal => signal.move),
    sweepDepth: column(signal => signal.sweepDepth),
    consumed: column(signal => signal.consumed),
    depth: column(signal => signal.depth),
    depthPct: column(signal => signal.depthPct),
    volumeOutside: column(signal => signal.volumeOutside),
    opposite: column(signal => signal.opposite),
  })
}

function reasonOf({ bar, side, sweepBar, level, extreme, move, depth, consumed }: Signal): string {
  const price = (value: number) => +value.toPrecision(6)
  const isLine = level.inner === level.outer
  const zone = isLine ? `${price(level.inner)}` : `${price(level.inner)}–${price(level.outer)}`
  const what = `${level.kind === 'high' ? 'high' : 'low'} ${zone}`
  const share = isLine ? '' : ` (${Math.round(100 * consumed)} % of its USD)`
  const back = bar === sweepBar ? 'in the same bar' : `after ${bar - sweepBar} ${bar - sweepBar === 1 ? 'bar' : 'bars'}`
  const size = Number.isNaN(depth) ? '' : `, ${depth.toFixed(2)} ATR deep in a move of ${move.toFixed(2)} ATR`
  return `swept the ${what}${share} to ${price(extreme)}${size}; closed back ${back}: ${side}`
}

/**
 * Near misses by bar: the option whose condition failed, what was there, what was asked for, and by how much it was short (or over, for a
 * `max…`, `impulse` and `invalidation`), in the unit of the option.
 */
export function missTable(market: Market, misses: readonly Miss[]): ColumnTable {
  const column = <T>(value: (miss: Miss) => T) => misses.map(value)
  return table({
    time: column(miss => closeTime(market, miss.bar)),
    bar: column(miss => miss.bar),
    side: column(miss => miss.side),
    condition: column(miss => miss.condition),
    value: column(miss => miss.value),
    needed: column(miss => miss.needed),
    by: column(miss => Math.abs(miss.value - miss.needed)),
    sweepBar: column(miss => miss.sweepBar),
    levelInner: column(miss => miss.level.inner),
    levelOuter: column(miss => miss.level.outer),
    strength: column(miss => miss.level.strength),
    convergence: column(miss => miss.level.convergence),
  })
}

/**
 * Trades in order; times are those of the bars' opens, results in USD and in multiples of the risk, `returnPct` in % of the
 * notional at the entry, `mae` and `mfe` in multiples of the risk.
 */
export function tradeTable(market: Market, trades: readonly Trade[]): ColumnTable {
  const column = <T>(value: (trade: Trade) => T) => trades.map(value)
  return table({
    entryTime: column(trade => openTime(market, trade.entryBar)),
    exitTime: column(trade => openTime(market, trade.exitBar)),
    side: column(trade => trade.side),
    entry: column(trade => trade.entry),
    exit: column(trade => trade.exit),
    stop: column(trade => trade.stop),
    target: column(trade => trade.target),
    size: column(trade => trade.size),
    reason: column(trade => trade.reason),
    r: column(trade => trade.r),
    returnPct: column(trade => (100 * trade.net) / (trade.entry * trade.size)),
    net: column(trade => trade.net),
    gross: column(trade => trade.gross),
    fees: column(trade => trade.fees),
    funding: column(trade => trade.funding),
    mae: column(trade => trade.mae),
    mfe: column(trade => trade.mfe),
    bars: column(trade => trade.exitBar - trade.entryBar + 1),
    exits: column(trade => trade.exits.length),
    ambiguous: column(trade => trade.ambiguous),
    levelInner: column(trade => trade.signal.level.inner),
    levelOuter: column(trade => trade.signal.level.outer),
    extreme: column(trade => trade.signal.extreme),
    strength: column(trade => trade.signal.level.strength),
    convergence: column(trade => trade.signal.level.convergence),
    signalBar: column(trade => trade.signal.bar),
    entryBar: column(trade => trade.entryBar),
    exitBar: column(trade => trade.exitBar),
  })
}

/** Filled orders in order of bars: `trade` numbers the trades from 0, `order` is `entry` or the reason of the exit. */
export function orderTable(market: Market, trades: readonly Trade[]): ColumnTable {
  const orders = trades.flatMap((trade, index) => {
    const exitFees = trade.exits.reduce((sum, { fee }) => sum + fee, 0)
    const entry = { bar: trade.entryBar, price: trade.entry, size: trade.size, fee: trade.fees - exitFees }
    const exitSide = trade.side === 'long' ? 'sell' : 'buy'
    return [
      { ...entry, trade: index, order: 'entry', side: trade.side === 'long' ? 'buy' : 'sell' },
      ...trade.exits.map(({ reason, ...fill }) => ({ ...fill, trade: index, order: reason, side: exitSide })),
    ]
  })
  orders.sort((a, b) => a.bar - b.bar)
  const column = <T>(value: (order: (typeof orders)[number]) => T) => orders.map(value)
  return table({
    time: column(order => openTime(market, order.bar)),
    bar: column(order => order.bar),
    trade: column(order => order.trade),
    order: column(order => order.order),
    side: column(order => order.side),
    price: column(order => order.price),
    size: column(order => order.size),
    notional: column(order => order.price * order.size),
    fee: column(order => order.fee),
  })
}

function openTime(market: Market, bar: number): Date {
  return new Date(market.time[bar]!)
}

function closeTime(market: Market, bar: number): Date {
  return new Date(market.time[bar]! + market.barMs)
}

import { atr } from '../market/atr.ts'
import type { Market } from '../market/market.ts'
import type { Signal } from './detect.ts'

export interface BacktestOptions {
  /**
   * `r`: distance of the target in multiples of the risk. `from`: the risk is counted from the `entry` price (default) or
   * from the signal bar's close.
   */
  target?: { r: number; from?: 'entry' | 'signal' }
  /** The stop lies behind the sweep's extreme by this fraction of the price. Default 0.0005. */
  stopBuffer?: number
  /** Close at the next open when a bar closes this many ATR beyond the level: a trend. `false` for never. Default 0.5. */
  giveUp?: number | false
  /** Close at the open after so many bars. Default: never. */
  maxBars?: number
  /** Fee a side, as a fraction of the notional. Default 0.0005. */
  takerFee?: number
  /** Worse fill of entries, stops and market exits, in basis points. A target is a resting order and fills at its price. Default 1. */
  slippageBps?: number
  /** Stop and target in one bar: `pessimistic` takes the stop (default), `optimistic` the target. */
  intrabar?: 'pessimistic' | 'optimistic'
  /** Notional of every trade in USD. Default 10,000. */
  notional?: number
  /** Equity at the start in USD. When it is lost, no more trades are taken. Default 100,000. */
  equity?: number
}

export type ExitReason = 'stop' | 'target' | 'trend' | 'time' | 'end'

export interface Trade {
  signal: Signal
  side: 'long' | 'short'
  entryBar: number
  exitBar: number
  /** Fill prices, slippage included. */
  entry: number
  exit: number
  stop: number
  target: number
  reason: ExitReason
  /** Base coins. */
  size: number
  /** USD: from prices, for fees, for funding (positive = paid), and net of all. */
  gross: number
  fees: number
  funding: number
  net: number
  /** Net over the risk at entry, |entry − stop| · size. */
  r: number
  /** Stop and target were both in the range of the exit bar, so their order was assumed. */
  ambiguous: boolean
}

export interface Backtest {
  trades: Trade[]
  /** Equity in USD at each bar's close, open position marked to the close. */
  equity: Float64Array
  /** Signals that came while a position was open. */
  skipped: number
  /** Bar whose trade lost the last of the equity; −1 = none. Signals after it are not traded. */
  ruined: number
  options: Required<Omit<BacktestOptions, 'maxBars'>> & { maxBars: number }
}

/**
 * Trades signals one at a time: entry at the open after the signal, against the sweep; stop behind its extreme; target at a
 * multiple of the risk. The entry bar counts; a bar that opens beyond stop or target fills at its open; within a bar the
 * stop comes first unless told otherwise. Costs are taken from every trade: fee and slippage on both sides, and funding
 * where the market has it. A position still open at the last bar is closed there.
 *
 * @throws RangeError naming the option that is out of range
 */
export function backtest(market: Market, signals: readonly Signal[], options: BacktestOptions = {}): Backtest {
  const rule = resolve(options)
  const { open, close } = market
  const last = market.length - 1
  const ranges = atr(market)
  const trades: Trade[] = []
  let skipped = 0
  let free = 0
  let cash = rule.equity
  let ruined = -1
  for (const signal of signals) {
    if (signal.bar < free || signal.bar >= last) {
      if (signal.bar < free) skipped++
      continue
    }
    const sign = signal.side === 'long' ? 1 : -1
    const slip = rule.slippageBps / 1e4
    const entryBar = signal.bar + 1
    const entry = open[entryBar]! * (1 + sign * slip)
    const stop = signal.extreme * (1 - sign * rule.stopBuffer)
    const reference = rule.target.from === 'signal' ? close[signal.bar]! : entry
    const target = reference + sign * rule.target.r * Math.abs(reference - stop)
    const found = findExit(market, signal, entryBar, stop, target, rule, ranges)
    const exit = found.reason === 'target' ? found.price : found.price * (1 - sign * slip)
    const size = rule.notional / entry
    const gross = sign * (exit - entry) * size
    const fees = rule.takerFee * (entry + exit) * size
    const funding = fundingPaid(market, entryBar, found.bar, sign * size)
    const net = gross - fees - funding
    const risk = Math.abs(entry - stop) * size
    trades.push({
      signal,
      side: signal.side,
      entryBar,
      exitBar: found.bar,
      entry,
      exit,
      stop,
      target,
      reason: found.reason,
      size,
      gross,
      fees,
      funding,
      net,
      r: risk > 0 ? net / risk : Number.NaN,
      ambiguous: found.ambiguous,
    })
    // A signal at the close of the exit bar may be taken; an exit at an open leaves that bar free as well.
    free = found.bar
    cash += net
    if (cash <= 0) {
      ruined = found.bar
      break
    }
  }
  return { trades, equity: equityCurve(market, trades, rule), skipped, ruined, options: rule }
}

interface Exit {
  bar: number
  price: number
  reason: ExitReason
  ambiguous: boolean
}

function findExit(
  market: Market,
  signal: Signal,
  entryBar: number,
  stop: number,
  target: number,
  rule: Backtest['options'],
  ranges: Float64Array,
): Exit {
  const { open, high, low, close } = market
  const long = signal.side === 'long'
  const sign = long ? 1 : -1
  for (let t = entryBar; t < market.length; t++) {
    const at = open[t]!
    if (sign * (at - stop) <= 0) return { bar: t, price: at, reason: 'stop', ambiguous: false }
    if (sign * (at - target) >= 0) return { bar: t, price: at, reason: 'target', ambiguous: false }
    if (t > entryBar) {
      const beyond = -sign * (close[t - 1]! - signal.level.outer)
      if (rule.giveUp !== false && beyond > rule.giveUp * ranges[t - 1]!)
        return { bar: t, price: at, reason: 'trend', ambiguous: false }
      if (t - entryBar >= rule.maxBars) return { bar: t, price: at, reason: 'time', ambiguous: false }
    }
    const stopped = long ? low[t]! <= stop : high[t]! >= stop
    const reached = long ? high[t]! >= target : low[t]! <= target
    if (stopped && !(reached && rule.intrabar === 'optimistic'))
      return { bar: t, price: stop, reason: 'stop', ambiguous: reached }
    if (reached) return { bar: t, price: target, reason: 'target', ambiguous: stopped }
  }
  const last = market.length - 1
  return { bar: last, price: close[last]!, reason: 'end', ambiguous: false }
}

/** Funding due at the opens of the bars after the entry bar, on the notional at that open. */
function fundingPaid(market: Market, entryBar: number, exitBar: number, signedSize: number): number {
  const rates = market.fundingRate
  if (!rates) return 0
  let paid = 0
  for (let t = entryBar + 1; t <= exitBar; t++)
    if (!Number.isNaN(rates[t]!)) paid += rates[t]! * signedSize * market.open[t]!
  return paid
}

function equityCurve(market: Market, trades: readonly Trade[], rule: Backtest['options']): Float64Array {
  const equity = new Float64Array(market.length)
  let cash = rule.equity
  let next = 0
  for (let t = 0; t < market.length; t++) {
    // Several trades may end in one bar; the last may go on.
    while (next < trades.length && trades[next]!.exitBar <= t) cash += trades[next++]!.net
    const trade = trades[next]
    let open = 0
    if (trade && trade.entryBar <= t) {
      const sign = trade.side === 'long' ? 1 : -1
      open = sign * (market.close[t]! - trade.entry) * trade.size - rule.takerFee * trade.entry * trade.size
      open -= fundingPaid(market, trade.entryBar, t, sign * trade.size)
    }
    equity[t] = cash + open
  }
  return equity
}

function resolve(options: BacktestOptions): Backtest['options'] {
  const rule = {
    stopBuffer: 0.0005,
    giveUp: 0.5,
    maxBars: Infinity,
    takerFee: 0.0005,
    slippageBps: 1,
    intrabar: 'pessimistic' as const,
    notional: 10_000,
    equity: 100_000,
    ...options,
    target: { from: 'entry' as const, ...(options.target ?? { r: 2 }) },
  }
  const check = (name: string, value: unknown, ok: boolean, expected: string) => {
    if (!ok) throw new RangeError(`${name}: ${value}, but expected ${expected}`)
  }
  check('target.r', rule.target.r, rule.target.r > 0, 'a multiple above 0')
  check('target.from', rule.target.from, ['entry', 'signal'].includes(rule.target.from), 'entry or signal')
  check('stopBuffer', rule.stopBuffer, rule.stopBuffer >= 0 && rule.stopBuffer < 0.5, 'a fraction from 0 to 0.5')
  check('giveUp', rule.giveUp, rule.giveUp === false || rule.giveUp >= 0, '0 or more ATR, or false')
  check('maxBars', rule.maxBars, rule.maxBars >= 1, '1 or more')
  check('takerFee', rule.takerFee, rule.takerFee > -0.01 && rule.takerFee < 0.1, 'a fraction such as 0.0005')
  check('slippageBps', rule.slippageBps, rule.slippageBps >= 0 && rule.slippageBps < 1000, '0 to 1000 basis points')
  check('intrabar', rule.intrabar, ['pessimistic', 'optimistic'].includes(rule.intrabar), 'pessimistic or optimistic')
  check('notional', rule.notional, rule.notional > 0, 'an amount above 0')
  check('equity', rule.equity, rule.equity > 0, 'an amount above 0')
  return rule
}

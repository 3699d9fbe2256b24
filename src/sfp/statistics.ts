import { DAY } from '../market/duration.ts'
import type { Market } from '../market/market.ts'
import { random } from '../market/random.ts'
import type { Backtest, Trade } from './backtest.ts'

/** A mean and the interval that holds it with 95 % confidence. */
export interface Interval {
  mean: number
  low: number
  high: number
}

/**
 * What a backtest came to. Percentages are of each trade's notional; names and definitions as in backtesting.py where it
 * has them. NaN where a figure is not defined (no trades, no losses).
 */
export interface Statistics {
  trades: number
  longs: number
  /** Signals not taken because a position was open. */
  skipped: number
  winRate: number
  /** Sum of gains / sum of losses; `gross` before fees, slippage stays in the prices. */
  profitFactor: number
  profitFactorGross: number
  /** Mean net return of a trade in %. */
  expectancy: number
  /** Net result in multiples of the risk, with a bootstrap interval over trades. */
  meanR: Interval
  best: number
  worst: number
  /** USD. */
  net: number
  fees: number
  funding: number
  /** The equity was lost, and trading ended early. */
  ruined: boolean
  /** Of the starting equity, in %. */
  returnPct: number
  maxDrawdownPct: number
  /** Of daily equity changes, √365 annualised, risk-free rate 0. */
  sharpe: number
  /** Share of bars with a position, in %. */
  exposurePct: number
  buyHoldPct: number
  meanBars: number
  /** Share of trades whose order of stop and target was assumed, in %. */
  ambiguousPct: number
  byReason: Record<string, number>
}

const RESAMPLES = 2000
const SEED = 1

/** Statistics of a backtest. The interval is a percentile bootstrap over trades (Efron 1979) from a fixed seed. */
export function statistics(market: Market, { trades, equity, skipped, ruined }: Backtest): Statistics {
  const n = trades.length
  const returns = trades.map(trade => (100 * trade.net) / (trade.entry * trade.size))
  const byReason: Record<string, number> = {}
  for (const trade of trades) byReason[trade.reason] = (byReason[trade.reason] ?? 0) + 1
  const bars = trades.reduce((total, trade) => total + trade.exitBar - trade.entryBar + 1, 0)
  const start = equity.length > 0 ? equity[0]! : Number.NaN
  return {
    trades: n,
    longs: trades.filter(trade => trade.side === 'long').length,
    skipped,
    winRate: share(trades, trade => trade.net > 0),
    profitFactor: profitFactor(trades.map(trade => trade.net)),
    profitFactorGross: profitFactor(trades.map(trade => trade.gross)),
    expectancy: mean(returns),
    meanR: bootstrapMean(trades.map(trade => trade.r).filter(r => !Number.isNaN(r))),
    best: n > 0 ? Math.max(...returns) : Number.NaN,
    worst: n > 0 ? Math.min(...returns) : Number.NaN,
    net: sum(trades.map(trade => trade.net)),
    fees: sum(trades.map(trade => trade.fees)),
    funding: sum(trades.map(trade => trade.funding)),
    ruined: ruined >= 0,
    returnPct: (100 * sum(trades.map(trade => trade.net))) / start,
    maxDrawdownPct: maxDrawdown(equity) * 100,
    sharpe: dailySharpe(market, equity),
    exposurePct: (100 * bars) / market.length,
    buyHoldPct: 100 * (market.close[market.length - 1]! / market.close[0]! - 1),
    meanBars: bars / n,
    ambiguousPct: share(trades, trade => trade.ambiguous),
    byReason,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function share(trades: readonly Trade[], test: (trade: Trade) => boolean): number {
  return (100 * trades.filter(test).length) / trades.length
}

function profitFactor(results: readonly number[]): number {
  const gains = sum(results.filter(result => result > 0))
  const losses = -sum(results.filter(result => result < 0))
  return losses > 0 ? gains / losses : Number.NaN
}

/** Largest fall from a peak, as a fraction of the peak. */
export function maxDrawdown(equity: ArrayLike<number>): number {
  let peak = -Infinity
  let worst = 0
  for (let t = 0; t < equity.length; t++) {
    if (equity[t]! > peak) peak = equity[t]!
    worst = Math.max(worst, (peak - equity[t]!) / peak)
  }
  return worst
}

function dailySharpe(market: Market, equity: Float64Array): number {
  const daily: number[] = []
  for (let t = 0; t < equity.length; t++)
    if (t === equity.length - 1 || Math.floor(market.time[t + 1]! / DAY) !== Math.floor(market.time[t]! / DAY))
      daily.push(equity[t]!)
  const changes = daily.slice(1).map((value, day) => value / daily[day]! - 1)
  const average = mean(changes)
  const variance = sum(changes.map(change => (change - average) ** 2)) / (changes.length - 1)
  return variance > 0 ? (average / Math.sqrt(variance)) * Math.sqrt(365) : Number.NaN
}

/** Mean with a 95 % percentile bootstrap interval; NaN bounds below 2 values. */
export function bootstrapMean(values: readonly number[]): Interval {
  const n = values.length
  if (n < 2) return { mean: mean(values), low: Number.NaN, high: Number.NaN }
  const rng = random(SEED)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let total = 0
    for (let i = 0; i < n; i++) total += values[rng.integer(n)]!
    return total / n
  }).sort()
  return {
    mean: mean(values),
    low: means[Math.floor(0.025 * RESAMPLES)]!,
    high: means[Math.ceil(0.975 * RESAMPLES) - 1]!,
  }
}

import { DAY } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'
import { geometricMean, mean, sum, variance } from '../../stats/descriptive.ts'
import type { Backtest, RejectedSignal } from '../backtest.ts'
import type { Trade } from '../position.ts'
import { drawdowns, periodReturns } from './equity.ts'
import { betaOf, gainLoss, tailRatio } from './ratios.ts'

/**
 * What a backtest came to. Figures of trades in % are of each trade's notional at its entry. Definitions are those of
 * backtesting.py 0.6 where it has the figure (see {@link namedStatistics}). NaN where a figure is not defined.
 */
export interface Performance {
  trades: number
  longs: number
  /** Signals not taken because a position was open; and for other reasons, see {@link Backtest.rejected}. */
  skipped: number
  rejected: RejectedSignal
  winRate: number
  /** Sum of gains / sum of losses of the trades' returns; `gross` before fees and funding, slippage stays in the prices. */
  profitFactor: number
  profitFactorGross: number
  /** Arithmetic and geometric mean net return of a trade in %. */
  expectancy: number
  avgTradePct: number
  best: number
  worst: number
  /** USD. */
  net: number
  fees: number
  funding: number
  equityFinal: number
  equityPeak: number
  /** The equity was lost, and trading ended early. */
  ruined: boolean
  /** Of the starting equity, in %. */
  returnPct: number
  buyHoldPct: number
  /** Geometric mean daily return and its volatility, made annual; compound growth rate; in %. */
  annualReturnPct: number
  volatilityPct: number
  cagrPct: number
  /** Annual return / annual volatility; risk-free rate 0. */
  sharpe: number
  /** Annual return / annual downside deviation of daily returns. */
  sortino: number
  /** Annual return / deepest drawdown. */
  calmar: number
  /** Return less beta times the market's return (Jensen), in %; beta of log returns by bar. */
  alphaPct: number
  beta: number
  /** Depths in % as positive numbers; lengths from a peak until it is reached again. */
  maxDrawdownPct: number
  avgDrawdownPct: number
  maxDrawdownMs: number
  avgDrawdownMs: number
  /** Omega ratio of daily returns at threshold 0, tail ratio |p95 / p5|, ulcer index in %. */
  omega: number
  tailRatio: number
  ulcerPct: number
  /** System quality number: √n · mean / standard deviation of the trades' results in USD (Van Tharp). */
  sqn: number
  /** Kelly's fraction: win rate − (1 − win rate) / (mean win / mean loss). */
  kelly: number
  /** Results, farthest prices against and in favour, in multiples of the risk. */
  averageR: number
  medianMae: number
  medianMfe: number
  /** Share of bars with a position, in %. */
  exposurePct: number
  meanBars: number
  maxTradeMs: number
  avgTradeMs: number
  /** Share of trades whose order of stop and target was assumed, in %. */
  ambiguousPct: number
  byReason: Record<string, number>
}

export interface PerformanceOptions {
  /**
   * The bar at whose close the market is bought for `buyHoldPct` and `alphaPct`. Default the first; backtesting.py takes the
   * first bar at which the strategy may trade.
   */
  heldFrom?: number
}

/** Figures of a backtest without intervals: two passes over the equity, one over the trades. */
export function performance(
  market: Market,
  backtest: Backtest,
  { heldFrom = 0 }: PerformanceOptions = {},
): Performance {
  const { trades, equity, skipped, rejected, ruined } = backtest
  const { time, close } = market
  const n = trades.length
  const last = equity.length - 1
  const returns = trades.map(returnOf)
  const nets = trades.map(trade => trade.net)
  const lengths = trades.map(trade => time[trade.exitBar]! - time[trade.entryBar]!)
  const wins = nets.filter(net => net > 0)
  const losses = nets.filter(net => net < 0)
  const winRate = n > 0 ? wins.length / n : Number.NaN
  const byReason: Record<string, number> = {}
  for (const { reason } of trades) byReason[reason] = (byReason[reason] ?? 0) + 1

  const falls = drawdowns(time, equity)
  const returnPct = 100 * (equity[last]! / equity[0]! - 1)
  const buyHoldPct = 100 * (close[last]! / close[heldFrom]! - 1)
  const beta = betaOf(equity, close)
  return {
    trades: n,
    longs: trades.filter(trade => trade.side === 'long').length,
    skipped,
    rejected,
    winRate: 100 * winRate,
    profitFactor: gainLoss(returns),
    profitFactorGross: gainLoss(trades.map(trade => trade.gross / (trade.entry * trade.size))),
    expectancy: 100 * mean(returns),
    avgTradePct: 100 * geometricMean(returns),
    best: n > 0 ? 100 * largest(returns) : Number.NaN,
    worst: n > 0 ? -100 * largest(returns.map(value => -value)) : Number.NaN,
    net: sum(nets),
    fees: sum(trades.map(trade => trade.fees)),
    funding: sum(trades.map(trade => trade.funding)),
    equityFinal: equity[last]!,
    equityPeak: falls.peak,
    ruined: ruined >= 0,
    returnPct,
    buyHoldPct,
    ...annual(market, equity, falls.max),
    alphaPct: returnPct - beta * buyHoldPct,
    beta,
    maxDrawdownPct: 100 * falls.max,
    avgDrawdownPct: 100 * mean(falls.depth),
    maxDrawdownMs: falls.lengthMs.length > 0 ? largest(falls.lengthMs) : Number.NaN,
    avgDrawdownMs: mean(falls.lengthMs),
    ulcerPct: 100 * falls.ulcer,
    sqn: (Math.sqrt(n) * mean(nets)) / Math.sqrt(variance(nets)),
    kelly: winRate - (1 - winRate) / (mean(wins) / -mean(losses)),
    averageR: mean(trades.map(trade => trade.r)),
    medianMae: median(trades.map(trade => trade.mae)),
    medianMfe: median(trades.map(trade => trade.mfe)),
    exposurePct: (100 * barsHeld(trades)) / market.length,
    meanBars: sum(trades.map(trade => trade.exitBar - trade.entryBar + 1)) / n,
    maxTradeMs: n > 0 ? largest(lengths) : Number.NaN,
    avgTradeMs: mean(lengths),
    ambiguousPct: (100 * trades.filter(trade => trade.ambiguous).length) / n,
    byReason,
  }
}

/** Net result of a trade as a fraction of its notional at the entry. */
export function returnOf(trade: Trade): number {
  return trade.net / (trade.entry * trade.size)
}

function annual(market: Market, equity: Float64Array, deepest: number) {
  const { returns, perYear } = periodReturns(market, equity)
  const daily = geometricMean(returns)
  const growth = (1 + daily) ** perYear
  const yearly = growth - 1
  const volatility = Math.sqrt((variance(returns) + (1 + daily) ** 2) ** perYear - growth ** 2)
  let downside = 0
  for (let i = 0; i < returns.length; i++) downside += Math.min(0, returns[i]!) ** 2
  const last = equity.length - 1
  const years = (market.time[last]! - market.time[0]!) / DAY / 365.25
  return {
    annualReturnPct: 100 * yearly,
    volatilityPct: 100 * volatility,
    cagrPct: years > 0 ? 100 * ((equity[last]! / equity[0]!) ** (1 / years) - 1) : Number.NaN,
    sharpe: volatility > 0 ? yearly / volatility : Number.NaN,
    sortino: downside > 0 ? yearly / (Math.sqrt(downside / returns.length) * Math.sqrt(perYear)) : Number.NaN,
    calmar: deepest > 0 ? yearly / deepest : Number.NaN,
    omega: gainLoss(returns),
    tailRatio: tailRatio(returns),
  }
}

/** Bars with at least one position; trades are in order of their entries. */
function barsHeld(trades: readonly Trade[]): number {
  let held = 0
  let until = -1
  for (const { entryBar, exitBar } of trades) {
    held += Math.max(0, exitBar - Math.max(entryBar - 1, until))
    until = Math.max(until, exitBar)
  }
  return held
}

function largest(values: ArrayLike<number>): number {
  let most = -Infinity
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!
  return most
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The results of a backtest, from its trades and its equity. */
import { DAY } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'
import { geometricMean, mean, sum, variance } from '../../stats/descriptive.ts'
import type { Backtest, RejectedSignals } from '../backtest.ts'
import type { Trade } from '../position.ts'
import { drawdowns, periodReturns } from './equity.ts'
import { equityBeta, gainLoss, tailRatio } from './ratios.ts'

/**
 * The results of a backtest. Statistics of trades in % are relative to each trade's notional at its entry. Definitions follow
 * backtesting.py 0.6 where it has the statistic (see `namedStatistics`). NaN where one is undefined.
 */
export interface Performance {
  trades: number
  longs: number
  /** Signals not traded because a position was open; for other reasons see {@link Backtest.rejected}. */
  skipped: number
  rejected: RejectedSignals
  winRate: number
  /** Sum of gains / sum of losses of the trades' returns; gross: before fees and funding, but with slippage. */
  profitFactor: number
  profitFactorGross: number
  /** Arithmetic (`expectancy`) and geometric (`avgTradePct`) mean net return of a trade in %. */
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
  /** The equity was lost, which ended trading early. */
  ruined: boolean
  /** Return on the starting equity, and on holding the market, in %. */
  returnPct: number
  buyHoldPct: number
  /** Geometric mean daily return and its volatility, annualised; compound annual growth rate; in %. */
  annualReturnPct: number
  volatilityPct: number
  cagrPct: number
  /** Annual return / annual volatility; risk-free rate 0. */
  sharpe: number
  /** Annual return / annual downside deviation of daily returns. */
  sortino: number
  /** Annual return / maximum drawdown. */
  calmar: number
  /** Jensen's alpha: return − beta · market return, in %. Beta of log returns by bar. */
  alphaPct: number
  beta: number
  /** Depths in % as positive numbers; lengths from the close of the bar on the peak to that of the bar back on it (or the last). */
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
  /** Mean result, median maximum adverse and favourable excursion, in multiples of the risk. */
  averageR: number
  medianMae: number
  medianMfe: number
  /** Share of bars with a position, in %. */
  exposurePct: number
  meanBars: number
  /** From the close of the bar of the entry to that of the last exit, so 0 for a trade within one bar. */
  maxTradeMs: number
  avgTradeMs: number
  /** Share of trades whose order of stop and target is assumed, in %. */
  ambiguousPct: number
  byReason: Record<string, number>
}

/**
 * The moments of an equity curve: opens of bars (epoch ms) and their length, and what holding is worth at their closes. A market is one; a
 * portfolio makes one of its markets.
 */
export type EquityAxis = Pick<Market, 'time' | 'barMs' | 'length' | 'close'>

/** What the figures of a backtest are made of. */
export type MeasuredBacktest = Pick<Backtest, 'equity' | 'skipped' | 'rejected' | 'ruined'> & {
  /** In order of their entries; bars are those of the axis. */
  trades: readonly Trade[]
}

interface PerformanceOptions {
  /**
   * The bar at whose close the market is bought for `buyHoldPct` and `alphaPct`. Default: the first one. backtesting.py uses the
   * first bar at which the strategy may trade.
   */
  heldFrom?: number
}

/** Statistics of a backtest without intervals: two passes over the equity, one over the trades. */
export function performance(
  market: EquityAxis,
  backtest: MeasuredBacktest,
  { heldFrom = 0 }: PerformanceOptions = {},
): Performance {
  const { trades, equity, skipped, rejected, ruined } = backtest
  const { time, close } = market
  const n = trades.length
  const last = equity.length - 1
  const returns = trades.map(tradeReturn)
  const nets = trades.map(trade => trade.net)
  const lengths = trades.map(trade => time[trade.exitBar]! - time[trade.entryBar]!)
  const wins = nets.filter(net => net > 0)
  const losses = nets.filter(net => net < 0)
  const winRate = wins.length / n
  const byReason: Record<string, number> = {}
  for (const { reason } of trades) byReason[reason] = (byReason[reason] ?? 0) + 1

  const curve = drawdowns(time, equity)
  const returnPct = 100 * (equity[last]! / equity[0]! - 1)
  const buyHoldPct = 100 * (close[last]! / close[heldFrom]! - 1)
  const beta = equityBeta(equity, close)
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
    best: n > 0 ? 100 * maxOf(returns) : Number.NaN,
    worst: n > 0 ? -100 * maxOf(returns.map(value => -value)) : Number.NaN,
    net: sum(nets),
    fees: sum(trades.map(trade => trade.fees)),
    funding: sum(trades.map(trade => trade.funding)),
    equityFinal: equity[last]!,
    equityPeak: curve.peak,
    ruined: ruined >= 0,
    returnPct,
    buyHoldPct,
    ...annualised(market, equity, curve.max),
    alphaPct: returnPct - beta * buyHoldPct,
    beta,
    maxDrawdownPct: 100 * curve.max,
    avgDrawdownPct: 100 * mean(curve.depth),
    maxDrawdownMs: curve.lengthMs.length > 0 ? maxOf(curve.lengthMs) : Number.NaN,
    avgDrawdownMs: mean(curve.lengthMs),
    ulcerPct: 100 * curve.ulcer,
    sqn: (Math.sqrt(n) * mean(nets)) / Math.sqrt(variance(nets)),
    kelly: winRate - (1 - winRate) / (mean(wins) / -mean(losses)),
    averageR: mean(trades.map(trade => trade.r)),
    medianMae: median(trades.map(trade => trade.mae)),
    medianMfe: median(trades.map(trade => trade.mfe)),
    exposurePct: (100 * barsHeld(trades)) / market.length,
    meanBars: sum(trades.map(trade => trade.exitBar - trade.entryBar + 1)) / n,
    maxTradeMs: n > 0 ? maxOf(lengths) : Number.NaN,
    avgTradeMs: mean(lengths),
    ambiguousPct: (100 * trades.filter(trade => trade.ambiguous).length) / n,
    byReason,
  }
}

/** Net return of a trade on its notional at the entry. */
export function tradeReturn(trade: Trade): number {
  return trade.net / (trade.entry * trade.size)
}

function annualised(market: EquityAxis, equity: Float64Array, maxDrawdown: number) {
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
    calmar: maxDrawdown > 0 ? yearly / maxDrawdown : Number.NaN,
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

function maxOf(values: ArrayLike<number>): number {
  let max = -Infinity
  for (let i = 0; i < values.length; i++) if (values[i]! > max) max = values[i]!
  return max
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

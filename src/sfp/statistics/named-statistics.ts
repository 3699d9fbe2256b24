/** The statistics of a backtest under the names of backtesting.py. */
import { formatTime } from '../../common/duration.ts'
import type { EquityAxis, Performance } from './performance.ts'

/**
 * The statistics of backtesting.py under its names, in its order and with its signs: drawdowns are negative. Durations are
 * exact, in ms from the close of one bar to the close of another; backtesting.py rounds them up to the unit that its bars are
 * named in (whole minutes, hours or days). Commissions do not include slippage.
 */
export function namedStatistics(market: EquityAxis, performance: Performance): Record<string, number | string> {
  const { time, length } = market
  return {
    Start: formatTime(time[0]!),
    End: formatTime(time[length - 1]!),
    Duration: time[length - 1]! - time[0]!,
    'Exposure Time [%]': performance.exposurePct,
    'Equity Final [$]': performance.equityFinal,
    'Equity Peak [$]': performance.equityPeak,
    'Commissions [$]': performance.fees,
    'Return [%]': performance.returnPct,
    'Buy & Hold Return [%]': performance.buyHoldPct,
    'Return (Ann.) [%]': performance.annualReturnPct,
    'Volatility (Ann.) [%]': performance.volatilityPct,
    'CAGR [%]': performance.cagrPct,
    'Sharpe Ratio': performance.sharpe,
    'Sortino Ratio': performance.sortino,
    'Calmar Ratio': performance.calmar,
    'Alpha [%]': performance.alphaPct,
    Beta: performance.beta,
    'Max. Drawdown [%]': -performance.maxDrawdownPct,
    'Avg. Drawdown [%]': -performance.avgDrawdownPct,
    'Max. Drawdown Duration': performance.maxDrawdownMs,
    'Avg. Drawdown Duration': performance.avgDrawdownMs,
    '# Trades': performance.trades,
    'Win Rate [%]': performance.winRate,
    'Best Trade [%]': performance.best,
    'Worst Trade [%]': performance.worst,
    'Avg. Trade [%]': performance.avgTradePct,
    'Max. Trade Duration': performance.maxTradeMs,
    'Avg. Trade Duration': performance.avgTradeMs,
    'Profit Factor': performance.profitFactor,
    'Expectancy [%]': performance.expectancy,
    SQN: performance.sqn,
    'Kelly Criterion': performance.kelly,
  }
}

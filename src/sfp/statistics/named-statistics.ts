/** The statistics of a backtest under the names of backtesting.py. */
import { formatTime } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'
import type { Performance } from './performance.ts'

/**
 * The statistics of backtesting.py under its names, in its order and with its signs: drawdowns are negative, durations in ms
 * are rounded up to whole bars. Commissions do not include slippage.
 */
export function namedStatistics(market: Market, performance: Performance): Record<string, number | string> {
  const { time, length, barMs } = market
  const toWholeBars = (ms: number) => Math.ceil(ms / barMs) * barMs
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
    'Max. Drawdown Duration': toWholeBars(performance.maxDrawdownMs),
    'Avg. Drawdown Duration': toWholeBars(performance.avgDrawdownMs),
    '# Trades': performance.trades,
    'Win Rate [%]': performance.winRate,
    'Best Trade [%]': performance.best,
    'Worst Trade [%]': performance.worst,
    'Avg. Trade [%]': performance.avgTradePct,
    'Max. Trade Duration': toWholeBars(performance.maxTradeMs),
    'Avg. Trade Duration': toWholeBars(performance.avgTradeMs),
    'Profit Factor': performance.profitFactor,
    'Expectancy [%]': performance.expectancy,
    SQN: performance.sqn,
    'Kelly Criterion': performance.kelly,
  }
}

import { formatTime } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'
import type { Performance } from './performance.ts'

/**
 * The figures of backtesting.py under its names, in its order and with its signs: drawdowns are negative, lengths in ms are
 * rounded up to whole bars. Commissions do not hold the slippage.
 */
export function namedStatistics(market: Market, of: Performance): Record<string, number | string> {
  const { time, length, barMs } = market
  const whole = (ms: number) => Math.ceil(ms / barMs) * barMs
  return {
    Start: formatTime(time[0]!),
    End: formatTime(time[length - 1]!),
    Duration: time[length - 1]! - time[0]!,
    'Exposure Time [%]': of.exposurePct,
    'Equity Final [$]': of.equityFinal,
    'Equity Peak [$]': of.equityPeak,
    'Commissions [$]': of.fees,
    'Return [%]': of.returnPct,
    'Buy & Hold Return [%]': of.buyHoldPct,
    'Return (Ann.) [%]': of.annualReturnPct,
    'Volatility (Ann.) [%]': of.volatilityPct,
    'CAGR [%]': of.cagrPct,
    'Sharpe Ratio': of.sharpe,
    'Sortino Ratio': of.sortino,
    'Calmar Ratio': of.calmar,
    'Alpha [%]': of.alphaPct,
    Beta: of.beta,
    'Max. Drawdown [%]': -of.maxDrawdownPct,
    'Avg. Drawdown [%]': -of.avgDrawdownPct,
    'Max. Drawdown Duration': whole(of.maxDrawdownMs),
    'Avg. Drawdown Duration': whole(of.avgDrawdownMs),
    '# Trades': of.trades,
    'Win Rate [%]': of.winRate,
    'Best Trade [%]': of.best,
    'Worst Trade [%]': of.worst,
    'Avg. Trade [%]': of.avgTradePct,
    'Max. Trade Duration': whole(of.maxTradeMs),
    'Avg. Trade Duration': whole(of.avgTradeMs),
    'Profit Factor': of.profitFactor,
    'Expectancy [%]': of.expectancy,
    SQN: of.sqn,
    'Kelly Criterion': of.kelly,
  }
}

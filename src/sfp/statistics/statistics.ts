/** The statistics of a backtest, with intervals. */
import { assertMarket, type Market } from '../../market/market.ts'
import { bootstrap, bootstrapMean, type Interval } from '../../stats/bootstrap.ts'
import { geometricMean, variance } from '../../stats/descriptive.ts'
import { assertBacktest, type Backtest } from '../backtest.ts'
import { periodReturns } from './equity.ts'
import { type Performance, performance, tradeReturn } from './performance.ts'
import { gainLoss } from './ratios.ts'

/** The statistics of a backtest with their confidence intervals. */
export interface Statistics extends Performance {
  /** Net result in multiples of the risk, with a bootstrap interval over trades. */
  meanR: Interval
  /**
   * 95 % intervals of a stationary block bootstrap (1,000 resamples, seed 1): over the trades in their order for `winRate`,
   * `expectancy` (both in %) and `profitFactor`; over the daily returns for `sharpe` and `annualReturnPct`.
   */
  intervals: Record<'winRate' | 'expectancy' | 'profitFactor' | 'sharpe' | 'annualReturnPct', Interval>
}

/** All statistics of a backtest. The intervals take most of the time; {@link performance} leaves them out. */
export function statistics(market: Market, backtest: Backtest): Statistics {
  assertMarket(market, 'liq.statistics')
  assertBacktest(backtest, 'liq.statistics')
  return {
    ...performance(market, backtest),
    meanR: bootstrapMean(backtest.trades.map(trade => trade.r)),
    intervals: { ...tradeIntervals(backtest), ...returnIntervals(market, backtest) },
  }
}

function tradeIntervals({ trades }: Backtest) {
  const returns = Float64Array.from(trades, tradeReturn)
  const drawn = new Float64Array(returns.length)
  return bootstrap(returns.length, indices => {
    let wins = 0
    let total = 0
    for (let i = 0; i < indices.length; i++) {
      const value = returns[indices[i]!]!
      drawn[i] = value
      total += value
      if (value > 0) wins++
    }
    const n = indices.length
    return { winRate: (100 * wins) / n, expectancy: (100 * total) / n, profitFactor: gainLoss(drawn) }
  })
}

function returnIntervals(market: Market, { equity }: Backtest) {
  const { returns, perYear } = periodReturns(market, equity)
  const drawn = new Float64Array(returns.length)
  return bootstrap(returns.length, indices => {
    for (let i = 0; i < indices.length; i++) drawn[i] = returns[indices[i]!]!
    const daily = geometricMean(drawn)
    const growth = (1 + daily) ** perYear
    const volatility = Math.sqrt((variance(drawn) + (1 + daily) ** 2) ** perYear - growth ** 2)
    return { sharpe: volatility > 0 ? (growth - 1) / volatility : Number.NaN, annualReturnPct: 100 * (growth - 1) }
  })
}

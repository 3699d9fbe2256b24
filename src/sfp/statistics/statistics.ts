/** The statistics of a backtest, with intervals. */
import { assertMarket, type Market } from '../../market/market.ts'
import { blockLength } from '../../stats/block-length.ts'
import { bootstrap, type Interval, MIN_INTERVAL_VALUES, meanInterval } from '../../stats/bootstrap.ts'
import { geometricMean, variance } from '../../stats/descriptive.ts'
import { assertBacktest, type Backtest } from '../backtest.ts'
import { periodReturns } from './equity.ts'
import { type Performance, performance, tradeReturn } from './performance.ts'
import { gainLoss } from './ratios.ts'

/** The statistics of a backtest with their confidence intervals. */
export interface Statistics extends Performance {
  /** Net result in multiples of the risk, with its interval. */
  meanR: Interval
  /**
   * 95 % intervals of a stationary block bootstrap (1,000 resamples, seed 1). Over the trades in their order: studentised for
   * `meanR`, `winRate` and `expectancy` (both in %), by percentiles for `profitFactor`, whose upper bound is infinite where 2.5 %
   * or more of the resamples have no loss. Over the daily returns, by percentiles: `sharpe` and `annualReturnPct`. NaN bounds
   * below ten trades, and where the trades vary too little to tell, see {@link meanInterval}.
   */
  intervals: Record<'winRate' | 'expectancy' | 'profitFactor' | 'sharpe' | 'annualReturnPct', Interval>
}

/**
 * All statistics of a backtest. The intervals take most of the time; {@link performance} leaves them out.
 * @example liq.statistics(btc, liq.sfp(btc, { levels: map }).backtest()).profitFactor
 */
export function statistics(market: Market, backtest: Backtest): Statistics {
  assertMarket(market, 'liq.statistics')
  assertBacktest(backtest, 'liq.statistics')
  return {
    ...performance(market, backtest),
    meanR: meanInterval(backtest.trades.map(trade => trade.r)),
    intervals: { ...tradeIntervals(backtest), ...returnIntervals(market, backtest) },
  }
}

function tradeIntervals({ trades }: Backtest) {
  const returns = Float64Array.from(trades, tradeReturn)
  const winRate = meanInterval(trades.map(trade => (trade.net > 0 ? 100 : 0)))
  return {
    winRate: { ...winRate, low: Math.max(0, winRate.low), high: Math.min(100, winRate.high) },
    expectancy: meanInterval(returns.map(value => 100 * value)),
    profitFactor: profitFactorInterval(returns),
  }
}

function profitFactorInterval(returns: Float64Array): Interval {
  const { profitFactor } = bootstrap(
    returns.length,
    indices => {
      let gains = 0
      let losses = 0
      for (let i = 0; i < indices.length; i++) {
        const value = returns[indices[i]!]!
        if (value > 0) gains += value
        else losses -= value
      }
      return { profitFactor: gains > 0 || losses > 0 ? gains / losses : Number.NaN }
    },
    { block: blockLength(returns) },
  )
  const observed = gainLoss(returns)
  // Without a gain or without a loss, no resample says how far off the ratio may be.
  const bounded = observed > 0
  return {
    mean: observed,
    low: bounded ? profitFactor.low : Number.NaN,
    high: bounded ? profitFactor.high : Number.NaN,
  }
}

function returnIntervals(market: Market, { equity, trades }: Backtest) {
  const { returns, perYear } = periodReturns(market, equity)
  const drawn = new Float64Array(returns.length)
  const { sharpe, annualReturnPct } = bootstrap(returns.length, indices => {
    for (let i = 0; i < indices.length; i++) drawn[i] = returns[indices[i]!]!
    const daily = geometricMean(drawn)
    const growth = (1 + daily) ** perYear
    const volatility = Math.sqrt((variance(drawn) + (1 + daily) ** 2) ** perYear - growth ** 2)
    return { sharpe: volatility > 0 ? (growth - 1) / volatility : Number.NaN, annualReturnPct: 100 * (growth - 1) }
  })
  // Many days of few trades are still few trades.
  const enough = trades.length >= MIN_INTERVAL_VALUES
  const unless = (interval: Interval) => (enough ? interval : { ...interval, low: Number.NaN, high: Number.NaN })
  return { sharpe: unless(sharpe), annualReturnPct: unless(annualReturnPct) }
}

/** The statistics of a backtest, with intervals. */
import { assertMarket, type Market } from '../../market/market.ts'
import { type Interval, type MeanTest, MIN_INTERVAL_VALUES, meanInterval, meanTest } from '../../stats/bootstrap.ts'
import { assertBacktest, type Backtest } from '../backtest.ts'
import { periodReturns } from './equity.ts'
import { profitFactorInterval, returnIntervals } from './intervals.ts'
import { type EquityAxis, type MeasuredBacktest, type Performance, performance, tradeReturn } from './performance.ts'

/** The statistics of a backtest with their confidence intervals. */
export interface Statistics extends Performance {
  /** Net result in multiples of the risk, with its interval and the p-value of a mean of 0. */
  meanR: MeanTest
  /**
   * 95 % intervals of a stationary block bootstrap (1,000 resamples, seed 1). Over the trades in their order: studentised for
   * `meanR`, `winRate` and `expectancy` (both in %), by expanded percentiles for `profitFactor`, whose upper bound is infinite where
   * resamples without a loss reach it. Over the daily returns, by expanded percentiles: `sharpe` and `annualReturnPct`. NaN bounds
   * below ten trades or ten days with a result, and where the trades vary too little to tell, see {@link meanInterval}.
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
  return measure(market, backtest)
}

/**
 * {@link statistics} of any equity curve.
 * @param clusters numbers of neighbouring trades that the intervals draw together. Default: each alone
 */
export function measure(axis: EquityAxis, backtest: MeasuredBacktest, clusters?: ArrayLike<number>): Statistics {
  return {
    ...performance(axis, backtest),
    meanR: meanTest(
      backtest.trades.map(trade => trade.r),
      { ...(clusters && { clusters }) },
    ),
    intervals: { ...tradeIntervals(backtest, clusters), ...dailyIntervals(axis, backtest) },
  }
}

function tradeIntervals({ trades }: MeasuredBacktest, clusters?: ArrayLike<number>) {
  const returns = Float64Array.from(trades, tradeReturn)
  const options = { ...(clusters && { clusters }) }
  const winRate = meanInterval(
    trades.map(trade => (trade.net > 0 ? 100 : 0)),
    options,
  )
  return {
    winRate: { ...winRate, low: Math.max(0, winRate.low), high: Math.min(100, winRate.high) },
    expectancy: meanInterval(
      returns.map(value => 100 * value),
      options,
    ),
    profitFactor: profitFactorInterval(returns, clusters),
  }
}

function dailyIntervals(axis: EquityAxis, { equity, trades }: MeasuredBacktest) {
  const { returns, perYear } = periodReturns(axis, equity)
  const { sharpe, annualReturnPct } = returnIntervals(returns, perYear)
  // Many days of few trades are still few trades.
  const enough = trades.length >= MIN_INTERVAL_VALUES
  const unless = (interval: Interval) => (enough ? interval : { ...interval, low: Number.NaN, high: Number.NaN })
  return { sharpe: unless(sharpe), annualReturnPct: unless(annualReturnPct) }
}

/** The mean R of a study, or of a portfolio, against that of the same trades at placebo levels. */
import { barOpen, DAY } from '../common/duration.ts'
import type { Market } from '../market/market.ts'
import type { PortfolioBacktest } from '../sfp/portfolio/portfolio.ts'
import { tradesByDay } from '../sfp/portfolio/portfolio-statistics.ts'
import type { Trade } from '../sfp/position.ts'
import type { Interval } from '../stats/bootstrap.ts'
import { mean } from '../stats/descriptive.ts'
import { infer, MIN_EVENTS } from './bootstrap.ts'
import { Sample } from './sample.ts'

/** A study, or a portfolio, beside its placebos. */
export interface PlaceboComparison {
  /** Trades, and their mean net result in R. */
  trades: number
  meanR: number
  /** Number of placebos, their trades in all, and the mean net result of these in R. */
  placebos: number
  placeboTrades: number
  placeboMeanR: number
  /**
   * `meanR` − `placeboMeanR`, with its 95 % interval: NaN bounds below 20 trades, or days of a portfolio with trades, and where time or
   * results vary too little.
   */
  difference: Interval
}

const RESAMPLES = 1000

/**
 * Compares trades with those at placebo levels. The interval is the one of the tests of claims: a studentised stationary bootstrap over
 * calendar time, which draws the trades of the study and of all placebos together, in blocks of at least two mean holding times.
 *
 * @param placebos trades at each placebo
 */
export function comparePlacebos(
  market: Market,
  trades: readonly Trade[],
  placebos: readonly (readonly Trade[])[],
): PlaceboComparison {
  const toOutcome = ({ entryBar, r }: Trade) => ({ time: market.time[entryBar]!, r })
  const held = Math.max(1, mean(trades.map(({ entryBar, exitBar }) => exitBar - entryBar)))
  const outcomes = placebos.map(list => list.map(toOutcome))
  return compare(trades.map(toOutcome), outcomes, trades.length, {
    slotMs: market.barMs * Math.max(1, Math.floor(held / 6)),
    minBlockMs: 2 * held * market.barMs,
  })
}

/** {@link comparePlacebos} of a portfolio: its interval draws whole UTC days of all markets together. */
export function comparePortfolioPlacebos(
  portfolio: PortfolioBacktest,
  placebos: readonly PortfolioBacktest[],
): PlaceboComparison {
  const marketOf = new Map(portfolio.markets.map(({ name, market }) => [name, market]))
  const outcomesOf = ({ trades }: PortfolioBacktest) =>
    trades.map(({ market, entryBar, r }) => ({ time: barOpen(marketOf.get(market)!.time[entryBar]!, DAY), r }))
  const held = portfolio.trades.map(
    ({ market, entryBar, exitBar }) => (exitBar - entryBar) * marketOf.get(market)!.barMs,
  )
  const shortestBar = Math.min(...portfolio.markets.map(({ market }) => market.barMs))
  return compare(outcomesOf(portfolio), placebos.map(outcomesOf), tradesByDay(portfolio).length, {
    slotMs: DAY,
    minBlockMs: 2 * Math.max(shortestBar, mean(held)),
  })
}

interface Outcome {
  /** Epoch ms. */
  time: number
  r: number
}

/** @param draws what the interval draws: trades, or days of them */
function compare(
  trades: readonly Outcome[],
  placebos: readonly (readonly Outcome[])[],
  draws: number,
  blocks: { slotMs: number; minBlockMs: number },
): PlaceboComparison {
  const others = placebos.flat()
  const sample = new Sample()
  const stratum = sample.addStratum({ family: '', market: 0, side: 'both', sign: 1 })
  for (const { time, r } of trades) sample.add(stratum, time, r, 1, 0)
  for (const { time, r } of others) sample.add(stratum, time, r, 0, 1)
  const { low, high } =
    draws >= MIN_EVENTS && others.length > 0
      ? infer(sample, { ...blocks, resamples: RESAMPLES, seed: 1, jackknife: false })
      : { low: Number.NaN, high: Number.NaN }
  const meanR = mean(trades.map(({ r }) => r))
  const placeboMeanR = mean(others.map(({ r }) => r))
  return {
    trades: trades.length,
    meanR,
    placebos: placebos.length,
    placeboTrades: others.length,
    placeboMeanR,
    difference: { mean: meanR - placeboMeanR, low, high },
  }
}

/** The mean R of a study against that of the same trades at placebo levels. */
import type { Market } from '../market/market.ts'
import type { Trade } from '../sfp/position.ts'
import type { Interval } from '../stats/bootstrap.ts'
import { mean } from '../stats/descriptive.ts'
import { infer } from './bootstrap.ts'
import { Sample } from './sample.ts'

/** A study beside its placebos. */
export interface PlaceboComparison {
  /** Trades of the study, and their mean net result in R. */
  trades: number
  meanR: number
  /** Number of placebos, their trades in all, and the mean net result of these in R. */
  placebos: number
  placeboTrades: number
  placeboMeanR: number
  /** `meanR` − `placeboMeanR`, with its 95 % interval: NaN bounds below 20 trades, or where time or results vary too little. */
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
  const others = placebos.flat()
  const sample = new Sample()
  const stratum = sample.addStratum({ family: '', market: 0, side: 'both', sign: 1 })
  for (const { entryBar, r } of trades) sample.add(stratum, market.time[entryBar]!, r, 1, 0)
  for (const { entryBar, r } of others) sample.add(stratum, market.time[entryBar]!, r, 0, 1)
  const held = Math.max(1, mean(trades.map(({ entryBar, exitBar }) => exitBar - entryBar)))
  const { low, high } =
    trades.length > 0 && others.length > 0
      ? infer(sample, {
          slotMs: market.barMs * Math.max(1, Math.floor(held / 6)),
          minBlockMs: 2 * held * market.barMs,
          resamples: RESAMPLES,
          seed: 1,
          jackknife: false,
        })
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

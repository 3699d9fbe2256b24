import { durationMs, formatDuration, formatTime } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'
import { mean, variance } from '../../stats/descriptive.ts'
import { gainLoss } from '../statistics/ratios.ts'
import type { TradeColumns } from './work.ts'

/** What a window's best choice is chosen by, from its trades. */
export const WALK_METRICS = ['averageR', 'expectancy', 'profitFactor', 'sqn'] as const
export type WalkMetric = (typeof WALK_METRICS)[number]

export interface WalkForwardOptions {
  /** Length of a window to choose in, and of the one after it to trade in. Default `365d` and `90d`. */
  train?: string | number
  test?: string | number
  /** Trades that are over only so shortly before the test are not looked at either. Default `1d`. */
  embargo?: string | number
  /** Every window to choose in begins with the data. Default false: it moves along. */
  anchored?: boolean
  /** Default `averageR`. */
  metric?: WalkMetric
  /** A choice needs so many trades in the window. Default 10. */
  minTrades?: number
}

/** One step: where was chosen, what, and what it came to afterwards. */
export interface WalkStep {
  /** Epoch ms; `test` ends before `testEnd`. */
  trainStart: number
  testStart: number
  testEnd: number
  /** Index of the variant; −1 when none had enough trades. */
  chosen: number
  trainMetric: number
  trainTrades: number
  testMetric: number
  testTrades: number
}

export interface WalkForward {
  steps: WalkStep[]
  /** The trades of all tests in order: net as a fraction of the notional, and in R. */
  returns: Float64Array
  r: Float64Array
  /** Metric of all test trades, and mean metric of the choices where they were chosen. */
  metric: number
  trainMetric: number
}

/**
 * Chooses again and again in the past, and trades the choice in the time after it. Every variant ran once over all of the data; as
 * nothing in a run looks ahead, its trades in a window are those of a run up to its end. Purged: a trade belongs to the choice only
 * when it was over `embargo` before the test began. A test's trades are those that open in it, one at a time across tests.
 *
 * @throws RangeError when the data is shorter than one train and one test window, or an option is out of range
 * @see López de Prado 2018, Advances in Financial Machine Learning, ch. 7 (purging, embargo) and 11–12
 */
export function walkForward(
  market: Market,
  all: readonly TradeColumns[],
  options: WalkForwardOptions = {},
): WalkForward {
  const { anchored = false, metric = 'averageR', minTrades = 10 } = options
  if (!WALK_METRICS.includes(metric)) throw new RangeError(`metric: ${metric}, but expected ${WALK_METRICS.join(', ')}`)
  const train = durationMs(options.train ?? '365d', 'train')
  const test = durationMs(options.test ?? '90d', 'test')
  const embargo = options.embargo === 0 ? 0 : durationMs(options.embargo ?? '1d', 'embargo')
  for (const [name, ms] of [
    ['train', train],
    ['test', test],
  ] as const)
    if (ms < market.barMs)
      throw new RangeError(`${name}: ${formatDuration(ms)}, but a window holds at least a bar, ${market.timeframe}`)
  const begin = market.time[0]!
  const end = market.time[market.length - 1]! + market.barMs
  if (begin + train + test > end)
    throw new RangeError(
      `train and test: the data, ${formatTime(begin)} to ${formatTime(end)}, is shorter than one window of each`,
    )
  const steps: WalkStep[] = []
  const returns: number[] = []
  const r: number[] = []
  let busyUntil = Number.NEGATIVE_INFINITY
  for (let testStart = begin + train; testStart < end; testStart += test) {
    const trainStart = anchored ? begin : testStart - train
    const testEnd = Math.min(end, testStart + test)
    const inTrain = (trades: TradeColumns) =>
      pick(
        trades,
        (opened, closed) =>
          market.time[opened]! >= trainStart && market.time[closed]! + market.barMs <= testStart - embargo,
      )
    let chosen = -1
    let best = { metric: Number.NaN, trades: 0 }
    for (const [k, trades] of all.entries()) {
      const own = inTrain(trades)
      if (own.r.length < minTrades) continue
      const value = metricOf(metric, own)
      if (value > best.metric || (chosen < 0 && !Number.isNaN(value))) {
        chosen = k
        best = { metric: value, trades: own.r.length }
      }
    }
    const traded = { returns: [] as number[], r: [] as number[] }
    if (chosen >= 0) {
      const trades = all[chosen]!
      for (let i = 0; i < trades.entryBar.length; i++) {
        const opened = market.time[trades.entryBar[i]!]!
        if (opened < testStart || opened >= testEnd || opened < busyUntil) continue
        traded.returns.push(trades.returns[i]!)
        traded.r.push(trades.r[i]!)
        busyUntil = market.time[trades.exitBar[i]!]!
      }
    }
    returns.push(...traded.returns)
    r.push(...traded.r)
    steps.push({
      trainStart,
      testStart,
      testEnd,
      chosen,
      trainMetric: best.metric,
      trainTrades: best.trades,
      testMetric: metricOf(metric, traded),
      testTrades: traded.r.length,
    })
  }
  const trained = steps.map(step => step.trainMetric).filter(value => !Number.isNaN(value))
  return {
    steps,
    returns: Float64Array.from(returns),
    r: Float64Array.from(r),
    metric: metricOf(metric, { returns, r }),
    trainMetric: mean(trained),
  }
}

interface Picked {
  returns: ArrayLike<number>
  r: ArrayLike<number>
}

function pick(trades: TradeColumns, test: (entryBar: number, exitBar: number) => boolean) {
  const returns: number[] = []
  const r: number[] = []
  for (let i = 0; i < trades.entryBar.length; i++) {
    if (!test(trades.entryBar[i]!, trades.exitBar[i]!)) continue
    returns.push(trades.returns[i]!)
    r.push(trades.r[i]!)
  }
  return { returns, r }
}

function metricOf(metric: WalkMetric, { returns, r }: Picked): number {
  switch (metric) {
    case 'averageR':
      return mean(r)
    case 'expectancy':
      return 100 * mean(returns)
    case 'profitFactor':
      return gainLoss(returns)
    case 'sqn':
      return (Math.sqrt(r.length) * mean(r)) / Math.sqrt(variance(r))
  }
}

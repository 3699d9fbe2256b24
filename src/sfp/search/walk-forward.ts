/** Walk-forward analysis: choose the best variant in the past, trade it in the time after, step by step. */
import { durationMs, formatDuration, formatTime } from '../../common/duration.ts'
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  oneOf,
  option,
  trueOrFalse,
  wholeNumber,
} from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { mean, variance } from '../../stats/descriptive.ts'
import { gainLoss } from '../statistics/ratios.ts'
import type { Sequence } from './outcomes.ts'
import type { OutcomeTrades } from './run-variant.ts'

/** Criteria for the best variant of a window, from its trades. */
const WALK_METRICS = ['averageR', 'expectancy', 'profitFactor', 'sqn'] as const
export type WalkMetric = (typeof WALK_METRICS)[number]

export interface WalkForwardOptions {
  /** Length of the window to choose in. Default `365d`. */
  train?: string | number
  /** Length of the window after it to trade in. Default `90d`. */
  test?: string | number
  /** Trades that end less than this long before the test do not count for the choice. Default `1d`. */
  embargo?: string | number
  /** Every train window begins at the start of the data. Default false: it moves along. */
  anchored?: boolean
  /** Default `averageR`. */
  metric?: WalkMetric
  /** Minimum number of trades in the train window for a variant to be chosen. Default 10. */
  minTrades?: number
}

const CALLER = 'liq.walkForward'

const durationOrZero: Check = value => (value === 0 ? undefined : duration()(value))

export const walkForwardOptions = defineOptions<WalkForwardOptions>(CALLER, {
  train: option('365d', duration()),
  test: option('90d', duration()),
  embargo: option('1d', durationOrZero),
  anchored: option(false, trueOrFalse),
  metric: option('averageR', oneOf(...WALK_METRICS)),
  minTrades: option(10, wholeNumber(0)),
})

/** One step: the train window, the variant chosen in it, and its results in the test window. */
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

type Window = Omit<WalkStep, 'testMetric' | 'testTrades'>

export interface WalkForward {
  steps: WalkStep[]
  /** The trades of all test windows in order: net as a fraction of the notional, and in R. */
  returns: Float64Array
  r: Float64Array
  /** Metric of all test trades, and mean train metric of the chosen variants. */
  metric: number
  trainMetric: number
}

/**
 * At each step, chooses the best variant of a train window and trades it in the test window after it. Every variant ran once over all
 * of the data; as nothing in a run looks ahead, its trades in a window are those of a run up to the window's end. Purged: a trade
 * counts for the choice only when it ends at least `embargo` before the test begins. The trades of a test are those that open
 * in it, one at a time across tests.
 *
 * @param variants the trades of each variant
 * @throws OptionError naming the option that is out of range, or when the data is shorter than one train and one test window
 * @see López de Prado 2018, Advances in Financial Machine Learning, ch. 7 (purging, embargo) and 11–12
 */
export function walkForward(
  market: Market,
  variants: Sequence<OutcomeTrades>,
  options: WalkForwardOptions = {},
): WalkForward {
  const { anchored, metric, minTrades, ...durations } = walkForwardOptions.resolve(options)
  const { train, test } = windowLengths(market, durations)
  const embargo = durations.embargo === 0 ? 0 : durationMs(durations.embargo)
  const { time, barMs } = market
  const dataStart = time[0]!
  const dataEnd = time[market.length - 1]! + barMs
  const windows: Window[] = []
  for (let testStart = dataStart + train; testStart < dataEnd; testStart += test) {
    const trainStart = anchored ? dataStart : testStart - train
    const testEnd = Math.min(dataEnd, testStart + test)
    windows.push({ trainStart, testStart, testEnd, chosen: -1, trainMetric: Number.NaN, trainTrades: 0 })
  }
  // Each variant is read once, as its trades may lie in a file.
  let k = 0
  for (const trades of variants) {
    for (const window of windows) {
      const trained = filterTrades(
        trades,
        (entryBar, exitBar) =>
          time[entryBar]! >= window.trainStart && time[exitBar]! + barMs <= window.testStart - embargo,
      )
      if (trained.r.length < minTrades) continue
      const value = computeMetric(metric, trained)
      if (value > window.trainMetric || (window.chosen < 0 && !Number.isNaN(value))) {
        window.chosen = k
        window.trainMetric = value
        window.trainTrades = trained.r.length
      }
    }
    k++
  }
  const steps: WalkStep[] = []
  const returns: number[] = []
  const r: number[] = []
  let busyUntil = Number.NEGATIVE_INFINITY
  for (const window of windows) {
    const { testStart, testEnd, chosen } = window
    const trades = chosen < 0 ? undefined : variants.at(chosen)
    const tested = trades
      ? filterTrades(trades, (entryBar, exitBar) => {
          const opened = time[entryBar]!
          if (opened < testStart || opened >= testEnd || opened < busyUntil) return false
          busyUntil = time[exitBar]!
          return true
        })
      : { returns: [], r: [] }
    returns.push(...tested.returns)
    r.push(...tested.r)
    steps.push({ ...window, testMetric: computeMetric(metric, tested), testTrades: tested.r.length })
  }
  const trainMetrics = steps.map(step => step.trainMetric).filter(value => !Number.isNaN(value))
  return {
    steps,
    returns: Float64Array.from(returns),
    r: Float64Array.from(r),
    metric: computeMetric(metric, { returns, r }),
    trainMetric: mean(trainMetrics),
  }
}

/** The lengths in ms. @throws OptionError when a window is shorter than a bar, or both do not fit into the data */
function windowLengths(
  market: Market,
  options: { train: string | number; test: string | number },
): { train: number; test: number } {
  const lengths = { train: durationMs(options.train), test: durationMs(options.test) }
  for (const name of ['train', 'test'] as const)
    if (lengths[name] < market.barMs)
      throw invalidOption(CALLER, name, formatDuration(lengths[name]), `at least one bar, ${market.timeframe}`)
  const start = market.time[0]!
  const end = market.time[market.length - 1]! + market.barMs
  if (start + lengths.train + lengths.test > end)
    throw invalidOption(
      CALLER,
      'train',
      options.train,
      `train and test windows that fit into the data, ${formatTime(start)} to ${formatTime(end)}`,
    )
  return lengths
}

interface TradeResults {
  returns: number[]
  r: number[]
}

function filterTrades(trades: OutcomeTrades, test: (entryBar: number, exitBar: number) => boolean): TradeResults {
  const returns: number[] = []
  const r: number[] = []
  for (let i = 0; i < trades.entryBar.length; i++) {
    if (!test(trades.entryBar[i]!, trades.exitBar[i]!)) continue
    returns.push(trades.returns[i]!)
    r.push(trades.r[i]!)
  }
  return { returns, r }
}

function computeMetric(metric: WalkMetric, { returns, r }: TradeResults): number {
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

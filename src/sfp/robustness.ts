/** The same strategy under small changes: what a result that rests on one of them looks like. */
import type { Market } from '../market/market.ts'
import { mean } from '../stats/descriptive.ts'
import { backtest } from './backtest.ts'
import { type BacktestOptions, backtestOptions, DEFAULT_ELSE_R, type Target } from './backtest-options.ts'
import { detectSfp, type Signal } from './detect.ts'
import { type DetectOptions, detectOptions } from './detect-options.ts'
import type { LevelSource } from './levels/level-source.ts'
import { mirroredLevels, randomLevels, shiftedLevels } from './levels/placebo.ts'
import type { Trade } from './position.ts'
import { tradeReturn } from './statistics/performance.ts'
import { type Strategy, tradesAt } from './strategy.ts'

/**
 * What a change does to the result: its mean R keeps its sign or flips it; of a placebo, whether it does as well as the levels; or it
 * cannot be told, without trades.
 */
export type RobustnessVerdict =
  | 'unchanged'
  | 'same sign'
  | 'sign flips'
  | 'placebo does as well'
  | 'placebo does worse'
  | 'no trades'

export interface RobustnessRow {
  change: string
  trades: number
  /** Mean net result in R, and in % of the notional. */
  meanR: number
  expectancy: number
  verdict: RobustnessVerdict
}

interface Change {
  name: string
  run(strategy: Strategy, signals: readonly Signal[], trades: readonly Trade[]): readonly Trade[]
}

const BASIS_POINT = 1e-4
/** By how much levels are moved, in ATR, and thresholds and targets, as a share. */
const LEVEL_SHIFT = 0.05
const SHARE = 0.1
/** Share of the trades that are left out as the best. */
const BEST = 0.05

const retrade = (name: string, changes: (options: BacktestOptions) => BacktestOptions): Change => ({
  name,
  run: ({ market, backtest: options }, signals) =>
    backtest(market, signals, { ...options, ...changes(options) }).trades,
})

const keep = (name: string, test: (signal: Signal, index: number, market: Market) => boolean): Change => ({
  name,
  run: ({ market, backtest: options }, signals) =>
    backtest(
      market,
      signals.filter((signal, index) => test(signal, index, market)),
      options,
    ).trades,
})

const relevel = (name: string, levels: (strategy: Strategy) => LevelSource): Change => ({
  name,
  run: strategy => tradesAt(strategy, levels(strategy)),
})

const redetect = (name: string, changes: (options: Required<DetectOptions>) => DetectOptions): Change => ({
  name,
  run: ({ market, source, detect, backtest: options }) =>
    backtest(market, detectSfp(market, source, { ...detect, ...changes(detectOptions.resolve(detect)) }), options)
      .trades,
})

const valuesOf = (options: BacktestOptions) => ({ ...backtestOptions.defaults, ...options })

/** Small changes of what nobody knows exactly, and halves of the data. */
const CHANGES: readonly Change[] = [
  retrade('market orders one bar later', ({ latency = 0 }) => ({ latency: latency + 1 })),
  retrade('market orders two bars later', ({ latency = 0 }) => ({ latency: latency + 2 })),
  retrade('1 bp more slippage', options => ({ slippageBps: valuesOf(options).slippageBps + 1 })),
  retrade('3 bp more slippage', options => ({ slippageBps: valuesOf(options).slippageBps + 3 })),
  retrade('stop 2 bp farther', options => ({ stopBuffer: valuesOf(options).stopBuffer + 2 * BASIS_POINT })),
  retrade('stop 2 bp nearer', options => ({ stopBuffer: Math.max(0, valuesOf(options).stopBuffer - 2 * BASIS_POINT) })),
  retrade('targets 10 % nearer', options => ({ target: scaleTargets(options, 1 - SHARE) })),
  retrade('targets 10 % farther', options => ({ target: scaleTargets(options, 1 + SHARE) })),
  retrade('targets must be gone through', () => ({ fill: 'through' })),
  retrade('the other order within a bar', options => ({
    intrabar: valuesOf(options).intrabar === 'pessimistic' ? 'optimistic' : 'pessimistic',
  })),
  relevel(`levels ${LEVEL_SHIFT} ATR farther`, ({ market, source }) => shiftedLevels(market, source, LEVEL_SHIFT)),
  relevel(`levels ${LEVEL_SHIFT} ATR nearer`, ({ market, source }) => shiftedLevels(market, source, -LEVEL_SHIFT)),
  redetect('sharpness 10 % less', ({ minMove }) => ({ minMove: minMove * (1 - SHARE) })),
  redetect('sharpness 10 % more', ({ minMove }) => ({ minMove: minMove * (1 + SHARE) })),
  keep('first half of the data', ({ bar }, _, { length }) => bar < length / 2),
  keep('second half of the data', ({ bar }, _, { length }) => bar >= length / 2),
  keep('every other signal, from the first', (_, index) => index % 2 === 0),
  keep('every other signal, from the second', (_, index) => index % 2 === 1),
  keep('longs only', ({ side }) => side === 'long'),
  keep('shorts only', ({ side }) => side === 'short'),
  {
    name: `without the best ${100 * BEST} % of the trades`,
    run: (_, __, trades) =>
      [...trades].sort((a, b) => a.r - b.r).slice(0, trades.length - Math.ceil(BEST * trades.length)),
  },
]

/**
 * Runs a strategy under each change, on other venues, and at placebo levels.
 *
 * @param venues the same strategy on other markets, by name
 * @param placebos number of placebos at random levels, with seeds from 1 on
 */
export function robustnessRows(
  strategy: Strategy,
  venues: readonly { name: string; strategy: Strategy }[],
  placebos: number,
): RobustnessRow[] {
  const { market, source, detect, backtest: options } = strategy
  const signals = detectSfp(market, source, detect)
  const { trades } = backtest(market, signals, options)
  const base = meanR(trades)
  const row = (change: string, changed: readonly Trade[], placebo = false): RobustnessRow => ({
    change,
    trades: changed.length,
    meanR: meanR(changed),
    expectancy: 100 * mean(changed.map(tradeReturn)),
    verdict: verdict(base, meanR(changed), placebo),
  })
  const controls: Change[] = [
    relevel('placebo: mirrored levels', strategy => mirroredLevels(strategy.market, strategy.source)),
    ...Array.from({ length: placebos }, (_, k) =>
      relevel(`placebo: random levels, seed ${k + 1}`, ({ market, source }) => randomLevels(market, source, k + 1)),
    ),
  ]
  return [
    { ...row('as it is', trades), verdict: trades.length > 0 ? 'unchanged' : 'no trades' },
    ...CHANGES.map(({ name, run }) => row(name, run(strategy, signals, trades))),
    ...venues.map(({ name, strategy }) => row(`on ${name}`, tradesAt(strategy, strategy.source))),
    ...controls.map(({ name, run }) => row(name, run(strategy, signals, trades), true)),
  ]
}

function verdict(base: number, changed: number, placebo: boolean): RobustnessVerdict {
  if (Number.isNaN(base) || Number.isNaN(changed)) return 'no trades'
  if (placebo) return changed >= base ? 'placebo does as well' : 'placebo does worse'
  return Math.sign(changed) === Math.sign(base) ? 'same sign' : 'sign flips'
}

const meanR = (trades: readonly Trade[]): number => mean(trades.map(trade => trade.r))

/** Targets at other distances; those at levels keep theirs, but for the distance where there is no level. */
function scaleTargets(options: BacktestOptions, factor: number): BacktestOptions['target'] & {} {
  const { target } = valuesOf(options)
  if (target === false) return false
  const scale = (one: Target): Target =>
    'percent' in one
      ? { ...one, percent: one.percent * factor }
      : 'r' in one
        ? { ...one, r: one.r * factor }
        : { ...one, elseR: (one.elseR ?? DEFAULT_ELSE_R) * factor }
  return 'length' in target ? target.map(scale) : scale(target)
}

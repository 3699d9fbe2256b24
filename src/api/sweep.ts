/** `liq.sweep` and `liq.walkForward`: backtests of many combinations of options, and tests whether the best of them is luck. */

import { type ColumnTable, table } from 'arquero'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, figureBundle } from '../charts/display.ts'
import { formatInterval, formatNumber, type Summary, summaryText, withSummary } from '../charts/summary.ts'
import { type SweepFigureOptions, sweepFigure, valueLabel } from '../charts/sweep.ts'
import { type ColumnFormat, FORMATS, withFormats } from '../common/column-format.ts'
import { formatTime } from '../common/duration.ts'
import { countText } from '../common/number-text.ts'
import { assertKnownOptions, dropUndefined, invalidOption, pick } from '../common/options.ts'
import { ColumnFile } from '../data/column-file.ts'
import { ledgerKey, sessionLedger } from '../evidence/ledger.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { type BacktestOptions, backtestOptions } from '../sfp/backtest-options.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import { MIN_PERIODS, type Overfitting, overfitting } from '../sfp/search/cscv.ts'
import { type DeflatedSharpe, deflatedSharpe } from '../sfp/search/deflated-sharpe.ts'
import { type RealityCheck, type RealityCheckOptions, realityCheck } from '../sfp/search/reality-check.ts'
import { METRICS, type Metric } from '../sfp/search/run-variant.ts'
import { type RunOptions, runOptions } from '../sfp/search/run-variants.ts'
import { sweep as runSweep, type Sweep } from '../sfp/search/sweep.ts'
import type { RandomSearch, SearchSpace, Variant } from '../sfp/search/variants.ts'
import {
  walkForward as runWalkForward,
  type WalkForward,
  type WalkForwardOptions,
  walkForwardOptions,
} from '../sfp/search/walk-forward.ts'
import { meanTest } from '../stats/bootstrap.ts'
import { LEVEL_OPTIONS, type Levels, resolveLevels } from './levels.ts'
import { SFP_OPTIONS, type SfpOptions, withPreset } from './sfp-options.ts'

export interface SweepOptions extends Omit<SfpOptions, 'levels'>, RunOptions {
  /** As in `liq.sfp`. Optional if `grid` lists them. */
  levels?: Levels
  /** Trading rules of all variants. */
  backtest?: BacktestOptions
  /** Values by option of the levels, the detector or the backtest, e.g. `{ minMove: [0.5, 1, 2], 'target.r': [1, 2, 3] }`. */
  grid: SearchSpace
  /** Draw some of the combinations; an option may then also be a range, `{ from, to, log }`. Default: all are run. */
  random?: RandomSearch
}

/** Many backtests. Displays itself as a heatmap over two of the options. */
export interface SweepResult extends Sweep, Displayable {
  /** One row for each variant: its options, then its metrics. */
  table(): ColumnTable
  /** The heatmap with other axes or another metric. */
  figure(options?: SweepFigureOptions): DisplayedFigure
  /** Probability of backtest overfitting: how likely the best is best by chance. */
  overfitting(blocks?: number): Overfitting
  /** Sharpe ratio of the best variant, corrected for the number of variants. */
  deflatedSharpe(variant?: number): DeflatedSharpe
  /** p-values of "no variant earns anything". */
  realityCheck(options?: RealityCheckOptions): RealityCheck
  /** All three, in words. */
  readonly verdict: Displayable & { text: string }
  /** Chooses variants in the past and trades them in the time after, step by step. */
  walkForward(options?: WalkForwardOptions): WalkForwardResult
}

/** Steps of choosing and trading. Displays itself as a summary. */
export interface WalkForwardResult extends WalkForward, Displayable {
  /** One row for each step, with the options chosen in it. */
  table(): ColumnTable
}

const SWEEP_OPTIONS = [...SFP_OPTIONS, 'backtest', 'grid', 'random', ...runOptions.names]

/**
 * Backtests all combinations of options, in worker threads. Cancelling the cell stops them.
 * @throws OptionError naming the option
 * @example await liq.sweep(btc, { levels: map, grid: { minMove: [0.5, 1, 2], 'target.r': [1, 2, 3] } })
 */
export async function sweep(market: Market, options: SweepOptions): Promise<SweepResult> {
  assertMarket(market, 'liq.sweep')
  assertKnownOptions(options, SWEEP_OPTIONS, 'liq.sweep')
  return search(market, options, 'liq.sweep')
}

async function search(market: Market, given: SweepOptions, caller: string): Promise<SweepResult> {
  const { options, trade } = withPreset(market, given, caller)
  const { levels, grid, random, backtest = {} } = options
  const mismatch = backtestOptions.check(backtest)
  if (mismatch) throw invalidOption(caller, 'backtest', backtest, mismatch)
  const sourceNames = new Set<string>()
  const source = (variant: Variant) => {
    const levelOptions = { ...pick(options, LEVEL_OPTIONS), ...pick(variant as Partial<SfpOptions>, LEVEL_OPTIONS) }
    const resolved = resolveLevels(market, (variant.levels ?? levels) as Levels, levelOptions, caller)
    sourceNames.add(resolved.source.name)
    return resolved.source
  }
  const result = await runSweep(
    market,
    {
      grid,
      ...(random && { random }),
      detect: detectOptions.pick(options),
      backtest: { ...trade, ...dropUndefined(backtest) },
      levels: { names: ['levels', ...LEVEL_OPTIONS], source },
      ...runOptions.pick(options),
    },
    (name, columns) => new ColumnFile(name, columns),
  )
  const [sourceName] = sourceNames
  const levelText = sourceNames.size === 1 ? sourceName : `${sourceNames.size} level sources`
  const title = `${result.variants.length} backtests · ${market.symbol} ${market.timeframe} · ${levelText}`
  return createSweepResult(market, result, title)
}

/**
 * Runs a sweep, and a walk-forward analysis of it.
 * @throws OptionError naming the option
 * @example await liq.walkForward(btc, { levels: map, grid: { minMove: [0.5, 1] }, train: '20d', test: '5d' })
 */
export async function walkForward(
  market: Market,
  options: SweepOptions & WalkForwardOptions,
): Promise<WalkForwardResult> {
  assertMarket(market, 'liq.walkForward')
  assertKnownOptions(options, [...SWEEP_OPTIONS, ...walkForwardOptions.names], 'liq.walkForward')
  const walkOptions = walkForwardOptions.pick(options)
  walkForwardOptions.resolve(walkOptions, 'liq.walkForward')
  if (options.keep !== undefined && options.keep !== 'trades')
    throw invalidOption('liq.walkForward', 'keep', options.keep, 'trades, which the steps are chosen by')
  const result = await search(market, options, 'liq.walkForward')
  return result.walkForward(walkOptions)
}

function createSweepResult(market: Market, sweep: Sweep, title: string): SweepResult {
  const { outcomes } = sweep
  const best = () => sweep.best('sharpe', 1)
  // A sweep is one more test, of its best variant. Until its p is known it counts as one that found nothing.
  const key = ledgerKey(
    title,
    sweep.variants.flatMap((_, k) => LEDGER_METRICS.map(name => sweep.metric(name, k))),
  )
  sessionLedger.enter(key, title, 1)
  const checks = {
    overfitting: (blocks?: number) => overfitting(outcomes.returns('sweep.overfitting'), blocks),
    deflatedSharpe: (variant = best()) => deflatedSharpe(outcomes.returns('sweep.deflatedSharpe'), variant),
    realityCheck: (options?: RealityCheckOptions) => {
      const check = realityCheck(outcomes.returns('sweep.realityCheck'), options)
      sessionLedger.revise(key, check.consistent)
      return check
    },
  }
  return displayed(
    {
      ...sweep,
      ...checks,
      table: () => sweepTable(sweep),
      figure: (options?: SweepFigureOptions) => displayedFigure(sweepFigure(sweep, title, options), title),
      get verdict() {
        const summary = verdictSummary(sweep, title, best(), checks)
        return withSummary({ text: summaryText(summary) }, summary)
      },
      walkForward: (options?: WalkForwardOptions) =>
        createWalkForwardResult(market, sweep, runWalkForward(market, outcomes.trades('liq.walkForward'), options)),
    },
    () => figureBundle(sweepFigure(sweep, title), title),
  )
}

/** What tells one sweep from another in the ledger. */
const LEDGER_METRICS = ['trades', 'averageR', 'sharpe'] as const

const METRIC_FORMATS = {
  winRate: FORMATS.percent,
  expectancy: FORMATS.signedPercent,
  averageR: FORMATS.r,
  net: FORMATS.resultUsd,
  returnPct: FORMATS.signedPercent,
  annualReturnPct: FORMATS.signedPercent,
  volatilityPct: FORMATS.percent,
  maxDrawdownPct: FORMATS.percent,
  exposurePct: FORMATS.percent,
  ambiguousPct: FORMATS.percent,
  fees: FORMATS.usd,
  funding: FORMATS.resultUsd,
} satisfies Partial<Record<Metric, ColumnFormat>>

function sweepTable({ variants, metric }: Sweep): ColumnTable {
  const names = Object.keys(variants[0] ?? {})
  const cell = (value: unknown) => (typeof value === 'object' && value !== null ? valueLabel(value) : value)
  const columns = [
    ...names.map(name => [name, variants.map(variant => cell(variant[name]))] as const),
    ...METRICS.map(name => [name, Float64Array.from(variants, (_, k) => metric(name, k))] as const),
  ]
  return withFormats(table(Object.fromEntries(columns)), METRIC_FORMATS)
}

/** @param best index of the best variant; −1 when none traded */
function verdictSummary(
  sweep: Sweep,
  title: string,
  best: number,
  checks: Pick<SweepResult, 'overfitting' | 'deflatedSharpe' | 'realityCheck'>,
): Summary {
  const variant = sweep.variants[best]
  const options = variant
    ? Object.entries(variant)
        .map(([name, value]) => `${name} ${valueLabel(value)}`)
        .join(', ')
    : 'none traded'
  const { keep } = sweep.outcomes
  const days = sweep.outcomes.at(0)?.returns?.length ?? 0
  const hasReturns = keep !== 'figures'
  const pbo = hasReturns && sweep.variants.length > 1 && days >= MIN_PERIODS ? checks.overfitting() : null
  const deflated = hasReturns && variant ? checks.deflatedSharpe() : null
  const reality = hasReturns && variant ? checks.realityCheck() : null
  return {
    title,
    groups: [
      {
        name: 'Best by Sharpe ratio',
        rows: [
          ['Options', options],
          ['Sharpe ratio, annual', formatNumber(variant ? sweep.metric('sharpe', best) : Number.NaN, 2)],
          ['Mean R, net', formatNumber(variant ? sweep.metric('averageR', best) : Number.NaN)],
          ['Trades', formatNumber(variant ? sweep.metric('trades', best) : 0, 0)],
        ],
      },
      {
        name: 'Could it be luck?',
        rows: [
          [
            pbo ? `Probability of overfitting (CSCV, ${pbo.blocks} blocks)` : 'Probability of overfitting (CSCV)',
            formatNumber(pbo?.probability ?? Number.NaN),
          ],
          ['Probability that the best loses out of sample', formatNumber(pbo?.lossProbability ?? Number.NaN)],
          ['Deflated Sharpe ratio, probability', formatNumber(deflated?.probability ?? Number.NaN)],
          ['White’s reality check, p', formatNumber(reality?.white ?? Number.NaN)],
          ['Hansen’s superior predictive ability, p', formatNumber(reality?.consistent ?? Number.NaN)],
        ],
      },
    ],
    notes: hasReturns
      ? []
      : [
          "The tests for luck need the returns of every variant, which were not kept: run the sweep with keep: 'returns'.",
        ],
    assumptions: [
      `${countText(sweep.variants.length, 'variant')}${hasReturns ? `; ${counted(deflated?.trials ?? 0)}; ${countText(days, 'daily return')}` : ''}`,
      'benchmark: a return of 0',
    ],
  }
}

/** Variants without a trade have no Sharpe ratio, so they count neither in its deflation nor in the reality check. */
const counted = (trials: number): string =>
  `${trials} with trades, which the deflated Sharpe ratio and the reality check count`

function createWalkForwardResult(market: Market, sweep: Sweep, result: WalkForward): WalkForwardResult {
  const { steps, returns, r, metric, trainMetric } = result
  const defined = r.filter(value => !Number.isNaN(value))
  const meanR = meanTest(defined)
  const title = `Walk forward · ${market.symbol} ${market.timeframe}`
  sessionLedger.enter(ledgerKey(title, returns, r), title, meanR.p)
  const wins = returns.filter(value => value > 0).length
  const summary: Summary = {
    title,
    groups: [
      {
        name: 'Out of sample',
        rows: [
          ['Steps', String(steps.length)],
          ['Trades', String(returns.length)],
          ['Win rate, %', formatNumber((100 * wins) / returns.length, 1)],
          [
            'Mean R, net',
            `${formatNumber(meanR.mean)}  ${formatInterval(meanR, defined.length, formatNumber, 0)}`.trimEnd(),
          ],
          ['Metric, out of sample', formatNumber(metric)],
          ['Metric of the chosen variants, in sample', formatNumber(trainMetric)],
        ],
      },
    ],
    assumptions: [
      `chosen among ${countText(sweep.variants.length, 'variant')} at each step, by trades closed before the test`,
    ],
  }
  const options = Object.keys(sweep.variants[0] ?? {})
  const chosenValue = (chosen: number, name: string) => {
    const variant = sweep.variants[chosen]
    return variant ? valueLabel(variant[name]) : null
  }
  const value = {
    ...result,
    table: () =>
      table({
        trainFrom: steps.map(step => formatTime(step.trainStart)),
        testFrom: steps.map(step => formatTime(step.testStart)),
        testTo: steps.map(step => formatTime(step.testEnd)),
        trainMetric: steps.map(step => step.trainMetric),
        testMetric: steps.map(step => step.testMetric),
        trainTrades: steps.map(step => step.trainTrades),
        testTrades: steps.map(step => step.testTrades),
        ...Object.fromEntries(options.map(name => [name, steps.map(({ chosen }) => chosenValue(chosen, name))])),
      }),
  }
  return withSummary(value, summary)
}

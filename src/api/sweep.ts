import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed, figureBundle } from '../charts/display.ts'
import type { Figure } from '../charts/figure.ts'
import { type Summary, summaryText, withSummary } from '../charts/summary.ts'
import { label, type SweepFigureOptions, sweepFigure } from '../charts/sweep.ts'
import { formatTime } from '../common/duration.ts'
import { assertKnownOptions, dropUndefined } from '../common/options.ts'
import { type Market, requireMarket } from '../market/market.ts'
import type { BacktestOptions } from '../sfp/backtest-options.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import { FEWEST_PERIODS, type Overfitting, overfitting } from '../sfp/search/cscv.ts'
import { type DeflatedSharpe, deflatedSharpe } from '../sfp/search/deflated.ts'
import { type RealityCheck, type RealityCheckOptions, realityCheck } from '../sfp/search/reality-check.ts'
import type { RunOptions } from '../sfp/search/run.ts'
import { sweep as runSweep, type Sweep } from '../sfp/search/sweep.ts'
import type { RandomSearch, Space, Variant } from '../sfp/search/variants.ts'
import { type WalkForward, type WalkForwardOptions, walkForward as walk } from '../sfp/search/walk-forward.ts'
import { FIGURES, type Figure as Measure } from '../sfp/search/work.ts'
import { bootstrapMean } from '../stats/bootstrap.ts'
import { LEVEL_OPTIONS, type Levels, levelsOf } from './levels.ts'
import { pick, SFP_OPTIONS, type SfpOptions } from './study.ts'

export interface SweepOptions extends Omit<SfpOptions, 'levels'>, RunOptions {
  /** As in `liq.sfp`; may be left out when `grid` has a list of them. */
  levels?: Levels
  /** What all variants trade by. */
  backtest?: BacktestOptions
  /** Values by option of the levels, the detector or the backtest, e.g. `{ minMove: [0.5, 1, 2], 'target.r': [1, 2, 3] }`. */
  grid: Space
  /** Draw so many combinations; then an option may also be a range, `{ from, to, log }`. */
  random?: RandomSearch
}

/** Many backtests; shows itself as a heatmap over two of the options. */
export interface SweepResult extends Sweep, Displayable {
  /** One variant a row: its options, then its figures. */
  table(): ColumnTable
  /** The heatmap with other axes or another figure. */
  chart(options?: SweepFigureOptions): Displayable & { figure: Figure }
  /** How likely the best is best by chance: probability of backtest overfitting. */
  overfitting(blocks?: number): Overfitting
  /** The Sharpe ratio of the best, given how many were tried. */
  deflatedSharpe(variant?: number): DeflatedSharpe
  /** p-values of "none of them earns anything". */
  realityCheck(options?: RealityCheckOptions): RealityCheck
  /** The three together, in words. */
  readonly verdict: Displayable & { text: string }
  /** Chooses in the past and trades what comes after, again and again. */
  walkForward(options?: WalkForwardOptions): WalkForwardResult
}

/** Steps of choosing and trading; shows itself as a summary. */
export interface WalkForwardResult extends WalkForward, Displayable {
  /** One step a row, with the options that were chosen. */
  table(): ColumnTable
}

const SWEEP_OPTIONS = [...SFP_OPTIONS, 'backtest', 'grid', 'random', 'workers', 'workerFile']
const WALK_OPTIONS = ['train', 'test', 'embargo', 'anchored', 'metric', 'minTrades'] as const

/**
 * Backtests of all combinations of options, in worker threads; cancelling the cell ends them.
 *
 * @throws RangeError naming the option; DataError for levels that are none
 */
export async function sweep(of: Market, options: SweepOptions): Promise<SweepResult> {
  requireMarket(of, 'liq.sweep')
  assertKnownOptions(options, SWEEP_OPTIONS, 'liq.sweep')
  return search(of, options)
}

async function search(of: Market, options: SweepOptions): Promise<SweepResult> {
  const { levels, grid, random, target, stopBuffer } = options
  const named = new Set<string>()
  const source = (variant: Variant) => {
    const chosen = { ...pick(options, LEVEL_OPTIONS), ...pick(variant as Partial<SfpOptions>, LEVEL_OPTIONS) }
    const found = levelsOf(of, (variant.levels ?? levels) as Levels, chosen)
    named.add(found.source.name)
    return found.source
  }
  const found = await runSweep(of, {
    grid,
    ...(random && { random }),
    detect: detectOptions.pick(options),
    backtest: { ...dropUndefined({ target, stopBuffer }), ...dropUndefined(options.backtest ?? {}) },
    levels: { names: ['levels', ...LEVEL_OPTIONS], source },
    ...pick(options, ['workers', 'workerFile']),
  })
  const title = `${found.variants.length} backtests · ${of.symbol} ${of.timeframe}`
  return sweepResult(of, found, `${title} · ${named.size === 1 ? [...named][0] : `${named.size} kinds of levels`}`)
}

/** Runs a sweep and walks forward through it. @throws RangeError naming the option */
export async function walkForward(of: Market, options: SweepOptions & WalkForwardOptions): Promise<WalkForwardResult> {
  requireMarket(of, 'liq.walkForward')
  assertKnownOptions(options, [...SWEEP_OPTIONS, ...WALK_OPTIONS], 'liq.walkForward')
  const found = await search(of, options)
  return found.walkForward(pick(options, WALK_OPTIONS))
}

function sweepResult(of: Market, found: Sweep, title: string): SweepResult {
  const returns = found.outcomes.map(outcome => outcome.returns)
  const best = () => found.best('sharpe', 1)
  const chart = (options?: SweepFigureOptions) => {
    const figure = sweepFigure(found, title, options)
    return displayed({ figure }, () => figureBundle(figure, title))
  }
  const checks = {
    overfitting: (blocks?: number) => overfitting(returns, blocks),
    deflatedSharpe: (variant = best()) => deflatedSharpe(returns, variant),
    realityCheck: (options?: RealityCheckOptions) => realityCheck(returns, options),
  }
  return displayed(
    {
      ...found,
      ...checks,
      table: () => sweepTable(found),
      chart,
      get verdict() {
        const summary = verdictOf(found, title, best(), checks)
        return withSummary({ text: summaryText(summary) }, summary)
      },
      walkForward: (options?: WalkForwardOptions) =>
        walked(
          of,
          found,
          walk(
            of,
            found.outcomes.map(one => one.trades),
            options,
          ),
        ),
    },
    () => figureBundle(sweepFigure(found, title), title),
  )
}

function sweepTable({ variants, outcomes }: Sweep): ColumnTable {
  const names = Object.keys(variants[0] ?? {})
  const cell = (value: unknown) => (typeof value === 'object' && value !== null ? label(value) : value)
  const columns = [
    ...names.map(name => [name, variants.map(variant => cell(variant[name]))] as const),
    ...FIGURES.map((name: Measure, k) => [name, Float64Array.from(outcomes, outcome => outcome.figures[k]!)] as const),
  ]
  return table(Object.fromEntries(columns))
}

function verdictOf(
  found: Sweep,
  title: string,
  best: number,
  checks: Pick<SweepResult, 'overfitting' | 'deflatedSharpe' | 'realityCheck'>,
): Summary {
  const number = (value: number, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits) : 'n/a')
  const options =
    best < 0
      ? 'none traded'
      : Object.entries(found.variants[best]!)
          .map(([name, value]) => `${name} ${label(value)}`)
          .join(', ')
  const days = found.outcomes[0]!.returns.length
  const pbo = found.variants.length > 1 && days >= FEWEST_PERIODS ? checks.overfitting() : null
  const deflated = best < 0 ? null : checks.deflatedSharpe()
  const reality = best < 0 ? null : checks.realityCheck()
  return {
    title,
    groups: [
      {
        name: 'Best by Sharpe ratio',
        rows: [
          ['Options', options],
          ['Sharpe ratio a year', number(best < 0 ? Number.NaN : found.figure('sharpe', best), 2)],
          ['Mean R, net', number(best < 0 ? Number.NaN : found.figure('averageR', best))],
          ['Trades', number(best < 0 ? 0 : found.figure('trades', best), 0)],
        ],
      },
      {
        name: 'Is it luck?',
        rows: [
          [
            pbo ? `Probability of overfitting (CSCV, ${pbo.blocks} blocks)` : 'Probability of overfitting (CSCV)',
            number(pbo?.probability ?? Number.NaN),
          ],
          ['Best of one half loses in the other', number(pbo?.lossProbability ?? Number.NaN)],
          ['Deflated Sharpe ratio: probability of skill', number(deflated?.probability ?? Number.NaN)],
          ['White’s reality check, p', number(reality?.white ?? Number.NaN)],
          ['Hansen’s superior predictive ability, p', number(reality?.consistent ?? Number.NaN)],
        ],
      },
    ],
    assumptions: [
      `${found.variants.length} variants, all of them counted; returns by day, ${days} of them`,
      'no benchmark: a variant is measured against earning nothing',
    ],
  }
}

function walked(of: Market, found: Sweep, result: WalkForward): WalkForwardResult {
  const { steps, returns, r, metric, trainMetric } = result
  const number = (value: number, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits) : 'n/a')
  const meanR = bootstrapMean(Array.from(r).filter(value => !Number.isNaN(value)))
  const wins = returns.filter(value => value > 0).length
  const summary: Summary = {
    title: `Walk forward · ${of.symbol} ${of.timeframe}`,
    groups: [
      {
        name: 'Out of sample',
        rows: [
          ['Steps', String(steps.length)],
          ['Trades', String(returns.length)],
          ['Win rate, %', number((100 * wins) / returns.length, 1)],
          ['Mean R, net', `${number(meanR.mean)}  (${number(meanR.low)} to ${number(meanR.high)})`],
          ['Metric in the tests', number(metric)],
          ['Metric of the choices where they were made', number(trainMetric)],
        ],
      },
    ],
    assumptions: [
      `chosen among ${found.variants.length} variants at each step, from trades that were over before the test`,
    ],
  }
  const options = Object.keys(found.variants[0] ?? {})
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
        ...Object.fromEntries(
          options.map(name => [
            name,
            steps.map(({ chosen }) => (chosen < 0 ? null : label(found.variants[chosen]![name]))),
          ]),
        ),
      }),
  }
  return withSummary(value, summary)
}

/** What a sweep and its walk-forward analysis give to a cell: tables, a figure, and tests whether the best is luck. */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, figureBundle } from '../charts/display.ts'
import { formatInterval, formatNumber, type Summary, summaryText, withSummary } from '../charts/summary.ts'
import { type SweepFigureOptions, sweepFigure, valueLabel } from '../charts/sweep.ts'
import { type ColumnFormat, FORMATS, withFormats } from '../common/column-format.ts'
import { formatTime } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { ledgerKey, marketName, sessionLedger } from '../evidence/ledger.ts'
import type { MergedComparison } from '../jobs/merge.ts'
import type { Market } from '../market/market.ts'
import { type Benchmark, benchmarkColumns, differences, SWEEP_PLACEBOS } from '../sfp/search/benchmark.ts'
import { MIN_PERIODS, type Overfitting, overfitting } from '../sfp/search/cscv.ts'
import { type DeflatedSharpe, deflatedSharpe } from '../sfp/search/deflated-sharpe.ts'
import { type RealityCheck, type RealityCheckOptions, realityCheck } from '../sfp/search/reality-check.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import type { Sweep } from '../sfp/search/sweep.ts'
import { walkForward as runWalkForward, type WalkForward, type WalkForwardOptions } from '../sfp/search/walk-forward.ts'
import { meanTest } from '../stats/bootstrap.ts'

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
  /** p-values of "no variant earns anything", or more than the option `benchmark` of the sweep. */
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

/** What the variants are compared with, other than a return of 0: with its returns, or with the check that the parts of a plan have made. */
export type SweepComparison = Benchmark | MergedComparison

/** A sweep that displays itself. @param title says what was swept */
export function createSweepResult(
  market: Market,
  sweep: Sweep,
  title: string,
  comparison: SweepComparison | null = null,
): SweepResult {
  const { outcomes } = sweep
  const best = () => sweep.best('sharpe', 1)
  // A sweep is one more test, of its best variant. Until its p is known it counts as one that found nothing.
  const key = ledgerKey(
    title,
    sweep.variants.flatMap((_, k) => LEDGER_METRICS.map(name => sweep.metric(name, k))),
  )
  sessionLedger.enter(key, title, 1, [marketName(market)])
  const checkOf = (options?: RealityCheckOptions) => {
    if (isMerged(comparison)) return checkOfParts(comparison, options)
    const returns = outcomes.returns('sweep.realityCheck')
    return realityCheck(comparison ? differences(returns, comparison.returns) : returns, options)
  }
  const checks = {
    overfitting: (blocks?: number) => overfitting(outcomes.returns('sweep.overfitting'), blocks),
    deflatedSharpe: (variant = best()) => deflatedSharpe(outcomes.returns('sweep.deflatedSharpe'), variant),
    realityCheck: (options?: RealityCheckOptions) => {
      const check = checkOf(options)
      sessionLedger.revise(key, check.consistent)
      return check
    },
  }
  return displayed(
    {
      ...sweep,
      ...checks,
      table: () => sweepTable(sweep, comparison),
      figure: (options?: SweepFigureOptions) => displayedFigure(sweepFigure(sweep, title, options), title),
      get verdict() {
        const summary = verdictSummary(sweep, title, best(), checks, comparison)
        return withSummary({ text: summaryText(summary) }, summary)
      },
      walkForward: (options?: WalkForwardOptions) =>
        createWalkForwardResult(market, sweep, runWalkForward(market, outcomes.trades('liq.walkForward'), options)),
    },
    () => figureBundle(sweepFigure(sweep, title), title),
  )
}

function isMerged(comparison: SweepComparison | null): comparison is MergedComparison {
  return comparison !== null && 'check' in comparison
}

/** @throws OptionError where it is not known, and for options, as the returns that they are about are not here */
function checkOfParts({ check }: MergedComparison, options: RealityCheckOptions = {}): RealityCheck {
  const caller = 'sweep.realityCheck'
  if (Object.keys(options).length > 0)
    throw new OptionError(
      `${caller}: no options here, as the parts of the plan have drawn the returns, which lie in no file: run liq.sweep on one market`,
    )
  if (!check)
    throw new OptionError(
      `${caller}: no variant of this market has returns that change, or parts of it are missing: run the cell again to try these again`,
    )
  return check
}

/** What tells one sweep from another in the ledger. */
const LEDGER_METRICS = ['trades', 'averageR', 'sharpe'] as const

/** How tables show the metrics. */
const METRIC_FORMATS: Readonly<Record<string, ColumnFormat>> = {
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
  holdReturnPct: FORMATS.signedPercent,
  placeboReturnPct: FORMATS.signedPercent,
  placeboAverageR: FORMATS.r,
  moreReturnPct: FORMATS.signedPercent,
  moreAverageR: FORMATS.r,
}

/** One row for each variant: its options, then its metrics, then those of the benchmark. */
function sweepTable(sweep: Pick<Sweep, 'variants' | 'metric'>, comparison: SweepComparison | null): ColumnTable {
  const { variants, metric } = sweep
  const names = Object.keys(variants[0] ?? {})
  const cell = (value: unknown) => (typeof value === 'object' && value !== null ? valueLabel(value) : value)
  const columns = [
    ...names.map(name => [name, variants.map(variant => cell(variant[name]))] as const),
    ...METRICS.map(name => [name, Float64Array.from(variants, (_, k) => metric(name, k))] as const),
    ...(comparison ? benchmarkColumns(sweep, comparison) : []),
  ]
  const formats = columns.flatMap(([name]) => (METRIC_FORMATS[name] ? [[name, METRIC_FORMATS[name]] as const] : []))
  return withFormats(table(Object.fromEntries(columns)), Object.fromEntries(formats))
}

/** @param best index of the best variant; −1 when none traded */
function verdictSummary(
  sweep: Sweep,
  title: string,
  best: number,
  checks: Pick<SweepResult, 'overfitting' | 'deflatedSharpe' | 'realityCheck'>,
  comparison: SweepComparison | null,
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
  const ofParts = isMerged(comparison)
  const reality = variant && (ofParts ? comparison.check : hasReturns) ? checks.realityCheck() : null
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
          `${reality ? 'The first three tests' : 'The tests'} for luck need the returns of every variant, which were not kept: run the sweep${ofParts ? ' of one market' : ''} with keep: 'returns'.`,
        ],
    assumptions: [
      `${countText(sweep.variants.length, 'variant')}${hasReturns ? `; ${counted(deflated?.trials ?? 0)}; ${countText(days, 'daily return')}` : ''}`,
      comparison
        ? `benchmark of the reality check and of superior predictive ability: ${BENCHMARK_TEXTS[comparison.name]}; of the other tests a return of 0`
        : 'benchmark: a return of 0',
    ],
  }
}

export const BENCHMARK_TEXTS: Record<SweepComparison['name'], string> = {
  hold: 'all of the equity in the market',
  placebo: `the same variant at random levels with the number, strength and distances of its own, the mean of ${SWEEP_PLACEBOS} seeds`,
}

/** Variants without a trade have no Sharpe ratio, so they count neither in its deflation nor in the reality check. */
const counted = (trials: number): string =>
  `${trials} with trades, which the deflated Sharpe ratio and the reality check count`

function createWalkForwardResult(market: Market, sweep: Sweep, result: WalkForward): WalkForwardResult {
  const { steps, returns, r, metric, trainMetric } = result
  const defined = r.filter(value => !Number.isNaN(value))
  const meanR = meanTest(defined)
  const title = `Walk forward · ${market.symbol} ${market.timeframe}`
  sessionLedger.enter(ledgerKey(title, returns, r), title, meanR.p, [marketName(market)])
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

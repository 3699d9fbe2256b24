/** `liq.sfp`: signals of the sweep-and-reclaim pattern, their backtest, and how both display themselves. */

import { type ColumnTable, table } from 'arquero'
import { capacityText } from '../charts/capacity.ts'
import { describeRules } from '../charts/describe-rules.ts'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, figureBundle } from '../charts/display.ts'
import { rFigure } from '../charts/r-histogram.ts'
import { studyFigure } from '../charts/study.ts'
import { STUDY_MIME } from '../charts/study-payload.ts'
import { studyPayload } from '../charts/study-view.ts'
import { formatNumber, placeboSentence, studySummary, summaryText, withSummary } from '../charts/summary.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { portableOutputs } from '../common/host.ts'
import { lazy } from '../common/lazy.ts'
import { countText } from '../common/number-text.ts'
import { assertKnownOptions, dropUndefined, pick } from '../common/options.ts'
import { ledgerKey, marketName, sessionLedger } from '../evidence/ledger.ts'
import { comparePlacebos, type PlaceboComparison } from '../evidence/placebo-comparison.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { type Backtest, backtest } from '../sfp/backtest.ts'
import { type BacktestOptions, backtestOptions } from '../sfp/backtest-options.ts'
import { breakEvenSize, type Rerun } from '../sfp/capacity.ts'
import { detectSfp, nearMisses, type Signal } from '../sfp/detect.ts'
import { detectOptions } from '../sfp/detect-options.ts'
import type { ImpactOptions } from '../sfp/impact.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { LEVEL_OPTIONS, type ResolvedLevels, resolveLevels } from '../sfp/levels/resolve-levels.ts'
import { assertSfpOptions, type SfpOptions, withPreset } from '../sfp/sfp-options.ts'
import { namedStatistics } from '../sfp/statistics/named-statistics.ts'
import { type Split, splitTable } from '../sfp/statistics/splits.ts'
import { type Statistics, statistics } from '../sfp/statistics/statistics.ts'
import { placeboSignals, type Strategy } from '../sfp/strategy.ts'
import { missTable, orderTable, signalTable, tradeTable } from '../sfp/tables.ts'
import { type Capacity, type CapacityOptions, capacity } from './capacity.ts'
import { type Robustness, type RobustnessOptions, robustness } from './robustness.ts'

/** Signals of the detector. Displays itself as their number; {@link Sfp.table} lists them. */
export interface Sfp extends Displayable {
  readonly signals: readonly Signal[]
  readonly levels: LevelSource
  /** One row for each signal, with its reason. */
  table(): ColumnTable
  /** Sweeps that fail exactly one condition of a signal: which one, and by how much. */
  misses(): ColumnTable
  backtest(options?: BacktestOptions): Study
}

/** A backtest. Displays itself as trades on the price, equity and drawdown, and a list of trades to step through. */
export interface Study extends Backtest, Displayable {
  readonly market: Market
  readonly signals: readonly Signal[]
  readonly statistics: Statistics
  /** Displays itself as tables of names and numbers; in a terminal as text. */
  readonly summary: Displayable & { text: string }
  /** The statistics of backtesting.py under its names: `statistic`, `value`. Durations in ms. */
  statisticsTable(): ColumnTable
  /** One row for each trade. */
  tradeTable(): ColumnTable
  /** Filled orders: entries and each exit. */
  orderTable(): ColumnTable
  /** `time` (close of the bar) and `equity` in USD. */
  equityTable(): ColumnTable
  /** Trades grouped by side, exit reason, year, month, weekday, hour, trend, volatility or convergence. */
  by(split: Split): ColumnTable
  /** What is left of the result at larger sizes, and at which size nothing is. Displays itself as a curve. */
  capacity(options?: CapacityOptions): Capacity
  /**
   * The mean R under more than 20 changes, one at a time (orders a bar later, stops, targets and levels moved, halves of the data, other
   * venues), and at placebo levels; with a warning where its sign flips.
   */
  robustness(options?: RobustnessOptions): Robustness
  /**
   * The mean R beside that of the same strategy at 5 placebos: random levels with the number, strength and distances of its own. The
   * difference has a 95 % interval.
   */
  readonly placebo: PlaceboComparison
  /** The signals at each of these placebos, which `liq.portfolio` trades beside its own. */
  placeboSignals(): readonly (readonly Signal[])[]
  /** Histogram of the trades' results in multiples of the risk. */
  histogram(): DisplayedFigure
}

/**
 * Finds sweeps of levels from which the price closes back. `preset: 'liquidity-sweep'` sets levels, conditions and exits of that
 * strategy, see {@link PRESETS}.
 *
 * @throws OptionError naming the option
 * @example liq.sfp(btc, { levels: map, reclaimWithin: 1, target: { r: 2 } }).backtest({ takerFee: 0.0005 })
 * liq.sfp(btc, { preset: 'liquidity-sweep' }).backtest()
 */
export function sfp(market: Market, given: SfpOptions): Sfp {
  assertMarket(market, 'liq.sfp')
  assertSfpOptions(given)
  const { options, trade: tradeOptions, assumptions } = withPreset(market, given, 'liq.sfp')
  const levelsOf = (market: Market) => resolveLevels(market, options.levels, pick(options, LEVEL_OPTIONS))
  const levels = levelsOf(market)
  const resolved = { ...levels, assumptions: [...assumptions, ...levels.assumptions] }
  const { source } = resolved
  const rule = detectOptions.pick(options)
  const signals = detectSfp(market, source, rule)
  const result = {
    signals,
    levels: source,
    table: () => signalTable(market, signals),
    misses: () => missTable(market, nearMisses(market, source, rule)),
    backtest: (options: BacktestOptions = {}) => {
      assertKnownOptions(options, backtestOptions.names, 'liq.backtest')
      const strategy = { market, source, detect: rule, backtest: { ...tradeOptions, ...dropUndefined(options) } }
      return createStudy(strategy, resolved.assumptions, signals, levelsOf)
    },
  }
  const text = `${countText(signals.length, 'SFP signal')} from ${source.name} in ${countText(market.length, 'bar')}`
  return displayed(result, () => ({ 'text/plain': text }))
}

/** Placebos of a study: more of them say little more, as its own trades are what is uncertain. */
const PLACEBOS = 5

function createStudy(
  strategy: Strategy,
  assumptions: readonly string[],
  signals: readonly Signal[],
  levelsOf: (market: Market) => ResolvedLevels,
): Study {
  const { market, source, backtest: options } = strategy
  const result = backtest(market, signals, options)
  const rerun = (changes: BacktestOptions) => {
    // A size replaces the notional, and the other way round.
    const { size: _, notional: __, ...others } = options
    return backtest(market, signals, { ...('size' in changes ? others : options), ...changes })
  }
  const impact = options.impact ?? false
  const subject = `SFP of ${source.name}`
  const title = `${subject} · ${market.symbol} ${market.timeframe}`
  const allAssumptions = [...assumptions, ...describeRules(market, result)]
  // The intervals take longer than the backtest, and not every cell needs them.
  const key = lazy(() => {
    const { trades } = result
    return ledgerKey(
      `${market.symbol} ${market.timeframe}`,
      trades.map(trade => trade.entryBar),
      trades.map(trade => trade.r),
    )
  })
  const measured = lazy(() => {
    const figures = statistics(market, result)
    sessionLedger.enter(key(), title, figures.meanR.p, [marketName(market)])
    return figures
  })
  const placebos = lazy(() => placeboSignals(strategy, PLACEBOS))
  const placebo = lazy(() => {
    const trades = placebos().map(signals => backtest(market, signals, options).trades)
    return comparePlacebos(market, result.trades, trades)
  })
  const value: Omit<Study, keyof Displayable> = {
    ...result,
    market,
    signals,
    get statistics() {
      return measured()
    },
    get placebo() {
      return placebo()
    },
    placeboSignals: placebos,
    get summary() {
      const assumptions = [...allAssumptions, ...correctedP(key(), measured())]
      const limit = sizeLimit(market, rerun, impact)
      const summary = studySummary(market, measured(), placebo(), title, assumptions, limit)
      return withSummary({ text: summaryText(summary) }, summary)
    },
    statisticsTable: () => {
      const named = Object.entries(namedStatistics(market, measured()))
      return table({ statistic: named.map(([name]) => name), value: named.map(([, value]) => value) })
    },
    tradeTable: () => tradeTable(market, result.trades),
    orderTable: () => orderTable(market, result.trades),
    equityTable: () =>
      withFormats(table({ time: Array.from(market.time, ms => new Date(ms + market.barMs)), equity: result.equity }), {
        equity: FORMATS.usd,
      }),
    by: split => splitTable(market, result.trades, split),
    capacity: options => capacity(rerun, impact, title, options),
    robustness: options => robustness(strategy, market => levelsOf(market).source, title, options),
    histogram: () => displayedFigure(rFigure(result.trades, title), `${title}: results in R`),
  }
  const text = () => `${title}: ${countText(result.trades.length, 'trade')}`
  const bundle = () => {
    // What is shown has been looked at.
    measured()
    return {
      [STUDY_MIME]: studyPayload(market, result, {
        title: subject,
        assumptions: allAssumptions,
        placebo: placeboSentence(placebo()),
      }),
      ...(portableOutputs() ? figureBundle(studyFigure(market, result, title), text()) : { 'text/plain': text() }),
    }
  }
  return displayed(value, bundle, text)
}

/** At which size the result reaches 0, in words. */
function sizeLimit(market: Market, rerun: Rerun, impact: boolean | ImpactOptions): string {
  const unknown = typeof impact !== 'object' || impact.depth === undefined
  if (unknown && !market.volume.some(volume => volume > 0)) return 'n/a (no volume)'
  return capacityText(breakEvenSize(rerun, impact || true))
}

/** The p-value of the mean R, and what the other tests of the session leave of it. */
export function correctedP(key: string, { meanR }: Statistics): string[] {
  const entry = sessionLedger.rows().find(row => row.key === key)
  if (!entry || Number.isNaN(meanR.p)) return []
  return [
    `mean R: p ${formatNumber(meanR.p)} for a true mean of 0, ${formatNumber(entry.pAdjusted)} corrected for the ${countText(sessionLedger.tests, 'test')} of ${sessionLedger.scope} (Holm)`,
  ]
}

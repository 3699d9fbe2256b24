import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed, figureBundle } from '../charts/display.ts'
import type { Figure } from '../charts/figure.ts'
import { rFigure } from '../charts/r-histogram.ts'
import { studyFigure } from '../charts/study.ts'
import { STUDY_MIME } from '../charts/study-payload.ts'
import { studyPayload } from '../charts/study-view.ts'
import { studySummary, summaryText, withSummary } from '../charts/summary.ts'
import { assertKnownOptions, dropUndefined } from '../common/options.ts'
import { type Market, requireMarket } from '../market/market.ts'
import { type Backtest, backtest } from '../sfp/backtest.ts'
import type { BacktestOptions } from '../sfp/backtest-options.ts'
import { detectSfp, nearMisses, type Signal } from '../sfp/detect.ts'
import { type DetectOptions, detectOptions } from '../sfp/detect-options.ts'
import type { LevelSource } from '../sfp/levels/columns.ts'
import { namedStatistics } from '../sfp/statistics/named.ts'
import { type Split, splitTable } from '../sfp/statistics/splits.ts'
import { type Statistics, statistics } from '../sfp/statistics/statistics.ts'
import { missTable, orderTable, signalTable, tradeTable } from '../sfp/tables.ts'
import { LEVEL_OPTIONS, type Levels, levelsOf, type NamedLevelOptions } from './levels.ts'

export interface SfpOptions extends DetectOptions, NamedLevelOptions, Pick<BacktestOptions, 'target' | 'stopBuffer'> {
  /** A heatmap (its clusters), `pivots`, `previousDay`, `previousWeek`, `round`, a placebo, or a level source of one's own. */
  levels: Levels
}

/** Signals of a detector; says how many, and {@link Sfp.table} shows them. */
export interface Sfp extends Displayable {
  readonly signals: readonly Signal[]
  readonly levels: LevelSource
  /** The signals as an arquero table, each with its reason. */
  table(): ColumnTable
  /** Sweeps that all conditions but one would have made a signal: which one, and by how much it failed. */
  misses(): ColumnTable
  backtest(options?: BacktestOptions): Study
}

/** A backtest; shows itself as trades on the price, equity and drawdown, and as a list of trades to go through. */
export interface Study extends Backtest, Displayable {
  readonly statistics: Statistics
  /** Shows itself as tables of names and numbers; as text in a terminal. */
  readonly summary: Displayable & { text: string }
  /** The statistics of backtesting.py under its names: `statistic`, `value`. Durations in ms. */
  statisticsTable(): ColumnTable
  /** The trades as an arquero table. */
  tradeTable(): ColumnTable
  /** Filled orders, entries and each exit. */
  orderTable(): ColumnTable
  /** `time` (close of the bar) and `equity` in USD. */
  equityTable(): ColumnTable
  /** Trades in groups by side, reason of the exit, year, month, weekday, hour, trend, volatility or convergence. */
  by(split: Split): ColumnTable
  /** How the trades' results are spread, in multiples of the risk. */
  histogram(): Displayable & { figure: Figure }
}

/** The names of what {@link sfp} takes. */
export const SFP_OPTIONS: readonly string[] = [
  'levels',
  ...LEVEL_OPTIONS,
  ...detectOptions.names,
  'target',
  'stopBuffer',
]

/** Finds sweeps of levels that price closes back from. @throws RangeError naming the option; DataError for one there is not */
export function sfp(of: Market, options: SfpOptions): Sfp {
  requireMarket(of, 'liq.sfp')
  assertKnownOptions(options, SFP_OPTIONS, 'liq.sfp')
  const { levels, target, stopBuffer } = options
  const { source, assumptions } = levelsOf(of, levels, pick(options, LEVEL_OPTIONS))
  const rule = detectOptions.pick(options)
  const signals = detectSfp(of, source, rule)
  const own: BacktestOptions = dropUndefined({ target, stopBuffer })
  const sfpResult = {
    signals,
    levels: source,
    table: () => signalTable(of, signals),
    misses: () => missTable(of, nearMisses(of, source, rule)),
    backtest: (options: BacktestOptions = {}) =>
      study(of, source.name, assumptions, backtest(of, signals, { ...own, ...dropUndefined(options) })),
  }
  const count = `${signals.length} SFP signals from ${source.name} in ${of.length} bars`
  return displayed(sfpResult, () => ({ 'text/plain': count }))
}

function study(of: Market, levels: string, assumptions: readonly string[], result: Backtest): Study {
  const title = `SFP of ${levels} · ${of.symbol} ${of.timeframe}`
  let known: Statistics | undefined
  // The intervals take longer than the backtest, and not every cell asks for them.
  const figures = () => {
    known ??= statistics(of, result)
    return known
  }
  const value: Omit<Study, keyof Displayable> = {
    ...result,
    get statistics() {
      return figures()
    },
    get summary() {
      const summary = studySummary(of, figures(), title, [...assumptions, ...rulesOf(of, result)])
      return withSummary({ text: summaryText(summary) }, summary)
    },
    statisticsTable: () => {
      const named = Object.entries(namedStatistics(of, figures()))
      return table({ statistic: named.map(([name]) => name), value: named.map(([, figure]) => figure) })
    },
    tradeTable: () => tradeTable(of, result.trades),
    orderTable: () => orderTable(of, result.trades),
    equityTable: () => table({ time: Array.from(of.time, ms => new Date(ms + of.barMs)), equity: result.equity }),
    by: split => splitTable(of, result.trades, split),
    histogram: () => {
      const figure = rFigure(result.trades, title)
      return displayed({ figure }, () => figureBundle(figure, `${title}: results in R`))
    },
  }
  return displayed(value, () => {
    const words = { title: `SFP of ${levels}`, assumptions: [...assumptions, ...rulesOf(of, result)] }
    return {
      [STUDY_MIME]: studyPayload(of, result, words),
      ...figureBundle(studyFigure(of, result, title), `${title}: ${result.trades.length} trades`),
    }
  })
}

/** How it was traded and what it cost, a line each. */
function rulesOf(of: Market, { options }: Backtest): string[] {
  const {
    takerFee,
    makerFee,
    slippageBps,
    stopBuffer,
    stopBufferAtr,
    minRisk,
    targets,
    trailingStop,
    trendExit,
    size,
    equity,
  } = options
  const usd = (value: number) => `${value.toLocaleString('en-US')} USD`
  const percent = (share: number) => `${+(100 * share).toPrecision(4)} %`
  const sizes =
    'notional' in size
      ? `${usd(size.notional)} each`
      : 'fraction' in size
        ? `${percent(size.fraction)} of the equity each`
        : `${percent(size.risk)} of the equity at risk each`
  const target = targets.map(one => {
    const share = one.share === undefined || targets.length === 1 ? '' : ` (${percent(one.share)})`
    const where =
      'r' in one
        ? `${one.r} R`
        : 'percent' in one
          ? `${one.percent} %`
          : `the next level on the other side (else ${one.elseR ?? 2} R)`
    return where + share
  })
  const stop = `${+(stopBuffer * 1e4).toPrecision(4)} bp${stopBufferAtr > 0 ? ` and ${stopBufferAtr} ATR` : ''} behind the sweep`
  const trailing = trailingStop
    ? `, trailing by ${trailingStop.atr !== undefined ? `${trailingStop.atr} ATR` : `${trailingStop.r} R`}`
    : ''
  const exits = trendExit ? `, out on a close ${trendExit.beyond} ATR beyond the level` : ''
  const time = options.maxBars < Infinity ? `, out after ${options.maxBars} bars` : ''
  const count = options.maxOpen === 1 ? 'one at a time' : `at most ${options.maxOpen} at a time`
  const margin = options.leverage === null ? '' : `, isolated at ${options.leverage}x`
  const detail = options.lowerTimeframe
    ? `, its order from ${options.lowerTimeframe.timeframe} bars where they tell`
    : ''
  const fee = (rate: number) => `${+(rate * 1e4).toPrecision(4)} bp`
  const fees = makerFee === takerFee ? fee(takerFee) : `${fee(takerFee)} taker and ${fee(makerFee)} maker`
  const funding = !options.funding ? 'no funding (switched off)' : of.fundingRate ? 'funding' : 'no funding in the data'
  return [
    `trades: next open${minRisk > 0 ? ` if ${minRisk} ATR or more from the stop` : ''}, ${sizes} of an equity of ${usd(equity)} at the start, ${count}${margin}`,
    `exits: stop ${stop}${trailing}; target ${target.join(', ') || 'none'}${exits}${time}; inside a bar ${options.intrabar}${detail}`,
    `costs: ${fees} fee and ${slippageBps} bp slippage a side, ${funding}`,
  ]
}

/** The given properties of an object, as far as they are set. */
export function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {}
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name]
  return picked
}

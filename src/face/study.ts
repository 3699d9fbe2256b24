import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed, figureBundle } from '../charts/display.ts'
import { studyFigure } from '../charts/study.ts'
import { studySummary, summaryText, withSummary } from '../charts/summary.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { type Market, marketLine, requireMarket } from '../market/market.ts'
import { type Backtest, type BacktestOptions, backtest } from '../sfp/backtest.ts'
import { type DetectOptions, detectSfp, type Signal } from '../sfp/detect.ts'
import { type ClusterLevelOptions, clusterLevels, type LevelSource, pivotLevels } from '../sfp/levels.ts'
import { type Statistics, statistics } from '../sfp/statistics.ts'
import { signalTable, tradeTable } from '../sfp/tables.ts'

export interface SfpOptions extends DetectOptions, ClusterLevelOptions, Pick<BacktestOptions, 'target' | 'stopBuffer'> {
  /** A heatmap (its clusters), `pivots`, or a level source of one's own. */
  levels: LiquidationMap | 'pivots' | LevelSource
  /** Bars on each side of a pivot. Default 10. */
  wing?: number
}

/** Signals of a detector; says how many, and {@link Sfp.table} shows them. */
export interface Sfp extends Displayable {
  readonly signals: readonly Signal[]
  table(): ColumnTable
  backtest(options?: BacktestOptions): Study
}

/** A backtest; shows itself as trades on the price, equity and drawdown. */
export interface Study extends Backtest, Displayable {
  readonly statistics: Statistics
  /** Shows itself as tables of names and numbers; as text in a terminal. */
  readonly summary: Displayable & { text: string }
  /** The trades as an arquero table. */
  tradeTable(): ColumnTable
  /** `time` (close of the bar) and `equity` in USD. */
  equityTable(): ColumnTable
}

/** Finds sweeps of levels that price closes back from. @throws RangeError naming the option */
export function sfp(of: Market, options: SfpOptions): Sfp {
  requireMarket(of, 'liq.sfp')
  const { levels, wing, target, stopBuffer, ...rest } = options
  const { source, assumptions } = levelSource(of, levels, wing, rest)
  const signals = detectSfp(of, source, rest)
  const ownTargets = Object.fromEntries(
    Object.entries({ target, stopBuffer }).filter(([, value]) => value !== undefined),
  )
  const sfpResult = {
    signals,
    table: () => signalTable(of, signals),
    backtest: (backtestOptions: BacktestOptions = {}) =>
      study(of, source.name, assumptions, backtest(of, signals, { ...ownTargets, ...backtestOptions })),
  }
  const count = `${signals.length} SFP signals from ${source.name} in ${of.length} bars`
  return displayed(sfpResult, () => ({ 'text/plain': count }))
}

function study(of: Market, levels: string, assumptions: readonly string[], result: Backtest): Study {
  const title = `SFP of ${levels} · ${of.symbol} ${of.timeframe}`
  const figures = statistics(of, result)
  const { takerFee, slippageBps, stopBuffer, targets, intrabar, size, equity } = result.options
  const costs = `costs: ${takerFee * 1e4} bp fee and ${slippageBps} bp slippage a side${of.fundingRate ? ', funding' : ', no funding in the data'}`
  const trading = `trades: next open, size ${JSON.stringify(size)} of an equity of ${equity.toLocaleString('en-US')}; stop ${stopBuffer * 1e4} bp behind the sweep, targets ${JSON.stringify(targets)}; inside a bar ${intrabar}`
  const summary = studySummary(of, figures, title, [...assumptions, trading, costs])
  return displayed(
    {
      ...result,
      statistics: figures,
      summary: withSummary({ text: summaryText(summary) }, summary),
      tradeTable: () => tradeTable(of, result.trades),
      equityTable: () => table({ time: Array.from(of.time, ms => new Date(ms + of.barMs)), equity: result.equity }),
    },
    () => figureBundle(studyFigure(of, result, title), `${title}: ${result.trades.length} trades`),
  )
}

function levelSource(
  of: Market,
  levels: SfpOptions['levels'],
  wing: number | undefined,
  options: ClusterLevelOptions,
): { source: LevelSource; assumptions: readonly string[] } {
  const plain = [marketLine(of)]
  if (levels === 'pivots') return { source: pivotLevels(of, wing), assumptions: plain }
  if ('options' in levels) {
    if (levels.market.time !== of.time)
      throw new RangeError('levels: the heatmap is of another market than the one to trade')
    const { brightest, minConvergence, maxDistance, brightness, gap, minShare, tierShare } = options
    const given = { brightest, minConvergence, maxDistance, brightness, gap, minShare, tierShare }
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    return { source: clusterLevels(levels, set), assumptions: levels.assumptions }
  }
  return { source: levels, assumptions: plain }
}

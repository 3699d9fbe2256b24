/**
 * Liqnb's research library: what a cell sees as `liq`, and what `import { liq } from 'liqnb'` gives elsewhere. It joins the
 * research floors and gives their results a way to show themselves in a notebook; it computes nothing itself.
 */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed, figureBundle, htmlBundle } from './charts/display.ts'
import type { Figure } from './charts/figure.ts'
import { type HeatmapOptions, heatmapFigure } from './charts/heatmap.ts'
import { marketHtml, marketText } from './charts/market.ts'
import { scoreSummary } from './charts/score.ts'
import { studyFigure } from './charts/study.ts'
import { type Summary, studySummary, summaryHtml, summaryText } from './charts/summary.ts'
import { aggregateMaps } from './liquidation/aggregate.ts'
import { binanceBrackets, hyperliquidBrackets } from './liquidation/bracket-tables.ts'
import { type Bracket, bracketTable } from './liquidation/brackets.ts'
import { type CalibrateOptions, type Calibration, calibrate } from './liquidation/calibrate.ts'
import { type ClusterOptions, clusterTable } from './liquidation/clusters.ts'
import { type CoinglassHeatmap, fromCoinglass, toCoinglass } from './liquidation/coinglass.ts'
import { type CurveOptions, type LiquidationCurve, liquidationCurve } from './liquidation/curve.ts'
import { type GridOptions, heatGrid, tierGrids } from './liquidation/grid.ts'
import { clusterHistory, type HistoryOptions } from './liquidation/history.ts'
import { impliedTable } from './liquidation/implied.ts'
import { LEVERAGE_PRIORS } from './liquidation/leverage.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from './liquidation/map.ts'
import {
  binanceCoinMargin,
  binanceMargin,
  bybitInverseMargin,
  bybitMargin,
  hyperliquidMargin,
  type MarginModel,
  okxInverseMargin,
  okxMargin,
} from './liquidation/margin.ts'
import { bankruptcyPrice, liquidationPrice, type Position } from './liquidation/price.ts'
import { liquidationPrices, type PositionColumns } from './liquidation/prices.ts'
import { type ScoreOptions, type SideScore, scoreMap } from './liquidation/score.ts'
import { bracketsFromTiers, type LeverageTier } from './liquidation/tiers.ts'
import { timeframeClusters, timeframeMaps } from './liquidation/timeframes.ts'
import { atr } from './market/atr.ts'
import { createMarket, type Market, marketLine, requireMarket } from './market/market.ts'
import { loadMarket, type MarketSource } from './market/source.ts'
import { type Backtest, type BacktestOptions, backtest } from './sfp/backtest.ts'
import { type DetectOptions, detectSfp, type Signal } from './sfp/detect.ts'
import { type ClusterLevelOptions, clusterLevels, type LevelSource, pivotLevels } from './sfp/levels.ts'
import { type Statistics, statistics } from './sfp/statistics.ts'
import { signalTable, tradeTable } from './sfp/tables.ts'

/** Estimated liquidation levels of a market; shows itself as a heatmap. */
export interface Heatmap extends LiquidationMap, Displayable {
  /** Clusters as a table, by default as of the last bar. */
  clusters(options?: ClusterOptions): ColumnTable
  /** The heatmap with other options (side, bars, colours, size). */
  figure(options?: HeatmapOptions): Displayable & { figure: Figure }
  /** How clusters were born, touched, consumed or faded, one a row. */
  history(options?: HistoryOptions): ColumnTable
  /** The cumulative curve at one close, with its nearest walls and max pain. */
  curve(options?: CurveOptions): LiquidationCurve
  /** The heatmap in Coinglass's JSON form. */
  coinglass(options?: GridOptions): CoinglassHeatmap
  /** Notional (USD) implied to be liquidated, by bar: `time`, `long`, `short`, and by tier. */
  impliedTable(): ColumnTable
}

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

/**
 * Loads a market: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or `{ simulate: { seed } }`.
 * @throws DataError
 */
async function market(source: MarketSource): Promise<Market & Displayable> {
  const loaded = await loadMarket(source)
  return displayed(loaded, () => htmlBundle(marketHtml(loaded), marketText(loaded)))
}

/** Estimates where leveraged positions would be force-closed. @throws RangeError naming the option */
function heatmap(of: Market, options: MapOptions = {}): Heatmap {
  requireMarket(of, 'liq.heatmap')
  return asHeatmap(liquidationMap(of, options))
}

/** One heatmap of several markets of one coin. @throws RangeError when they do not go together */
function aggregate(maps: readonly LiquidationMap[]): Heatmap {
  return asHeatmap(aggregateMaps(maps))
}

/** Heatmaps of one market in several timeframes, e.g. `['15m', '1h', '4h', '1d']`. @throws DataError */
function timeframes(of: Market, frames: readonly string[], options: MapOptions = {}): Heatmap[] {
  requireMarket(of, 'liq.timeframes')
  return timeframeMaps(of, frames, options).map(asHeatmap)
}

function asHeatmap(map: LiquidationMap): Heatmap {
  const { market: of } = map
  const title = `Heatmap of estimated liquidations · ${of.symbol} ${of.timeframe}`
  const drawn = (options?: HeatmapOptions) => {
    const figure = heatmapFigure(map, options)
    return displayed({ figure }, () => figureBundle(figure, title))
  }
  const views = {
    clusters: (options?: ClusterOptions) => clusterTable(map, options),
    history: (options?: HistoryOptions) => clusterHistory(map, options),
    curve: (options?: CurveOptions) => liquidationCurve(map, options),
    coinglass: (options?: GridOptions) => toCoinglass(of, heatGrid(map, options)),
    figure: drawn,
    impliedTable: () => impliedTable(map),
  }
  const text = () => `${title}\n${map.assumptions.map(line => `- ${line}`).join('\n')}`
  return displayed({ ...map, ...views }, () => figureBundle(heatmapFigure(map), text()))
}

/** Scores of both sides; shows itself as a table of figures with intervals. */
export type Score = Record<'long' | 'short', SideScore> & Displayable

/**
 * How well a map's implied liquidations match those of the market's record: rank correlations beyond what the bar's move and
 * volume tell, with intervals.
 * @throws DataError when the market has no record of liquidations
 */
function score(map: LiquidationMap, market: Market = map.market, options: ScoreOptions = {}): Score {
  const scores = scoreMap(map, market, options)
  return withSummary(scores, scoreSummary(scores, `Score of the heatmap · ${market.symbol} ${market.timeframe}`))
}

/** Fits a map on the first part of a market and scores it on the rest. @throws DataError */
async function calibration(market: Market, options: CalibrateOptions = {}): Promise<Calibration & Displayable> {
  requireMarket(market, 'liq.calibrate')
  const found = await calibrate(market, options)
  const title = `Fitted on bars ${found.trainBars.join(' to ')}, scored on bars ${found.testBars.join(' to ')}`
  return withSummary(found, scoreSummary(found.test, title, [JSON.stringify(found.options)]))
}

/** A value that shows itself as tables of names and numbers. */
function withSummary<T extends object>(value: T, summary: Summary): T & Displayable {
  return displayed(value, () => htmlBundle(summaryHtml(summary), summaryText(summary)))
}

/** Finds sweeps of levels that price closes back from. @throws RangeError naming the option */
function sfp(of: Market, options: SfpOptions): Sfp {
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
  const { takerFee, slippageBps, stopBuffer, target, intrabar, notional, equity } = result.options
  const costs = `costs: ${takerFee * 1e4} bp fee and ${slippageBps} bp slippage a side${of.fundingRate ? ', funding' : ', no funding in the data'}`
  const trading = `trades: next open, ${notional.toLocaleString('en-US')} USD each of an equity of ${equity.toLocaleString('en-US')}, one at a time; stop ${stopBuffer * 1e4} bp behind the sweep, target ${target.r} R; inside a bar ${intrabar}`
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

export const liq = {
  market,
  heatmap,
  aggregate,
  timeframes,
  timeframeClusters,
  score,
  calibrate: calibration,
  leveragePriors: LEVERAGE_PRIORS,
  fromCoinglass,
  sfp,
  liquidationPrice,
  bankruptcyPrice,
  liquidationPrices,
  /** Margin rules of the venues, for `liquidationPrice({ …, margin })`. */
  margin: {
    binance: binanceMargin,
    binanceCoin: binanceCoinMargin,
    bybit: bybitMargin,
    bybitInverse: bybitInverseMargin,
    okx: okxMargin,
    okxInverse: okxInverseMargin,
    hyperliquid: hyperliquidMargin,
  },
  brackets: {
    binance: binanceBrackets,
    hyperliquid: hyperliquidBrackets,
    table: bracketTable,
    fromTiers: bracketsFromTiers,
  },
  createMarket,
  atr,
}

export type {
  Backtest,
  BacktestOptions,
  Bracket,
  ClusterOptions,
  Displayable,
  Figure,
  HeatmapOptions,
  LevelSource,
  LeverageTier,
  LiquidationMap,
  MapOptions,
  MarginModel,
  Market,
  MarketSource,
  Position,
  PositionColumns,
  Signal,
  Statistics,
}
export {
  atr,
  backtest,
  bankruptcyPrice,
  binanceCoinMargin,
  binanceMargin,
  bracketsFromTiers,
  bracketTable,
  bybitInverseMargin,
  bybitMargin,
  clusterLevels,
  clusterTable,
  createMarket,
  detectSfp,
  heatGrid,
  heatmapFigure,
  hyperliquidMargin,
  liquidationMap,
  liquidationPrice,
  liquidationPrices,
  loadMarket,
  okxInverseMargin,
  okxMargin,
  pivotLevels,
  statistics,
  studyFigure,
  tierGrids,
}
export default liq

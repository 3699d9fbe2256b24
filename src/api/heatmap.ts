/** `liq.heatmap` and its companions: maps of several markets and timeframes, scores and calibration. */
import type { ColumnTable } from 'arquero'
import { observedCalibrationSummary } from '../charts/compare.ts'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, summarized } from '../charts/display.ts'
import { type ExplorerOptions, explorerOptions } from '../charts/explorer.ts'
import { type HeatmapFigureOptions, heatmapFigure } from '../charts/heatmap.ts'
import { recordedTable } from '../charts/recorded.ts'
import { forecastSummary, scoreSummary, truthSummary } from '../charts/score.ts'
import { withSummary } from '../charts/summary.ts'
import type { ValueSummary } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import { assertKnownOptions, isOptionsObject } from '../common/options.ts'
import { aggregateMaps } from '../liquidation/aggregate.ts'
import { type ClusterOptions, clusterTable } from '../liquidation/clusters.ts'
import { type CoinglassHeatmap, toCoinglass } from '../liquidation/coinglass.ts'
import { type CurveOptions, type LiquidationCurve, liquidationCurve } from '../liquidation/curve.ts'
import { type GridOptions, gridOptions, heatGrid } from '../liquidation/grid.ts'
import { clusterHistory, type HistoryOptions } from '../liquidation/history.ts'
import { assertMap, type LiquidationMap, liquidationMap, type MapOptions } from '../liquidation/map.ts'
import {
  calibrateToObserved,
  type ObservedCalibrateOptions,
  type ObservedCalibration,
} from '../liquidation/observed/calibrate-observed.ts'
import type { Side } from '../liquidation/side.ts'
import { timeframeMaps } from '../liquidation/timeframes.ts'
import {
  type CalibrateOptions,
  type Calibration,
  calibrate as calibrateMap,
} from '../liquidation/validation/calibrate.ts'
import { type ForecastOptions, type ForecastScore, forecastScores } from '../liquidation/validation/forecast.ts'
import { impliedTable } from '../liquidation/validation/implied.ts'
import { type ScoreOptions, type SideScore, scoreMap } from '../liquidation/validation/score.ts'
import { type TruthOptions, type TruthScore, truthScore } from '../liquidation/validation/truth-score.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { explorerBundle, type Recipe } from './explorer.ts'

/** Estimated liquidation levels of a market. Displays itself as the explorer, or as a Plotly heatmap where the explorer is not available. */
export interface Heatmap extends LiquidationMap, Displayable {
  /** Clusters as a table, by default as of the last bar. */
  clusters(options?: ClusterOptions): ColumnTable
  /** The explorer of a part of the map in full detail: `map.explore({ from, to })`, bars inclusive. */
  explore(options?: ExplorerOptions): Displayable
  /** A Plotly figure of the heatmap, with other sides, bars, colours or size. */
  figure(options?: HeatmapFigureOptions): DisplayedFigure
  /** One row for each cluster: when it appeared, was touched, was consumed or faded. */
  history(options?: HistoryOptions): ColumnTable
  /** The cumulative curve at one close, with its nearest walls and max pain. */
  curve(options?: CurveOptions): LiquidationCurve
  /** The heatmap in Coinglass's JSON format, which calls its amounts USD: of a relative map they are none. */
  coinglass(options?: GridOptions): CoinglassHeatmap
  /** Implied liquidations in USD, one row for each bar: `time`, `long`, `short`, and both by tier. */
  impliedTable(): ColumnTable
  /**
   * Liquidations on record in USD, one row for each bar: `time`, `long`, `short` (null where nothing was recorded), and `low` and
   * `high`, between which they happened.
   */
  recordedTable(): ColumnTable
}

/**
 * Estimates where leveraged positions would be force-closed.
 * @throws OptionError naming the option
 * @example liq.heatmap(btc, { leverage: { 10: 0.5, 50: 0.5 }, halfLife: '7d' })
 */
export function heatmap(market: Market, options: MapOptions = {}): Heatmap {
  assertMarket(market, 'liq.heatmap')
  return toHeatmap(liquidationMap(market, options), { market, options })
}

/**
 * One heatmap of several markets of the same coin.
 * @throws OptionError when price grids, tiers or coins differ; DataError when an entry is not a heatmap
 * @example liq.aggregate([liq.heatmap(binance), liq.heatmap(bybit)])
 */
export function aggregate(maps: readonly LiquidationMap[]): Heatmap {
  return toHeatmap(aggregateMaps(maps), null)
}

/**
 * Heatmaps of one market in several timeframes, e.g. `['15m', '1h', '4h', '1d']`.
 * @throws OptionError naming the option, or the timeframe that the market's bars cannot be resampled to
 * @example liq.timeframes(btc, ['1h', '4h', '1d'])
 */
export function timeframes(market: Market, frames: readonly string[], options: MapOptions = {}): Heatmap[] {
  assertMarket(market, 'liq.timeframes')
  return timeframeMaps(market, frames, options).map(map => toHeatmap(map, { market: map.market, options }))
}

/** What the view of variables shows of a map; it opens the clusters. */
function mapValueSummary(map: LiquidationMap): ValueSummary {
  const { market, options } = map
  return {
    group: 'maps',
    type: map.isObserved ? 'Observed map' : 'Heatmap',
    shape: countText(options.tiers.length, 'tier'),
    preview: `${market.symbol} ${market.timeframe}, ${countText(market.length, 'bar')}`,
    table: () => clusterTable(map),
  }
}

/** A map with its views. @param recipe what it is built from; null for a map that cannot be built again */
export function toHeatmap(map: LiquidationMap, recipe: Recipe | null): Heatmap {
  const { market } = map
  const what = map.isObserved ? 'Map of observed positions' : 'Heatmap of estimated liquidations'
  const title = `${what} · ${market.symbol} ${market.timeframe}`
  const text = () => `${title}\n${map.assumptions.map(line => `- ${line}`).join('\n')}`
  const views = {
    clusters: (options?: ClusterOptions) => clusterTable(map, options),
    history: (options?: HistoryOptions) => clusterHistory(map, options),
    curve: (options?: CurveOptions) => liquidationCurve(map, options),
    coinglass: (options?: GridOptions) => toCoinglass(market, heatGrid(map, options, 'map.coinglass')),
    explore(options: ExplorerOptions = {}) {
      assertKnownOptions(options, [...explorerOptions.names, ...gridOptions.names], 'map.explore')
      return displayed({}, () => explorerBundle(map, text(), recipe, options), text)
    },
    figure: (options?: HeatmapFigureOptions) => displayedFigure(heatmapFigure(map, options), title),
    impliedTable: () => impliedTable(map),
    recordedTable: () => recordedTable(market),
  }
  const heatmap = displayed({ ...map, ...views }, () => explorerBundle(map, text(), recipe), text)
  return summarized(heatmap, mapValueSummary(map))
}

/** Scores of both sides. Displays itself as a table of figures with intervals. */
export type Score = Record<Side, SideScore> & Displayable

/**
 * Scores a map's implied liquidations against the market's recorded ones: rank correlations controlled for the bar's move and
 * volume, with intervals.
 * @throws DataError when `map` is not a map, or the market has no recorded liquidations
 * @example liq.score(map)
 */
export function score(map: LiquidationMap, market?: Market, options: ScoreOptions = {}): Score {
  assertMap(map, 'liq.score')
  const recorded = market ?? map.market
  assertMarket(recorded, 'liq.score')
  const scores = scoreMap(map, recorded, options)
  const title = `Score of the heatmap · ${recorded.symbol} ${recorded.timeframe}`
  return withSummary(scores, scoreSummary(scores, title))
}

/**
 * Scores a map as a forecast: the levels within reach at each close against what is liquidated in the next bars.
 * @throws DataError when `map` is not a map, or the market has no recorded liquidations
 * @example liq.forecast(map, btc, { horizons: [1, 8], within: [1] })
 */
export function forecast(
  map: LiquidationMap,
  market?: Market,
  options: ForecastOptions = {},
): Record<Side, ForecastScore[]> & Displayable {
  assertMap(map, 'liq.forecast')
  const recorded = market ?? map.market
  assertMarket(recorded, 'liq.forecast')
  const scores = forecastScores(map, recorded, options)
  const title = `Forecast of liquidations by the heatmap · ${recorded.symbol} ${recorded.timeframe}`
  return withSummary(scores, forecastSummary(scores, recorded.timeframe, title))
}

/**
 * Fits a map on the first part of a market and scores it on the rest: to its recorded liquidations, or with
 * `{ to: liq.observedMap(…) }` to observed positions.
 * @throws OptionError naming the option; DataError when the market has no recorded liquidations, or too little was observed
 * @example await liq.calibrate(btc)
 */
export function calibrate(market: Market, options: ObservedCalibrateOptions): Promise<ObservedCalibration & Displayable>
export function calibrate(market: Market, options?: CalibrateOptions): Promise<Calibration & Displayable>
export async function calibrate(
  market: Market,
  options: CalibrateOptions | ObservedCalibrateOptions = {},
): Promise<(Calibration | ObservedCalibration) & Displayable> {
  assertMarket(market, 'liq.calibrate')
  if (isOptionsObject(options) && Object.hasOwn(options, 'to')) {
    const result = await calibrateToObserved(market, options as ObservedCalibrateOptions)
    return withSummary(result, observedCalibrationSummary(result, optionsText(result.options)))
  }
  const result = await calibrateMap(market, options as CalibrateOptions)
  const title = `Fitted on bars ${result.trainBars.join(' to ')}, scored on bars ${result.testBars.join(' to ')}`
  const { value, low, high } = result.scale
  const round = (ratio: number) => +ratio.toPrecision(3)
  const scale = `USD on record for each USD of the unscaled map, on the fitted bars: ${round(value)} (${round(low)} to ${round(high)})`
  const summary = scoreSummary(result.test, title, [optionsText(result.options), scale])
  const edges = result.edges.map(
    ({ option, value, end }) =>
      `The fit is at the ${end} value of ${option} that was tried, ${value}, so the best may lie beyond: try ${end === 'lowest' ? 'lower' : 'higher'} ones, or do not trust it.`,
  )
  return withSummary(result, { ...summary, notes: edges })
}

/**
 * Scores a map of a simulated market against its true book of liquidation levels: rank correlations of the notional by price
 * bin, with intervals.
 * @throws DataError when `map` is not a map, or its market is not simulated
 * @example liq.truth(liq.heatmap(await liq.market({ simulate: { seed: 3 } })))
 */
export function truth(
  map: LiquidationMap,
  market?: Market,
  options: TruthOptions = {},
): Record<Side, TruthScore> & Displayable {
  assertMap(map, 'liq.truth')
  const simulated = market ?? map.market
  const scores = truthScore(map, simulated, options)
  const title = `Heatmap against the true book · ${simulated.symbol} ${simulated.timeframe}`
  return withSummary(scores, truthSummary(scores, title))
}

/** JSON has no Infinity. */
function optionsText(options: MapOptions): string {
  return JSON.stringify(options, (_, value) => (value === Infinity ? 'Infinity' : value))
}

import type { ColumnTable } from 'arquero'
import { type Displayable, displayed, figureBundle } from '../charts/display.ts'
import type { ExplorerOptions } from '../charts/explorer.ts'
import type { Figure } from '../charts/figure.ts'
import { type HeatmapOptions, heatmapFigure } from '../charts/heatmap.ts'
import { scoreSummary } from '../charts/score.ts'
import { withSummary } from '../charts/summary.ts'
import { assertKnownOptions } from '../common/options.ts'
import { aggregateMaps } from '../liquidation/aggregate.ts'
import { CLUSTER_OPTIONS, type ClusterOptions, clusterTable, DEFAULT_RULE } from '../liquidation/clusters.ts'
import { type CoinglassHeatmap, toCoinglass } from '../liquidation/coinglass.ts'
import { type CurveOptions, type LiquidationCurve, liquidationCurve } from '../liquidation/curve.ts'
import { type GridOptions, heatGrid } from '../liquidation/grid.ts'
import { clusterHistory, type HistoryOptions } from '../liquidation/history.ts'
import { type LiquidationMap, liquidationMap, type MapOptions, requireMap } from '../liquidation/map.ts'
import { timeframeMaps } from '../liquidation/timeframes.ts'
import { type CalibrateOptions, type Calibration, calibrate } from '../liquidation/validation/calibrate.ts'
import { impliedTable } from '../liquidation/validation/implied.ts'
import { type ScoreOptions, type SideScore, scoreMap } from '../liquidation/validation/score.ts'
import { type Market, requireMarket } from '../market/market.ts'
import { explorerBundle, type Recipe } from './explorer.ts'

/** Estimated liquidation levels of a market; shows itself as an explorer, where that is not known as a Plotly heatmap. */
export interface Heatmap extends LiquidationMap, Displayable {
  /** Clusters as a table, by default as of the last bar. */
  clusters(options?: ClusterOptions): ColumnTable
  /** The explorer of a part, in its full detail: `map.explore({ from, to })`, bars inclusive. */
  explore(options?: ExplorerOptions): Displayable
  /** A Plotly figure of the heatmap with other options (side, bars, colours, size). */
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

const RULE = Object.keys(DEFAULT_RULE)
const GRID = Object.keys({
  from: true,
  to: true,
  columns: true,
  rows: true,
  padding: true,
  threshold: true,
} satisfies Record<keyof GridOptions, true>)
/** What each view takes; `{ brightnes: 5 }` would do nothing and say nothing. */
const VIEW_OPTIONS = {
  clusters: CLUSTER_OPTIONS,
  history: ['patience', 'consumedShare', ...RULE],
  curve: ['at', ...RULE],
  coinglass: GRID,
  explore: ['weights', 'compression', ...GRID],
  figure: ['side', 'max', 'min', 'height', ...GRID],
}

/** Estimates where leveraged positions would be force-closed. @throws RangeError naming the option */
export function heatmap(of: Market, options: MapOptions = {}): Heatmap {
  requireMarket(of, 'liq.heatmap')
  return asHeatmap(liquidationMap(of, options), { market: of, options })
}

/** One heatmap of several markets of one coin. @throws RangeError when they do not go together */
export function aggregate(maps: readonly LiquidationMap[]): Heatmap {
  return asHeatmap(aggregateMaps(maps), null)
}

/** Heatmaps of one market in several timeframes, e.g. `['15m', '1h', '4h', '1d']`. @throws DataError */
export function timeframes(of: Market, frames: readonly string[], options: MapOptions = {}): Heatmap[] {
  requireMarket(of, 'liq.timeframes')
  return timeframeMaps(of, frames, options).map(map => asHeatmap(map, { market: map.market, options }))
}

function asHeatmap(map: LiquidationMap, recipe: Recipe | null): Heatmap {
  const { market: of } = map
  const title = `Heatmap of estimated liquidations · ${of.symbol} ${of.timeframe}`
  const text = () => `${title}\n${map.assumptions.map(line => `- ${line}`).join('\n')}`
  const known = <T extends object>(view: keyof typeof VIEW_OPTIONS, options: T | undefined): T | undefined => {
    if (options !== undefined) assertKnownOptions(options, VIEW_OPTIONS[view], view)
    return options
  }
  const drawn = (options?: HeatmapOptions) => {
    const figure = heatmapFigure(map, known('figure', options))
    return displayed({ figure }, () => figureBundle(figure, title))
  }
  const views = {
    clusters: (options?: ClusterOptions) => clusterTable(map, known('clusters', options)),
    history: (options?: HistoryOptions) => clusterHistory(map, known('history', options)),
    curve: (options?: CurveOptions) => liquidationCurve(map, known('curve', options)),
    coinglass: (options?: GridOptions) => toCoinglass(of, heatGrid(map, known('coinglass', options))),
    explore(options?: ExplorerOptions) {
      const asked = known('explore', options)
      return displayed({}, () => explorerBundle(map, text(), recipe, asked))
    },
    figure: drawn,
    impliedTable: () => impliedTable(map),
  }
  return displayed({ ...map, ...views }, () => explorerBundle(map, text(), recipe))
}

/** Scores of both sides; shows itself as a table of figures with intervals. */
export type Score = Record<'long' | 'short', SideScore> & Displayable

/**
 * How well a map's implied liquidations match those of the market's record: rank correlations beyond what the bar's move and
 * volume tell, with intervals.
 * @throws DataError for what is no map, or when the market has no record of liquidations
 */
export function score(map: LiquidationMap, market?: Market, options: ScoreOptions = {}): Score {
  requireMap(map, 'liq.score')
  const of = market ?? map.market
  requireMarket(of, 'liq.score')
  const scores = scoreMap(map, of, options)
  return withSummary(scores, scoreSummary(scores, `Score of the heatmap · ${of.symbol} ${of.timeframe}`))
}

/** Fits a map on the first part of a market and scores it on the rest. @throws DataError */
export async function calibration(market: Market, options: CalibrateOptions = {}): Promise<Calibration & Displayable> {
  requireMarket(market, 'liq.calibrate')
  const found = await calibrate(market, options)
  const title = `Fitted on bars ${found.trainBars.join(' to ')}, scored on bars ${found.testBars.join(' to ')}`
  return withSummary(found, scoreSummary(found.test, title, [JSON.stringify(found.options)]))
}

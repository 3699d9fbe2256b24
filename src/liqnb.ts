/**
 * Liqnb's research library: what a cell sees as `liq`, and what `import { liq } from 'liqnb'` gives elsewhere. It joins the
 * research floors and gives their results a way to show themselves in a notebook; it computes nothing itself.
 */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, displayed, figureBundle, htmlBundle } from './charts/display.ts'
import type { Figure } from './charts/figure.ts'
import { type HeatmapOptions, heatmapFigure } from './charts/heatmap.ts'
import { marketHtml, marketText } from './charts/market.ts'
import { studyFigure } from './charts/study.ts'
import { studySummary, summaryHtml, summaryText } from './charts/summary.ts'
import { binanceBrackets, hyperliquidBrackets } from './liquidation/bracket-tables.ts'
import { type Bracket, bracketTable } from './liquidation/brackets.ts'
import { type ClusterOptions, clusterTable } from './liquidation/clusters.ts'
import { heatGrid } from './liquidation/grid.ts'
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
import { bracketsFromTiers, type LeverageTier } from './liquidation/tiers.ts'
import { atr } from './market/atr.ts'
import { createMarket, type Market } from './market/market.ts'
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
  /** Notional (USD) implied to be liquidated, by bar: `time`, `long`, `short`. */
  impliedTable(): ColumnTable
}

export interface SfpOptions extends DetectOptions, ClusterLevelOptions, Pick<BacktestOptions, 'target' | 'stopBuffer'> {
  /** A heatmap (its clusters), `pivots`, or a level source of one's own. */
  levels: LiquidationMap | 'pivots' | LevelSource
  /** Bars on each side of a pivot. Default 10. */
  wing?: number
}

/** Signals of a detector; shows itself as their table. */
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
  const map = liquidationMap(of, options)
  const text = () => `Heatmap of estimated liquidations\n${map.assumptions.map(line => `- ${line}`).join('\n')}`
  const drawn = (figureOptions?: HeatmapOptions) => {
    const figure = heatmapFigure(map, figureOptions)
    const title = `Heatmap of estimated liquidations · ${of.symbol} ${of.timeframe}`
    return displayed({ figure }, () => figureBundle(figure, title))
  }
  const implied = () => {
    const { long, short } = map.implied()
    return table({ time: Array.from(of.time, ms => new Date(ms)), long, short })
  }
  return displayed(
    { ...map, clusters: (o?: ClusterOptions) => clusterTable(map, o), figure: drawn, impliedTable: implied },
    () => figureBundle(heatmapFigure(map), text()),
  )
}

/** Finds sweeps of levels that price closes back from. @throws RangeError naming the option */
function sfp(of: Market, options: SfpOptions): Sfp {
  const { levels, wing, target, stopBuffer, ...rest } = options
  const { source, assumptions } = levelSource(of, levels, wing, rest)
  const signals = detectSfp(of, source, rest)
  const signalsTable = () => signalTable(of, signals)
  const ownTargets = Object.fromEntries(
    Object.entries({ target, stopBuffer }).filter(([, value]) => value !== undefined),
  )
  const sfpResult = {
    signals,
    table: signalsTable,
    backtest: (backtestOptions: BacktestOptions = {}) =>
      study(of, source.name, assumptions, backtest(of, signals, { ...ownTargets, ...backtestOptions })),
  }
  const count = `${signals.length} SFP signals from ${source.name} in ${of.length} bars`
  return displayed(sfpResult, () => ({ 'text/plain': count }))
}

function study(of: Market, levels: string, assumptions: readonly string[], result: Backtest): Study {
  const title = `SFP of ${levels} · ${of.symbol} ${of.timeframe}`
  const figures = statistics(of, result)
  const { takerFee, slippageBps, stopBuffer, target, intrabar, notional } = result.options
  const costs = `costs: ${takerFee * 1e4} bp fee and ${slippageBps} bp slippage a side${of.fundingRate ? ', funding' : ', no funding in the data'}`
  const trading = `trades: next open, ${notional.toLocaleString('en-US')} USD each, one at a time; stop ${stopBuffer * 1e4} bp behind the sweep, target ${target.r} R; inside a bar ${intrabar}`
  const summary = studySummary(of, figures, title, [...assumptions, trading, costs])
  const text = summaryText(summary)
  return displayed(
    {
      ...result,
      statistics: figures,
      summary: displayed({ text }, () => htmlBundle(summaryHtml(summary), text)),
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
  const plain = [`${of.symbol} ${of.timeframe}, ${of.source}${of.synthetic ? ' (not a real market)' : ''}`]
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
}
export default liq

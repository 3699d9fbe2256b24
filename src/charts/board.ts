/** Packs the newest bars of many maps into the payload of a board. */
import { createHash } from 'node:crypto'
import type { ColumnTable } from 'arquero'
import { heatGrid } from '../liquidation/grid.ts'
import { isRelative, type LiquidationMap } from '../liquidation/map.ts'
import type { BoardCluster, BoardMap, BoardPayload } from './board-payload.ts'
import { type BoardTile, drawBoard } from './board-traces.ts'
import { groupCandles } from './candles.ts'
import type { Figure } from './figure.ts'
import { Packer } from './pack.ts'
import { LEVELS_PER_OCTAVE, packLayers, TOP_LEVEL } from './pack-layers.ts'
import { candleStep, packPrices } from './pack-prices.ts'
import { mapUnit } from './subject.ts'
import { tableResource } from './table-resource.ts'

/** More are only in the table, so that a saved board is bounded. */
const MAX_MAPS = 48
/** As many as can be told apart on a small map. */
const BARS = 160
const ROWS = 72
/** How far beyond the candles a cluster is shown, in heights of the candles; without one, levels beyond them. */
const MAX_REACH = 1.5
const EMPTY_REACH = 0.4
/** For bars in which nothing moves, in ln(price). */
const MIN_HEIGHT = 0.01
/** Space beyond what is shown, as a share of the height. */
const MARGIN = 0.06

/** A map with the first cluster of each side. */
export interface TaggedMap {
  map: LiquidationMap
  clusters: readonly BoardCluster[]
}

/**
 * A board takes 4 to 8 kB in a file for each of its maps, of which it has at most {@link MAX_MAPS}, and the rows of its table.
 *
 * @param maps in the order of the board
 */
export function boardPayload(maps: readonly TaggedMap[], table: ColumnTable): BoardPayload {
  const view = viewName(maps)
  return {
    version: 2,
    view,
    maps: maps.slice(0, MAX_MAPS).map(boardMap),
    more: hiddenMaps(maps),
    // A part of the board's view, so that it is kept with it.
    table: tableResource(table, `${view}:table`),
  }
}

function boardMap({ map, clusters }: TaggedMap): BoardMap {
  const { market } = map
  const { grid, candles, usd } = newestBars({ map, clusters })
  const { columns, rows, edges } = grid
  const { time, end } = candles
  const packer = new Packer().steps(columns, k => time[k]!).integers(columns, k => end[k]! - time[k]!)
  const priceStep = candleStep(candles)
  packPrices(packer, candles, priceStep)
  // Amounts in coarse steps seldom change, so no drift is needed.
  const levels = packLayers(packer, [{ values: usd.map(roundUsd), factor: 1 }], new Float64Array(columns))
  return {
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    unit: isRelative(map) ? 'relative' : 'USD',
    price: market.close.at(-1)!,
    clusters: [...clusters],
    grid: { columns, rows, low: edges[0]!, high: edges[rows]! },
    levels: { ...levels, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL },
    priceStep,
    ...packer.deflate(),
  }
}

/**
 * The maps as a Plotly figure, in the bars and rows of the board but unrounded.
 *
 * @param maps as {@link boardPayload} takes them
 */
export function boardFigure(maps: readonly TaggedMap[]): Figure {
  return drawBoard(maps.slice(0, MAX_MAPS).map(boardTile), hiddenMaps(maps))
}

function boardTile(tagged: TaggedMap): BoardTile {
  const { map } = tagged
  const { symbol, timeframe, synthetic, barMs } = map.market
  const { grid, candles, usd } = newestBars(tagged)
  const { end } = candles
  // A column shows what is known at the close of its bar, so it spans from there to the next one.
  const x = Float64Array.from({ length: grid.columns + 1 }, (_, k) => end[k] ?? end[k - 1]! + barMs)
  return { symbol, timeframe, synthetic, unit: mapUnit(map), cells: { x, y: grid.edges, z: usd }, candles }
}

const hiddenMaps = (maps: readonly TaggedMap[]): number => Math.max(0, maps.length - MAX_MAPS)

/** What a small map shows: the newest bars, and longs and shorts of all tiers in USD by cell. */
function newestBars({ map, clusters }: TaggedMap) {
  const { market } = map
  const last = market.length - 1
  const from = Math.max(0, market.length - BARS)
  const prices = pricesAround(map, from, clusters)
  const grid = heatGrid(map, { from, columns: BARS, rows: ROWS, ...prices }, 'liq.scan')
  const usd = grid.long.map((long, i) => long + grid.short[i]!)
  return { grid, candles: groupCandles(market, from, last, BARS, market.barMs), usd }
}

/** To steps of a quarter octave: a shade that nobody sees on a small map, in half the space. */
const roundUsd = (usd: number): number => (usd > 0 ? 2 ** (Math.round(4 * Math.log2(usd)) / 4) : 0)

/** The prices of the bars, and on both sides those of the first cluster if it is near enough. */
function pricesAround(
  { market }: LiquidationMap,
  from: number,
  clusters: readonly BoardCluster[],
): { low: number; high: number } {
  let [low, high] = [Infinity, 0]
  for (let t = from; t < market.length; t++) {
    low = Math.min(low, market.low[t]!)
    high = Math.max(high, market.high[t]!)
  }
  const height = Math.max(MIN_HEIGHT, Math.log(high / low))
  const reach = Math.exp(MAX_REACH * height)
  const beyond = Math.exp(EMPTY_REACH * height)
  const below = clusters.find(cluster => cluster.side === 'long' && cluster.low >= low / reach)?.low ?? low / beyond
  const above =
    clusters.find(cluster => cluster.side === 'short' && cluster.high <= high * reach)?.high ?? high * beyond
  const [bottom, top] = [Math.min(low, below), Math.max(high, above)]
  const margin = (top / bottom) ** MARGIN
  return { low: bottom / margin, high: top * margin }
}

/** Same maps, same view. */
function viewName(maps: readonly TaggedMap[]): string {
  const key = JSON.stringify(maps.map(({ map: { market } }) => [market.symbol, market.timeframe]))
  return `board-${createHash('sha256').update(key).digest('base64url').slice(0, 12)}`
}

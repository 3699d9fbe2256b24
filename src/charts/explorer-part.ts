/** One part of a map for the explorer: layers, axes, candles and recorded liquidations, packed. */
import type { LayeredBook } from '../liquidation/book/level-book.ts'
import { type ColumnVisitor, type GridOptions, type HeatGrid, tierGrids } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { collectOffGrid } from '../liquidation/off-grid.ts'
import type { Market } from '../market/market.ts'
import { groupCandles } from './candles.ts'
import type { ExplorerPart } from './explorer-payload.ts'
import { Packer } from './pack.ts'
import { type FloatLayer, LEVELS_PER_OCTAVE, PARTS, packLayers, TOP_LEVEL } from './pack-layers.ts'
import { candleStep, packPrices } from './pack-prices.ts'
import { recordedByCandle } from './recorded.ts'

/** A hundredth of a basis point. */
const CLOSE_STEP = 1e-6

export interface PartOptions {
  /** At most about so many candles. */
  candles: number
  /** Distance in ln(price) from the close within which clusters are looked for. */
  maxDistance: number
  compression: number
}

/**
 * @param visit called at each column, to read what the grid does not show
 * @throws OptionError naming the option of the grid that is out of range
 */
export function packPart(
  map: LiquidationMap,
  grid: GridOptions,
  { maxDistance, candles: maxCandles, compression }: PartOptions,
  visit?: ColumnVisitor,
): ExplorerPart {
  const { market } = map
  const { tiers, binWidth } = map.options
  const offGrid = collectOffGrid(map, maxDistance)
  const decay = collectDrift()
  const visitAll: ColumnVisitor = (column, books) => {
    offGrid.visit(column, books)
    decay.visit(column, books)
    visit?.(column, books)
  }
  const layers = tierGrids(map, grid, visitAll, 'map.explore')
  const frame = layers[0]!
  const { columns, rows, bars, edges } = frame
  const drift = Float64Array.from(decay.drift)
  const fullLayers = layers.flatMap((layer, tier) => scaleToFullWeight(layer, tiers[tier]!.weight))
  const offGridLayers = offGrid.tiers.flatMap(({ long, short }) => [long, short])
  const candles = groupCandles(market, bars[0]!, bars[columns - 1]!, maxCandles)
  const count = candles.time.length
  const priceStep = candleStep(candles)
  const times = columnEdges(market, bars)
  const recorded = recordedByCandle(market, candles)

  const packer = new Packer().steps(columns, k => drift[k]!)
  const { floor, filled } = packLayers(packer, fullLayers, drift)
  packer
    .steps(columns + 1, k => times[k]!)
    .steps(columns, k => Math.round(Math.log(market.close[bars[k]!]!) / CLOSE_STEP))
    .steps(count, k => candles.time[k]!)
    .integers(count, k => candles.end[k]! - candles.time[k]!)
  packPrices(packer, candles, priceStep)
  const sums = packLayers(
    packer,
    offGridLayers.map(({ usd }, i) => ({ values: Float32Array.from(usd), factor: fullLayers[i]!.factor })),
    drift,
  )
  for (const { bins } of offGridLayers) packer.steps(columns, k => bins[k]!)
  if (recorded) packer.floats(count, k => recorded.long[k]!).floats(count, k => recorded.short[k]!)
  return {
    grid: { columns, rows, low: edges[0]!, high: edges[rows]!, binsPerRow: binsPerRow(frame, binWidth) },
    levels: { floor, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL, filled },
    candles: count,
    priceStep,
    closeStep: CLOSE_STEP,
    offGrid: sums,
    ...packer.deflate(compression),
  }
}

/** Collects by column the level, in parts, of what has only decayed since the first. */
function collectDrift(): { visit: ColumnVisitor; drift: number[] } {
  const drift: number[] = []
  let octaves = 0
  let last: Pick<LayeredBook, 'scale' | 'epoch'> | undefined
  return {
    drift,
    visit(_, books) {
      // Of several parts the first: what decays otherwise changes more often.
      const { scale, epoch } = books[0]!
      // A new epoch counts its scale from 1 again; that column is stored in full.
      if (last && last.epoch === epoch && scale > 0) octaves += Math.log2(scale / last.scale)
      last = { scale, epoch }
      drift.push(Math.round(octaves * LEVELS_PER_OCTAVE * PARTS))
    },
  }
}

function scaleToFullWeight({ long, short }: HeatGrid, weight: number): FloatLayer[] {
  const factor = weight > 0 ? 1 / weight : 1
  return [long, short].map(values => ({ values, factor }))
}

/** A column shows what is known at the close of its bar, so it spans from there to the close of the next column's bar. */
function columnEdges(market: Market, bars: Int32Array): Float64Array {
  const n = bars.length
  const stride = n > 1 ? Math.max(1, Math.round((bars[n - 1]! - bars[0]!) / (n - 1))) : 1
  const close = (k: number) => market.time[bars[k]!]! + market.barMs
  return Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? close(k) : close(n - 1) + stride * market.barMs))
}

const binsPerRow = ({ edges, rows }: HeatGrid, binWidth: number): number =>
  Math.round(Math.log(edges[rows]! / edges[0]!) / rows / binWidth)

/** One part of a map for the explorer: layers, axes, candles and recorded liquidations, packed. */
import { deflateRawSync } from 'node:zlib'
import { type ColumnVisitor, type GridOptions, type HeatGrid, tierGrids } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { collectOffGrid } from '../liquidation/off-grid.ts'
import type { Market } from '../market/market.ts'
import { groupCandles } from './candles.ts'
import type { ExplorerPart } from './explorer-payload.ts'
import { type FloatLayer, LEVELS_PER_OCTAVE, quantise, TOP_LEVEL } from './quantise.ts'
import { recordedByCandle } from './recorded.ts'

const MAX_CANDLES = 2000

export interface PartOptions {
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
  { maxDistance, compression }: PartOptions,
  visit?: ColumnVisitor,
): ExplorerPart {
  const { market } = map
  const { tiers, binWidth } = map.options
  const offGrid = collectOffGrid(map, maxDistance)
  const visitBoth: ColumnVisitor = (column, books) => {
    offGrid.visit(column, books)
    visit?.(column, books)
  }
  const layers = tierGrids(map, grid, visitBoth, 'map.explore')
  const frame = layers[0]!
  const { columns, rows, bars, edges } = frame
  const fullLayers = layers.flatMap((layer, tier) => scaleToFullWeight(layer, tiers[tier]!.weight))
  const { floor, from, length, bytes } = quantise(fullLayers, columns)
  const offGridLayers = offGrid.tiers.flatMap(({ long, short }) => [long, short])
  const sums = quantise(
    offGridLayers.map(({ usd }, i) => ({ values: Float32Array.from(usd), factor: fullLayers[i]!.factor })),
    columns,
  )
  const candles = groupCandles(market, bars[0]!, bars[columns - 1]!, MAX_CANDLES)
  const recorded = recordedByCandle(market, candles)
  const packed = deflateRawSync(
    Buffer.concat([
      raw(from),
      raw(length),
      bytes,
      raw(columnEdges(market, bars)),
      raw(Float32Array.from(bars, bar => market.close[bar]!)),
      raw(candles.time),
      raw(candles.end),
      ...[candles.open, candles.high, candles.low, candles.close].map(values => raw(Float32Array.from(values))),
      raw(sums.from),
      raw(sums.length),
      sums.bytes,
      ...offGridLayers.map(({ bins }) => raw(Uint16Array.from(bins))),
      ...(recorded ? [raw(Float32Array.from(recorded.long)), raw(Float32Array.from(recorded.short))] : []),
    ]),
    { level: compression, memLevel: 9 },
  ).toString('base64')
  return {
    grid: { columns, rows, low: edges[0]!, high: edges[rows]!, binsPerRow: binsPerRow(frame, binWidth) },
    levels: { floor, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL, filled: bytes.length },
    candles: candles.time.length,
    offGrid: { floor: sums.floor, filled: sums.bytes.length },
    data: packed,
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

/** Bytes in the machine's order, which is little-endian wherever Node runs. */
function raw(values: Float64Array | Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** The unpacked map: layers of USD by tier and side, axes, closes and candles. */
import type { Candles } from '../plot/candles.ts'
import { PayloadError } from '../shared/payload.ts'
import { type FullColumn, knownBins, sumBins } from './full-column.ts'
import type { Header } from './payload.ts'

export type Side = 'long' | 'short'
export const SIDES: readonly Side[] = ['long', 'short']

/**
 * USD by cell, as one byte per filled cell. A row stores the columns from its first to its last filled cell: row r holds
 * columns `from[r]` … `to[r]` − 1 in `levels` from `start[r]` on. Most of a map is empty, so this takes a quarter of a matrix.
 */
export interface Layer {
  from: Int32Array
  to: Int32Array
  start: Int32Array
  levels: Uint8Array
  /** USD of each of the 256 levels; shared by the layers of a map. */
  usd: Float32Array
}

export interface Model {
  header: Header
  columns: number
  rows: number
  /** Epoch ms: column k spans `edges[k]`, the close of its bar, to `edges[k + 1]`. */
  edges: Float64Array
  /** Close at each column. */
  closes: Float32Array
  candles: Candles
  /** Liquidations on record by candle, USD; NaN where nothing was recorded. null: the market has no record. */
  recorded: Record<Side, Float32Array> | null
  /** ln(price) of the lower edge of row 0, and the height of a row. */
  lnLow: number
  lnRow: number
  /** Layers as if the tier held all of the notional. */
  tiers: { leverage: number; long: Layer; short: Layer; offGrid: Record<Side, OffGridNotional> }[]
  /** The columns that are known by price bin: the last one, and those that the kernel has sent. */
  fullColumns: Map<number, FullColumn>
}

/** Notional outside the rows of a layer but within the cluster rule's distance from the close. */
export interface OffGridNotional {
  /** One row: USD by column. */
  usd: Layer
  /** By column: distance in bins from the edge of the map to the outermost filled bin. */
  bins: Uint16Array
}

/** By row: the first filled column, and the number of columns from there to the last filled one. */
export interface RowExtents {
  from: Uint16Array
  length: Uint16Array
}

/**
 * Decodes a layer: levels are stored as changes from the column before.
 *
 * @param bytes those of this layer, which may be followed by others
 * @throws PayloadError for a level above `top`, and for a row that ends after the last column or the last byte
 */
export function createLayer(
  { from, length }: RowExtents,
  bytes: Uint8Array,
  columns: number,
  usd: Float32Array,
  top: number,
): Layer {
  const rows = from.length
  const layer = { from: Int32Array.from(from), to: new Int32Array(rows), start: new Int32Array(rows) }
  let total = 0
  for (let row = 0; row < rows; row++) {
    layer.start[row] = total
    layer.to[row] = from[row]! + length[row]!
    total += length[row]!
    if (layer.to[row]! > columns)
      throw new PayloadError(`a layer has ${layer.to[row]} columns in row ${row}, but "grid.columns" is ${columns}`)
  }
  if (total > bytes.length) throw new PayloadError(`a layer needs ${total} levels, but only ${bytes.length} are left`)
  const levels = new Uint8Array(total)
  for (let row = 0, at = 0; row < rows; row++) {
    let level = 0
    for (const end = at + length[row]!; at < end; at++) {
      level = (level + bytes[at]!) & 255
      if (level > top) throw new PayloadError(`a layer has the level ${level}, but "levels.top" is ${top}`)
      levels[at] = level
    }
  }
  return { ...layer, levels, usd }
}

/** Whether two maps differ in their layers only: the same axes, prices, tiers and rules. */
export function sameAxes(a: Model, b: Model): boolean {
  const frameOf = ({ header: { symbol, timeframe, barMs, grid, tiers, presets, rule } }: Model) =>
    JSON.stringify([symbol, timeframe, barMs, grid, tiers, presets, rule])
  const equal = (one: ArrayLike<number>, other: ArrayLike<number>) =>
    Array.prototype.every.call(one, (value, i) => value === other[i])
  const candleColumns = Object.keys(a.candles) as (keyof Model['candles'])[]
  return (
    frameOf(a) === frameOf(b) &&
    equal(a.edges, b.edges) &&
    equal(a.closes, b.closes) &&
    candleColumns.every(name => equal(a.candles[name], b.candles[name]))
  )
}

/** USD of one cell. */
export function cellUsd(layer: Layer, row: number, column: number): number {
  if (column < layer.from[row]! || column >= layer.to[row]!) return 0
  return layer.usd[layer.levels[layer.start[row]! + column - layer.from[row]!]!]!
}

/** USD of one cell of a tier, as if it held all of the notional: to the digit in a full column, else within 2.5 %. */
export function tierUsd(model: Model, tier: number, side: Side, row: number, column: number): number {
  const full = model.fullColumns.get(column)
  const { binsPerRow } = model.header.grid
  const bins = full && knownBins(full, Math.round(model.lnLow / full.binWidth) + row * binsPerRow, binsPerRow)
  return bins ? sumBins(full, tier, side, ...bins) : cellUsd(model.tiers[tier]![side], row, column)
}

/** The row of a price; outside the map below 0, or `rows` and above. */
export function rowAt({ lnLow, lnRow }: Model, price: number): number {
  return Math.floor((Math.log(price) - lnLow) / lnRow)
}

/** Price at the lower edge of a row, or at its middle for `row + 0.5`. */
export function priceAt({ lnLow, lnRow }: Model, row: number): number {
  return Math.exp(lnLow + row * lnRow)
}

/** The column at a moment: −1 before the first, the last one after the end. */
export function columnAt({ edges, columns }: Pick<Model, 'edges' | 'columns'>, time: number): number {
  let low = -1
  let high = columns - 1
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2)
    if (edges[middle]! <= time) low = middle
    else high = middle - 1
  }
  return low
}

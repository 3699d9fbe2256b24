/** The unpacked map: layers of USD by tier and side, axes, closes and candles. */
import type { Candles } from '../plot/candles.ts'
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

/** USD of one cell of a tier, as if it held all of the notional: to the digit in a full column, else within 3.5 %. */
export function tierUsd(model: Model, tier: number, side: Side, row: number, column: number): number {
  const bins = binsAt(model, row, column)
  return bins ? sumBins(bins.full, tier, side, ...bins.range) : cellUsd(model.tiers[tier]![side], row, column)
}

/** Whether the price bins of a cell are known; else its USD are within 3.5 %. */
export const isExact = (model: Model, row: number, column: number): boolean => binsAt(model, row, column) !== null

function binsAt(model: Model, row: number, column: number): { full: FullColumn; range: [number, number] } | null {
  const full = model.fullColumns.get(column)
  if (!full) return null
  const { binsPerRow } = model.header.grid
  const range = knownBins(full, Math.round(model.lnLow / full.binWidth) + row * binsPerRow, binsPerRow)
  return range && { full, range }
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

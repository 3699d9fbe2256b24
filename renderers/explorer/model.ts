/** An unpacked map in the browser. */
import type { Candles } from '../plot/candles.ts'
import { PayloadError } from '../shared/json.ts'
import type { Header } from './payload.ts'

export type Side = 'long' | 'short'
export const SIDES: readonly Side[] = ['long', 'short']

/**
 * USD by cell. A row keeps the stretch from its first to its last cell that is not empty: row r holds the columns
 * `from[r]` … `to[r]` − 1 at `levels[start[r]]` on. Most of a map is empty, so this is a quarter of a matrix; and a level is a
 * byte, so that a mixture of all layers reads little memory.
 */
export interface Layer {
  from: Int32Array
  to: Int32Array
  start: Int32Array
  levels: Uint8Array
  /** What each of the 256 levels is worth; layers of a map share it. */
  usd: Float32Array
}

export interface Model {
  header: Header
  columns: number
  rows: number
  /** Epoch ms: column k stands from `edges[k]`, the close of its bar, to `edges[k + 1]`. */
  edges: Float64Array
  /** Close at each column. */
  closes: Float32Array
  candles: Candles
  /** ln(price) of the lower edge of row 0, and the height of a row. */
  lnLow: number
  lnRow: number
  /** Layers as if the tier held all of the notional. */
  tiers: { leverage: number; long: Layer; short: Layer; offGrid?: Record<Side, OffGridNotional> }[]
}

/** What lies beyond the rows of a layer, but within the cluster rule's distance from the close. */
export interface OffGridNotional {
  /** USD by column, in one row. */
  usd: Layer
  /** By column how many bins it is from the edge of the map to the outermost one that holds anything. */
  bins: Uint16Array
}

/** Where the rows of a layer are filled: the first such column, and how many follow from there. */
export interface Stretches {
  from: Uint16Array
  length: Uint16Array
}

/**
 * A layer from the levels of its stretches, each the change from the column before.
 *
 * @param bytes of this layer and whatever follows
 * @throws PayloadError for a level above `top`, and a stretch that ends after the last column or the last byte
 */
export function layerFrom(
  { from, length }: Stretches,
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
  if (total > bytes.length)
    throw new PayloadError(`a layer asks for ${total} levels, but only ${bytes.length} are left`)
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

/** Whether two maps have the same axes, prices, tiers and rules, so that they differ in no more than what their layers hold. */
export function sameFrame(a: Model, b: Model): boolean {
  const frame = ({ header: { symbol, timeframe, barMs, grid, tiers, presets, rule } }: Model) =>
    JSON.stringify([symbol, timeframe, barMs, grid, tiers, presets, rule])
  const equal = (one: ArrayLike<number>, other: ArrayLike<number>) =>
    Array.prototype.every.call(one, (value, i) => value === other[i])
  const candleColumns = Object.keys(a.candles) as (keyof Model['candles'])[]
  return (
    frame(a) === frame(b) &&
    equal(a.edges, b.edges) &&
    equal(a.closes, b.closes) &&
    candleColumns.every(name => equal(a.candles[name], b.candles[name]))
  )
}

/** USD of one cell. */
export function cellOf(layer: Layer, row: number, column: number): number {
  if (column < layer.from[row]! || column >= layer.to[row]!) return 0
  return layer.usd[layer.levels[layer.start[row]! + column - layer.from[row]!]!]!
}

/** The row of a price; below 0 or `rows` and more outside of the map. */
export function rowOf({ lnLow, lnRow }: Model, price: number): number {
  return Math.floor((Math.log(price) - lnLow) / lnRow)
}

/** Price at the lower edge of a row; at its middle for `row + 0.5`. */
export function priceAt({ lnLow, lnRow }: Model, row: number): number {
  return Math.exp(lnLow + row * lnRow)
}

/** The column that stands at a moment: −1 before the first, the last one after the end. */
export function columnAt({ edges, columns }: Model, time: number): number {
  let low = -1
  let high = columns - 1
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2)
    if (edges[middle]! <= time) low = middle
    else high = middle - 1
  }
  return low
}

/** Layers added up by the weights of their tiers: what a slider changes. */
import { cellOf, type Layer, type Model, SIDES, type Side } from './model.ts'

/** Cells to work on: rows and columns from (inclusive) to (exclusive). */
export interface Window {
  rowFrom: number
  rowTo: number
  columnFrom: number
  columnTo: number
}

/**
 * USD by cell and side, `row * columns + column`; what lies outside of the last window is not to be read. Both sides may be the
 * same array: then it holds their sum.
 */
export interface Mixture {
  long: Float32Array
  short: Float32Array
}

/**
 * Writes the sum of all tiers × weights into `out`; a side that is not among `sides` is left out. Costs one
 * look-up for each cell of a layer that may be filled.
 */
export function mix(
  model: Model,
  weights: readonly number[],
  window: Window,
  out: Mixture,
  sides: readonly Side[] = SIDES,
): void {
  clear(out.long, model.columns, window)
  if (out.short !== out.long) clear(out.short, model.columns, window)
  for (const tier of model.tiers.keys()) addTier(model, tier, weights[tier]!, window, out, sides)
}

/** Adds one tier × weight to `out`. */
export function addTier(
  model: Model,
  tier: number,
  weight: number,
  window: Window,
  out: Mixture,
  sides: readonly Side[] = SIDES,
): void {
  if (weight > 0) for (const side of sides) add(model.tiers[tier]![side], weight, model.columns, window, out[side])
}

function clear(values: Float32Array, columns: number, { rowFrom, rowTo, columnFrom, columnTo }: Window): void {
  if (columnFrom === 0 && columnTo === columns) values.fill(0, rowFrom * columns, rowTo * columns)
  else for (let row = rowFrom; row < rowTo; row++) values.fill(0, row * columns + columnFrom, row * columns + columnTo)
}

function add(layer: Layer, weight: number, columns: number, window: Window, out: Float32Array): void {
  const { from, to, start, levels } = layer
  const worth = layer.usd.map(usd => weight * usd)
  for (let row = window.rowFrom; row < window.rowTo; row++) {
    const a = Math.max(from[row]!, window.columnFrom)
    const b = Math.min(to[row]!, window.columnTo)
    const shift = start[row]! - from[row]!
    const target = row * columns
    for (let column = a; column < b; column++) out[target + column]! += worth[levels[shift + column]!]!
  }
}

/** Clears the cells of each side in which fewer than `least` tiers carry `share` of its sum. The sides are separate arrays. */
export function keepConverging(
  model: Model,
  weights: readonly number[],
  window: Window,
  out: Mixture,
  least: number,
  share: number,
  counts: Uint8Array,
): void {
  const { columns } = model
  for (const side of SIDES) {
    const sums = out[side]
    for (let row = window.rowFrom; row < window.rowTo; row++)
      counts.fill(0, row * columns + window.columnFrom, row * columns + window.columnTo)
    for (const [tier, layers] of model.tiers.entries()) {
      const weight = weights[tier]!
      if (!(weight > 0)) continue
      const { from, to, start, levels, usd } = layers[side]
      const worth = usd.map(value => weight * value)
      for (let row = window.rowFrom; row < window.rowTo; row++) {
        const a = Math.max(from[row]!, window.columnFrom)
        const b = Math.min(to[row]!, window.columnTo)
        const shift = start[row]! - from[row]!
        for (let column = a; column < b; column++) {
          const value = worth[levels[shift + column]!]!
          const cell = row * columns + column
          if (value > 0 && value >= share * sums[cell]!) counts[cell]!++
        }
      }
    }
    for (let row = window.rowFrom; row < window.rowTo; row++)
      for (let cell = row * columns + window.columnFrom; cell < row * columns + window.columnTo; cell++)
        if (counts[cell]! < least) sums[cell] = 0
  }
}

/** USD of one column: all tiers, and each of them, `[tier][row]`. */
export interface Column {
  total: Float64Array
  byTier: Float64Array[]
}

/** One column of one side, from its layers: for the profile, the clusters and the pointer. */
export function columnOf(model: Model, weights: readonly number[], side: Side, column: number): Column {
  const total = new Float64Array(model.rows)
  const byTier = model.tiers.map((layers, tier) => {
    const weight = weights[tier]!
    const values = new Float64Array(model.rows)
    if (!(weight > 0)) return values
    for (let row = 0; row < model.rows; row++) {
      values[row] = weight * cellOf(layers[side], row, column)
      total[row]! += values[row]!
    }
    return values
  })
  return { total, byTier }
}

/** As many cells tell the quantile to within the 1 % that it is worth. */
const SAMPLE = 200_000

/**
 * The value that `share` of the values above 0 stay below, to within 1 %; 1 when there are none. Counts instead of
 * sorting: the upper half of a float's bits is a logarithmic scale with 128 steps to an octave.
 */
export function quantile(values: readonly Float32Array[], share: number): number {
  const counts = new Uint32Array(1 << 15)
  const all = values.reduce((sum, part) => sum + part.length, 0)
  const step = Math.max(1, Math.floor(all / SAMPLE))
  let filled = 0
  for (const part of values) {
    const bits = new Uint32Array(part.buffer, part.byteOffset, part.length)
    for (let i = 0; i < bits.length; i += step)
      if (bits[i]! > 0) {
        counts[bits[i]! >>> 16]!++
        filled++
      }
  }
  if (filled === 0) return 1
  let rest = Math.max(1, Math.round((1 - share) * filled))
  let place = counts.length - 1
  while (rest > counts[place]!) rest -= counts[place--]!
  return valueOfStep(place)
}

const float = new Float32Array(1)
const floatBits = new Uint32Array(float.buffer)

/** The upper half of the bits of a positive float: a logarithmic scale with 128 steps to an octave. */
export function stepOf(value: number): number {
  float[0] = value
  return floatBits[0]! >>> 16
}

/** The middle of the values whose bits begin with `step`. */
export function valueOfStep(step: number): number {
  floatBits[0] = (step << 16) | 0x8000
  return float[0]!
}

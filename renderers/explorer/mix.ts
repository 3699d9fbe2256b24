/** Layers added up by the weights of their tiers: what a slider changes. */
import { cellOf, type Layer, type Model, SIDES, type Side } from './model.ts'

/** Cells to work on: rows and columns from (inclusive) to (exclusive). */
export interface Window {
  rowFrom: number
  rowTo: number
  columnFrom: number
  columnTo: number
}

/** USD by cell and side, `row * columns + column`; what lies outside of the last window is not to be read. */
export interface Mixture {
  long: Float32Array
  short: Float32Array
}

export function emptyMixture({ rows, columns }: Model): Mixture {
  return { long: new Float32Array(rows * columns), short: new Float32Array(rows * columns) }
}

/**
 * Writes the sum of all tiers × weights into `out`; a side that is not among `sides` is empty. Costs one multiplication for
 * each cell of a layer that may be filled.
 */
export function mix(
  model: Model,
  weights: readonly number[],
  window: Window,
  out: Mixture,
  sides: readonly Side[] = SIDES,
): void {
  for (const side of SIDES) {
    clear(out[side], model.columns, window)
    if (!sides.includes(side)) continue
    for (const [tier, layers] of model.tiers.entries())
      if (weights[tier]! > 0) add(layers[side], weights[tier]!, model.columns, window, out[side])
  }
}

function clear(values: Float32Array, columns: number, { rowFrom, rowTo, columnFrom, columnTo }: Window): void {
  if (columnFrom === 0 && columnTo === columns) values.fill(0, rowFrom * columns, rowTo * columns)
  else for (let row = rowFrom; row < rowTo; row++) values.fill(0, row * columns + columnFrom, row * columns + columnTo)
}

function add(layer: Layer, weight: number, columns: number, window: Window, out: Float32Array): void {
  const { from, to, start, values } = layer
  for (let row = window.rowFrom; row < window.rowTo; row++) {
    const a = Math.max(from[row]!, window.columnFrom)
    const b = Math.min(to[row]!, window.columnTo)
    const shift = start[row]! - from[row]!
    const target = row * columns
    for (let column = a; column < b; column++) out[target + column]! += weight * values[shift + column]!
  }
}

/** Clears the cells of one side in which fewer than `least` tiers carry `share` of the sum. */
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
      const { from, to, start, values } = layers[side]
      for (let row = window.rowFrom; row < window.rowTo; row++) {
        const a = Math.max(from[row]!, window.columnFrom)
        const b = Math.min(to[row]!, window.columnTo)
        const shift = start[row]! - from[row]!
        for (let column = a; column < b; column++) {
          const value = weight * values[shift + column]!
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

/**
 * The value that `share` of the cells above 0 stay below, to within 1 %. Counts instead of sorting: the upper half of a
 * float's bits is a logarithmic scale with 128 steps to an octave. 1 when all cells are empty.
 */
export function quantile(mixture: Mixture, sides: readonly Side[], share: number): number {
  const counts = new Uint32Array(1 << 15)
  let filled = 0
  for (const side of sides) {
    const bits = new Uint32Array(mixture[side].buffer)
    for (let i = 0; i < bits.length; i++)
      if (bits[i]! > 0) {
        counts[bits[i]! >>> 16]!++
        filled++
      }
  }
  if (filled === 0) return 1
  let rest = Math.max(1, Math.round((1 - share) * filled))
  let step = counts.length - 1
  while (rest > counts[step]!) rest -= counts[step--]!
  return valueOfStep(step)
}

const float = new Float32Array(1)
const floatBits = new Uint32Array(float.buffer)

/** The middle of the values whose bits begin with `step`. */
export function valueOfStep(step: number): number {
  floatBits[0] = (step << 16) | 0x8000
  return float[0]!
}

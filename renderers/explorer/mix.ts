/** Adds up layers by the weights of their tiers. */
import { takesPart } from '../../src/liquidation/cluster-runs.ts'
import { type Layer, type Model, SIDES, type Side, tierUsd } from './model.ts'

/** A rectangle of cells: rows and columns from (inclusive) to (exclusive). */
export interface CellRange {
  rowFrom: number
  rowTo: number
  columnFrom: number
  columnTo: number
}

/**
 * USD by cell and side, `row * columns + column`; undefined outside the last range. Both sides may be the same array, which
 * then holds their sum.
 */
export interface Mixture {
  long: Float32Array
  short: Float32Array
}

/** Writes the sum of tiers × weights for the given sides into `out`. Costs one lookup per cell of the filled row extents. */
export function mix(
  model: Model,
  weights: readonly number[],
  range: CellRange,
  out: Mixture,
  sides: readonly Side[] = SIDES,
): void {
  clear(out.long, model.columns, range)
  if (out.short !== out.long) clear(out.short, model.columns, range)
  for (const tier of model.tiers.keys()) addTier(model, tier, weights[tier]!, range, out, sides)
}

/** Adds one tier × weight to `out`. */
export function addTier(
  model: Model,
  tier: number,
  weight: number,
  range: CellRange,
  out: Mixture,
  sides: readonly Side[] = SIDES,
): void {
  if (weight > 0) for (const side of sides) add(model.tiers[tier]![side], weight, model.columns, range, out[side])
}

function clear(values: Float32Array, columns: number, { rowFrom, rowTo, columnFrom, columnTo }: CellRange): void {
  if (columnFrom === 0 && columnTo === columns) values.fill(0, rowFrom * columns, rowTo * columns)
  else for (let row = rowFrom; row < rowTo; row++) values.fill(0, row * columns + columnFrom, row * columns + columnTo)
}

function add(layer: Layer, weight: number, columns: number, range: CellRange, out: Float32Array): void {
  const { from, to, start, levels } = layer
  const weighted = layer.usd.map(usd => weight * usd)
  for (let row = range.rowFrom; row < range.rowTo; row++) {
    const a = Math.max(from[row]!, range.columnFrom)
    const b = Math.min(to[row]!, range.columnTo)
    const shift = start[row]! - from[row]!
    const target = row * columns
    for (let column = a; column < b; column++) out[target + column]! += weighted[levels[shift + column]!]!
  }
}

/** Clears cells in which fewer than `minTiers` tiers take part, as `takesPart` says. Sides are separate arrays. */
export function clearUnconverged(
  model: Model,
  weights: readonly number[],
  range: CellRange,
  out: Mixture,
  minTiers: number,
  tierShare: number,
  counts: Uint8Array,
): void {
  const { columns } = model
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  for (const side of SIDES) {
    const sums = out[side]
    for (let row = range.rowFrom; row < range.rowTo; row++)
      counts.fill(0, row * columns + range.columnFrom, row * columns + range.columnTo)
    for (const [tier, layers] of model.tiers.entries()) {
      const weight = weights[tier]!
      if (!(weight > 0)) continue
      const { from, to, start, levels, usd } = layers[side]
      const weighted = usd.map(value => weight * value)
      const share = weight / total
      for (let row = range.rowFrom; row < range.rowTo; row++) {
        const a = Math.max(from[row]!, range.columnFrom)
        const b = Math.min(to[row]!, range.columnTo)
        const shift = start[row]! - from[row]!
        for (let column = a; column < b; column++) {
          const value = weighted[levels[shift + column]!]!
          const cell = row * columns + column
          if (takesPart(value, sums[cell]!, share, tierShare)) counts[cell]!++
        }
      }
    }
    for (let row = range.rowFrom; row < range.rowTo; row++)
      for (let cell = row * columns + range.columnFrom; cell < row * columns + range.columnTo; cell++)
        if (counts[cell]! < minTiers) sums[cell] = 0
  }
}

/** USD of one column: total by row, and `[tier][row]`. */
export interface Column {
  total: Float64Array
  byTier: Float64Array[]
}

/** Mixes one column of one side: for the profile, the clusters and the CSV. */
export function mixColumn(model: Model, weights: readonly number[], side: Side, column: number): Column {
  const total = new Float64Array(model.rows)
  const byTier = model.tiers.map((_, tier) => {
    const weight = weights[tier]!
    const values = new Float64Array(model.rows)
    if (!(weight > 0)) return values
    for (let row = 0; row < model.rows; row++) {
      values[row] = weight * tierUsd(model, tier, side, row, column)
      total[row]! += values[row]!
    }
    return values
  })
  return { total, byTier }
}

/** Enough cells for a quantile to within 1 %. */
const MAX_SAMPLE = 200_000

/**
 * Quantile of the values above 0 in a rectangle of cells, to within 1 %; 1 when there are none. A histogram of {@link floatStep}
 * instead of sorting.
 */
export function quantile(
  values: readonly Float32Array[],
  share: number,
  columns: number,
  { rowFrom, rowTo, columnFrom, columnTo }: CellRange,
): number {
  const counts = new Uint32Array(1 << 15)
  const count = values.length * Math.max(0, rowTo - rowFrom) * Math.max(0, columnTo - columnFrom)
  const step = Math.max(1, Math.floor(count / MAX_SAMPLE))
  let filled = 0
  for (const part of values) {
    const bits = new Uint32Array(part.buffer, part.byteOffset, part.length)
    let column = columnFrom
    for (let row = rowFrom; row < rowTo; row++) {
      for (; column < columnTo; column += step) {
        const value = bits[row * columns + column]!
        if (value === 0) continue
        counts[value >>> 16]!++
        filled++
      }
      // The step goes on in the next row where this one ends.
      column -= columnTo - columnFrom
    }
  }
  if (filled === 0) return 1
  let above = Math.max(1, Math.round((1 - share) * filled))
  let bin = counts.length - 1
  while (above > counts[bin]!) above -= counts[bin--]!
  return floatOfStep(bin)
}

const float = new Float32Array(1)
const floatBits = new Uint32Array(float.buffer)

/** The upper half of the bits of a positive float: a logarithmic scale with 128 steps per octave. */
export function floatStep(value: number): number {
  float[0] = value
  return floatBits[0]! >>> 16
}

/** The middle of the floats with the same {@link floatStep}. */
export function floatOfStep(step: number): number {
  floatBits[0] = (step << 16) | 0x8000
  return float[0]!
}

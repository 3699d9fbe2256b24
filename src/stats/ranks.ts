/** Ranks and rank correlations. */
import { lowerBound } from '../common/binary-search.ts'

/** Values grouped by ties: `group[i]` is the number of distinct values below value i, `groups` that of all distinct values. */
interface TieGroups {
  group: Int32Array
  groups: number
}

/** Sorts once; {@link rankSample} then ranks any sample of the values without another sort. No value may be NaN. */
export function groupTies(values: ArrayLike<number>): TieGroups {
  // Typed arrays sort several times faster without a comparison function.
  const distinct = Float64Array.from(values).sort()
  let groups = 0
  for (const value of distinct) if (groups === 0 || value > distinct[groups - 1]!) distinct[groups++] = value
  const sorted = distinct.subarray(0, groups)
  return { group: Int32Array.from(values, value => lowerBound(sorted, value)), groups }
}

/** Ranks from 1, ties at their mean (Spearman 1904), of the sample of values at `rows`, which may repeat. */
export function rankSample({ group, groups }: TieGroups, rows: Int32Array): Float64Array {
  const counts = new Int32Array(groups)
  for (let i = 0; i < rows.length; i++) counts[group[rows[i]!]!]!++
  const rank = new Float64Array(groups)
  let below = 0
  for (let g = 0; g < groups; g++) {
    rank[g] = below + (counts[g]! + 1) / 2
    below += counts[g]!
  }
  const out = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) out[i] = rank[group[rows[i]!]!]!
  return out
}

/** Ranks of all values, from 1, ties at their mean. */
export function ranks(values: ArrayLike<number>): Float64Array {
  return rankSample(
    groupTies(values),
    Int32Array.from({ length: values.length }, (_, i) => i),
  )
}

/** Pearson's correlation; NaN if one of the two does not vary. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length
  let meanX = 0
  let meanY = 0
  for (let i = 0; i < n; i++) {
    meanX += x[i]! / n
    meanY += y[i]! / n
  }
  let xx = 0
  let yy = 0
  let xy = 0
  for (let i = 0; i < n; i++) {
    const a = x[i]! - meanX
    const b = y[i]! - meanY
    xx += a * a
    yy += b * b
    xy += a * b
  }
  return xy / Math.sqrt(xx * yy)
}

/** Spearman's rank correlation. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(ranks(x), ranks(y))
}

/**
 * Rank correlation of x and y controlled for other variables: Pearson's correlation of the residuals of their ranks after a
 * linear regression on the ranks of the controls (the partial correlation of Spearman's coefficients).
 */
export function partialSpearman(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  controls: readonly ArrayLike<number>[],
): number {
  return partialSpearmanWith(y, controls)(x)
}

/** {@link partialSpearman} of one y with many x: only x is ranked at each call. */
export function partialSpearmanWith(
  y: ArrayLike<number>,
  controls: readonly ArrayLike<number>[],
): (x: ArrayLike<number>) => number {
  const correlate = partialOfRanks(ranks(y), controls.map(ranks))
  return x => correlate(ranks(x))
}

/** {@link partialSpearmanWith} of series that are already ranked. */
export function partialOfRanks(y: Float64Array, controls: readonly Float64Array[]): (x: Float64Array) => number {
  const basis: Float64Array[] = []
  for (const control of controls) {
    const vector = residual(control, basis)
    const length = Math.sqrt(dot(vector, vector))
    // A control that is a linear combination of the others adds nothing.
    if (length > 1e-9 * vector.length) basis.push(vector.map(value => value / length))
  }
  const yResidual = residual(y, basis)
  return x => pearson(residual(x, basis), yResidual)
}

/** The centred vector less its part along each of the orthonormal vectors (Gram and Schmidt). */
function residual(values: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const out = values.map(value => value - mean)
  for (const vector of basis) {
    const part = dot(out, vector)
    for (let i = 0; i < out.length; i++) out[i]! -= part * vector[i]!
  }
  return out
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

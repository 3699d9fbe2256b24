/** Ranks from 1, ties at their mean (Spearman 1904). */
export function ranks(values: ArrayLike<number>): Float64Array {
  const n = values.length
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const out = new Float64Array(n)
  for (let i = 0; i < n; ) {
    let j = i
    while (j + 1 < n && values[order[j + 1]!] === values[order[i]!]) j++
    for (let k = i; k <= j; k++) out[order[k]!] = (i + j) / 2 + 1
    i = j + 1
  }
  return out
}

/** Pearson's correlation; NaN where one of the two does not vary. */
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
 * Rank correlation of x and y beyond what the controls tell of both: Pearson's correlation of what is left of their ranks
 * after a linear regression on the ranks of the controls (the partial correlation of Spearman's coefficients).
 */
export function partialSpearman(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  controls: readonly ArrayLike<number>[],
): number {
  const basis: Float64Array[] = []
  for (const control of controls) {
    const vector = residual(ranks(control), basis)
    const length = Math.sqrt(dot(vector, vector))
    // A control that the others already tell adds nothing.
    if (length > 1e-9 * vector.length) basis.push(vector.map(value => value / length))
  }
  return pearson(residual(ranks(x), basis), residual(ranks(y), basis))
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

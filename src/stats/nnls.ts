/** Non-negative least squares. */

/** Sweeps over all coefficients; few columns converge in far fewer. */
const MAX_SWEEPS = 10_000
const TOLERANCE = 1e-10

/**
 * The x ≥ 0 that minimises ½·xᵀGx − bᵀx: least squares with non-negative coefficients, of the normal equations G = AᵀA and
 * b = Aᵀy. Cyclic coordinate descent, which converges for a convex quadratic on a box (Luo & Tseng 1992, J. Optim. Theory Appl.
 * 72, 7–35). A column of zeros gets 0.
 *
 * @param gram rows of G, symmetric
 */
export function nonNegativeLeastSquares(gram: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length
  const x = new Float64Array(n)
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let change = 0
    let size = 0
    for (let i = 0; i < n; i++) {
      const row = gram[i]!
      if (!(row[i]! > 0)) continue
      let gradient = -b[i]!
      for (let j = 0; j < n; j++) gradient += row[j]! * x[j]!
      const next = Math.max(0, x[i]! - gradient / row[i]!)
      change = Math.max(change, Math.abs(next - x[i]!) * Math.sqrt(row[i]!))
      size = Math.max(size, next * Math.sqrt(row[i]!))
      x[i] = next
    }
    if (change <= TOLERANCE * size) break
  }
  return x
}

/** The standard normal distribution, and Student's. */

/**
 * Cumulative distribution function, by the error function's series and continued fraction (Abramowitz & Stegun 7.1.5,
 * 7.1.14); relative error below 1e-12.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  const z = Math.abs(x) / Math.SQRT2
  const tail = z < 2.5 ? 1 - erfSeries(z) : erfcFraction(z)
  return x > 0 ? 1 - tail / 2 : tail / 2
}

function erfSeries(z: number): number {
  let term = z
  let sum = z
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (-z * z) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

function erfcFraction(z: number): number {
  let fraction = 0
  for (let k = 60; k > 0; k--) fraction = k / 2 / (z + fraction)
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction)
}

/** Inverse of {@link normalCdf} by bisection between −40 and 40, to its last bits. NaN outside 0…1. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN
  let low = -40
  let high = 40
  for (let i = 0; i < 100 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** 97.5 % quantiles of Student's distribution for 1 to 6 degrees of freedom, where its expansion is not exact enough. */
const FEW_DEGREES = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469]

/**
 * The 97.5 % quantile of Student's distribution: tabulated for 1 to 6 degrees of freedom, then from that of the normal one, z, by its
 * expansion in 1/ν (Abramowitz & Stegun 26.7.5), to 0.001.
 */
export function studentQuantile(degrees: number): number {
  const few = FEW_DEGREES[degrees - 1]
  if (few !== undefined) return few
  const z = 1.959963984540054
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  )
}

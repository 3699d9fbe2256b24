/** Block length of the bootstrap from the autocorrelation of a series. */

/**
 * Mean block length of the stationary bootstrap for a series (Politis and White 2004, with the correction of Patton, Politis
 * and White 2009): (2 G² / D)^⅓ · n^⅓ with G = Σ λ(k/M) |k| R(k), D = 2 (Σ λ(k/M) R(k))², λ the flat-top window and M twice
 * the lag after which K neighbouring autocorrelations are negligible. At least 1; 1 for a series that does not vary.
 *
 * @example blockLength(residuals)
 */
export function blockLength(series: Float64Array): number {
  const n = series.length
  if (n < 8) return 1
  const mean = series.reduce((sum, value) => sum + value, 0) / n
  const centred = series.map(value => value - mean)
  const autocovariance = (lag: number) => {
    let sum = 0
    for (let t = lag; t < n; t++) sum += centred[t]! * centred[t - lag]!
    return sum / n
  }
  const variance = autocovariance(0)
  if (!(variance > 0)) return 1
  const quietLags = Math.max(5, Math.ceil(Math.log10(n)))
  const maxLag = Math.ceil(Math.sqrt(n)) + quietLags
  const negligible = 2 * Math.sqrt(Math.log10(n) / n)
  const covariances = [variance]
  let quietRun = 0
  let lastSignificant = 0
  for (let lag = 1; lag <= maxLag && quietRun < quietLags; lag++) {
    const covariance = autocovariance(lag)
    covariances.push(covariance)
    if (Math.abs(covariance / variance) < negligible) quietRun++
    else {
      quietRun = 0
      lastSignificant = lag
    }
  }
  const window = Math.min(2 * Math.max(1, lastSignificant), maxLag)
  let g = 0
  let spectrum = variance
  for (let lag = 1; lag <= window; lag++) {
    const taper = Math.min(1, 2 * (1 - lag / window))
    const covariance = covariances[lag] ?? autocovariance(lag)
    g += 2 * taper * lag * covariance
    spectrum += 2 * taper * covariance
  }
  const d = 2 * spectrum * spectrum
  const maxLength = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))
  // Without measurable dependence the formula gives less than one observation.
  return Math.min(maxLength, Math.max(1, Math.cbrt((2 * g * g) / d) * Math.cbrt(n)))
}

/** Whether prices return, or go on, by themselves. */

/** The variance ratio of a market over a span of bars, with its standard error under a random walk. */
export interface VarianceRatio {
  ratio: number
  standardError: number
}

/**
 * Variance ratio of Lo and MacKinlay (1988, Review of Financial Studies 1, 41–66): the variance of returns over `span` bars, which
 * may overlap, over `span` times that of one bar. 1 for a random walk, less where prices return, more where they go on. Returns are in
 * units of σ, as the outcomes of the tests are, so that wild times do not outweigh the others.
 *
 * @param sigma volatility of a bar as known at its close; NaN before it is known
 */
export function varianceRatio(close: ArrayLike<number>, sigma: ArrayLike<number>, span: number): VarianceRatio {
  const returns: number[] = []
  for (let t = 1; t < close.length; t++)
    if (sigma[t - 1]! > 0) returns.push(Math.log(close[t]! / close[t - 1]!) / sigma[t - 1]!)
  const n = returns.length
  if (span < 2 || n < 2 * span) return { ratio: Number.NaN, standardError: Number.NaN }
  const mean = returns.reduce((sum, value) => sum + value, 0) / n
  let single = 0
  for (const value of returns) single += (value - mean) ** 2
  let long = 0
  let sum = 0
  for (let t = 0; t < n; t++) {
    sum += returns[t]! - mean
    if (t >= span) sum -= returns[t - span]! - mean
    if (t >= span - 1) long += sum ** 2
  }
  const count = span * (n - span + 1) * (1 - span / n)
  return {
    ratio: long / count / (single / (n - 1)),
    standardError: Math.sqrt((2 * (2 * span - 1) * (span - 1)) / (3 * span * n)),
  }
}

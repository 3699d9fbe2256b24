/** Descriptive statistics of lists of numbers; NaN where undefined. */

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length
}

/** Sum of squared deviations / (n − 1). */
export function variance(values: ArrayLike<number>): number {
  const average = mean(values)
  let total = 0
  for (let i = 0; i < values.length; i++) total += (values[i]! - average) ** 2
  return values.length > 1 ? total / (values.length - 1) : Number.NaN
}

/** The value below which a share of the values lies, by linear interpolation between the two nearest ranks. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(sorted.length - 1, below + 1)
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!)
}

/** Π(1 + r)^(1/n) − 1; 0 after a total loss, which makes it undefined, as in backtesting.py. */
export function geometricMean(returns: ArrayLike<number>): number {
  let logs = 0
  for (let i = 0; i < returns.length; i++) {
    if (returns[i]! <= -1) return 0
    logs += Math.log(1 + returns[i]!)
  }
  return returns.length > 0 ? Math.exp(logs / returns.length) - 1 : Number.NaN
}

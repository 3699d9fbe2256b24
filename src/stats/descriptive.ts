/** Figures of lists of numbers. All give NaN where they are not defined. */

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

/** The value below which a share of the values lies, by linear interpolation between the two next ranks. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(sorted.length - 1, below + 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}

/** Π(1 + r)^(1/n) − 1; 0 where a loss of all makes it undefined, as backtesting.py has it. */
export function geometricMean(returns: ArrayLike<number>): number {
  let logs = 0
  for (let i = 0; i < returns.length; i++) {
    if (returns[i]! <= -1) return 0
    logs += Math.log(1 + returns[i]!)
  }
  return returns.length > 0 ? Math.exp(logs / returns.length) - 1 : Number.NaN
}

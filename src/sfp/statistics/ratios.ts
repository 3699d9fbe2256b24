import { quantile, sum } from '../../stats/descriptive.ts'

/** Sum of gains / sum of losses (Σr⁺ / Σr⁻); NaN without a loss. As Omega ratio at threshold 0: Keating & Shadwick 2002. */
export function gainLoss(returns: ArrayLike<number>): number {
  let gains = 0
  let losses = 0
  for (let i = 0; i < returns.length; i++) {
    if (returns[i]! > 0) gains += returns[i]!
    else losses -= returns[i]!
  }
  return losses > 0 ? gains / losses : Number.NaN
}

/** |95th percentile / 5th percentile| of returns. */
export function tailRatio(returns: ArrayLike<number>): number {
  const low = Math.abs(quantile(returns, 0.05))
  return low > 0 ? Math.abs(quantile(returns, 0.95)) / low : Number.NaN
}

const CHANGES = new WeakMap<Float64Array, { changes: Float64Array; square: number }>()

/** ln(x[t] / x[t − 1]) of a market's prices less their mean, and the sum of their squares; computed once. */
function changesOf(prices: Float64Array): { changes: Float64Array; square: number } {
  let known = CHANGES.get(prices)
  if (!known) {
    const n = prices.length
    const changes = new Float64Array(n)
    for (let t = 1; t < n; t++) changes[t] = Math.log(prices[t]! / prices[t - 1]!)
    const average = sum(changes) / (n - 1)
    let square = 0
    for (let t = 1; t < n; t++) {
      changes[t]! -= average
      square += changes[t]! ** 2
    }
    known = { changes, square }
    CHANGES.set(prices, known)
  }
  return known
}

/**
 * Slope of the log returns of an equity curve on those of a market: cov / var. The market's are taken less their mean, so the mean
 * of the equity's drops out; and bars without a position have none.
 */
export function betaOf(equity: Float64Array, prices: Float64Array): number {
  if (equity.length < 3) return Number.NaN
  const { changes, square } = changesOf(prices)
  let product = 0
  for (let t = 1; t < equity.length; t++)
    if (equity[t] !== equity[t - 1]) product += Math.log(equity[t]! / equity[t - 1]!) * changes[t]!
  return product / square
}

/** Ratios of returns. */
import { quantile, sum } from '../../stats/descriptive.ts'

/** Sum of gains / sum of losses (Σr⁺ / Σr⁻): the Omega ratio at threshold 0 (Keating & Shadwick 2002). NaN without a loss. */
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

/** Log returns of a market's prices less their mean, and the sum of their squares; computed once. */
function cachedChanges(prices: Float64Array): { changes: Float64Array; square: number } {
  let cached = CHANGES.get(prices)
  if (!cached) {
    const n = prices.length
    const changes = new Float64Array(n)
    for (let t = 1; t < n; t++) changes[t] = Math.log(prices[t]! / prices[t - 1]!)
    const average = sum(changes) / (n - 1)
    let square = 0
    for (let t = 1; t < n; t++) {
      changes[t]! -= average
      square += changes[t]! ** 2
    }
    cached = { changes, square }
    CHANGES.set(prices, cached)
  }
  return cached
}

/**
 * Beta: slope of the log returns of an equity curve on those of a market, cov / var. The market's are centred on their mean, so the
 * mean of the equity's cancels; a bar without a position adds nothing.
 */
export function equityBeta(equity: Float64Array, prices: Float64Array): number {
  if (equity.length < 3) return Number.NaN
  const { changes, square } = cachedChanges(prices)
  let product = 0
  for (let t = 1; t < equity.length; t++)
    if (equity[t] !== equity[t - 1]) product += Math.log(equity[t]! / equity[t - 1]!) * changes[t]!
  return product / square
}

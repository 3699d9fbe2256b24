/** The volatility in which the tests measure moves. */
import type { Market } from '../market/market.ts'

/** Half-life of the weights, in bars. */
const HALF_LIFE = 48

/**
 * Volatility σ of a bar: the root of the exponentially weighted mean of squared log returns from close to close
 * (RiskMetrics 1996). The value at bar t uses bars up to t only; NaN at the first bar.
 */
export function ewmaVolatility({ close, length }: Market): Float64Array {
  const out = new Float64Array(length).fill(Number.NaN)
  const decay = 0.5 ** (1 / HALF_LIFE)
  let sum = 0
  let weight = 0
  for (let t = 1; t < length; t++) {
    const move = Math.log(close[t]! / close[t - 1]!)
    sum = decay * sum + move * move
    weight = decay * weight + 1
    out[t] = Math.sqrt(sum / weight)
  }
  return out
}

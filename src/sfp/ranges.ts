import { atr } from '../market/atr.ts'
import type { Market } from '../market/market.ts'

const CACHE = new WeakMap<Market, Map<number, Float64Array>>()

/** {@link atr} of a market, computed once for each period. Read it, don't change it. */
export function rangesOf(market: Market, period = 14): Float64Array {
  const known = CACHE.get(market) ?? new Map<number, Float64Array>()
  CACHE.set(market, known)
  let ranges = known.get(period)
  if (!ranges) {
    ranges = atr(market, period)
    known.set(period, ranges)
  }
  return ranges
}

import { atr } from '../market/atr.ts'
import type { Market } from '../market/market.ts'

const ATR_CACHE = new WeakMap<Market, Map<number, Float64Array>>()

/** {@link atr} of a market, computed once for each period. Read it, don't change it. */
export function cachedAtr(market: Market, period = 14): Float64Array {
  const known = ATR_CACHE.get(market) ?? new Map<number, Float64Array>()
  ATR_CACHE.set(market, known)
  let ranges = known.get(period)
  if (!ranges) {
    ranges = atr(market, period)
    known.set(period, ranges)
  }
  return ranges
}

const SUMS = new WeakMap<Market, Partial<Record<'close' | 'volume', Float64Array>>>()

/** Cumulative sums of a series: at t that of the bars before t. Computed once for each market. */
export function prefixSums(market: Market, field: 'close' | 'volume'): Float64Array {
  const known = SUMS.get(market) ?? {}
  SUMS.set(market, known)
  let sums = known[field]
  if (!sums) {
    const values = market[field]
    sums = new Float64Array(values.length + 1)
    for (let t = 0; t < values.length; t++) sums[t + 1] = sums[t]! + values[t]!
    known[field] = sums
  }
  return sums
}

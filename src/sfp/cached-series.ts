/** Series of a market that many variants share, computed once. Callers must not change them. */
import { atr } from '../market/atr.ts'
import { type FundingEvents, fundingEvents } from '../market/funding.ts'
import type { Market } from '../market/market.ts'

const ATR_CACHE = new WeakMap<Market, Map<number, Float64Array>>()

/** {@link atr} of a market, computed once per period. */
export function cachedAtr(market: Market, period = 14): Float64Array {
  const byPeriod = ATR_CACHE.get(market) ?? new Map<number, Float64Array>()
  ATR_CACHE.set(market, byPeriod)
  let series = byPeriod.get(period)
  if (!series) {
    series = atr(market, period)
    byPeriod.set(period, series)
  }
  return series
}

const FUNDING_CACHE = new WeakMap<Market, FundingEvents | null>()

/** {@link fundingEvents} of a market, computed once. */
export function cachedFunding(market: Market): FundingEvents | null {
  let events = FUNDING_CACHE.get(market)
  if (events === undefined) {
    events = fundingEvents(market)
    FUNDING_CACHE.set(market, events)
  }
  return events
}

const CLOSE_CACHE = new WeakMap<Market, Float64Array>()

/** When the bars of a market close (epoch ms), computed once. */
export function cachedCloseTimes(market: Market): Float64Array {
  let times = CLOSE_CACHE.get(market)
  if (!times) {
    times = market.time.map(open => open + market.barMs)
    CLOSE_CACHE.set(market, times)
  }
  return times
}

const SUM_CACHE = new WeakMap<Market, Partial<Record<'close' | 'volume', Float64Array>>>()

/** Prefix sums of a series, computed once per market: the value at t is the sum of the bars before t. */
export function prefixSums(market: Market, field: 'close' | 'volume'): Float64Array {
  const byField = SUM_CACHE.get(market) ?? {}
  SUM_CACHE.set(market, byField)
  let sums = byField[field]
  if (!sums) {
    const values = market[field]
    sums = new Float64Array(values.length + 1)
    for (let t = 0; t < values.length; t++) sums[t + 1] = sums[t]! + values[t]!
    byField[field] = sums
  }
  return sums
}

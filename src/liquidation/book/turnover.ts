/** Position flow that conserves open interest: what opens, and what share of the open positions stays. */
import { DAY } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'

/** Open interest where a market has no record of it. */
export type AssumedOpenInterest =
  /** USD, at every bar. */
  | number
  /** In multiples of the mean daily volume of the last 30 days. */
  | { readonly ofDailyVolume: number }

/** Contracts that open in each bar, and the share of those open before it that stays; see {@link turnover}. */
export interface Turnover {
  opened: Float64Array
  surviving: Float64Array
}

/**
 * Turnover of positions, bar by bar. Of the open interest Oₜ₋₁ before a bar and Oₜ after it, both known at its close, follows
 * what must have closed in it: as many contracts as opened, less the rise of open interest.
 *
 * - opened aₜ: `share` of the traded volume, at least the rise of open interest, at most the open interest of the busier side
 * - surviving: (Oₜ − bₜ)/Oₜ₋₁, from 0 to 1, where bₜ is what opened on the side on which more did
 *
 * So if each side's positions summed to at most Oₜ₋₁, they sum to at most Oₜ. Which positions close is unknown: all in
 * proportion. Both numbers depend on open interest and volume alone, not on leverage, so a map stays linear in its tiers. What the
 * bar itself liquidates closes in addition, so the sum falls short of the open interest rather than exceeding it.
 *
 * A bar without a record of open interest is taken to leave it as it was. Before the first record nothing opens.
 *
 * @param openInterest contracts open at the close of each bar
 * @param traded contracts traded in each bar
 * @param longShare the longs' share of what opens in bar t, 0…1; with 0.5 every contract has a long and a short leg
 */
export function turnover(
  openInterest: Float64Array,
  traded: (t: number) => number,
  share: number,
  longShare: (t: number) => number,
): Turnover {
  const n = openInterest.length
  const opened = new Float64Array(n)
  const surviving = new Float64Array(n).fill(1)
  let last = Number.NaN
  for (let t = 0; t < n; t++) {
    const current = Number.isNaN(openInterest[t]!) ? last : openInterest[t]!
    if (Number.isNaN(current)) continue
    const longs = longShare(t)
    const busier = 2 * Math.max(longs, 1 - longs)
    const rise = last >= 0 ? current - last : 0
    opened[t] = Math.min(Math.max(share * traded(t), rise), current / busier)
    // Within 0 and 1, as no less than the rise and no more than all has opened; but for rounding.
    if (last > 0) surviving[t] = Math.max(0, current - busier * opened[t]!) / last
    last = current
  }
  return { opened, surviving }
}

/** Days whose mean volume stands for the daily volume. */
const VOLUME_DAYS = 30

/** The assumed open interest in coins, at the close of each bar; from bars up to it only. */
export function assumedOpenInterest(market: Market, assumed: AssumedOpenInterest): Float64Array {
  const { close, volume, time, length } = market
  if (typeof assumed === 'number') return close.map(price => assumed / price)
  const coins = new Float64Array(length)
  let from = 0
  let sum = 0
  for (let t = 0; t < length; t++) {
    sum += volume[t]!
    while (time[t]! - time[from]! >= VOLUME_DAYS * DAY) sum -= volume[from++]!
    const days = (time[t]! - time[from]! + market.barMs) / DAY
    // Differences of sums can fall a rounding below 0.
    coins[t] = (assumed.ofDailyVolume * Math.max(0, sum)) / days
  }
  return coins
}

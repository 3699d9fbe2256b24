import type { Market } from '../market/market.ts'

export interface FlowOptions {
  /**
   * What tells that positions opened:
   * - `volume`: `openShare` of each side of the traded volume opened positions; none are known to close
   * - `openInterest`: a rise of open interest opened that many contracts on both sides; a fall closed outstanding ones in
   *   proportion
   *
   * Default: `openInterest` where the market has it, else `volume`.
   */
  from?: 'volume' | 'openInterest'
  /** Share of a side's volume that opens positions (from volume). Default 0.5: as many contracts open as close. */
  openShare?: number
  /**
   * How the opened notional is divided between longs and shorts: `taker` gives longs the takers' buying share (makers are
   * assumed to be hedged), `even` half each. Default: `taker` where the market has taker volume, else `even`.
   */
  split?: 'taker' | 'even'
}

export interface ResolvedFlow extends Required<FlowOptions> {}

/** New leveraged notional by bar, USD (quote currency), known at the bar's close. */
export interface PositionFlow {
  long: Float64Array
  short: Float64Array
  /** Share of the positions open before the bar that its close leaves open; 1 = none closed. */
  kept: Float64Array
  options: ResolvedFlow
}

/**
 * How much leveraged notional opened in each bar. The value at bar t depends on bars up to t only. One contract has a
 * long and a short leg, both counted: a rise of q coins, or q coins of volume that open, is 2·q·price of notional before
 * the split.
 *
 * @throws RangeError when the market lacks the series that is asked for, or an option is out of range
 */
export function positionFlow(market: Market, options: FlowOptions = {}): PositionFlow {
  const resolved = resolveFlow(market, options)
  const n = market.length
  const long = new Float64Array(n)
  const short = new Float64Array(n)
  const kept = new Float64Array(n).fill(1)
  const { high, low, close, volume, openInterest, takerBuyVolume } = market
  let lastOpenInterest = Number.NaN
  for (let t = 0; t < n; t++) {
    let openedCoins = resolved.openShare * volume[t]!
    if (resolved.from === 'openInterest') {
      openedCoins = 0
      const now = openInterest![t]!
      // A bar without a record says nothing; the next record is compared with the last one.
      if (!Number.isNaN(now)) {
        if (now > lastOpenInterest) openedCoins = now - lastOpenInterest
        else if (now < lastOpenInterest) kept[t] = now / lastOpenInterest
        lastOpenInterest = now
      }
    }
    const notional = (2 * openedCoins * (high[t]! + low[t]! + close[t]!)) / 3
    let longShare = 0.5
    if (resolved.split === 'taker' && volume[t]! > 0) {
      const share = takerBuyVolume![t]! / volume[t]!
      if (!Number.isNaN(share)) longShare = Math.min(1, share)
    }
    long[t] = notional * longShare
    short[t] = notional * (1 - longShare)
  }
  return { long, short, kept, options: resolved }
}

function resolveFlow(market: Market, options: FlowOptions): ResolvedFlow {
  const from = options.from ?? (market.openInterest ? 'openInterest' : 'volume')
  const split = options.split ?? (market.takerBuyVolume ? 'taker' : 'even')
  const openShare = options.openShare ?? 0.5
  if (from !== 'volume' && from !== 'openInterest')
    throw new RangeError(`flow.from: ${from}, but expected volume or openInterest`)
  if (split !== 'taker' && split !== 'even') throw new RangeError(`flow.split: ${split}, but expected taker or even`)
  if (!(openShare > 0 && openShare <= 1))
    throw new RangeError(`flow.openShare: ${openShare}, but expected above 0 and at most 1`)
  if (from === 'openInterest' && !market.openInterest)
    throw new RangeError(`flow.from: ${market.symbol} has no openInterest series`)
  if (split === 'taker' && !market.takerBuyVolume)
    throw new RangeError(`flow.split: ${market.symbol} has no takerBuyVolume series`)
  return { from, split, openShare }
}

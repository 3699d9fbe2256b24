import type { Market } from '../../src/market/market.ts'

/** The options that {@link replayPositions} knows, with no defaults. */
export interface SlowOptions {
  /** Liquidation price over entry price, by tier. */
  tiers: { weight: number; long: number; short: number }[]
  from: 'volume' | 'openInterest'
  openShare: number
  split: 'taker' | 'even'
  entry: 'range' | 'typical' | 'close'
  halfLifeMs: number
  binWidth: number
}

interface OpenPosition {
  side: 'long' | 'short'
  tier: number
  bin: number
  notional: number
  opened: number
}

export interface Snapshot {
  /** Notional by `side:tier:bin`. */
  levels: Map<string, number>
  consumed: { long: number; short: number }
}

/**
 * The liquidation map done the slow and obvious way: one object a position, each looked at in every bar. It shares
 * nothing with the engine but the definition in words, and stands here to be compared with it.
 */
export function replayPositions(market: Market, options: SlowOptions): Snapshot[] {
  const bin = (logPrice: number) => Math.floor(logPrice / options.binWidth)
  let positions: OpenPosition[] = []
  const snapshots: Snapshot[] = []
  for (let t = 0; t < market.length; t++) {
    const lowBin = bin(Math.log(market.low[t]!))
    const highBin = bin(Math.log(market.high[t]!))
    const consumed = { long: 0, short: 0 }
    const survivors: OpenPosition[] = []
    for (const position of positions) {
      if (t > 0) position.notional *= 0.5 ** ((market.time[t]! - market.time[t - 1]!) / options.halfLifeMs)
      const reached = position.side === 'long' ? position.bin >= lowBin : position.bin <= highBin
      if (reached) consumed[position.side] += position.notional
      else survivors.push(position)
    }
    positions = survivors

    let coins = options.openShare * market.volume[t]!
    if (options.from === 'openInterest') {
      const change = t > 0 ? market.openInterest![t]! - market.openInterest![t - 1]! : 0
      coins = Math.max(0, change)
      if (change < 0) for (const position of positions) position.notional *= 1 + change / market.openInterest![t - 1]!
    }
    const typical = (market.high[t]! + market.low[t]! + market.close[t]!) / 3
    const longShare =
      options.split === 'taker' && market.volume[t]! > 0 ? market.takerBuyVolume![t]! / market.volume[t]! : 0.5

    const entries: number[] = []
    if (options.entry === 'close') entries.push(Math.log(market.close[t]!))
    else if (options.entry === 'typical') entries.push(Math.log(typical))
    else for (let b = lowBin; b <= highBin; b++) entries.push((b + 0.5) * options.binWidth)

    for (const entry of entries) {
      for (const [tier, { weight, long, short }] of options.tiers.entries()) {
        const notional = (2 * coins * typical * weight) / entries.length
        if (notional <= 0) continue
        if (long > 0)
          positions.push({
            side: 'long',
            tier,
            bin: bin(entry + Math.log(long)),
            notional: notional * longShare,
            opened: t,
          })
        positions.push({
          side: 'short',
          tier,
          bin: bin(entry + Math.log(short)),
          notional: notional * (1 - longShare),
          opened: t,
        })
      }
    }
    const levels = new Map<string, number>()
    for (const { side, tier, bin, notional } of positions)
      levels.set(`${side}:${tier}:${bin}`, (levels.get(`${side}:${tier}:${bin}`) ?? 0) + notional)
    snapshots.push({ levels, consumed })
  }
  return snapshots
}

/** A slow reference implementation of the liquidation map. */
import type { Market } from '../../src/market/market.ts'

/** Options of {@link replayPositions}, all required. */
export interface ReplayPositionsOptions {
  /** Kinds of positions: share of the notional, and liquidation price over entry price (0 = none). */
  kinds: { tier: number; weight: number; long: number; short: number }[]
  from: { turnover: number; volume: number; openInterest: number }
  openShare: number
  split: 'taker' | 'even'
  entry: 'path' | 'range' | 'typical' | 'close'
  halfLifeMs: number
  maxAgeMs: number
  triggerDepth: number
  binWidth: number
}

interface OpenPosition {
  side: 'long' | 'short'
  tier: number
  bin: number
  /** Coins. */
  size: number
  opened: number
}

export interface Snapshot {
  /** Notional (USD at the close) by `side:tier:bin`. */
  levels: Map<string, number>
  /** Sum of notional × opening time (epoch ms) by `side:bin`. */
  openedTime: Map<string, number>
  /** Consumed notional of all levels, and the part from positions opened in the bar itself. */
  consumed: { long: number; short: number }
  sameBar: { long: number; short: number }
  /** Coins. */
  opened: number
  closed: number
  decayed: number
}

/**
 * The liquidation map in the slow and obvious way: one object per position, checked at every bar. It shares nothing with
 * the engine but the definition in words, so that the two can be compared.
 */
export function replayPositions(market: Market, options: ReplayPositionsOptions): Snapshot[] {
  const { binWidth } = options
  const bin = (price: number) => Math.floor(Math.log(price) / binWidth)
  let positions: OpenPosition[] = []
  const snapshots: Snapshot[] = []
  for (let t = 0; t < market.length; t++) {
    const consumed = { long: 0, short: 0 }
    let opened = 0
    let closed = 0
    let decayed = 0
    const survivors: OpenPosition[] = []
    const surviving = t > 0 ? 0.5 ** ((market.time[t]! - market.time[t - 1]!) / options.halfLifeMs) : 1
    const extremes = { long: Math.log(market.low[t]!), short: Math.log(market.high[t]!) }
    for (const position of positions) {
      const before = position.size
      position.size *= surviving
      decayed += before - position.size
      if (market.time[t]! - market.time[position.opened]! > options.maxAgeMs) {
        decayed += position.size
        continue
      }
      const triggered = position.size * triggeredShare(position, extremes[position.side], options)
      consumed[position.side] += triggered * market.close[t]!
      position.size -= triggered
      if (position.size > 0) survivors.push(position)
    }
    positions = survivors

    let coins = options.from.volume * options.openShare * market.volume[t]!
    if (options.from.openInterest > 0 && t > 0) {
      const change = market.openInterest![t]! - market.openInterest![t - 1]!
      coins += options.from.openInterest * Math.max(0, change)
      if (change < 0) {
        for (const position of positions) {
          const part = (-change / market.openInterest![t - 1]!) * position.size
          position.size -= part
          closed += part
        }
      }
    }
    const longShare =
      options.split === 'taker' && market.volume[t]! > 0 ? market.takerBuyVolume![t]! / market.volume[t]! : 0.5
    if (options.from.turnover > 0) {
      const change = t > 0 ? market.openInterest![t]! - market.openInterest![t - 1]! : 0
      const busier = 2 * Math.max(longShare, 1 - longShare)
      coins = Math.max(options.openShare * market.volume[t]!, change)
      coins = Math.min(coins, market.openInterest![t]! / busier)
      // What opened on the busier side replaces as many contracts of those before, or adds to them.
      const closing = Math.max(0, coins * busier - change)
      for (const position of positions) {
        const part = Math.min(1, closing / market.openInterest![t - 1]!) * position.size
        position.size -= part
        closed += part
      }
    }

    const sameBar = { long: 0, short: 0 }
    for (const { entryBin, share, laterPrices } of barEntries(market, t, options)) {
      // An entry counts as at the middle of its bin.
      const entry = Math.exp((entryBin + 0.5) * binWidth)
      for (const { tier, weight, long, short } of options.kinds) {
        const size = 2 * coins * weight * share
        for (const [side, ratio, sideShare] of [
          ['long', long, longShare],
          ['short', short, 1 - longShare],
        ] as const) {
          if (!(size * sideShare > 0 && ratio > 0)) continue
          opened += size * sideShare
          const position = { side, tier, bin: bin(entry * ratio), size: size * sideShare, opened: t }
          if (laterPrices.length > 0) {
            const triggered =
              position.size *
              triggeredShare(
                position,
                Math.log(side === 'long' ? Math.min(...laterPrices) : Math.max(...laterPrices)),
                options,
              )
            sameBar[side] += triggered * market.close[t]!
            position.size -= triggered
          }
          if (position.size > 0) positions.push(position)
        }
      }
    }
    consumed.long += sameBar.long
    consumed.short += sameBar.short
    const levels = new Map<string, number>()
    const openedTime = new Map<string, number>()
    for (const position of positions) {
      const usd = position.size * market.close[t]!
      const place = `${position.side}:${position.bin}`
      const key = `${position.side}:${position.tier}:${position.bin}`
      levels.set(key, (levels.get(key) ?? 0) + usd)
      openedTime.set(place, (openedTime.get(place) ?? 0) + usd * market.time[position.opened]!)
    }
    snapshots.push({ levels, openedTime, consumed, sameBar, opened, closed, decayed })
  }
  return snapshots
}

/** Share of a position that an extreme price triggers; the price as its logarithm. */
function triggeredShare(
  { side, bin }: OpenPosition,
  price: number,
  { binWidth, triggerDepth }: ReplayPositionsOptions,
): number {
  const sign = side === 'long' ? 1 : -1
  if (triggerDepth === 0) return sign * (bin - Math.floor(price / binWidth)) >= 0 ? 1 : 0
  const through = sign * ((bin + 0.5) * binWidth - price)
  return Math.min(1, Math.max(0, through / triggerDepth))
}

interface Entry {
  entryBin: number
  share: number
  /** Prices that the bar visits afterwards. */
  laterPrices: readonly number[]
}

/** The entries of a bar's positions. */
function barEntries(market: Market, t: number, { entry, binWidth }: ReplayPositionsOptions): Entry[] {
  const [o, h, l, c] = [market.open[t]!, market.high[t]!, market.low[t]!, market.close[t]!]
  const bin = (price: number) => Math.floor(Math.log(price) / binWidth)
  const spread = (a: number, b: number, share: number, laterPrices: readonly number[]): Entry[] => {
    const [from, to] = [bin(Math.min(a, b)), bin(Math.max(a, b))]
    const count = to - from + 1
    return Array.from({ length: count }, (_, i) => ({ entryBin: from + i, share: share / count, laterPrices }))
  }
  if (entry === 'close') return spread(c, c, 1, [])
  if (entry === 'typical') return spread((h + l + c) / 3, (h + l + c) / 3, 1, [])
  if (entry === 'range') return spread(l, h, 1, [])
  if (h === l) return spread(c, c, 1, [c])
  const highFirst = (1 + (o - c) / (h - l)) / 2
  const paths: [number, number[]][] = [
    [highFirst, [o, h, l, c]],
    [1 - highFirst, [o, l, h, c]],
  ]
  return paths.flatMap(([weight, points]) => {
    const length = (k: number) => Math.abs(Math.log(points[k + 1]! / points[k]!))
    const total = length(0) + length(1) + length(2)
    return [0, 1, 2]
      .filter(k => length(k) > 0 && weight > 0)
      .flatMap(k => spread(points[k]!, points[k + 1]!, (weight * length(k)) / total, points.slice(k + 1)))
  })
}

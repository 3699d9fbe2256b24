/** The book of observed positions: coins by side, tier and price bin. */
import { DirtyRange } from '../book/dirty-range.ts'
import type { LayeredBook, SideLevels } from '../book/level-book.ts'
import type { Side } from '../side.ts'

/** One side: coins by tier and bin, each position at its own level. */
class ObservedSide implements SideLevels {
  readonly side: Side
  readonly cohorts: readonly { tier: number; shift: number }[]
  /** Coins, number of positions, and coins × time since when the position is known, by tier and bin. */
  readonly coins: readonly Float64Array[]
  readonly #counts: readonly Int32Array[]
  readonly sinceTimes: readonly Float64Array[]
  readonly #watchers: DirtyRange[] = []

  constructor(side: Side, tierCount: number, binCount: number) {
    this.side = side
    this.cohorts = Array.from({ length: tierCount }, (_, tier) => ({ tier, shift: 0 }))
    this.coins = this.cohorts.map(() => new Float64Array(binCount))
    this.#counts = this.cohorts.map(() => new Int32Array(binCount))
    this.sinceTimes = this.cohorts.map(() => new Float64Array(binCount))
  }

  watch(): DirtyRange {
    const dirty = new DirtyRange(this.cohorts.length)
    this.#watchers.push(dirty)
    return dirty
  }

  /** Adds a position, or with `count` −1 removes it. */
  add(tier: number, index: number, coins: number, since: number, count: 1 | -1): void {
    const values = this.coins[tier]!
    const times = this.sinceTimes[tier]!
    const counts = this.#counts[tier]!
    counts[index]! += count
    // What remains after the last removal is rounding.
    values[index] = counts[index] === 0 ? 0 : Math.max(0, values[index]! + count * coins)
    times[index] = counts[index] === 0 ? 0 : Math.max(0, times[index]! + count * coins * since)
    for (const dirty of this.#watchers) dirty.markConsumed(tier, index, index)
  }

  sum(tier: number, from: number, to: number): number {
    return sumRange(this.coins[tier]!, from, to)
  }
}

function sumRange(values: Float64Array, from: number, to: number): number {
  const end = Math.min(values.length - 1, to)
  let sum = 0
  for (let i = Math.max(0, from); i <= end; i++) sum += values[i]!
  return sum
}

/** Observed positions at one moment. Stored values are coins, so the scale is the USD of a coin. */
export class ObservedBook implements LayeredBook {
  readonly firstBin: number
  readonly binCount: number
  readonly tierCount: number
  readonly long: ObservedSide
  readonly short: ObservedSide
  scale = 1
  readonly epoch = 0

  constructor(firstBin: number, binCount: number, tierCount: number) {
    this.firstBin = firstBin
    this.binCount = binCount
    this.tierCount = tierCount
    this.long = new ObservedSide('long', tierCount, binCount)
    this.short = new ObservedSide('short', tierCount, binCount)
  }

  column(side: Side, fromBin: number, out: Float64Array, tier = -1): Float64Array {
    out.fill(0)
    this.addColumn(side, fromBin, out, tier)
    return out
  }

  readColumn(side: Side, fromBin: number, out: Float64Array): number {
    return this.column(side, fromBin, out).reduce((sum, usd) => sum + usd, 0)
  }

  addColumn(side: Side, fromBin: number, out: Float64Array, tier = -1): void {
    const start = fromBin - this.firstBin
    const from = Math.max(0, -start)
    const to = Math.min(out.length, this.binCount - start)
    for (const [t, coins] of this[side].coins.entries())
      if (tier < 0 || t === tier) for (let k = from; k < to; k++) out[k]! += coins[start + k]! * this.scale
  }

  byTier(side: Side, fromBin: number, toBin: number, out = new Float64Array(this.tierCount)): Float64Array {
    out.fill(0)
    this.addByTier(side, fromBin, toBin, out)
    return out
  }

  addByTier(side: Side, fromBin: number, toBin: number, out: Float64Array): void {
    for (let tier = 0; tier < this.tierCount; tier++)
      out[tier]! += this[side].sum(tier, fromBin - this.firstBin, toBin - this.firstBin) * this.scale
  }

  openedTime(side: Side, fromBin: number, toBin: number): number {
    const [from, to] = [fromBin - this.firstBin, toBin - this.firstBin]
    return this[side].sinceTimes.reduce((sum, times) => sum + sumRange(times, from, to) * this.scale, 0)
  }
}

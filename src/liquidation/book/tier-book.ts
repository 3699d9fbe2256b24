/** A book that holds every level where it is, by tier: for levels that are not at a fixed distance from an entry. */
import type { Side } from '../side.ts'
import { DirtyRange } from './dirty-range.ts'
import type { LayeredBook, SideLevels } from './level-book.ts'

/** One side: stored values (notional / scale), and those times the time since when they are known, by tier and level index. */
export class TierSide implements SideLevels {
  readonly side: Side
  readonly cohorts: readonly { tier: number; shift: number }[]
  readonly values: readonly Float64Array[]
  readonly times: readonly Float64Array[]
  readonly #watchers: DirtyRange[] = []

  constructor(side: Side, tierCount: number, binCount: number) {
    this.side = side
    this.cohorts = Array.from({ length: tierCount }, (_, tier) => ({ tier, shift: 0 }))
    this.values = this.cohorts.map(() => new Float64Array(binCount))
    this.times = this.cohorts.map(() => new Float64Array(binCount))
  }

  watch(): DirtyRange {
    const dirty = new DirtyRange(this.cohorts.length)
    this.#watchers.push(dirty)
    return dirty
  }

  /** Tells the readers that levels of a tier have changed. */
  markChanged(tier: number, from: number, to: number): void {
    for (let w = 0; w < this.#watchers.length; w++) this.#watchers[w]!.markConsumed(tier, from, to)
  }

  sum(tier: number, from: number, to: number): number {
    return sumRange(this.values[tier]!, from, to)
  }
}

function sumRange(values: Float64Array, from: number, to: number): number {
  const end = Math.min(values.length - 1, to)
  let sum = 0
  for (let i = Math.max(0, from); i <= end; i++) sum += values[i]!
  return sum
}

export class TierBook<Levels extends TierSide = TierSide> implements LayeredBook {
  readonly firstBin: number
  readonly binCount: number
  readonly tierCount: number
  readonly long: Levels
  readonly short: Levels
  scale = 1
  epoch = 0

  constructor(
    firstBin: number,
    binCount: number,
    tierCount: number,
    Levels: new (side: Side, tierCount: number, binCount: number) => Levels,
  ) {
    this.firstBin = firstBin
    this.binCount = binCount
    this.tierCount = tierCount
    this.long = new Levels('long', tierCount, binCount)
    this.short = new Levels('short', tierCount, binCount)
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
    for (const [t, values] of this[side].values.entries())
      if (tier < 0 || t === tier) for (let k = from; k < to; k++) out[k]! += values[start + k]! * this.scale
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
    return this[side].times.reduce((sum, times) => sum + sumRange(times, from, to) * this.scale, 0)
  }
}

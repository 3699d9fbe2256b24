/** The book of observed positions: coins by side, tier and price bin. */
import { TierBook, TierSide } from '../book/tier-book.ts'
import type { Side } from '../side.ts'

/** One side: coins by tier and bin, each position at its own level. */
class ObservedSide extends TierSide {
  /** Number of positions by tier and bin. */
  readonly #counts: readonly Int32Array[]

  constructor(side: Side, tierCount: number, binCount: number) {
    super(side, tierCount, binCount)
    this.#counts = this.cohorts.map(() => new Int32Array(binCount))
  }

  /** Adds a position, or with `count` −1 removes it. */
  add(tier: number, index: number, coins: number, since: number, count: 1 | -1): void {
    const values = this.values[tier]!
    const times = this.times[tier]!
    const counts = this.#counts[tier]!
    counts[index]! += count
    // What remains after the last removal is rounding.
    values[index] = counts[index] === 0 ? 0 : Math.max(0, values[index]! + count * coins)
    times[index] = counts[index] === 0 ? 0 : Math.max(0, times[index]! + count * coins * since)
    this.markChanged(tier, index, index)
  }
}

/** Observed positions at one moment. Stored values are coins, so the scale is the USD of a coin. */
export class ObservedBook extends TierBook<ObservedSide> {
  constructor(firstBin: number, binCount: number, tierCount: number) {
    super(firstBin, binCount, tierCount, ObservedSide)
  }
}

import { ln } from '../stats/ln.ts'

/** Bins of 0.2 %. */
const WIDTH = 0.002
const HALF = 4096

/**
 * Open positions by price of liquidation, side and leverage tier, in coins: what the effects of a simulated market look at.
 * Bins count from the first price; what lies beyond a factor of 3,600 either way is of no concern and left out.
 */
export class LevelHistogram {
  readonly tiers: number
  /** By side (0 long, 1 short), bin and tier. */
  readonly #coins: Float64Array
  readonly #total: readonly [Float64Array, Float64Array]
  readonly #origin: number

  constructor(firstPrice: number, tiers: number) {
    this.tiers = tiers
    this.#origin = ln(firstPrice) / WIDTH - HALF
    this.#coins = new Float64Array(2 * 2 * HALF * tiers)
    this.#total = [new Float64Array(2 * HALF), new Float64Array(2 * HALF)]
  }

  get size(): number {
    return 2 * HALF
  }

  add(side: number, tier: number, level: number, coins: number): void {
    if (level <= 0) return
    const bin = this.binOf(level)
    if (bin < 0 || bin >= this.size) return
    const of = side > 0 ? 0 : 1
    this.#coins[(of * this.size + bin) * this.tiers + tier]! += coins
    this.#total[of]![bin]! += coins
  }

  /** Coins by bin: of longs (levels below the price) or shorts. */
  of(side: 1 | -1): Float64Array {
    return this.#total[side > 0 ? 0 : 1]
  }

  binOf(price: number): number {
    return Math.floor(ln(price) / WIDTH - this.#origin)
  }

  /** ln of a price in bins, for distances. */
  place(price: number): number {
    return ln(price) / WIDTH - this.#origin
  }

  /** Coins of one tier in the bins around `bin`. */
  around(side: 1 | -1, bin: number, reach: number, tier: number): number {
    let sum = 0
    const of = side > 0 ? 0 : this.size
    for (let b = Math.max(0, bin - reach); b <= Math.min(this.size - 1, bin + reach); b++)
      sum += this.#coins[(of + b) * this.tiers + tier]!
    return sum
  }
}

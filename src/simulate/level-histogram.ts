/** Open positions by liquidation price. */
import { ln } from '../stats/ln.ts'

/** Width of a bin in ln(price), and half the number of bins. */
const BIN_WIDTH = 0.002
const HALF_SIZE = 4096

/**
 * Coins in open positions by liquidation price, side and leverage tier, for the effects of a simulated market. The bins are
 * centred on the first price; levels beyond a factor of 3,600 of it are ignored.
 */
export class LevelHistogram {
  readonly tiers: number
  /** By side (0 long, 1 short), bin and tier. */
  readonly #coins: Float64Array
  /** By side and bin. */
  readonly #total: readonly [Float64Array, Float64Array]
  readonly #origin: number

  constructor(firstPrice: number, tiers: number) {
    this.tiers = tiers
    this.#origin = ln(firstPrice) / BIN_WIDTH - HALF_SIZE
    this.#coins = new Float64Array(2 * 2 * HALF_SIZE * tiers)
    this.#total = [new Float64Array(2 * HALF_SIZE), new Float64Array(2 * HALF_SIZE)]
  }

  get size(): number {
    return 2 * HALF_SIZE
  }

  add(side: number, tier: number, level: number, coins: number): void {
    if (level <= 0) return
    const bin = this.binOf(level)
    if (bin < 0 || bin >= this.size) return
    const sideIndex = side > 0 ? 0 : 1
    this.#coins[(sideIndex * this.size + bin) * this.tiers + tier]! += coins
    this.#total[sideIndex][bin]! += coins
  }

  /** Coins by bin, of longs (1, levels below the price) or shorts (−1). */
  column(side: 1 | -1): Float64Array {
    return this.#total[side > 0 ? 0 : 1]
  }

  binOf(price: number): number {
    return Math.floor(ln(price) / BIN_WIDTH - this.#origin)
  }

  /** Fractional bin of a price, for distances. */
  binPosition(price: number): number {
    return ln(price) / BIN_WIDTH - this.#origin
  }

  /** Coins of one tier within `reach` bins of `bin`. */
  tierCoinsAround(side: 1 | -1, bin: number, reach: number, tier: number): number {
    let sum = 0
    const offset = side > 0 ? 0 : this.size
    for (let b = Math.max(0, bin - reach); b <= Math.min(this.size - 1, bin + reach); b++)
      sum += this.#coins[(offset + b) * this.tiers + tier]!
    return sum
  }
}

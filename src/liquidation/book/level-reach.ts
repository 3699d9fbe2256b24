/** Which levels of a side a price reaches, and how much of each it consumes. */
import type { Side } from '../side.ts'

/**
 * Share of a level that a low (longs) or a high (shorts) triggers. Without a depth: all of it once the price reaches its
 * bin. With one: in proportion to how far the price goes through the middle of the bin. Levels and depths are in bins,
 * prices in ln(price)/width.
 */
export function triggeredShare(side: Side, level: number, reachedAt: number, depthBins: number): number {
  if (depthBins === 0)
    return (side === 'long' ? level >= Math.floor(reachedAt) : level <= Math.floor(reachedAt)) ? 1 : 0
  const through = side === 'long' ? level + 0.5 - reachedAt : reachedAt - level - 0.5
  return Math.min(1, Math.max(0, through / depthBins))
}

/**
 * What one price consumes on one side. The few levels of which it consumes a part are the same for all cohorts, so their
 * {@link triggeredShare}s are computed once a bar. Levels are counted from the first untouched one towards the market: level
 * `untouched + direction · k` is reached when k > 0.
 */
export class LevelReach {
  /** From an untouched level to a reached one: 1 for longs, −1 for shorts. */
  readonly direction: 1 | -1
  /**
   * The low (longs) or high (shorts), or the close, which what opened after that extreme reaches. A field, because a
   * fractional number would be boxed as an argument.
   */
  price = 0
  /** The first level, seen from the market, that the price leaves untouched. */
  untouched = 0
  /** The last level, seen from the market, of which it consumes all. */
  consumed = 0
  /** Levels k = 1 … `partial` may be consumed in part, by `shares[k − 1]`; those beyond entirely. */
  partial = 0
  readonly shares: Float64Array
  readonly #depthBins: number
  #updatedFor = Number.NaN

  constructor(side: Side, depthBins: number) {
    this.direction = side === 'long' ? 1 : -1
    this.#depthBins = depthBins
    this.shares = new Float64Array(Math.ceil(depthBins) + 3)
  }

  /** The first level, seen from the market, that {@link price} leaves untouched. */
  firstUntouched(): number {
    const { price } = this
    // `| 0` tells the compiler that levels are integers, so that loops over them need no conversion.
    if (this.#depthBins === 0) return (Math.floor(price) - this.direction) | 0
    return (this.direction === 1 ? Math.floor(price - 0.5) : Math.ceil(price - 0.5)) | 0
  }

  /** Computes what {@link price} reaches. */
  update(): void {
    const { direction, shares, price } = this
    if (price === this.#updatedFor) return
    this.#updatedFor = price
    const depth = this.#depthBins
    const untouched = this.firstUntouched()
    this.untouched = untouched
    if (depth === 0) {
      this.consumed = untouched + direction
      return
    }
    const long = direction === 1
    const consumed = (long ? Math.ceil(price + depth - 0.5) : Math.floor(price - depth - 0.5)) | 0
    this.consumed = consumed
    const partial = long ? consumed - untouched : untouched - consumed
    this.partial = partial
    for (let k = 0; k < partial; k++) {
      // As triggeredShare: a call would cost more than the division.
      const share = (long ? untouched + 1 + k + 0.5 - price : price - (untouched - 1 - k) - 0.5) / depth
      shares[k] = share > 1 ? 1 : share
    }
  }
}

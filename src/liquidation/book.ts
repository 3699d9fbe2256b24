/**
 * Notional by price bin and tier, for longs and shorts: where open positions would be force-closed.
 *
 * Price bins lie on a fixed logarithmic grid, bin = floor(ln price / width), so that no value depends on the range of
 * the data. Decay and pro-rata closing multiply everything by the same factor, so they are one number, `scale`: a bin
 * stores notional / scale. A bar costs its own adds and the bins it consumes, never a pass over the book.
 */
export class LevelBook {
  /** First bin of the arrays below. */
  readonly firstBin: number
  readonly binCount: number
  readonly tierCount: number
  readonly long: SideBook
  readonly short: SideBook
  /** Notional = stored value × scale. */
  scale = 1

  constructor(firstBin: number, binCount: number, tierCount: number) {
    this.firstBin = firstBin
    this.binCount = binCount
    this.tierCount = tierCount
    this.long = new SideBook(binCount, tierCount)
    this.short = new SideBook(binCount, tierCount)
    this.long.edge = -1
    this.short.edge = binCount
  }

  /** Leaves this share of every position, 0…1. */
  keep(share: number): void {
    this.scale *= share
    if (this.scale > RENORMALISE_BELOW) return
    this.long.multiply(this.scale)
    this.short.multiply(this.scale)
    this.scale = 1
  }

  /** Adds long notional that is liquidated in `bin`. */
  openLong(bin: number, tier: number, notional: number, time: number): void {
    const index = bin - this.firstBin
    this.long.add(index, tier, notional / this.scale, time)
    if (index > this.long.edge) this.long.edge = index
  }

  openShort(bin: number, tier: number, notional: number, time: number): void {
    const index = bin - this.firstBin
    this.short.add(index, tier, notional / this.scale, time)
    if (index < this.short.edge) this.short.edge = index
  }

  /** Force-closes the longs that a low in `lowBin` reaches (that bin and all above); returns their notional. */
  consumeLongs(lowBin: number): number {
    const to = Math.max(0, lowBin - this.firstBin)
    let sum = 0
    for (let index = this.long.edge; index >= to; index--) sum += this.long.take(index)
    if (this.long.edge >= to) this.long.edge = to - 1
    return sum * this.scale
  }

  /** Force-closes the shorts that a high in `highBin` reaches (that bin and all below); returns their notional. */
  consumeShorts(highBin: number): number {
    const to = Math.min(this.binCount - 1, highBin - this.firstBin)
    let sum = 0
    for (let index = this.short.edge; index <= to; index++) sum += this.short.take(index)
    if (this.short.edge <= to) this.short.edge = to + 1
    return sum * this.scale
  }
}

/** Far above the smallest double, so that no stored value overflows before it is rescaled. */
const RENORMALISE_BELOW = 1e-100

/** One side of the book. Values are notional / scale; index = bin − firstBin. */
export class SideBook {
  readonly tierCount: number
  /** By bin and tier: `byTier[index * tierCount + tier]`. */
  readonly byTier: Float64Array
  readonly total: Float64Array
  /** Sum of notional × opening time, for the mean age of a bin. */
  readonly birth: Float64Array
  /** No bin beyond this index, towards the price, holds anything: the highest for longs, the lowest for shorts. */
  edge = 0

  constructor(binCount: number, tierCount: number) {
    this.tierCount = tierCount
    this.byTier = new Float64Array(binCount * tierCount)
    this.total = new Float64Array(binCount)
    this.birth = new Float64Array(binCount)
  }

  add(index: number, tier: number, value: number, time: number): void {
    this.byTier[index * this.tierCount + tier]! += value
    this.total[index]! += value
    this.birth[index]! += value * time
  }

  /** Empties a bin and returns what it held. */
  take(index: number): number {
    const value = this.total[index]!
    if (value === 0) return 0
    this.total[index] = 0
    this.birth[index] = 0
    this.byTier.fill(0, index * this.tierCount, (index + 1) * this.tierCount)
    return value
  }

  multiply(factor: number): void {
    for (const values of [this.byTier, this.total, this.birth])
      for (let i = 0; i < values.length; i++) values[i]! *= factor
  }
}

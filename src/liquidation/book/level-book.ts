import type { Side } from '../margin/liquidation-price.ts'
import { LevelTotals } from './level-totals.ts'
import { type BookFeatures, type Cohort, ROUNDING, SideBook } from './side-book.ts'

/** What can be asked of a book, or of several together. Levels are addressed by price bin. */
export interface BookView {
  readonly tierCount: number
  /**
   * Notional (USD) of a side in `out.length` level bins from `fromBin` on; all tiers, or one of them.
   * @returns `out`
   */
  column(side: Side, fromBin: number, out: Float64Array, tier?: number): Float64Array
  /** Notional (USD) of a side by tier in the level bins `fromBin` … `toBin`. */
  byTier(side: Side, fromBin: number, toBin: number): Float64Array
  /** Sum of notional × opening time (USD · ms) of a side in the level bins `fromBin` … `toBin`; for books with ages. */
  openedTime(side: Side, fromBin: number, toBin: number): number
}

/** Far above the smallest double, so that no stored value overflows before it is rescaled. */
const RENORMALISE_BELOW = 1e-100

/** Where open positions would be force-closed, as known at one moment. */
export class LevelBook implements BookView {
  /** Bin of index 0. */
  readonly firstBin: number
  readonly binCount: number
  readonly tierCount: number
  readonly long: SideBook
  readonly short: SideBook
  /** The sum of all atoms by level and side, from the first time it is asked for. */
  readonly #totals: Record<Side, LevelTotals | null> = { long: null, short: null }
  /** Notional = stored value × scale. */
  scale = 1
  /** Rises whenever the stored values were multiplied. */
  epoch = 0

  constructor(
    firstBin: number,
    binCount: number,
    tierCount: number,
    atoms: { long: readonly Cohort[]; short: readonly Cohort[] },
    features: BookFeatures = { ages: false, expires: false },
  ) {
    this.firstBin = firstBin
    this.binCount = binCount
    this.tierCount = tierCount
    this.long = new SideBook('long', atoms.long, binCount, features)
    this.short = new SideBook('short', atoms.short, binCount, features)
  }

  /**
   * Adds `longs` and `shorts` (USD) to the entry indices from `from` on, as many as `count`. One USD counts as the side's factor. See
   * {@link SideBook.consumeOpened} for what the bar's own path liquidates of it.
   */
  open(
    from: number,
    count: number,
    longs: Float64Array,
    shorts: Float64Array,
    longFactor: number,
    shortFactor: number,
    time: number,
  ): void {
    const { long, short } = this
    const { opened: openedLongs } = long
    const { opened: openedShorts } = short
    for (let k = 0; k < count; k++) {
      openedLongs[from + k]! += longs[k]! * longFactor
      openedShorts[from + k]! += shorts[k]! * shortFactor
    }
    if (long.openedTime) long.openTimes(from, count, longs, longFactor * time)
    if (short.openedTime) short.openTimes(from, count, shorts, shortFactor * time)
    long.markOpened(from, from + count - 1)
    short.markOpened(from, from + count - 1)
  }

  /** Leaves this share of every position, 0…1. */
  scaleBy(share: number): void {
    this.scale *= share
    if (this.scale > RENORMALISE_BELOW) return
    this.long.multiply(this.scale)
    this.short.multiply(this.scale)
    this.scale = 1
    this.epoch++
  }

  column(side: Side, fromBin: number, out: Float64Array, tier = -1): Float64Array {
    out.fill(0)
    this.addColumn(side, fromBin, out, tier)
    return out
  }

  /** Adds {@link column} to what `out` holds. */
  addColumn(side: Side, fromBin: number, out: Float64Array, tier = -1): void {
    const book = side === 'long' ? this.long : this.short
    const start = fromBin - this.firstBin
    if (tier < 0) {
      this.#totals[side] ??= new LevelTotals(book)
      this.#totals[side].add(start, out, this.scale, this.epoch)
      return
    }
    for (let a = 0; a < book.cohorts.length; a++) {
      const atom = book.cohorts[a]!
      if (atom.tier !== tier) continue
      addDifference(out, book.opened, book.consumed[a]!, start - atom.shift, atom.weight * this.scale)
    }
  }

  byTier(side: Side, fromBin: number, toBin: number): Float64Array {
    const out = new Float64Array(this.tierCount)
    this.addByTier(side, fromBin, toBin, out)
    return out
  }

  /** Adds {@link byTier} to what `out` holds. */
  addByTier(side: Side, fromBin: number, toBin: number, out: Float64Array): void {
    const book = side === 'long' ? this.long : this.short
    for (let a = 0; a < book.cohorts.length; a++)
      out[book.cohorts[a]!.tier]! += book.sum(a, fromBin - this.firstBin, toBin - this.firstBin) * this.scale
  }

  openedTime(side: Side, fromBin: number, toBin: number): number {
    const book = side === 'long' ? this.long : this.short
    if (!book.openedTime) throw new Error('This book was made without ages')
    const out = new Float64Array(toBin - fromBin + 1)
    for (let a = 0; a < book.cohorts.length; a++) {
      const { shift, weight } = book.cohorts[a]!
      addDifference(out, book.openedTime, book.consumedTime[a]!, fromBin - this.firstBin - shift, weight * this.scale)
    }
    return out.reduce((sum, value) => sum + value, 0)
  }
}

/** out[k] += factor · (all[start + k] − gone[start + k]), as far as the arrays reach and but for rounding. */
function addDifference(out: Float64Array, all: Float64Array, gone: Float64Array, start: number, factor: number): void {
  const from = Math.max(0, -start)
  const to = Math.min(out.length, all.length - start)
  for (let k = from; k < to; k++) {
    const left = all[start + k]! - gone[start + k]!
    if (left > ROUNDING * all[start + k]!) out[k]! += factor * left
  }
}

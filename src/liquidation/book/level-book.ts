/** The level book: notional of both sides by liquidation level. */
import type { Side } from '../side.ts'
import type { DirtyRange } from './dirty-range.ts'
import { LevelTotals } from './level-totals.ts'
import { type BookFeatures, type Cohort, ROUNDING, SideBook } from './side-book.ts'

/** Read access to a book, or to the sum of several. Levels are addressed by price bin. */
export interface BookView {
  readonly tierCount: number
  /**
   * Notional (USD) of a side in `out.length` level bins from `fromBin` on; all tiers, or one of them.
   * @returns `out`
   */
  column(side: Side, fromBin: number, out: Float64Array, tier?: number): Float64Array
  /** {@link column} of all tiers into `out`. @returns its sum, added up from the first bin to the last */
  readColumn(side: Side, fromBin: number, out: Float64Array): number
  /** Notional (USD) of a side by tier in the level bins `fromBin` … `toBin`. @returns `out` */
  byTier(side: Side, fromBin: number, toBin: number, out?: Float64Array): Float64Array
  /** Sum of notional × opening time (USD · ms) of a side in the level bins `fromBin` … `toBin`; only for books with ages. */
  openedTime(side: Side, fromBin: number, toBin: number): number
}

/** One side of a book, as a grid samples it. Levels and entries are indices: bin − `LayeredBook.firstBin`. */
export interface SideLevels {
  readonly side: Side
  /** Layers of the side; `shift` is the number of bins from an entry index to its level. */
  readonly cohorts: readonly Pick<Cohort, 'tier' | 'shift'>[]
  /** Starts tracking modifications for one reader. */
  watch(): DirtyRange
  /** Stored value (notional / scale) of one cohort at the level indices `from` … `to`. */
  sum(cohort: number, from: number, to: number): number
}

/** A book whose levels are stored by cohort, times one scale: what grids and sums of maps read. */
export interface LayeredBook extends BookView {
  /** Bin of index 0. */
  readonly firstBin: number
  readonly binCount: number
  readonly long: SideLevels
  readonly short: SideLevels
  /** Notional = stored value × scale. */
  readonly scale: number
  /** Rises whenever all stored values change at once. */
  readonly epoch: number
  /** Adds {@link BookView.column} to `out`. */
  addColumn(side: Side, fromBin: number, out: Float64Array, tier?: number): void
  /** Adds {@link BookView.byTier} to `out`. */
  addByTier(side: Side, fromBin: number, toBin: number, out: Float64Array): void
}

/** Far above the smallest double, so that no stored value overflows before it is renormalised. */
const RENORMALISE_BELOW = 1e-100

/** Where open positions would be force-closed, as known at one moment. */
export class LevelBook implements LayeredBook {
  readonly firstBin: number
  readonly binCount: number
  readonly tierCount: number
  readonly long: SideBook
  readonly short: SideBook
  /** Sums of all cohorts by level, created at the first read of a side. */
  readonly #totals: Record<Side, LevelTotals | null> = { long: null, short: null }
  scale = 1
  /** Rises whenever the stored values are renormalised. */
  epoch = 0

  constructor(
    firstBin: number,
    binCount: number,
    tierCount: number,
    cohorts: { long: readonly Cohort[]; short: readonly Cohort[] },
    features: BookFeatures = { ages: false, expires: false },
  ) {
    this.firstBin = firstBin
    this.binCount = binCount
    this.tierCount = tierCount
    this.long = new SideBook('long', cohorts.long, binCount, features)
    this.short = new SideBook('short', cohorts.short, binCount, features)
  }

  /**
   * Adds `longs` and `shorts` (USD) to `count` entry indices from `from` on. One USD is stored as the side's factor. See
   * {@link SideBook.consumeOpened} for the part that the bar's own path liquidates.
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
    long.openTimes(from, count, longs, longFactor * time)
    short.openTimes(from, count, shorts, shortFactor * time)
    long.markOpened(from, from + count - 1)
    short.markOpened(from, from + count - 1)
  }

  /** Multiplies the notional of every position: by the share that stays open, or by the change of a contract's value. */
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

  readColumn(side: Side, fromBin: number, out: Float64Array): number {
    return this.#totalsOf(side).read(fromBin - this.firstBin, out, this.scale, this.epoch)
  }

  addColumn(side: Side, fromBin: number, out: Float64Array, tier = -1): void {
    const book = side === 'long' ? this.long : this.short
    const start = fromBin - this.firstBin
    if (tier < 0) {
      this.#totalsOf(side).add(start, out, this.scale, this.epoch)
      return
    }
    for (let c = 0; c < book.cohorts.length; c++) {
      const cohort = book.cohorts[c]!
      if (cohort.tier !== tier) continue
      addRemaining(out, book.opened, book.consumed[c]!, start - cohort.shift, cohort.weight * this.scale)
    }
  }

  #totalsOf(side: Side): LevelTotals {
    let totals = this.#totals[side]
    if (!totals) {
      totals = new LevelTotals(side === 'long' ? this.long : this.short)
      this.#totals[side] = totals
    }
    return totals
  }

  byTier(side: Side, fromBin: number, toBin: number, out = new Float64Array(this.tierCount)): Float64Array {
    out.fill(0)
    this.addByTier(side, fromBin, toBin, out)
    return out
  }

  addByTier(side: Side, fromBin: number, toBin: number, out: Float64Array): void {
    const book = side === 'long' ? this.long : this.short
    const totals = this.#totals[side]
    const from = fromBin - this.firstBin
    const to = toBin - this.firstBin
    for (let c = 0; c < book.cohorts.length; c++) {
      const sum = totals ? totals.sum(c, from, to, this.epoch) : book.sum(c, from, to)
      out[book.cohorts[c]!.tier]! += sum * this.scale
    }
  }

  openedTime(side: Side, fromBin: number, toBin: number): number {
    const book = side === 'long' ? this.long : this.short
    if (!book.openedTime) throw new Error('This book was made without ages')
    const out = new Float64Array(toBin - fromBin + 1)
    for (let c = 0; c < book.cohorts.length; c++) {
      const { shift, weight } = book.cohorts[c]!
      addRemaining(out, book.openedTime, book.consumedTime[c]!, fromBin - this.firstBin - shift, weight * this.scale)
    }
    return out.reduce((sum, value) => sum + value, 0)
  }
}

/** out[k] += factor · (opened[start + k] − consumed[start + k]), within the arrays; remainders of rounding count as 0. */
function addRemaining(
  out: Float64Array,
  opened: Float64Array,
  consumed: Float64Array,
  start: number,
  factor: number,
): void {
  const from = Math.max(0, -start)
  const to = Math.min(out.length, opened.length - start)
  for (let k = from; k < to; k++) {
    const remaining = opened[start + k]! - consumed[start + k]!
    if (remaining > ROUNDING * opened[start + k]!) out[k]! += factor * remaining
  }
}

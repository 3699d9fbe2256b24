/** One side of the level book: open positions by entry price and cohort. */
import type { Side } from '../side.ts'
import type { BarEntries } from './bar-entries.ts'
import { DirtyRange } from './dirty-range.ts'
import { LevelReach } from './level-reach.ts'

/** Positions of one tier, size and added margin: all are liquidated at the same distance from their entry. */
export interface Cohort {
  tier: number
  /** Share of the opened notional. */
  weight: number
  /** Bins from the entry to the liquidation: negative for longs, positive for shorts. */
  shift: number
}

export interface BookFeatures {
  /** Keep sums of opening times, for `LevelBook.openedTime`. */
  ages: boolean
  /** Keep what {@link SideBook.expire} needs. */
  expires: boolean
  /** Bins that the price must go through a level to consume all of it. Default 0: it suffices to reach its bin. */
  depthBins?: number
}

/**
 * A remainder below this share of all that was ever opened in a bin is rounding of sums and differences, and counts as 0.
 * The order in which a path's segments are added and consumed varies.
 */
export const ROUNDING = 1e-13

/**
 * One side's open positions by entry price, from which every tier's levels follow.
 *
 * All positions that open at a price are liquidated at fixed distances from it. So the book keeps ONE histogram of
 * entries, `opened`, and for each cohort that histogram as it was when a level was last consumed, `consumed`. The notional
 * that would be liquidated for a cohort at the entry bin e is weight · (opened[e] − consumed[e]) · scale. Opening positions
 * costs one addition per bin, whatever the number of tiers; consuming costs one copy per bin.
 *
 * Decay and pro-rata closing multiply everything by the same factor, which is the one number `scale`: the arrays hold
 * notional / scale.
 */
export class SideBook {
  readonly side: Side
  /** Nearest to the entry first. */
  readonly cohorts: readonly Cohort[]
  /** By entry index: bin − firstBin. */
  readonly opened: Float64Array
  readonly consumed: readonly Float64Array[]
  /** Sums of notional × opening time, like the two above; empty without the feature `ages`. */
  readonly openedTime: Float64Array | null
  readonly consumedTime: readonly Float64Array[]
  /** Only with a maximum age: live additions by entry index, and for each cohort the bar that last consumed an index. */
  readonly additions: Int32Array | null
  readonly consumedAt: readonly Int32Array[]
  /** For each cohort the entry index nearest to liquidation that may hold notional: the highest for longs, the lowest for shorts. */
  readonly frontier: Int32Array
  /** Shift of the cohort whose levels lie nearest to their entries. */
  readonly #nearestShift: number
  /** Entry indices from {@link markOpened} that {@link frontier} does not include yet; −1 = none. */
  #openedFrom: number
  #openedTo = -1
  /**
   * Low (longs) or high (shorts) of the bar that {@link consume} is called for, as ln(price)/width less the first bin. A
   * field, because a fractional number would be boxed as an argument.
   */
  reachedAt = 0
  readonly #depthBins: number
  /** What the low (longs) or high (shorts) of a bar reaches, and its close. */
  readonly #atExtreme: LevelReach
  readonly #atClose: LevelReach
  #whole = new Float64Array(64)
  /** {@link consumed} of all cohorts, one after the other. */
  readonly #consumed: Float64Array
  /** Bins between an entry and its nearest liquidation. */
  readonly minDistance: number
  /** {@link cohorts} by property, as typed arrays. */
  readonly shifts: Int32Array
  readonly weights: Float64Array
  readonly #tiers: Int32Array
  readonly #watchers: DirtyRange[] = []

  constructor(
    side: Side,
    cohorts: readonly Cohort[],
    binCount: number,
    { ages, expires, depthBins = 0 }: BookFeatures,
  ) {
    this.#depthBins = depthBins
    this.#atExtreme = new LevelReach(side, depthBins)
    this.#atClose = new LevelReach(side, depthBins)
    this.shifts = Int32Array.from(cohorts, cohort => cohort.shift)
    this.weights = Float64Array.from(cohorts, cohort => cohort.weight)
    this.#tiers = Int32Array.from(cohorts, cohort => cohort.tier)
    this.#nearestShift = side === 'long' ? Math.max(-binCount, ...this.shifts) : Math.min(binCount, ...this.shifts)
    this.minDistance = Math.abs(this.#nearestShift)
    this.side = side
    this.#openedFrom = binCount
    this.cohorts = cohorts
    this.opened = new Float64Array(binCount)
    const all = new Float64Array(cohorts.length * binCount)
    this.#consumed = all
    this.consumed = cohorts.map((_, c) => all.subarray(c * binCount, (c + 1) * binCount))
    this.openedTime = ages ? new Float64Array(binCount) : null
    this.consumedTime = ages ? cohorts.map(() => new Float64Array(binCount)) : []
    this.additions = expires ? new Int32Array(binCount) : null
    this.consumedAt = expires ? cohorts.map(() => new Int32Array(binCount).fill(-1)) : []
    this.frontier = new Int32Array(cohorts.length).fill(side === 'long' ? -1 : binCount)
  }

  /** Starts tracking modifications for one reader. */
  watch(): DirtyRange {
    const dirty = new DirtyRange(this.shifts.length)
    this.#watchers.push(dirty)
    return dirty
  }

  /** Notional / scale of a cohort at an entry index, before its weight. */
  remaining(cohort: number, index: number): number {
    const remaining = this.opened[index]! - this.#consumed[cohort * this.opened.length + index]!
    return remaining > ROUNDING * this.opened[index]! ? remaining : 0
  }

  #markConsumed(cohort: number, from: number, to: number): void {
    for (let w = 0; w < this.#watchers.length; w++) this.#watchers[w]!.markConsumed(cohort, from, to)
  }

  /** Adds the opening times of what `LevelBook.open` adds. */
  openTimes(from: number, count: number, values: Float64Array, factor: number): void {
    const { openedTime } = this
    if (openedTime) for (let k = 0; k < count; k++) openedTime[from + k]! += values[k]! * factor
  }

  /** Records that positions opened at the entry indices `from` … `to`. */
  markOpened(from: number, to: number): void {
    const { additions } = this
    if (additions) for (let i = from; i <= to; i++) additions[i]!++
    if (from < this.#openedFrom) this.#openedFrom = from
    if (to > this.#openedTo) this.#openedTo = to
    for (let w = 0; w < this.#watchers.length; w++) this.#watchers[w]!.markOpened(from, to)
  }

  /** Extends {@link frontier} by the newly opened indices. Most bars do not need it. */
  #flushOpened(): void {
    const { frontier } = this
    const from = this.#openedFrom
    const to = this.#openedTo
    if (to < 0) return
    this.#openedFrom = this.opened.length
    this.#openedTo = -1
    if (this.side === 'long') {
      for (let c = 0; c < frontier.length; c++) if (frontier[c]! < to) frontier[c] = to
    } else {
      for (let c = 0; c < frontier.length; c++) if (frontier[c]! > from) frontier[c] = from
    }
  }

  /**
   * Force-closes the positions a bar has just opened along its path that the rest of the path reaches: the extreme reaches
   * what opened before it, the close reaches all.
   *
   * @param total the bar's {@link BarEntries.total}
   * @param factor stored value of one USD of both sides: this side's share / scale
   * @param byTier receives the consumed notional / scale
   */
  consumeOpened(
    entries: BarEntries,
    total: Float64Array,
    firstBin: number,
    factor: number,
    time: number,
    byTier: Float64Array | null,
  ): void {
    const { shifts, opened } = this
    const extreme = this.#atExtreme
    const close = this.#atClose
    const { direction } = extreme
    const long = direction === 1
    const from = entries.first - firstBin
    const lastIndex = entries.last - entries.first
    extreme.price = (long ? entries.lowAt : entries.highAt) - firstBin
    const untouched = extreme.firstUntouched() - from
    const start = long ? Math.max(0, untouched + 1 - this.#nearestShift) : 0
    const end = long ? lastIndex : Math.min(lastIndex, untouched - 1 - this.#nearestShift)
    if (start > end) return
    close.price = entries.closeAt - firstBin
    extreme.update()
    close.update()
    const before = entries.openedBeforeExtreme(this.side, start, end)
    const whole = this.#storedWhole(before, total, start, end, factor)
    const consumed = this.#consumed
    const { shares, partial } = extreme
    const { shares: closeShares, partial: closePartial } = close
    const untouchedAtClose = close.untouched - from
    for (let c = 0; c < shifts.length; c++) {
      const shift = shifts[c]!
      const first = long ? Math.max(0, untouched + 1 - shift) : 0
      const last = long ? lastIndex : Math.min(lastIndex, untouched - 1 - shift)
      // The cohorts that follow are farther away still.
      if (first > last) break
      const consumedTime = this.consumedTime[c]
      const offset = c * opened.length + from
      let sum = 0
      for (let i = first; i <= last; i++) {
        let part = whole[i]!
        const byClose = Math.imul(direction, i + shift - untouchedAtClose)
        if (byClose <= closePartial) {
          const byExtreme = Math.imul(direction, i + shift - untouched)
          let usd = before[i]! * (byExtreme > partial ? 1 : shares[byExtreme - 1]!)
          if (byClose > 0) usd += (total[i]! - before[i]!) * closeShares[byClose - 1]!
          part = usd * factor
        }
        consumed[offset + i]! += part
        if (consumedTime) consumedTime[from + i]! += part * time
        sum += part
      }
      if (byTier) byTier[this.#tiers[c]!]! += this.weights[c]! * sum
    }
  }

  /** Stored values of what the close consumes entirely, by index of the bar's bins. The next call reuses the array. */
  #storedWhole(before: Float64Array, total: Float64Array, start: number, end: number, factor: number): Float64Array {
    if (this.#whole.length <= end) this.#whole = new Float64Array(2 * end)
    const whole = this.#whole
    if (this.#depthBins === 0) for (let i = start; i <= end; i++) whole[i] = total[i]! * factor
    else for (let i = start; i <= end; i++) whole[i] = (before[i]! + (total[i]! - before[i]!)) * factor
    return whole
  }

  /**
   * Force-closes what the low (longs) or high (shorts) of bar `bar` reaches, {@link reachedAt}. Without a depth that
   * consumes the level bin of that price and all nearer to the market; with one, the {@link triggeredShare} of each level.
   * Adds the consumed notional / scale to `byTier`, unless it is null.
   */
  consume(byTier: Float64Array | null, bar: number): void {
    const { shifts, frontier } = this
    const extreme = this.#atExtreme
    extreme.price = this.reachedAt
    const long = extreme.direction === 1
    const untouched = extreme.firstUntouched()
    // The first cohort's levels are the nearest to the market: positions open in all cohorts at once, and all lose what is reached.
    if (
      long
        ? Math.max(frontier[0]!, this.#openedTo) + shifts[0]! <= untouched
        : Math.min(frontier[0]!, this.#openedFrom) + shifts[0]! >= untouched
    )
      return
    this.#flushOpened()
    extreme.update()
    for (let c = 0; c < shifts.length; c++) {
      const shift = shifts[c]!
      const start = frontier[c]!
      if (long ? start + shift <= untouched : start + shift >= untouched) break
      this.#consumeCohort(c, start, byTier, bar)
    }
  }

  /** Consumes what {@link #atExtreme} reaches of a cohort's entries from index `start` on. */
  #consumeCohort(c: number, start: number, byTier: Float64Array | null, bar: number): void {
    const { opened, openedTime, frontier } = this
    const { direction, untouched, consumed: lastConsumed, shares } = this.#atExtreme
    const long = direction === 1
    const shift = this.shifts[c]!
    const consumed = this.#consumed
    const offset = c * opened.length
    const end = long ? Math.max(0, lastConsumed - shift) : Math.min(opened.length - 1, lastConsumed - shift)
    let from = long ? end : start
    let to = long ? start : end
    let sum = 0
    if (byTier) for (let i = from; i <= to; i++) sum += this.remaining(c, i)
    for (let i = from; i <= to; i++) consumed[offset + i] = opened[i]!
    if (openedTime && from <= to) this.consumedTime[c]!.set(openedTime.subarray(from, to + 1), from)
    if (this.additions && from <= to) this.consumedAt[c]!.fill(bar, from, to + 1)
    if (this.#depthBins > 0) {
      const first = long ? Math.max(0, untouched - shift + 1) : Math.max(end + 1, start)
      const last = long ? Math.min(end - 1, start) : Math.min(opened.length - 1, untouched - shift - 1)
      for (let i = first; i <= last; i++) {
        const share = shares[Math.imul(direction, i + shift - untouched) - 1]!
        const part = share * this.remaining(c, i)
        consumed[offset + i]! += part
        if (openedTime) this.#consumeTime(c, i, share)
        sum += part
      }
      from = Math.min(from, first)
      to = Math.max(to, last)
    }
    if (long ? start >= end : start <= end) frontier[c] = long ? end - 1 : end + 1
    this.#markConsumed(c, from, to)
    if (byTier) byTier[this.#tiers[c]!]! += this.weights[c]! * sum
  }

  #consumeTime(cohort: number, index: number, share: number): void {
    const consumedTime = this.consumedTime[cohort]!
    consumedTime[index]! += share * (this.openedTime![index]! - consumedTime[index]!)
  }

  /**
   * Removes what `LevelBook.open` added in bar `bar`. `consumedAtOpening(cohort, index)` is the part that
   * {@link consumeOpened} consumed; it counts where nothing has consumed that index since.
   */
  expire(
    from: number,
    values: Float64Array,
    count: number,
    factor: number,
    time: number,
    bar: number,
    consumedAtOpening: (cohort: number, index: number) => number,
  ): void {
    const { opened, openedTime, additions } = this
    if (!additions) throw new Error('This book was made without a maximum age')
    for (let c = 0; c < this.shifts.length; c++) this.#markConsumed(c, from, from + count - 1)
    for (let k = 0; k < count; k++) {
      const i = from + k
      const value = values[k]! * factor
      opened[i]! -= value
      if (openedTime) openedTime[i]! -= value * time
      const last = --additions[i]! === 0
      for (let c = 0; c < this.shifts.length; c++) {
        const consumed = this.consumed[c]!
        const consumedTime = this.consumedTime[c]
        const expired = this.consumedAt[c]![i]! > bar ? value : consumedAtOpening(c, i)
        consumed[i]! -= expired
        if (consumedTime) consumedTime[i]! -= expired * time
        // What remains after the last addition is rounding.
        if (last) consumed[i] = opened[i]!
        if (last && openedTime && consumedTime) consumedTime[i] = openedTime[i]!
      }
    }
  }

  /** Notional / scale of one cohort at the level indices `from` … `to`. */
  sum(cohort: number, from: number, to: number): number {
    const { shift, weight } = this.cohorts[cohort]!
    const end = Math.min(this.opened.length - 1, to - shift)
    let sum = 0
    for (let i = Math.max(0, from - shift); i <= end; i++) sum += this.remaining(cohort, i)
    return weight * sum
  }

  /** Multiplies all stored values. */
  multiply(factor: number): void {
    const arrays = [this.opened, ...this.consumed, ...this.consumedTime, ...(this.openedTime ? [this.openedTime] : [])]
    for (const values of arrays) for (let i = 0; i < values.length; i++) values[i]! *= factor
  }
}

import type { Side } from '../margin/liquidation-price.ts'
import type { BarEntries } from './bar-entries.ts'
import { DirtyRange } from './dirty-range.ts'

/** A part of the positions that open: those of one tier, size and margin, which all lie equally far from their entry. */
export interface Cohort {
  tier: number
  /** Share of the opened notional. */
  weight: number
  /** Bins from the entry to the liquidation, below 0 for longs and above for shorts. */
  shift: number
}

export interface BookFeatures {
  /** Keep sums of opening times, for `LevelBook.openedTime`. */
  ages: boolean
  /** Keep what {@link SideBook.expire} needs. */
  expires: boolean
  /** Bins that price must go through a level to take all of it. Default 0: to reach its bin is enough. */
  depth?: number
}

/**
 * What is left of a bin below this share of all that was ever opened there is rounding of sums and differences, and counts as
 * nothing. The order in which a path's stretches are added and taken is not always the same.
 */
export const ROUNDING = 1e-13

/**
 * One side's open positions by entry price, from which every tier's levels follow.
 *
 * All positions that open at a price are liquidated at fixed distances from it. So the book keeps ONE histogram of
 * entries, `opened`, and for each atom what that histogram was when a level was last consumed, `consumed`. The notional that
 * would be liquidated for an atom at the entry bin e is weight · (opened[e] − consumed[e]) · scale. To open positions costs
 * one addition a bin, whatever the number of tiers; to consume costs one copy a bin.
 *
 * Decay and pro-rata closing multiply everything by the same factor, which is the one number `scale`: the arrays hold
 * notional / scale.
 */
export class SideBook {
  readonly side: Side
  /** From the one that lies nearest to its entry. */
  readonly cohorts: readonly Cohort[]
  /** By entry bin, as index bin − firstBin. */
  readonly opened: Float64Array
  readonly consumed: readonly Float64Array[]
  /** Sums of notional × opening time, like the two above; absent where ages are not asked for. */
  readonly openedTime: Float64Array | null
  readonly consumedTime: readonly Float64Array[]
  /** Only with a maximum age: live additions by entry bin, and for each atom the bar at which a bin was last consumed. */
  readonly additions: Int32Array | null
  readonly consumedAt: readonly Int32Array[]
  /** For each atom the entry index nearest to liquidation that may hold anything: the highest for longs, the lowest for shorts. */
  readonly frontier: Int32Array
  /** Shift of the atom whose levels lie nearest to their entries. */
  readonly #nearest: number
  /** Entry indices that {@link markOpened} has yet to hand on to the {@link frontier} of the atoms; −1 = none. */
  #reachedFrom: number
  #reachedTo = -1
  /**
   * Where the low (longs) or the high (shorts) of the bar went that {@link consume} is called for: ln(price)/width less the first bin. A
   * field, because a number with a fraction would become an object as an argument.
   */
  reachedAt = 0
  readonly #depth: number
  /** Bins between an entry and the nearest of its liquidations. */
  readonly shortestWay: number
  /** {@link cohorts} by property. */
  readonly shifts: Int32Array
  readonly weights: Float64Array
  readonly #tiers: Int32Array
  readonly #watchers: DirtyRange[] = []

  constructor(side: Side, atoms: readonly Cohort[], binCount: number, { ages, expires, depth = 0 }: BookFeatures) {
    this.#depth = depth
    this.shifts = Int32Array.from(atoms, atom => atom.shift)
    this.weights = Float64Array.from(atoms, atom => atom.weight)
    this.#tiers = Int32Array.from(atoms, atom => atom.tier)
    this.#nearest = side === 'long' ? Math.max(-binCount, ...this.shifts) : Math.min(binCount, ...this.shifts)
    this.shortestWay = Math.abs(this.#nearest)
    this.side = side
    this.#reachedFrom = binCount
    this.cohorts = atoms
    this.opened = new Float64Array(binCount)
    this.consumed = atoms.map(() => new Float64Array(binCount))
    this.openedTime = ages ? new Float64Array(binCount) : null
    this.consumedTime = ages ? atoms.map(() => new Float64Array(binCount)) : []
    this.additions = expires ? new Int32Array(binCount) : null
    this.consumedAt = expires ? atoms.map(() => new Int32Array(binCount).fill(-1)) : []
    this.frontier = new Int32Array(atoms.length).fill(side === 'long' ? -1 : binCount)
  }

  /** To be told from now on where the book changes. */
  watch(): DirtyRange {
    const touched = new DirtyRange(this.shifts.length)
    this.#watchers.push(touched)
    return touched
  }

  /** Notional / scale of an atom at an entry index, before its weight. */
  left(atom: number, index: number): number {
    const left = this.opened[index]! - this.consumed[atom]![index]!
    return left > ROUNDING * this.opened[index]! ? left : 0
  }

  #markConsumed(atom: number, from: number, to: number): void {
    for (let w = 0; w < this.#watchers.length; w++) this.#watchers[w]!.markConsumed(atom, from, to)
  }

  /** Sums of opening times of what `LevelBook.open` adds. */
  openTimes(from: number, count: number, values: Float64Array, factor: number): void {
    const { openedTime } = this
    if (openedTime) for (let k = 0; k < count; k++) openedTime[from + k]! += values[k]! * factor
  }

  /** Positions opened in the entry indices `from` … `to`. */
  markOpened(from: number, to: number): void {
    const { additions } = this
    if (additions) for (let i = from; i <= to; i++) additions[i]!++
    if (from < this.#reachedFrom) this.#reachedFrom = from
    if (to > this.#reachedTo) this.#reachedTo = to
    for (let w = 0; w < this.#watchers.length; w++) this.#watchers[w]!.markOpened(from, to)
  }

  /** Hands {@link markOpened} on to the atoms. Most bars need it not. */
  #flushOpened(): void {
    const { frontier } = this
    const from = this.#reachedFrom
    const to = this.#reachedTo
    if (to < 0) return
    this.#reachedFrom = this.opened.length
    this.#reachedTo = -1
    if (this.side === 'long') {
      for (let a = 0; a < frontier.length; a++) if (frontier[a]! < to) frontier[a] = to
    } else {
      for (let a = 0; a < frontier.length; a++) if (frontier[a]! > from) frontier[a] = from
    }
  }

  /**
   * Force-closes, of what a bar has just opened along its path, what the rest of the bar reaches: what opened before its extreme is
   * reached by that, all of it by the close.
   *
   * @param all  the bar's {@link BarEntries.total}
   * @param factor  what one USD of both sides counts as: this side's share of it / scale
   * @param byTier  where to add the notional / scale
   */
  consumeOpened(
    entries: BarEntries,
    all: Float64Array,
    firstBin: number,
    factor: number,
    time: number,
    byTier: Float64Array | null,
  ): void {
    const { shifts } = this
    const depth = this.#depth
    const long = this.side === 'long'
    const from = entries.first - firstBin
    const most = entries.last - entries.first
    const extremeAt = (long ? entries.lowAt : entries.highAt) - firstBin
    const closeAt = entries.closeAt - firstBin
    // The first level, seen from the market, that each leaves, as an index of the bar's bins for a shift of 0.
    const none = this.#levelLeftWhole(extremeAt, depth) - from
    const noneAtClose = this.#levelLeftWhole(closeAt, depth) - from
    const least = long ? Math.max(0, none + 1 - this.#nearest) : 0
    const end = long ? most : Math.min(most, none - 1 - this.#nearest)
    if (least > end) return
    const before = entries.before(this.side, least, end)
    for (let a = 0; a < shifts.length; a++) {
      const shift = shifts[a]!
      const first = long ? Math.max(0, none + 1 - shift) : 0
      const last = long ? most : Math.min(most, none - 1 - shift)
      // The atoms that follow lie farther away still.
      if (first > last) break
      const edge = noneAtClose - shift
      const consumed = this.consumed[a]!
      const consumedTime = this.consumedTime[a]
      let sum = 0
      for (let i = first; i <= last; i++) {
        const byClose = long ? i > edge : i < edge
        let usd = byClose ? all[i]! : before[i]!
        if (depth > 0) {
          const level = from + i + shift
          usd = before[i]! * this.share(level, extremeAt, depth)
          if (byClose) usd += (all[i]! - before[i]!) * this.share(level, closeAt, depth)
        }
        const part = usd * factor
        consumed[from + i]! += part
        if (consumedTime) consumedTime[from + i]! += part * time
        sum += part
      }
      if (byTier) byTier[this.#tiers[a]!]! += this.weights[a]! * sum
    }
  }

  /**
   * Force-closes what a low (longs) or a high (shorts) reaches in bar `bar`: {@link reachedAt}. With a depth of 0 the level bin of that
   * price and all nearer to the market go; else a level goes by the {@link share} of the depth that price went through it. Adds the
   * notional / scale to `byTier`, where it is asked for.
   */
  consume(byTier: Float64Array | null, bar: number): void {
    const { reachedAt, shifts, frontier } = this
    const depth = this.#depth
    const long = this.side === 'long'
    const none = this.#levelLeftWhole(reachedAt, depth)
    // No atom's levels are nearer to the market than those of the first: positions open in all atoms at once, and all lose what is reached.
    if (
      long
        ? Math.max(frontier[0]!, this.#reachedTo) + shifts[0]! <= none
        : Math.min(frontier[0]!, this.#reachedFrom) + shifts[0]! >= none
    )
      return
    this.#flushOpened()
    const all = this.#levelTakenWhole(reachedAt, depth)
    for (let a = 0; a < shifts.length; a++) {
      const shift = shifts[a]!
      const start = frontier[a]!
      if (long ? start + shift <= none : start + shift >= none) break
      this.#consumeAtom(a, start, all - shift, none - shift, byTier, bar)
    }
  }

  #consumeAtom(a: number, start: number, all: number, none: number, byTier: Float64Array | null, bar: number): void {
    const { opened, openedTime, frontier, reachedAt } = this
    const depth = this.#depth
    const long = this.side === 'long'
    const consumed = this.consumed[a]!
    const end = long ? Math.max(0, all) : Math.min(opened.length - 1, all)
    let from = long ? end : start
    let to = long ? start : end
    let sum = 0
    if (byTier) for (let i = from; i <= to; i++) sum += this.left(a, i)
    for (let i = from; i <= to; i++) consumed[i] = opened[i]!
    if (openedTime && from <= to) this.consumedTime[a]!.set(openedTime.subarray(from, to + 1), from)
    if (this.additions && from <= to) this.consumedAt[a]!.fill(bar, from, to + 1)
    if (depth > 0) {
      const first = long ? Math.max(0, none + 1) : Math.max(end + 1, start)
      const last = long ? Math.min(end - 1, start) : Math.min(opened.length - 1, none - 1)
      for (let i = first; i <= last; i++)
        sum += this.#takeShare(a, i, this.share(i + this.shifts[a]!, reachedAt, depth))
      from = Math.min(from, first)
      to = Math.max(to, last)
    }
    if (long ? start >= end : start <= end) frontier[a] = long ? end - 1 : end + 1
    this.#markConsumed(a, from, to)
    if (byTier) byTier[this.#tiers[a]!]! += this.weights[a]! * sum
  }

  #takeShare(atom: number, index: number, share: number): number {
    const consumed = this.consumed[atom]!
    const consumedTime = this.consumedTime[atom]
    const part = share * this.left(atom, index)
    consumed[index]! += part
    if (consumedTime) consumedTime[index]! += share * (this.openedTime![index]! - consumedTime[index]!)
    return part
  }

  /** Share of a level, by the middle of its bin, that a price at `reachedAt` takes. */
  share(level: number, reachedAt: number, depth: number): number {
    return shareTaken(this.side, level, reachedAt, depth)
  }

  /** The last level, seen from the market, that a price takes entirely. */
  #levelTakenWhole(reachedAt: number, depth: number): number {
    if (depth === 0) return Math.floor(reachedAt)
    return this.side === 'long' ? Math.ceil(reachedAt + depth - 0.5) : Math.floor(reachedAt - depth - 0.5)
  }

  /** The first level, seen from the market, that it leaves entirely. */
  #levelLeftWhole(reachedAt: number, depth: number): number {
    if (this.side === 'long') return depth === 0 ? Math.floor(reachedAt) - 1 : Math.floor(reachedAt - 0.5)
    return depth === 0 ? Math.floor(reachedAt) + 1 : Math.ceil(reachedAt - 0.5)
  }

  /**
   * Takes back what `LevelBook.open` added in bar `bar`. `keptOut(atom, index)` is what {@link consumeOpened} took of it; it counts where
   * nothing has consumed that bin since.
   */
  expire(
    from: number,
    values: Float64Array,
    count: number,
    factor: number,
    time: number,
    bar: number,
    keptOut: (atom: number, index: number) => number,
  ): void {
    const { opened, openedTime, additions } = this
    if (!additions) throw new Error('This book was made without a maximum age')
    for (let a = 0; a < this.shifts.length; a++) this.#markConsumed(a, from, from + count - 1)
    for (let k = 0; k < count; k++) {
      const i = from + k
      const value = values[k]! * factor
      opened[i]! -= value
      if (openedTime) openedTime[i]! -= value * time
      const last = --additions[i]! === 0
      for (let a = 0; a < this.shifts.length; a++) {
        const consumed = this.consumed[a]!
        const consumedTime = this.consumedTime[a]
        const gone = this.consumedAt[a]![i]! > bar ? value : keptOut(a, i)
        consumed[i]! -= gone
        if (consumedTime) consumedTime[i]! -= gone * time
        // What is left of the last one is a rounding error.
        if (last) consumed[i] = opened[i]!
        if (last && consumedTime) consumedTime[i] = openedTime![i]!
      }
    }
  }

  /** Notional / scale of one atom in the level indices `from` … `to`. */
  sum(atom: number, from: number, to: number): number {
    const { shift, weight } = this.cohorts[atom]!
    const end = Math.min(this.opened.length - 1, to - shift)
    let sum = 0
    for (let i = Math.max(0, from - shift); i <= end; i++) sum += this.left(atom, i)
    return weight * sum
  }

  multiply(factor: number): void {
    const arrays = [this.opened, ...this.consumed, ...this.consumedTime, ...(this.openedTime ? [this.openedTime] : [])]
    for (const values of arrays) for (let i = 0; i < values.length; i++) values[i]! *= factor
  }
}

/**
 * Share of a level that a low (longs) or a high (shorts) takes: all of it where the price reached its bin, with a depth by how far
 * it went through the middle of that bin. Levels are bins, prices ln(price)/width, depths bins.
 */
export function shareTaken(side: Side, level: number, reachedAt: number, depth: number): number {
  if (depth === 0) return (side === 'long' ? level >= Math.floor(reachedAt) : level <= Math.floor(reachedAt)) ? 1 : 0
  const through = side === 'long' ? level + 0.5 - reachedAt : reachedAt - level - 0.5
  return Math.min(1, Math.max(0, through / depth))
}

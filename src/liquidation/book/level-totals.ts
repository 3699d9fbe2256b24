/** Cached sums of a side's cohorts by level. */
import type { DirtyRange } from './dirty-range.ts'
import { ROUNDING, type SideBook } from './side-book.ts'

/**
 * The sum of all cohorts of a side at each level, kept between reads: only levels that changed since the last read are
 * summed again. A read at every bar costs what the bar changed, not all cohorts of all levels in range.
 */
export class LevelTotals {
  readonly #side: SideBook
  readonly #dirty: DirtyRange
  /** The lowest level of any entry, as an index of the book. */
  readonly #first: number
  /** Notional / scale by level, from {@link #first} on. */
  readonly #values: Float64Array
  /** `SideBook.remaining` by level and cohort, all cohorts of a level next to each other. */
  readonly #remaining: Float64Array
  #epoch = -1

  constructor(side: SideBook) {
    this.#side = side
    this.#dirty = side.watch()
    const min = Math.min(...side.shifts)
    const max = Math.max(...side.shifts)
    this.#first = min
    this.#values = new Float64Array(side.opened.length + max - min)
    this.#remaining = new Float64Array(this.#values.length * side.shifts.length)
  }

  /** Adds the levels from index `from` on, times `factor`, to `out`. A new `epoch` of the book means that all values changed. */
  add(from: number, out: Float64Array, factor: number, epoch: number): void {
    this.#refresh(epoch)
    const values = this.#values
    const start = from - this.#first
    const end = Math.min(out.length, values.length - start)
    for (let k = Math.max(0, -start); k < end; k++) out[k]! += values[start + k]! * factor
  }

  /** Like {@link add}, in place of what `out` holds. @returns the sum of `out` */
  read(from: number, out: Float64Array, factor: number, epoch: number): number {
    this.#refresh(epoch)
    const values = this.#values
    const start = from - this.#first
    const begin = Math.min(out.length, Math.max(0, -start))
    const end = Math.max(begin, Math.min(out.length, values.length - start))
    if (begin > 0) out.fill(0, 0, begin)
    if (end < out.length) out.fill(0, end)
    let sum = 0
    for (let k = begin; k < end; k++) {
      const usd = values[start + k]! * factor
      out[k] = usd
      sum += usd
    }
    return sum
  }

  /** Notional / scale of one cohort at the levels `from` … `to`: the same as `SideBook.sum`. */
  sum(cohort: number, from: number, to: number, epoch: number): number {
    this.#refresh(epoch)
    const remaining = this.#remaining
    const { weights } = this.#side
    const count = weights.length
    const end = Math.min(remaining.length, (to - this.#first + 1) * count)
    let sum = 0
    for (let i = Math.max(0, from - this.#first) * count + cohort; i < end; i += count) sum += remaining[i]!
    return weights[cohort]! * sum
  }

  #refresh(epoch: number): void {
    const dirty = this.#dirty
    const { shifts, opened } = this.#side
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      for (let c = 0; c < shifts.length; c++) this.#update(c, 0, opened.length - 1)
      this.#sum(this.#first, this.#first + this.#values.length - 1)
      dirty.clear()
      return
    }
    if (dirty.isClean) return
    // Positions open at the same entries for all cohorts, so their levels lie apart. A low or high consumes the same levels
    // of all cohorts, so they form one range. One range around both would reach over all levels between them.
    const { openedFrom, openedTo } = dirty
    let from = Infinity
    let to = -Infinity
    for (let c = 0; c < shifts.length; c++) {
      const shift = shifts[c]!
      this.#update(c, openedFrom, openedTo)
      const first = dirty.consumedFrom(c)
      const last = dirty.consumedTo(c)
      if (first > last) continue
      this.#update(c, first, last)
      if (first + shift < from) from = first + shift
      if (last + shift > to) to = last + shift
    }
    for (let c = 0; c < shifts.length; c++) this.#sum(openedFrom + shifts[c]!, openedTo + shifts[c]!)
    this.#sum(from, to)
    dirty.clear()
  }

  /** Reads what remains of a cohort at the entry indices `from` … `to`. */
  #update(c: number, from: number, to: number): void {
    const remaining = this.#remaining
    const { shifts, opened, consumed: allConsumed } = this.#side
    const consumed = allConsumed[c]!
    const count = shifts.length
    let at = (from + shifts[c]! - this.#first) * count + c
    for (let i = from; i <= to; i++, at += count) {
      const value = opened[i]!
      const rest = value - consumed[i]!
      remaining[at] = rest > ROUNDING * value ? rest : 0
    }
  }

  /** Adds up the cohorts of the levels `from` … `to`. */
  #sum(from: number, to: number): void {
    const values = this.#values
    const remaining = this.#remaining
    const { weights } = this.#side
    const count = weights.length
    let at = (from - this.#first) * count
    for (let k = from - this.#first; k <= to - this.#first; k++) {
      let sum = 0
      for (let c = 0; c < count; c++) sum += weights[c]! * remaining[at++]!
      values[k] = sum
    }
  }
}

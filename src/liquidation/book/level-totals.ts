/** Cached sums of a side's cohorts by level. */
import type { DirtyRange } from './dirty-range.ts'
import type { SideBook } from './side-book.ts'

/**
 * The sum of all cohorts of a side at each level, kept between reads: only levels that changed since the last read are
 * summed again. A read at every bar costs what the bar changed, not all cohorts of all levels in range.
 */
export class LevelTotals {
  readonly #side: SideBook
  readonly #dirty: DirtyRange
  /** Notional / scale by level index, from {@link #first} on. */
  readonly #values: Float64Array
  /** The lowest level of any entry, as an index of the book. */
  readonly #first: number
  #epoch = -1

  constructor(side: SideBook) {
    this.#side = side
    this.#dirty = side.watch()
    const min = Math.min(...side.shifts)
    const max = Math.max(...side.shifts)
    this.#first = min
    this.#values = new Float64Array(side.opened.length + max - min)
  }

  /** Adds the levels from index `from` on, times `factor`, to `out`. A new `epoch` of the book means that all values changed. */
  add(from: number, out: Float64Array, factor: number, epoch: number): void {
    this.#refresh(epoch)
    const values = this.#values
    const start = from - this.#first
    const end = Math.min(out.length, values.length - start)
    for (let k = Math.max(0, -start); k < end; k++) out[k]! += values[start + k]! * factor
  }

  #refresh(epoch: number): void {
    const dirty = this.#dirty
    const values = this.#values
    const side = this.#side
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#sum(this.#first, this.#first + values.length - 1)
    } else {
      for (let c = 0; c < side.shifts.length; c++)
        this.#sum(dirty.first(c) + side.shifts[c]!, dirty.last(c) + side.shifts[c]!)
    }
    dirty.clear()
  }

  /** Recomputes the levels `from` … `to`. */
  #sum(from: number, to: number): void {
    const side = this.#side
    const values = this.#values
    const first = this.#first
    const { shifts, weights, opened } = side
    for (let level = from; level <= to; level++) {
      let sum = 0
      for (let c = 0; c < shifts.length; c++) {
        const index = level - shifts[c]!
        if (index >= 0 && index < opened.length) sum += weights[c]! * side.remaining(c, index)
      }
      values[level - first] = sum
    }
  }
}

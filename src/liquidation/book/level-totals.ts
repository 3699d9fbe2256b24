import type { DirtyRange } from './dirty-range.ts'
import type { SideBook } from './side-book.ts'

/**
 * What all atoms of a side hold at each level, kept from one look to the next: only the levels that changed in between are added up anew.
 * A look at every bar costs what the bar did, not all atoms of all levels in reach.
 */
export class LevelTotals {
  readonly #side: SideBook
  readonly #touched: DirtyRange
  /** Notional / scale by level index, from {@link #first} on. */
  readonly #values: Float64Array
  /** The lowest level that an entry can have, as an index of the book. */
  readonly #first: number
  #epoch = -1

  constructor(side: SideBook) {
    this.#side = side
    this.#touched = side.watch()
    const least = Math.min(...side.shifts)
    const most = Math.max(...side.shifts)
    this.#first = least
    this.#values = new Float64Array(side.opened.length + most - least)
  }

  /** Adds the levels from index `from` on, times `factor`, to `out`. `epoch` is that of the book: another one means that all values changed. */
  add(from: number, out: Float64Array, factor: number, epoch: number): void {
    this.#refresh(epoch)
    const values = this.#values
    const start = from - this.#first
    const end = Math.min(out.length, values.length - start)
    for (let k = Math.max(0, -start); k < end; k++) out[k]! += values[start + k]! * factor
  }

  #refresh(epoch: number): void {
    const touched = this.#touched
    const values = this.#values
    const side = this.#side
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#sum(this.#first, this.#first + values.length - 1)
    } else {
      for (let a = 0; a < side.shifts.length; a++)
        this.#sum(touched.first(a) + side.shifts[a]!, touched.last(a) + side.shifts[a]!)
    }
    touched.clear()
  }

  /** Adds up the levels `from` … `to` anew. */
  #sum(from: number, to: number): void {
    const side = this.#side
    const values = this.#values
    const first = this.#first
    const { shifts, weights, opened } = side
    for (let level = from; level <= to; level++) {
      let sum = 0
      for (let a = 0; a < shifts.length; a++) {
        const index = level - shifts[a]!
        if (index >= 0 && index < opened.length) sum += weights[a]! * side.left(a, index)
      }
      values[level - first] = sum
    }
  }
}

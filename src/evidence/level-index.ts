/** Finds tracked levels by price. */
import { firstWhere } from '../common/binary-search.ts'

/** A level followed from bar to bar. Edges are logarithms of prices. */
export interface TrackedLevel {
  id: number
  /** +1 above the price, −1 below it. */
  sign: number
  low: number
  high: number
  /** Bar at whose close it was last reported. */
  lastSeenBar: number
  /** Bar that went through all of it; −1 = none. */
  sweptBar: number
}

export interface Zone {
  low: number
  high: number
}

/** Zones closer than this count as touching, to absorb rounding. */
const TOLERANCE = 1e-9

/**
 * Levels of one side, sorted by their lower edges. A search scans only the levels whose lower edge is no farther below the
 * zone than the widest level.
 */
export class LevelIndex {
  #sorted: TrackedLevel[] = []
  /** Upper bound of the widths. */
  #maxWidth = 0

  /** All levels from the lowest. Do not keep the array: it changes. */
  all(): readonly TrackedLevel[] {
    return this.#sorted
  }

  add(level: TrackedLevel): void {
    this.#widen(level)
    this.#sorted.splice(this.#indexOf(level.low, level.id), 0, level)
  }

  /** Adds several levels with a single sort. */
  addAll(levels: readonly TrackedLevel[]): void {
    if (levels.length === 0) return
    for (const level of levels) this.#widen(level)
    this.#sorted = [...this.#sorted, ...levels].sort((a, b) => a.low - b.low || a.id - b.id)
  }

  /** Removes the levels for which `keep` is false. */
  retain(keep: (level: TrackedLevel) => boolean): void {
    if (this.#sorted.every(keep)) return
    this.#sorted = this.#sorted.filter(keep)
    this.#maxWidth = 0
    for (const level of this.#sorted) this.#widen(level)
  }

  /** Changes the edges of a level in the index. */
  move(level: TrackedLevel, { low, high }: Zone): void {
    if (level.low === low) {
      level.high = high
      this.#widen(level)
      return
    }
    this.#sorted.splice(this.#indexOf(level.low, level.id), 1)
    level.low = low
    level.high = high
    this.add(level)
  }

  /** The accepted level with the largest overlap with a zone; of equal ones the first swept, then the lowest id. */
  findOverlapping({ low, high }: Zone, accept: (level: TrackedLevel) => boolean): TrackedLevel | null {
    let best: TrackedLevel | null = null
    let maxOverlap = -TOLERANCE
    // Twice the tolerance, so that rounding excludes none; the overlap decides.
    const minLow = low - 2 * TOLERANCE - this.#maxWidth
    for (let i = this.#indexOf(high + 2 * TOLERANCE, Infinity) - 1; i >= 0; i--) {
      const level = this.#sorted[i]!
      if (level.low < minLow) break
      const overlap = Math.min(level.high, high) - Math.max(level.low, low)
      if (overlap < maxOverlap || !(overlap > -TOLERANCE) || !accept(level)) continue
      if (best && overlap === maxOverlap && !isBefore(level, best)) continue
      maxOverlap = overlap
      best = level
    }
    return best
  }

  #widen({ low, high }: Zone): void {
    this.#maxWidth = Math.max(this.#maxWidth, high - low)
  }

  /** Index of the first level at or after this lower edge and id. */
  #indexOf(low: number, id: number): number {
    return firstWhere(this.#sorted.length, index => {
      const level = this.#sorted[index]!
      return level.low > low || (level.low === low && level.id >= id)
    })
  }
}

const isBefore = (a: TrackedLevel, b: TrackedLevel) =>
  a.sweptBar < b.sweptBar || (a.sweptBar === b.sweptBar && a.id < b.id)

import { firstWhere } from '../common/binary-search.ts'

/** What is followed of a level from bar to bar. Edges are logarithms of prices. */
export interface TrackedLevel {
  id: number
  /** +1 above the price, −1 below it. */
  sign: number
  low: number
  high: number
  /** Bar at whose close it was seen last. */
  seen: number
  /** Bar that went through all of it; −1 = none. */
  swept: number
}

export interface Zone {
  low: number
  high: number
}

/** Zones that miss each other by less than this touch: it is rounding. */
const TOUCHING = 1e-9

/**
 * Lives of one side in order of their lower edges, so that those at a zone are found without a look at all of them: none that
 * reaches the zone begins farther below it than the widest is wide.
 */
export class LevelIndex {
  #sorted: TrackedLevel[] = []
  /** No life is wider. */
  #widest = 0

  /** All, from the lowest. To be read, not kept: it changes. */
  all(): readonly TrackedLevel[] {
    return this.#sorted
  }

  add(life: TrackedLevel): void {
    this.#widen(life)
    this.#sorted.splice(this.#placeOf(life.low, life.id), 0, life)
  }

  /** Several at once cost a sort, not a shift each. */
  addAll(lives: readonly TrackedLevel[]): void {
    if (lives.length === 0) return
    for (const life of lives) this.#widen(life)
    this.#sorted = [...this.#sorted, ...lives].sort((a, b) => a.low - b.low || a.id - b.id)
  }

  /** Leaves only those that `stays` says. */
  keep(stays: (life: TrackedLevel) => boolean): void {
    if (this.#sorted.every(stays)) return
    this.#sorted = this.#sorted.filter(stays)
    this.#widest = 0
    for (const life of this.#sorted) this.#widen(life)
  }

  /** Puts one of them at another place. */
  move(life: TrackedLevel, { low, high }: Zone): void {
    if (life.low === low) {
      life.high = high
      this.#widen(life)
      return
    }
    this.#sorted.splice(this.#placeOf(life.low, life.id), 1)
    life.low = low
    life.high = high
    this.add(life)
  }

  /** Of those that `may` be taken the one that overlaps a zone most; of equals the first that was swept, or born. */
  overlapping({ low, high }: Zone, may: (life: TrackedLevel) => boolean): TrackedLevel | null {
    let best: TrackedLevel | null = null
    let most = -TOUCHING
    // Twice, so that rounding leaves none out; what counts is the overlap.
    const first = low - 2 * TOUCHING - this.#widest
    for (let i = this.#placeOf(high + 2 * TOUCHING, Infinity) - 1; i >= 0; i--) {
      const life = this.#sorted[i]!
      if (life.low < first) break
      const overlap = Math.min(life.high, high) - Math.max(life.low, low)
      if (overlap < most || !(overlap > -TOUCHING) || !may(life)) continue
      if (best && overlap === most && !isBefore(life, best)) continue
      most = overlap
      best = life
    }
    return best
  }

  #widen({ low, high }: Zone): void {
    this.#widest = Math.max(this.#widest, high - low)
  }

  /** How many have a lower edge below `low`, or the same and a number below `id`. */
  #placeOf(low: number, id: number): number {
    return firstWhere(this.#sorted.length, index => {
      const life = this.#sorted[index]!
      return life.low > low || (life.low === low && life.id >= id)
    })
  }
}

const isBefore = (a: TrackedLevel, b: TrackedLevel) => a.swept < b.swept || (a.swept === b.swept && a.id < b.id)

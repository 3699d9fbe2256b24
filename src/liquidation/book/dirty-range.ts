/** Tracks the bin ranges of one side's book modified since the last read, for incremental updates. */
export class DirtyRange {
  /** First and last entry index at which positions opened, the same for all cohorts. */
  openedFrom = ABOVE_ALL
  openedTo = -1
  /** First and last entry index by cohort that was consumed or expired. */
  readonly #consumedFrom: Int32Array
  readonly #consumedTo: Int32Array
  #clean = false

  constructor(cohortCount: number) {
    this.#consumedFrom = new Int32Array(cohortCount)
    this.#consumedTo = new Int32Array(cohortCount)
    this.clear()
  }

  markOpened(from: number, to: number): void {
    this.#clean = false
    if (from < this.openedFrom) this.openedFrom = from
    if (to > this.openedTo) this.openedTo = to
  }

  markConsumed(cohort: number, from: number, to: number): void {
    this.#clean = false
    if (from < this.#consumedFrom[cohort]!) this.#consumedFrom[cohort] = from
    if (to > this.#consumedTo[cohort]!) this.#consumedTo[cohort] = to
  }

  /** First modified entry index of a cohort; above {@link last} if there is none. */
  first(cohort: number): number {
    return Math.min(this.openedFrom, this.#consumedFrom[cohort]!)
  }

  last(cohort: number): number {
    return Math.max(this.openedTo, this.#consumedTo[cohort]!)
  }

  /** Whether nothing was modified. */
  get isClean(): boolean {
    return this.#clean
  }

  /** First consumed or expired entry index of a cohort; above {@link consumedTo} if there is none. */
  consumedFrom(cohort: number): number {
    return this.#consumedFrom[cohort]!
  }

  consumedTo(cohort: number): number {
    return this.#consumedTo[cohort]!
  }

  clear(): void {
    this.openedFrom = ABOVE_ALL
    this.openedTo = -1
    // Few cohorts: a loop costs less than a call of `fill`.
    for (let c = 0; c < this.#consumedFrom.length; c++) {
      this.#consumedFrom[c] = ABOVE_ALL
      this.#consumedTo[c] = -1
    }
    this.#clean = true
  }
}

/** Above every index, and still a small integer. */
const ABOVE_ALL = 2 ** 30 - 1

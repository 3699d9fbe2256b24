/** Tracks the bin ranges of one side's book modified since the last read, for incremental updates. */
export class DirtyRange {
  /** First and last entry index at which positions opened, the same for all cohorts. */
  openedFrom = ABOVE_ALL
  openedTo = -1
  /** First and last entry index by cohort that was consumed or expired. */
  readonly #consumedFrom: Int32Array
  readonly #consumedTo: Int32Array

  constructor(cohortCount: number) {
    this.#consumedFrom = new Int32Array(cohortCount)
    this.#consumedTo = new Int32Array(cohortCount)
    this.clear()
  }

  markOpened(from: number, to: number): void {
    if (from < this.openedFrom) this.openedFrom = from
    if (to > this.openedTo) this.openedTo = to
  }

  markConsumed(cohort: number, from: number, to: number): void {
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

  clear(): void {
    this.openedFrom = ABOVE_ALL
    this.openedTo = -1
    this.#consumedFrom.fill(ABOVE_ALL)
    this.#consumedTo.fill(-1)
  }
}

/** Above every index, and still a small integer. */
const ABOVE_ALL = 2 ** 30 - 1

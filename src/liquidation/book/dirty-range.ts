/** Where a side's book changed since somebody last looked, so that he need not look at all of it again. */
export class DirtyRange {
  /** First and last entry index in which positions opened, in all atoms. */
  openedFrom = FAR
  openedTo = -1
  /** For each atom the first and last entry index that was consumed or ended. */
  readonly #consumedFrom: Int32Array
  readonly #consumedTo: Int32Array

  constructor(atoms: number) {
    this.#consumedFrom = new Int32Array(atoms)
    this.#consumedTo = new Int32Array(atoms)
    this.clear()
  }

  markOpened(from: number, to: number): void {
    if (from < this.openedFrom) this.openedFrom = from
    if (to > this.openedTo) this.openedTo = to
  }

  markConsumed(atom: number, from: number, to: number): void {
    if (from < this.#consumedFrom[atom]!) this.#consumedFrom[atom] = from
    if (to > this.#consumedTo[atom]!) this.#consumedTo[atom] = to
  }

  /** First entry index of an atom that changed; beyond {@link last} when none did. */
  first(atom: number): number {
    return Math.min(this.openedFrom, this.#consumedFrom[atom]!)
  }

  last(atom: number): number {
    return Math.max(this.openedTo, this.#consumedTo[atom]!)
  }

  clear(): void {
    this.openedFrom = FAR
    this.openedTo = -1
    this.#consumedFrom.fill(FAR)
    this.#consumedTo.fill(-1)
  }
}

/** Beyond every index, and a small integer. */
const FAR = 2 ** 30 - 1

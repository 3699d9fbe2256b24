/** Where a side's book changed since somebody last looked, so that he need not look at all of it again. */
export class Touched {
  /** First and last entry index in which positions opened, in all atoms. */
  openedFrom = FAR
  openedTo = -1
  /** For each atom the first and last entry index that was consumed or ended. */
  private readonly takenFrom: Int32Array
  private readonly takenTo: Int32Array

  constructor(atoms: number) {
    this.takenFrom = new Int32Array(atoms)
    this.takenTo = new Int32Array(atoms)
    this.clear()
  }

  opened(from: number, to: number): void {
    if (from < this.openedFrom) this.openedFrom = from
    if (to > this.openedTo) this.openedTo = to
  }

  taken(atom: number, from: number, to: number): void {
    if (from < this.takenFrom[atom]!) this.takenFrom[atom] = from
    if (to > this.takenTo[atom]!) this.takenTo[atom] = to
  }

  /** First entry index of an atom that changed; beyond {@link last} when none did. */
  first(atom: number): number {
    return Math.min(this.openedFrom, this.takenFrom[atom]!)
  }

  last(atom: number): number {
    return Math.max(this.openedTo, this.takenTo[atom]!)
  }

  clear(): void {
    this.openedFrom = FAR
    this.openedTo = -1
    this.takenFrom.fill(FAR)
    this.takenTo.fill(-1)
  }
}

/** Beyond every index, and a small integer. */
const FAR = 2 ** 30 - 1

/** The variants of a sweep that are still to be run, handed out in batches that share their signals. */

/** Variants that share their signals, and the number of them handed out so far. */
interface KeyGroup {
  members: readonly number[]
  next: number
}

/**
 * Hands out batches of variants. The variants of one detector key go to one thread, which detects their signals once; a thread
 * that finds no key of its own takes over half of the largest one that is left.
 */
export class WorkQueue {
  readonly #free: KeyGroup[]
  readonly #taken: KeyGroup[] = []
  #remaining = 0

  /** @param keys variants by detector key */
  constructor(keys: readonly (readonly number[])[]) {
    this.#free = keys.map(members => ({ members, next: 0 })).reverse()
    for (const members of keys) this.#remaining += members.length
  }

  /** Variants not handed out yet. */
  get remaining(): number {
    return this.#remaining
  }

  /** One for each thread. @returns the next batch, of at most `size` variants and at least one; empty when none is left */
  taker(): (size: number) => readonly number[] {
    let group: KeyGroup | null = null
    return size => {
      const batch: number[] = []
      while (batch.length < size) {
        if (!group || left(group) === 0) group = this.#takeFree() ?? (batch.length === 0 ? this.#takeHalf() : null)
        if (!group) break
        const part = group.members.slice(group.next, group.next + size - batch.length)
        group.next += part.length
        batch.push(...part)
      }
      this.#remaining -= batch.length
      return batch
    }
  }

  #takeFree(): KeyGroup | null {
    const group = this.#free.pop()
    if (!group) return null
    this.#taken.push(group)
    return group
  }

  #takeHalf(): KeyGroup | null {
    let largest: KeyGroup | null = null
    for (const group of this.#taken) if (!largest || left(group) > left(largest)) largest = group
    if (!largest || left(largest) === 0) return null
    const middle = largest.next + Math.floor(left(largest) / 2)
    const half = { members: largest.members.slice(middle), next: 0 }
    largest.members = largest.members.slice(0, middle)
    this.#taken.push(half)
    return half
  }
}

function left({ members, next }: KeyGroup): number {
  return members.length - next
}

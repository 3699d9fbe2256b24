/** Every test that was made in this process, so that looking often does not pass for finding something. */
export class Ledger {
  readonly #made = new Map<string, { name: string; p: number; times: number }>()

  /** Enters a test. The same test made again (same `key`) is counted but is no new chance of a false alarm; its last p counts. */
  enter(key: string, name: string, p: number): void {
    if (Number.isNaN(p)) return
    const known = this.#made.get(key)
    if (known) {
      known.times++
      known.p = p
    } else this.#made.set(key, { name, p, times: 1 })
  }

  /** Different tests made, and all of them with repetitions. */
  get tests(): number {
    return this.#made.size
  }
  get runs(): number {
    return [...this.#made.values()].reduce((sum, { times }) => sum + times, 0)
  }

  /** All tests in order of their making, as corrected for all of them. */
  rows(): { key: string; name: string; times: number; p: number; pAdjusted: number; q: number }[] {
    const entries = [...this.#made].map(([key, entry]) => ({ key, ...entry }))
    const p = entries.map(entry => entry.p)
    const adjusted = holm(p)
    const q = benjaminiHochberg(p)
    return entries.map((entry, i) => ({ ...entry, pAdjusted: adjusted[i]!, q: q[i]! }))
  }

  /** Forgets everything: for a new question on new data. */
  clear(): void {
    this.#made.clear()
  }
}

/** The ledger of this process: one for each notebook, as each has its own kernel. */
export const sessionLedger = new Ledger()

/** p-values for a family-wise error rate (Holm 1979): the k-th smallest of m counts m − k + 1 times, and none below a smaller one. */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p)
  const out = new Array<number>(p.length)
  let least = 0
  for (const [k, i] of order.entries()) {
    least = Math.min(1, Math.max(least, (p.length - k) * p[i]!))
    out[i] = least
  }
  return out
}

/** q-values for a false discovery rate (Benjamini and Hochberg 1995). */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p)
  const out = new Array<number>(p.length)
  let most = 1
  for (let k = order.length - 1; k >= 0; k--) {
    most = Math.min(most, (p[order[k]!]! * p.length) / (k + 1))
    out[order[k]!] = most
  }
  return out
}

function ascending(p: readonly number[]): number[] {
  return [...p.keys()].sort((i, j) => p[i]! - p[j]!)
}

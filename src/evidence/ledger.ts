/** The tests made so far, and corrections for multiple testing. */
import { createHash } from 'node:crypto'

/** Records every test of this process, so that repeated looks at the data count. */
export class Ledger {
  readonly #entries = new Map<string, { name: string; p: number; times: number }>()

  /** Enters a test. A repetition (same `key`) is counted, but is not another hypothesis; its last p counts. */
  enter(key: string, name: string, p: number): void {
    if (Number.isNaN(p)) return
    const entry = this.#entries.get(key)
    if (entry) {
      entry.times++
      entry.p = p
    } else this.#entries.set(key, { name, p, times: 1 })
  }

  /** Gives a test that was entered before its p was known this p. */
  revise(key: string, p: number): void {
    const entry = this.#entries.get(key)
    if (entry && !Number.isNaN(p)) entry.p = p
  }

  /** Number of distinct tests. */
  get tests(): number {
    return this.#entries.size
  }

  /** Number of tests including repetitions. */
  get runs(): number {
    return [...this.#entries.values()].reduce((sum, { times }) => sum + times, 0)
  }

  /** All tests in order of entry, corrected for all of them. */
  rows(): { key: string; name: string; times: number; p: number; pAdjusted: number; q: number }[] {
    const entries = [...this.#entries].map(([key, entry]) => ({ key, ...entry }))
    const p = entries.map(entry => entry.p)
    const adjusted = holm(p)
    const q = benjaminiHochberg(p)
    return entries.map((entry, i) => ({ ...entry, pAdjusted: adjusted[i]!, q: q[i]! }))
  }

  /** Removes all tests: for a new question on new data. */
  clear(): void {
    this.#entries.clear()
  }
}

/** Identifies a test by what was observed, whatever options led to it. */
export function ledgerKey(name: string, ...columns: readonly ArrayLike<number>[]): string {
  const hash = createHash('sha256').update(name)
  for (const column of columns) hash.update(new Uint8Array(Float64Array.from(column).buffer))
  return hash.digest('hex')
}

/** The ledger of this process, and so of one notebook: each has its own kernel. */
export const sessionLedger = new Ledger()

/**
 * p-values adjusted for the family-wise error rate (Holm 1979): the k-th smallest of m is multiplied by m − k + 1, and the
 * results are made monotonic.
 */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p)
  const out = new Array<number>(p.length)
  let max = 0
  for (const [k, i] of order.entries()) {
    max = Math.min(1, Math.max(max, (p.length - k) * p[i]!))
    out[i] = max
  }
  return out
}

/** q-values for the false discovery rate (Benjamini and Hochberg 1995). */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p)
  const out = new Array<number>(p.length)
  let min = 1
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k]!
    min = Math.min(min, (p[i]! * p.length) / (k + 1))
    out[i] = min
  }
  return out
}

/** Indices by ascending p. */
function ascending(p: readonly number[]): number[] {
  return [...p.keys()].sort((i, j) => p[i]! - p[j]!)
}

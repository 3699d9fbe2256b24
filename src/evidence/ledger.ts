/** The tests made so far, and corrections for multiple testing. */
import { createHash } from 'node:crypto'
import type { LedgerRecord } from '../common/ledger-record.ts'

interface Entry {
  name: string
  p: number
  times: number
  markets: readonly string[]
}

/** Records every test of this process, and of the file that it is connected to, so that repeated looks at the data count. */
export class Ledger {
  readonly #entries = new Map<string, Entry>()
  /** In order of entry; each test once. */
  readonly #records: LedgerRecord[] = []
  #write: ((record: LedgerRecord) => LedgerRecord) | undefined
  #scope = 'this session'

  /** What the tests are those of, in words: `this session`, or the name of a file. */
  get scope(): string {
    return this.#scope
  }

  /** Whether records outlive the process. */
  get isKept(): boolean {
    return this.#write !== undefined
  }

  /**
   * Takes over the records of a file, which come before those of this process, and writes further ones to it, those that it lacks first.
   *
   * @param write keeps a record and returns it with its time
   */
  connect(scope: string, kept: readonly LedgerRecord[], write: (record: LedgerRecord) => LedgerRecord): void {
    const own = this.#records.splice(0)
    const ownEntries = new Map(this.#entries)
    this.#entries.clear()
    this.#scope = scope
    this.#write = undefined
    for (const record of kept) this.#add(record)
    this.#write = write
    for (const record of own) {
      const entry = ownEntries.get(record.key)
      if (record.kind !== 'test') this.#add(record)
      else if (entry) this.enter(record.key, record.name, entry.p, record.markets)
    }
  }

  /** Enters a test. A repetition (same `key`) is counted, but is not another hypothesis; its last p counts. */
  enter(key: string, name: string, p: number, markets: readonly string[] = []): void {
    if (Number.isNaN(p)) return
    const entry = this.#entries.get(key)
    if (!entry) this.#add({ kind: 'test', key, name, p, markets })
    else {
      entry.times++
      this.revise(key, p)
    }
  }

  /** Gives a test that was entered before its p was known this p. */
  revise(key: string, p: number): void {
    const entry = this.#entries.get(key)
    if (!entry || Number.isNaN(p) || entry.p === p) return
    entry.p = p
    this.#write?.({ kind: 'test', key, name: entry.name, p, markets: entry.markets })
  }

  /** Enters the opening of a hold-out, or a plan. @returns it as it was written */
  note(record: LedgerRecord): LedgerRecord {
    return this.#add(record)
  }

  #add(record: LedgerRecord): LedgerRecord {
    const written = this.#write?.(record) ?? record
    const { kind, key, name, p = Number.NaN, markets } = written
    const known = kind === 'test' ? this.#entries.get(key) : undefined
    if (known) known.p = p
    else {
      this.#records.push(written)
      if (kind === 'test') this.#entries.set(key, { name, p, times: 1, markets })
    }
    return written
  }

  /** Hold-outs that were opened, plans and tests, in order. */
  get records(): readonly LedgerRecord[] {
    return this.#records
  }

  /** Number of distinct tests. */
  get tests(): number {
    return this.#entries.size
  }

  /** Number of tests including repetitions in this process. */
  get runs(): number {
    return [...this.#entries.values()].reduce((sum, { times }) => sum + times, 0)
  }

  /** All tests in order of entry, corrected for all of them. */
  rows(): { key: string; name: string; times: number; p: number; pAdjusted: number; q: number }[] {
    const entries = [...this.#entries].map(([key, { name, p, times }]) => ({ key, name, p, times }))
    const p = entries.map(entry => entry.p)
    const adjusted = holm(p)
    const q = benjaminiHochberg(p)
    return entries.map((entry, i) => ({ ...entry, pAdjusted: adjusted[i]!, q: q[i]! }))
  }

  /** Forgets all of this process: for a new question on new data. A file keeps what it has. */
  clear(): void {
    this.#entries.clear()
    this.#records.length = 0
    this.#write = undefined
    this.#scope = 'this session'
  }
}

/** A market as the ledger names it. */
export const marketName = ({ symbol, timeframe }: { symbol: string; timeframe: string }): string =>
  `${symbol} ${timeframe}`

/** Identifies a test by what was observed, whatever options led to it. */
export function ledgerKey(name: string, ...columns: readonly ArrayLike<number>[]): string {
  const hash = createHash('sha256').update(name)
  for (const column of columns) hash.update(new Uint8Array(Float64Array.from(column).buffer))
  return hash.digest('hex')
}

/** The ledger of this process, and so of one notebook, as each has its own kernel; of a project once it is connected to a file. */
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

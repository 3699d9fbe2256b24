/** What a sweep keeps of its backtests, in bounded memory. */
import { OptionError } from '../../common/errors.ts'
import type { PackedOutcomes } from './packed-outcomes.ts'
import { type Keep, METRICS, type Outcome, type OutcomeTrades } from './run-variant.ts'

/** A list that need not be in memory. Arrays are such lists. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
  at(index: number): T | undefined
}

/** What a sweep kept, by variant. */
export interface SweepOutcomes extends Sequence<Outcome> {
  readonly keep: Keep
  /**
   * Returns by period of every variant.
   * @throws OptionError when they were not kept
   */
  returns(caller?: string): Sequence<Float64Array>
  /** Trades of every variant. @throws OptionError when they were not kept */
  trades(caller?: string): Sequence<OutcomeTrades>
}

type NumberColumn = Float64Array | Int32Array

/** Columns of numbers outside of memory, appended group by group. */
export interface SpillFile {
  /** Appends a group of rows: columns of equal length, by name. @returns its number, from 0 */
  append(columns: Readonly<Record<string, NumberColumn>>): number
  /** A column's values `from` … `to − 1` of a group. */
  read(group: number, column: string, from: number, to: number): NumberColumn
  /** No group follows. */
  finish(): void
}

/** Opens a file for the returns or the trades of a sweep. */
export type OpenSpill = (name: 'returns' | 'trades', columns: readonly SpillColumn[]) => SpillFile
export interface SpillColumn {
  name: string
  type: 'double' | 'int32'
}

const RETURN_COLUMNS: readonly SpillColumn[] = [
  { name: 'variant', type: 'int32' },
  { name: 'return', type: 'double' },
]
const TRADE_COLUMNS: readonly SpillColumn[] = [
  { name: 'variant', type: 'int32' },
  { name: 'entryBar', type: 'int32' },
  { name: 'exitBar', type: 'int32' },
  { name: 'return', type: 'double' },
  { name: 'r', type: 'double' },
]

/** Returns and trades beyond this many bytes leave the memory, where there is a file for them. */
const MAX_BYTES = 256 * 2 ** 20

/** A batch of outcomes, in memory or as a group of each file; metrics are kept apart. */
interface Batch {
  packed: PackedOutcomes | null
  returnsGroup: number
  tradesGroup: number
  /** Of the trades of each variant. */
  starts: Uint32Array | null
}

/**
 * Outcomes of a sweep by variant. Metrics stay in memory, 160 bytes a variant. Returns and trades, some 20 kB a variant on years
 * of hours, do so up to a limit; what comes after it is written to files.
 */
export class Outcomes implements SweepOutcomes {
  readonly length: number
  readonly keep: Keep
  readonly #metrics: Float64Array
  /** For each variant its batch and its place in it. */
  readonly #batch: Int32Array
  readonly #place: Int32Array
  readonly #batches: Batch[] = []
  readonly #openSpill: OpenSpill | null
  readonly #maxBytes: number
  #files: { returns: SpillFile; trades: SpillFile | null } | null = null
  #bytes = 0
  #periods = 0

  constructor(length: number, keep: Keep, openSpill: OpenSpill | null = null, maxBytes = MAX_BYTES) {
    this.length = length
    this.keep = keep
    this.#openSpill = openSpill
    this.#maxBytes = maxBytes
    this.#metrics = new Float64Array(length * METRICS.length)
    this.#batch = new Int32Array(length).fill(-1)
    this.#place = new Int32Array(length)
  }

  /** Adds the outcomes of the variants `members`, in their order. */
  add(members: readonly number[], packed: PackedOutcomes): void {
    const size = METRICS.length
    for (const [k, member] of members.entries()) {
      this.#metrics.set(packed.metrics.subarray(k * size, (k + 1) * size), member * size)
      this.#batch[member] = this.#batches.length
      this.#place[member] = k
    }
    const { returns, trades, count } = packed
    if (!returns) return
    this.#periods = returns.length / count
    const bytes = returns.byteLength + (trades ? 24 * trades.r.length : 0)
    const starts = trades?.starts ?? null
    if (this.#openSpill && this.#bytes + bytes > this.#maxBytes) {
      this.#batches.push({ ...this.#spill(this.#openSpill, members, packed), packed: null, starts })
    } else {
      this.#bytes += bytes
      this.#batches.push({ packed, returnsGroup: -1, tradesGroup: -1, starts })
    }
  }

  /** No outcome follows. */
  finish(): void {
    this.#files?.returns.finish()
    this.#files?.trades?.finish()
  }

  #spill(open: OpenSpill, members: readonly number[], { returns, trades }: PackedOutcomes) {
    this.#files ??= {
      returns: open('returns', RETURN_COLUMNS),
      trades: trades ? open('trades', TRADE_COLUMNS) : null,
    }
    const variantColumn = (length: number, variantAt: (row: number) => number) =>
      Int32Array.from({ length }, (_, row) => members[variantAt(row)]!)
    const values = returns!
    const returnsGroup = this.#files.returns.append({
      variant: variantColumn(values.length, row => Math.floor(row / this.#periods)),
      return: values,
    })
    if (!trades || !this.#files.trades) return { returnsGroup, tradesGroup: -1 }
    const { entryBar, exitBar, returns: tradeReturns, r, starts } = trades
    let k = 0
    const variant = variantColumn(r.length, row => {
      while (row >= starts[k + 1]!) k++
      return k
    })
    return {
      returnsGroup,
      tradesGroup: this.#files.trades.append({ variant, entryBar, exitBar, return: tradeReturns, r }),
    }
  }

  metric(variant: number, metric: number): number {
    return this.#metrics[variant * METRICS.length + metric]!
  }

  at(index: number): Outcome | undefined {
    if (!(index in this.#batch)) return undefined
    const metrics = this.#metrics.slice(index * METRICS.length, (index + 1) * METRICS.length)
    return { metrics, returns: this.#returns(index), trades: this.#trades(index) }
  }

  *[Symbol.iterator](): Iterator<Outcome> {
    for (let k = 0; k < this.length; k++) yield this.at(k)!
  }

  returns(caller = 'sweep.outcomes.returns'): Sequence<Float64Array> {
    if (this.keep === 'figures') throw notKept(caller, 'returns', this.keep)
    return this.#sequence(k => this.#returns(k)!)
  }

  trades(caller = 'sweep.outcomes.trades'): Sequence<OutcomeTrades> {
    if (this.keep !== 'trades') throw notKept(caller, 'trades', this.keep)
    return this.#sequence(k => this.#trades(k)!)
  }

  #sequence<T>(read: (k: number) => T): Sequence<T> {
    const { length } = this
    return {
      length,
      at: k => (Number.isInteger(k) && k >= 0 && k < length ? read(k) : undefined),
      *[Symbol.iterator]() {
        for (let k = 0; k < length; k++) yield read(k)
      },
    }
  }

  #returns(variant: number): Float64Array | null {
    const batch = this.#batches[this.#batch[variant]!]
    if (!batch) return null
    const from = this.#place[variant]! * this.#periods
    const to = from + this.#periods
    if (batch.packed) return batch.packed.returns!.subarray(from, to)
    return this.#files!.returns.read(batch.returnsGroup, 'return', from, to) as Float64Array
  }

  #trades(variant: number): OutcomeTrades | null {
    const batch = this.#batches[this.#batch[variant]!]
    if (!batch?.starts) return null
    const k = this.#place[variant]!
    const from = batch.starts[k]!
    const to = batch.starts[k + 1]!
    const trades = batch.packed?.trades
    if (trades)
      return {
        entryBar: trades.entryBar.subarray(from, to),
        exitBar: trades.exitBar.subarray(from, to),
        returns: trades.returns.subarray(from, to),
        r: trades.r.subarray(from, to),
      }
    const read = (column: string) => this.#files!.trades!.read(batch.tradesGroup, column, from, to)
    return {
      entryBar: read('entryBar') as Int32Array,
      exitBar: read('exitBar') as Int32Array,
      returns: read('return') as Float64Array,
      r: read('r') as Float64Array,
    }
  }
}

function notKept(caller: string, what: 'returns' | 'trades', keep: Keep): OptionError {
  return new OptionError(
    `${caller}: needs the ${what} of every variant, but the sweep kept ${keep === 'figures' ? 'only figures' : 'returns but no trades'}: run it with keep: '${what}'`,
  )
}

/** Forced orders of files: each once, and each part of an order once. */
import { DataError } from '../../common/errors.ts'
import type { FileRows } from './read-rows.ts'

/** The rows of a file of forced orders that count, and what each adds. */
interface CountedOrders {
  /** Rows of the file, in its order. */
  rows: number[]
  /** Coins by row of the file: what the row adds to its order. */
  added: Float64Array
}

/** How an order goes on that is not filled at once. */
const PARTLY = /^partial/i

/**
 * Counts forced orders of the files of one series. Rows with an id are the same order if their ids are; all others if all their
 * cells are, wherever they stand: two orders of the same time, side and amount are two. Where rows state what has been filled of
 * an order so far, each counts with what it adds.
 */
export class OrderCounter {
  /** Rows that repeat another, and rows that continue an order. */
  repeated = 0
  parts = 0
  readonly #seen = new Set<string>()
  /** What is filled of an order whose id, or whose side, size and limit, is known. */
  readonly #filled = new Map<string, number>()

  /** @throws DataError without columns for side and amount */
  count(file: FileRows): CountedOrders {
    const { time, side, amount, orderAmount, limitPrice } = file.columns
    const { identity, layout } = file.plan
    if (side === undefined || amount === undefined || identity === null)
      throw new DataError(`${file.name}: forced orders need columns for side and amount`)
    const parts = identity.status?.texts.find(text => PARTLY.test(text))
    if (parts !== undefined && layout === null && file.options.cumulative === undefined)
      throw new DataError(
        `${file.name}: some orders are filled in parts (${parts}), and the file does not say what their amounts are: set cumulative: true if each row states what has been filled so far, or cumulative: false if it states what it adds`,
      )
    const cumulative = file.options.cumulative ?? layout?.cumulative ?? false
    const names = file.plan.columns.slice(-identity.cells.length).map(column => column.name)
    const cells = (row: number) => identity.cells.map((reader, k) => `${names[k]}=${reader.texts[row]}`).join('\u001f')
    const rows: number[] = []
    const added = new Float64Array(file.length)
    // What is filled so far grows with time, whichever way the file runs.
    const order = Uint32Array.from(amount, (_, row) => row)
    order.sort((a, b) => time[a]! - time[b]! || (cumulative ? amount[a]! - amount[b]! : 0) || a - b)
    for (const row of order) {
      const id = identity.id?.texts[row] ?? ''
      const key = id === '' ? cells(row) : `${id} ${time[row]} ${side[row]} ${amount[row]}`
      if (this.#seen.has(key)) {
        this.repeated++
        continue
      }
      this.#seen.add(key)
      rows.push(row)
      added[row] = amount[row]!
      if (!cumulative) continue
      const known = id === '' ? `${side[row]} ${orderAmount?.[row]} ${limitPrice?.[row]}` : id
      const before = this.#filled.get(known) ?? 0
      if (before > 0) {
        added[row] = Math.max(0, amount[row]! - before)
        this.parts++
      }
      // Without an id only an order that is known to go on can be continued by a row.
      if (id !== '' || PARTLY.test(identity.status?.texts[row] ?? ''))
        this.#filled.set(known, Math.max(before, amount[row]!))
      else this.#filled.delete(known)
    }
    return { rows: rows.sort((a, b) => a - b), added }
  }
}

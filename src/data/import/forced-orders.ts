/** Forced orders of files: each once, and each part of an order once. */
import { DataError } from '../../common/errors.ts'
import type { FileRows } from './read-rows.ts'

/** The rows of a file of forced orders that count, and what each adds. */
interface CountedOrders {
  /** Rows of the file, in its order. */
  rows: number[]
  /** Coins by row of the file: what the row adds to its order. */
  added: Float64Array
  repeated: number
  /** Rows that continue an order, of which only the rest was added. */
  parts: number
}

const PARTLY = /^partial/i

/**
 * Keeps each row once, and of an order whose rows state what is filled so far only what each row adds. Rows are the same if all
 * their cells are, wherever they stand: two orders of the same time, side and amount are two.
 *
 * @param seen rows of earlier files of the same series
 * @throws DataError without columns for side and amount
 */
export function countOrders(file: FileRows, seen: Set<string>): CountedOrders {
  const { side, amount, orderAmount, limitPrice } = file.columns
  const { identity, layout } = file.plan
  if (side === undefined || amount === undefined || identity === null)
    throw new DataError(`${file.name}: forced orders need columns for side and amount`)
  const names = file.plan.columns.slice(-identity.cells.length).map(column => column.name)
  const rows: number[] = []
  const added = new Float64Array(file.length)
  /** What is filled of an order whose id, or whose side, size and limit, is known. */
  const filled = new Map<string, number>()
  let repeated = 0
  let parts = 0
  for (let row = 0; row < file.length; row++) {
    const key = identity.cells.map((reader, k) => `${names[k]}=${reader.texts[row]}`).join('\u001f')
    if (seen.has(key)) {
      repeated++
      continue
    }
    seen.add(key)
    rows.push(row)
    added[row] = amount[row]!
    if (!layout?.cumulative) continue
    const id = identity.id?.texts[row] ?? ''
    const order = id !== '' ? id : `${side[row]} ${orderAmount?.[row]} ${limitPrice?.[row]}`
    const before = filled.get(order) ?? 0
    if (before > 0) {
      added[row] = Math.max(0, amount[row]! - before)
      parts++
    }
    // Without an id only an order that is known to go on can be continued by a row.
    if (id !== '' || PARTLY.test(identity.status?.texts[row] ?? '')) filled.set(order, Math.max(before, amount[row]!))
    else filled.delete(order)
  }
  return { rows, added, repeated, parts }
}

/** Filters and sorts the trades of the list. */
import type { TradeColumn } from './columns.ts'
import type { Trades } from './model.ts'
import type { Filters, Sorting } from './state.ts'

/**
 * Indices of the trades that pass the filters, in order of their entries.
 *
 * @param rowText the text of a trade's row in lower case
 */
export function filterTrades(trades: Trades, rowText: (trade: number) => string, filters: Filters): Int32Array {
  const { side, reason, rFrom, rTo, convergence, text } = filters
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matching: number[] = []
  for (let i = 0; i < trades.count; i++) {
    if (side !== 'both' && (side === 'short') !== (trades.short[i] === 1)) continue
    if (reason !== null && trades.reason[i] !== reason) continue
    // A missing result (NaN) is in no range.
    if (rFrom !== null && !(trades.r[i]! >= rFrom)) continue
    if (rTo !== null && !(trades.r[i]! <= rTo)) continue
    if (trades.convergence[i]! < convergence) continue
    if (words.length > 0) {
      const row = rowText(i)
      if (!words.every(word => row.includes(word))) continue
    }
    matching.push(i)
  }
  return Int32Array.from(matching)
}

/** The same trades sorted by a column; those without a value come last, equal ones stay in order of their entries. */
export function sortedTrades(
  filtered: Int32Array,
  columns: readonly TradeColumn[],
  sorting: Sorting | null,
): Int32Array {
  const column = sorting && columns.find(({ key }) => key === sorting.column)
  if (!column) return filtered
  const rows = Array.from(filtered, trade => ({ trade, value: column.value(trade) }))
  const sign = sorting.descending ? -1 : 1
  rows.sort((a, b) => {
    const [x, y] = [a.value, b.value]
    const byEntry = a.trade - b.trade
    if (typeof x === 'string' || typeof y === 'string') return sign * String(x).localeCompare(String(y)) || byEntry
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || byEntry
    return sign * (x - y) || byEntry
  })
  return Int32Array.from(rows, ({ trade }) => trade)
}

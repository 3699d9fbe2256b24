/** Which trades are shown, and in which order. */
import type { TradeColumn } from './columns.ts'
import type { Trades } from './model.ts'
import type { Filters, Sorting } from './state.ts'

/**
 * Indices of the trades that pass the filters, in order of their entries.
 *
 * @param rowText what the row of a trade says, in lower case
 */
export function filterTrades(trades: Trades, rowText: (trade: number) => string, filters: Filters): Int32Array {
  const { side, reason, rFrom, rTo, convergence, text } = filters
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const chosen: number[] = []
  for (let i = 0; i < trades.count; i++) {
    if (side !== 'both' && (side === 'short') !== (trades.short[i] === 1)) continue
    if (reason !== null && trades.reason[i] !== reason) continue
    // A result that is not known lies in no range.
    if (rFrom !== null && !(trades.r[i]! >= rFrom)) continue
    if (rTo !== null && !(trades.r[i]! <= rTo)) continue
    if (trades.convergence[i]! < convergence) continue
    if (words.length > 0) {
      const row = rowText(i)
      if (!words.every(word => row.includes(word))) continue
    }
    chosen.push(i)
  }
  return Int32Array.from(chosen)
}

/** The same trades in the order of a column; what has no value comes last either way, equals stay in order of their entries. */
export function sortedTrades(chosen: Int32Array, columns: readonly TradeColumn[], sorting: Sorting | null): Int32Array {
  const column = sorting && columns.find(({ key }) => key === sorting.column)
  if (!column) return chosen
  const values = new Map(Array.from(chosen, trade => [trade, column.value(trade)]))
  const sign = sorting.descending ? -1 : 1
  return chosen.slice().sort((a, b) => {
    const [x, y] = [values.get(a)!, values.get(b)!]
    if (typeof x === 'string' || typeof y === 'string') return sign * String(x).localeCompare(String(y)) || a - b
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
    return sign * (x - y) || a - b
  })
}

/** Swing points: highs and lows that the bars around them do not exceed. */
import type { Market } from './market.ts'

/**
 * Whether bar j has the highest high and the lowest low of the bars `from` … `to`, which include it. Equal ones do not count against
 * it. Known at the close of bar `to`.
 */
export function swingAt(
  { high, low }: Pick<Market, 'high' | 'low'>,
  j: number,
  from: number,
  to: number,
): { isHigh: boolean; isLow: boolean } {
  let isHigh = true
  let isLow = true
  for (let i = from; i <= to && (isHigh || isLow); i++) {
    if (high[i]! > high[j]!) isHigh = false
    if (low[i]! < low[j]!) isLow = false
  }
  return { isHigh, isLow }
}

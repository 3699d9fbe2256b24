/** Splits rows into pages, and describes them. */
import { countText } from '../../src/common/number-text.ts'

export const PAGE_SIZES = [10, 25, 50, 100] as const

export interface Page {
  /** 0-based. */
  index: number
  count: number
  /** First row and row after the last, 0-based. */
  start: number
  end: number
}

/** The page `index` (clamped) of `rows` rows with `size` rows per page. There is always at least one page. */
export function pageOf(rows: number, size: number, index: number): Page {
  const count = Math.max(1, Math.ceil(rows / size))
  const inRange = Math.min(count - 1, Math.max(0, index))
  const start = inRange * size
  return { index: inRange, count, start, end: Math.min(rows, start + size) }
}

/** The page of another size that contains the row that was first. */
export function pageAfterResize(start: number, size: number): number {
  return Math.floor(start / size)
}

const countFormat = new Intl.NumberFormat('en-US')
export const formatCount = (count: number): string => countFormat.format(count)

/** “1–10 of 1,234”, or “no rows”. */
export function describePage(page: Page, rows: number): string {
  if (rows === 0) return 'no rows'
  const first = formatCount(page.start + 1)
  const last = formatCount(page.end)
  return `${page.end - page.start === 1 ? first : `${first}–${last}`} of ${formatCount(rows)}`
}

/** A note that the payload has only the first rows of the table; empty if it has all. */
export function describeCut(rows: number, totalRows: number): string {
  return totalRows > rows ? `first ${formatCount(rows)} of ${countText(totalRows, 'row')} shown` : ''
}

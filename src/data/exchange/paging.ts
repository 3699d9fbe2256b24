/** Fetches a time series page by page, in order and complete. */
import { barOpen } from '../../common/duration.ts'
import type { Row } from './rows.ts'

/** A time range to fetch, and how to page through it. */
export interface PagingPlan {
  /** Epoch ms, [from, to). */
  from: number
  to: number
  /** Step between two records; null if records come at irregular times. */
  stepMs: number | null
  /** The most records of one response. */
  pageSize: number
  /** Usual length of one requested time range. */
  windowMs: number
  /** Whether a request over a longer range finds records anywhere in it, so that empty ranges can be skipped. */
  canWiden: boolean
}

/** What had to be repaired. */
export interface Repairs {
  /** Records that came more than once without having been requested again. */
  duplicates: number
  /** Records that came again with other values; the later response wins. */
  revised: number
  /** Records that were neither in rising nor in falling order. */
  outOfOrder: number
  /** Records that a first response lacked and a later one had. */
  refetched: number
}

type FetchPage = (from: number, to: number, limit: number) => Promise<readonly Row[]>

/**
 * Passes on a series range by range, each once, in order and complete. What a response lacks is requested once more by
 * itself, so that neither a lost page nor a limit below the documented one loses records; what is still missing then is a
 * gap. Windows double over empty ranges (before the listing, an outage of months), so that empty years cost few requests.
 */
export async function fetchPages(
  plan: PagingPlan,
  fetchPage: FetchPage,
  emit: (rows: Row[], from: number, to: number) => void | Promise<void>,
): Promise<Repairs> {
  const repairs: Repairs = { duplicates: 0, revised: 0, outOfOrder: 0, refetched: 0 }
  const { windowMs } = plan
  let width = windowMs
  let narrowing = false
  let cursor = plan.from
  while (cursor < plan.to) {
    const end = Math.min(plan.to, cursor + width)
    if (width > windowMs) {
      const rows = await fetchAgainIfEmpty(fetchPage, cursor, end, plan.pageSize)
      if (rows.some(([time]) => time >= cursor && time < end)) {
        // The range holds records: halve it until they are within a window of the usual length.
        width = Math.max(windowMs, Math.floor(width / 2 / windowMs) * windowMs)
        narrowing = true
        continue
      }
      await emit([], cursor, end)
      cursor = end
      if (!narrowing) width *= 2
      continue
    }
    const rows = await fetchComplete(plan, cursor, end, fetchPage, repairs)
    await emit(rows, cursor, end)
    cursor = end
    narrowing = false
    if (rows.length === 0 && plan.canWiden) width *= 2
  }
  return repairs
}

async function fetchAgainIfEmpty(
  fetchPage: FetchPage,
  from: number,
  to: number,
  limit: number,
): Promise<readonly Row[]> {
  const rows = await fetchPage(from, to, limit)
  return rows.length > 0 ? rows : fetchPage(from, to, limit)
}

/** Everything that the venue has in [from, to), in order. */
async function fetchComplete(
  plan: PagingPlan,
  from: number,
  to: number,
  fetchPage: FetchPage,
  repairs: Repairs,
): Promise<Row[]> {
  const byTime = new Map<number, Row>()
  const pending = [{ from, to, first: true }]
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    const rows = await fetchPage(range.from, range.to, plan.pageSize)
    repairs.outOfOrder += countOutOfOrder(rows)
    const inResponse = new Set<number>()
    let added = 0
    let oldest = Number.POSITIVE_INFINITY
    let newest = Number.NEGATIVE_INFINITY
    for (const row of rows) {
      const [time] = row
      // Pages overlap: earlier records have been passed on already.
      if (time >= plan.from && time < from) repairs.duplicates++
      if (!(time >= from && time < to)) continue
      oldest = Math.min(oldest, time)
      newest = Math.max(newest, time)
      const previous = byTime.get(time)
      if (previous === undefined) added++
      // A record of another response may come again, because the range around it was requested again.
      else if (inResponse.has(time)) repairs.duplicates++
      if (previous?.some((value, i) => value !== row[i])) repairs.revised++
      inResponse.add(time)
      byTime.set(time, row)
    }
    if (!range.first) repairs.refetched += added
    if (added === 0) {
      if (range.first) pending.push({ ...range, first: false })
      continue
    }
    // A limit cuts off records before the oldest or after the newest one; lost records are between them.
    const pieces = [
      [range.from, oldest],
      [oldest, newest],
      [newest + 1, range.to],
    ] as const
    for (const [i, [start, end]] of pieces.entries()) {
      const cutOff = i !== 1 && rows.length >= plan.pageSize && start < end ? { from: start, to: end } : null
      const missing = plan.stepMs === null ? cutOff : missingRange(byTime, start, end, plan.stepMs)
      if (missing !== null) pending.push({ ...missing, first: false })
    }
  }
  return [...byTime.values()].sort((a, b) => a[0] - b[0])
}

/** The range from the first to the last missing record of a series with a step; null if none is missing. */
function missingRange(byTime: ReadonlyMap<number, Row>, from: number, to: number, stepMs: number) {
  let first = -1
  let last = -1
  for (let time = firstStep(from, stepMs); time < to; time += stepMs) {
    if (byTime.has(time)) continue
    if (first < 0) first = time
    last = time
  }
  return first < 0 ? null : { from: first, to: last + stepMs }
}

/** The first multiple of a step (weeks from Monday) at or after `from`. */
export function firstStep(from: number, stepMs: number): number {
  const open = barOpen(from, stepMs)
  return open < from ? open + stepMs : open
}

/** Venues send newest or oldest first, so the rarer direction within a page counts as out of order. */
function countOutOfOrder(rows: readonly Row[]): number {
  let rising = 0
  let falling = 0
  for (let i = 1; i < rows.length; i++) {
    if (rows[i]![0] > rows[i - 1]![0]) rising++
    if (rows[i]![0] < rows[i - 1]![0]) falling++
  }
  return Math.min(rising, falling)
}

/** Describes what a series lacks of the range that was requested. */
import { formatTime, HOUR, MINUTE } from '../../common/duration.ts'
import { firstStep } from './paging.ts'
import type { SeriesKind } from './series.ts'

/** The received times of a series, in order, and what was requested. */
interface ReceivedSeries {
  kind: SeriesKind
  exchange: string
  time: Float64Array
  /** Epoch ms, [since, until): records that the exchange keeps and has published. */
  since: number
  until: number
  /** Null for funding, which has the venue's own times. */
  stepMs: number | null
}

/** Names of the series in messages. */
export const SERIES_LABELS: Record<SeriesKind, string> = {
  candles: 'candles',
  openInterest: 'open interest',
  funding: 'funding rates',
  longShortRatio: 'long/short ratios',
}

/** At no venue is funding due more rarely. */
const MAX_FUNDING_INTERVAL_MS = 8 * HOUR

/**
 * One sentence for each place where records are missing: at the start, at the end and, all together, between. Gaps between
 * candles are left out, because every market describes its own.
 */
export function describeMissing({ kind, exchange, time, since, until, stepMs }: ReceivedSeries): string[] {
  const label = SERIES_LABELS[kind]
  const first = time[0]
  const last = time.at(-1)
  if (first === undefined || last === undefined) {
    const isExpected = kind !== 'candles' && until - since > (stepMs ?? MAX_FUNDING_INTERVAL_MS)
    return isExpected ? [`${exchange} has no ${label} from ${formatTime(since)} to ${formatTime(until)}`] : []
  }
  if (stepMs === null) return describeFunding(exchange, time, since, until)
  const count = (records: number) => {
    if (kind === 'candles') return records === 1 ? '1 bar is' : `${records} bars are`
    return records === 1 ? `1 record of ${label} is` : `${records} records of ${label} are`
  }
  const notes: string[] = []
  const before = Math.round((first - firstStep(since, stepMs)) / stepMs)
  const after = Math.ceil((until - last) / stepMs) - 1
  if (before > 0) notes.push(`${count(before)} missing at the start: ${exchange} has none before ${formatTime(first)}`)
  if (after > 0) notes.push(`${count(after)} missing at the end: ${exchange} has none after ${formatTime(last)}`)
  if (kind === 'candles') return notes
  let missing = 0
  let gapStart: number | undefined
  for (let i = 1; i < time.length; i++) {
    const steps = Math.round((time[i]! - time[i - 1]!) / stepMs)
    if (steps > 1) gapStart ??= time[i - 1]
    missing += Math.max(0, steps - 1)
  }
  if (gapStart !== undefined) notes.push(`${count(missing)} missing, the first after ${formatTime(gapStart)}`)
  return notes
}

/** Venues change the interval between funding times, so a gap is one that is longer than those around it. */
function describeFunding(exchange: string, time: Float64Array, since: number, until: number): string[] {
  const intervals = Array.from(time.subarray(1), (at, i) => at - time[i]!)
  const [firstInterval = MAX_FUNDING_INTERVAL_MS] = intervals
  const lastInterval = intervals.at(-1) ?? MAX_FUNDING_INTERVAL_MS
  const first = time[0]!
  const last = time.at(-1)!
  const notes: string[] = []
  // Venues stamp funding up to some seconds after it is due.
  if (first - since > Math.min(firstInterval, MAX_FUNDING_INTERVAL_MS) + MINUTE)
    notes.push(`funding rates are missing at the start: ${exchange} has none before ${formatTime(first)}`)
  if (until - last > Math.min(lastInterval, MAX_FUNDING_INTERVAL_MS) + MINUTE)
    notes.push(`funding rates are missing at the end: ${exchange} has none after ${formatTime(last)}`)
  const gap = intervals.findIndex((interval, i) => {
    const around = Math.max(intervals[i - 1] ?? 0, intervals[i + 1] ?? 0)
    return interval > 1.5 * (around || MAX_FUNDING_INTERVAL_MS)
  })
  if (gap >= 0) notes.push(`funding rates are missing, the first after ${formatTime(time[gap]!)}`)
  return notes
}

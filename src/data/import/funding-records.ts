/** Payments of funding from the records of files. */
import { lowerBound } from '../../common/binary-search.ts'
import { durationMs, formatDuration, formatTime, HOUR } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { type FundingEvents, fundingDueAt } from '../../market/funding.ts'
import type { Instrument } from '../../market/instrument.ts'
import { commonStep } from '../../market/market.ts'

/** No venue charges funding more often. */
const MIN_INTERVAL_MS = HOUR
/** The usual interval, at which a rate that is recorded more often changes. */
const USUAL_INTERVAL_MS = 8 * HOUR
/** Rows that show whether a rate is polled. */
const MIN_RUNS = 3

export interface FundingRecords {
  name: string
  /** When the rate was recorded, in order. */
  time: Float64Array
  rate: Float64Array
  /** When it is due, if the file states that. */
  dueTime?: Float64Array
  /** How often funding is due, as the user states it. */
  interval?: string
  /** Whether each record is a payment, as the layout or the venue has it. */
  payments: boolean
}

/** Payments, and the time over which there are no others. */
export interface KnownFunding {
  payments: FundingEvents
  known: readonly [from: number, to: number] | null
}

/** Venues at which funding is due every hour, so that a rate may well stay the same for a day. */
const HOURLY = new Set(['hyperliquid', 'kraken', 'dydx', 'deribit'])

export function hasHourlyFunding({ venue }: Instrument): boolean {
  return venue !== undefined && HOURLY.has(venue)
}

/**
 * One rate per time at which funding is due: that of the last record up to then. Records more frequent than any funding, or of
 * a rate that changes only every eight hours, are a rate that was polled, not payments.
 *
 * @param notes gets what was done
 * @throws DataError for polled rates of which nothing says when they are due
 */
export function fundingPayments(records: FundingRecords, notes: string[]): KnownFunding {
  const { name, dueTime, interval, payments } = records
  const { time, rate } = withoutMissing(records.time, records.rate)
  const polled = (events: FundingEvents): KnownFunding => ({
    payments: events,
    known: time.length === 0 ? null : [time[0]!, time.at(-1)!],
  })
  // A column of due times may be there and empty.
  if (dueTime?.some(due => !Number.isNaN(due))) return polled(paymentsDue(records, notes))
  if (interval !== undefined) {
    notes.push(`${name}: funding was taken every ${interval}, as stated`)
    return polled(paymentsEvery(time, rate, durationMs(interval, 'fundingInterval')))
  }
  const each = { time: time.map(fundingDueAt), rate }
  if (time.length < 2) return { payments: each, known: null }
  const step = commonStep(time)
  if (step < MIN_INTERVAL_MS)
    throw new DataError(
      `${name}: a funding rate every ${formatDuration(step)}, from ${formatTime(time[0]!)} on, is one that was polled: it would be charged ${Math.round((24 * HOUR) / step)} times a day. Set how often it is due, e.g. fundingInterval: '8h'`,
    )
  if (!payments && step < USUAL_INTERVAL_MS && changesEvery(time, rate, USUAL_INTERVAL_MS, step)) {
    notes.push(
      `${name}: its funding rate is recorded every ${formatDuration(step)}, but changes only every ${formatDuration(USUAL_INTERVAL_MS)}: it was taken once in each of these. If it was due each time, set fundingInterval: '${formatDuration(step)}'`,
    )
    return polled(paymentsEvery(time, rate, USUAL_INTERVAL_MS))
  }
  // Funding is known until one interval after the last payment.
  return { payments: each, known: [each.time[0]!, each.time.at(-1)! + step - 1] }
}

function withoutMissing(time: Float64Array, rate: Float64Array): { time: Float64Array; rate: Float64Array } {
  if (!rate.some(Number.isNaN)) return { time, rate }
  return { time: time.filter((_, i) => !Number.isNaN(rate[i])), rate: rate.filter(value => !Number.isNaN(value)) }
}

/** The last rate recorded for each time at which funding is due. */
function paymentsDue({ name, time, rate, dueTime }: FundingRecords, notes: string[]): FundingEvents {
  const last = new Map<number, number>()
  let rows = 0
  for (let i = 0; i < time.length; i++) {
    const due = fundingDueAt(dueTime![i]!)
    if (Number.isNaN(rate[i]) || Number.isNaN(due)) continue
    rows++
    // What is recorded after the payment speaks of the next one, or is late.
    if (time[i]! <= dueTime![i]!) last.set(due, rate[i]!)
  }
  const end = time.at(-1) ?? Number.NEGATIVE_INFINITY
  // A payment after the last record may still change its rate.
  const payments = [...last].filter(([due]) => due <= end).sort((a, b) => a[0] - b[0])
  if (rows > last.size)
    notes.push(
      `${name}: ${rows} records of a funding rate were taken as ${payments.length} payments at the times that they state`,
    )
  return { time: Float64Array.from(payments, ([due]) => due), rate: Float64Array.from(payments, ([, value]) => value) }
}

/** At each whole interval within the records, the rate of the last record up to then that is not older than the interval. */
function paymentsEvery(time: Float64Array, rate: Float64Array, intervalMs: number): FundingEvents {
  const due: number[] = []
  const rates: number[] = []
  const first = time[0] ?? 0
  const last = time.at(-1) ?? -1
  for (let at = Math.ceil(first / intervalMs) * intervalMs; at <= last; at += intervalMs) {
    const k = lowerBound(time, at + 1) - 1
    if (k < 0 || time[k]! <= at - intervalMs) continue
    due.push(at)
    rates.push(rate[k]!)
  }
  return { time: Float64Array.from(due), rate: Float64Array.from(rates) }
}

/** Whether a rate is constant within each interval, over several in which it differs. */
function changesEvery(time: Float64Array, rate: Float64Array, intervalMs: number, step: number): boolean {
  let runs = 0
  for (let i = 1; i < time.length; i++) {
    if (Math.floor(time[i]! / intervalMs) === Math.floor(time[i - 1]! / intervalMs)) {
      if (rate[i] !== rate[i - 1]) return false
      if (time[i]! - time[i - 1]! <= step) runs++
    }
  }
  // A rate that never changes is polled too, as far as anybody can tell: the clamp of most venues is such a rate.
  return runs >= MIN_RUNS
}

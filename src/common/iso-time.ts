/** Reads ISO dates from bytes and strings, without allocating per date. */
import { DAY } from './duration.ts'
import { OptionError, quoteValue } from './errors.ts'

/** A date as {@link parseIsoBytes} fills it in. */
export interface IsoTime {
  /** Epoch ms; as if in UTC where the date names no zone. */
  ms: number
  /** Whether the date names a zone. */
  zoned: boolean
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads a date such as `2024-06-19`, `2024-06-19 21:00` or `2024-06-19T21:00:00.123456+02:00` from the bytes `from` to
 * before `to`. Fractions of a millisecond are cut off. Also MetaTrader's `2024.06.19 21:00`, BitMEX's `2024-06-19D21:00:00` and
 * CryptoDataDownload's `2024-06-19 09-PM`.
 *
 * @returns false if it is not such a date; then nothing is filled in
 */
export function parseIsoBytes(bytes: Uint8Array, from: number, to: number, into: IsoTime): boolean {
  if (to - from < 10) return false
  const divider = bytes[from + 4]
  if ((divider !== 45 && divider !== 47 && divider !== 46) || bytes[from + 7] !== divider) return false
  const year = digits(bytes, from, 4)
  const month = digits(bytes, from + 5, 2)
  const day = digits(bytes, from + 8, 2)
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1)) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > DAYS[month - 1]! + (leap && month === 2 ? 1 : 0)) return false
  let clock = 0
  let i = from + 10
  // T, t, D or a space, and then a digit: a space may also precede the zone.
  if (i + 1 < to && ((bytes[i]! | 32) === 116 || bytes[i] === 32 || bytes[i] === 68) && isDigit(bytes[i + 1]!)) {
    const half = halfDay(bytes, i + 1, to)
    if (half >= 0) {
      into.zoned = false
      into.ms = daysBefore(year, month) * DAY + (day - 1) * DAY + half * 3_600_000
      return true
    }
    const hour = digits(bytes, i + 1, 2)
    const minute = i + 6 <= to && bytes[i + 3] === 58 ? digits(bytes, i + 4, 2) : -1
    if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60)) return false
    clock = (hour * 60 + minute) * 60_000
    i += 6
    if (i < to && bytes[i] === 58) {
      const second = i + 3 <= to ? digits(bytes, i + 1, 2) : -1
      if (!(second >= 0 && second < 60)) return false
      clock += second * 1000
      i += 3
      if (i + 1 < to && bytes[i] === 46 && isDigit(bytes[i + 1]!)) {
        i++
        for (let unit = 100; i < to && isDigit(bytes[i]!); i++, unit /= 10)
          if (unit >= 1) clock += (bytes[i]! - 48) * unit
      }
    }
  }
  while (i < to && bytes[i] === 32) i++
  const offset = zoneMinutes(bytes, i, to)
  if (Number.isNaN(offset)) return false
  into.zoned = i < to
  into.ms = daysBefore(year, month) * DAY + (day - 1) * DAY + clock - offset * 60_000
  return true
}

/** The hour of `12-AM` … `11-PM`; -1 if that is not what stands from `from` to `to`. */
function halfDay(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== 5 || bytes[from + 2] !== 45 || (bytes[from + 4]! | 32) !== 109) return -1
  const hour = digits(bytes, from, 2)
  const half = bytes[from + 3]! | 32
  if (!(hour >= 1 && hour <= 12) || (half !== 97 && half !== 112)) return -1
  return (hour % 12) + (half === 112 ? 12 : 0)
}

/** Days from 1970-01-01 to the first of a month. */
function daysBefore(year: number, month: number): number {
  // Years start in March here, so that the leap day comes last.
  const y = month > 2 ? year : year - 1
  const m = month > 2 ? month - 3 : month + 9
  return (
    y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((m * 153 + 2) / 5) - 719_468
  )
}

/** Minutes ahead of UTC: 0 if nothing follows, NaN if it is not a zone. */
function zoneMinutes(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  if (length === 0) return 0
  const first = bytes[from]!
  if (length === 1) return (first | 32) === 122 ? 0 : Number.NaN
  const word = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 4))).toUpperCase()
  if (word === 'UTC' || word === 'GMT') return 0
  if (first !== 43 && first !== 45) return Number.NaN
  const colon = length === 6 && bytes[from + 3] === 58
  if (length !== 3 && length !== 5 && !colon) return Number.NaN
  const hours = digits(bytes, from + 1, 2)
  const minutes = length === 3 ? 0 : digits(bytes, from + (colon ? 4 : 3), 2)
  if (!(hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60)) return Number.NaN
  return (first === 45 ? -1 : 1) * (hours * 60 + minutes)
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

/** The number in `count` digits; -1 if one of the bytes is not a digit. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    if (!isDigit(bytes[i]!)) return -1
    value = value * 10 + (bytes[i]! - 48)
  }
  return value
}

/** Epoch ms of an ISO date, UTC unless it names a zone; NaN if it is not a date. */
export function parseIsoUtc(text: string): number {
  const bytes = Buffer.from(text)
  const time: IsoTime = { ms: Number.NaN, zoned: false }
  return parseIsoBytes(bytes, 0, bytes.length, time) ? time.ms : Number.NaN
}

/**
 * A hint at the date that was meant, to append to a message; empty if there is none. Of `01/02/2023` it says both readings: which
 * number is the month differs from country to country.
 */
export function momentHint(value: unknown): string {
  const means = (...dates: string[]) => ` (did you mean ${[...new Set(dates)].join(' or ')}?)`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : means(value.toISOString())
  if (typeof value !== 'string') return ''
  const [, a = '', b = '', year = ''] = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})\s*$/.exec(value) ?? []
  const dates = [
    `${year}-${a.padStart(2, '0')}-${b.padStart(2, '0')}`,
    `${year}-${b.padStart(2, '0')}-${a.padStart(2, '0')}`,
  ]
  const valid = dates.filter(date => !Number.isNaN(parseIsoUtc(date)))
  return valid.length === 0 ? '' : means(...valid)
}

/** The last moment that a `Date` can hold. */
const MAX_DATE_MS = 8.64e15

/**
 * Epoch ms of an ISO date (UTC unless it names a zone) or of a number of epoch ms.
 *
 * @param name the option, for the error
 * @throws OptionError if it is neither
 */
export function momentMs(value: string | number, name: string): number {
  const ms = typeof value === 'string' ? parseIsoUtc(value) : typeof value === 'number' ? value : Number.NaN
  if (!(Math.abs(ms) <= MAX_DATE_MS))
    throw new OptionError(
      `${name}: ${quoteValue(value)} is not a date such as 2023-01-01 or 2023-01-01T12:00Z${momentHint(value)}`,
    )
  return ms
}

import { DataError, quoteValue } from './errors.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK }

/** Exchanges open weekly bars on Mondays; the epoch was a Thursday. */
const MONDAY_OFFSET = 4 * DAY

/**
 * Milliseconds of a duration such as `'15m'`, `'4h'`, `'7d'`, `'1.5h'`; a number is taken as milliseconds. Months have no
 * fixed length and are refused.
 *
 * @param name what the value is called in an error
 * @throws DataError when it is not a positive finite duration
 */
export function durationMs(value: string | number, name = 'duration'): number {
  const ms = typeof value === 'number' ? value : parse(value)
  if (!(ms > 0 && Number.isFinite(ms))) {
    throw new DataError(
      `${name}: ${quoteValue(value)} is not a duration. Write a number and a unit: 30s, 15m, 4h, 7d, 1w`,
    )
  }
  return ms
}

function parse(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*$/.exec(text)
  return match ? Number(match[1]) * UNITS[match[2]!]! : Number.NaN
}

/** `3600000` → `'1h'`: the largest unit that divides the duration. */
export function formatDuration(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    if (ms >= UNITS[unit]! && ms % UNITS[unit]! === 0) return `${ms / UNITS[unit]!}${unit}`
  }
  return `${ms}ms`
}

/** Open time of the exchange-aligned bar that holds `timeMs`: UTC days, weeks from Monday. */
export function barOpen(timeMs: number, barMs: number): number {
  const offset = barMs % WEEK === 0 ? MONDAY_OFFSET : 0
  return Math.floor((timeMs - offset) / barMs) * barMs + offset
}

/** `2024-06-19 21:00` in UTC. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')
}

/** Durations such as `4h` in milliseconds, and the bars of exchanges in UTC. */
import { OptionError, quoteValue } from './errors.ts'

const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

/** From the largest. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['w', WEEK],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
])

/** Exchanges open weekly bars on Mondays; the epoch was a Thursday. */
const MONDAY_OFFSET = 4 * DAY

/**
 * Milliseconds of a duration such as `'15m'`, `'4h'`, `'7d'` or `'1.5h'`. A number counts as milliseconds. Months are
 * refused: they have no fixed length.
 *
 * @param name the option, for the error
 * @throws OptionError unless the duration is positive and finite
 */
export function durationMs(value: string | number, name = 'duration'): number {
  const ms = typeof value === 'string' ? parse(value) : typeof value === 'number' ? value : Number.NaN
  if (!(ms > 0 && Number.isFinite(ms))) {
    throw new OptionError(
      `${name}: ${quoteValue(value)} is not a duration. Write a number and a unit: 30s, 15m, 4h, 7d, 1w`,
    )
  }
  return ms
}

function parse(text: string): number {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*$/.exec(text) ?? []
  return Number(count) * (UNITS.get(unit) ?? Number.NaN)
}

/** `3600000` → `'1h'`: the largest unit that divides the duration. */
export function formatDuration(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`
  return `${ms}ms`
}

/** Open time of the bar that contains `timeMs`, aligned as on exchanges: UTC days, weeks from Monday. */
export function barOpen(timeMs: number, barMs: number): number {
  const offset = barMs % WEEK === 0 ? MONDAY_OFFSET : 0
  return Math.floor((timeMs - offset) / barMs) * barMs + offset
}

/** `2024-06-19 21:00` in UTC. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')
}

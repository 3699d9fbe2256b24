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
      `${name}: ${quoteValue(value)} is not a duration. Write a number and a unit: 30s, 15m, 4h, 7d, 1w${durationHint(value)}`,
    )
  }
  return ms
}

function parse(text: string): number {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*$/.exec(text) ?? []
  return Number(count) * (UNITS.get(unit) ?? Number.NaN)
}

/** The words of other programs for the units. */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({ w: 'week', d: 'day', h: 'hour hr', m: 'minute min', s: 'second sec' }).flatMap(([unit, words]) =>
    [unit, ...words.split(' ')].map(word => [word, unit] as const),
  ),
)

/**
 * A hint at the duration that was meant, to append to a message: for `60` (minutes, as charts name their timeframes), `4H`,
 * `1D`, `4 hours` and `D`; empty if there is none.
 */
export function durationHint(value: unknown): string {
  if (typeof value !== 'string') return ''
  const [, count = '', word = ''] = /^\s*(\d*(?:\.\d+)?)\s*([a-z]*?)s?\s*$/i.exec(value) ?? []
  // Charts write M for months, and m for minutes.
  const unit =
    word === '' ? (count === '' ? undefined : 'm') : word === 'M' ? undefined : UNIT_WORDS.get(word.toLowerCase())
  const ms = unit === undefined ? Number.NaN : Number(count === '' ? 1 : count) * (UNITS.get(unit) ?? Number.NaN)
  return ms > 0 && Number.isFinite(ms) ? ` (did you mean ${formatDuration(ms)}?)` : ''
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

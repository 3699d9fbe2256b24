/** Lengths of candles that people know: of 5 minutes, 4 hours, a day, and not of 25 hours. */
import { DAY, HOUR, MINUTE, WEEK } from './duration.ts'

const LENGTHS = [
  ...[1, 2, 3, 5, 10, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map(n => n * HOUR),
  ...[1, 2, 3].map(n => n * DAY),
  ...[1, 2, 4, 8, 16, 32, 64, 128, 256].map(n => n * WEEK),
]

/** A known length may be longer by this factor than what was asked for. */
const MAX_FACTOR = 4

/** The shortest known length of at least `minMs` that whole bars fill; a multiple of the bar where none is near. */
export function candleLength(minMs: number, barMs: number): number {
  if (minMs <= barMs) return barMs
  const known = LENGTHS.find(length => length >= minMs && length % barMs === 0)
  return known !== undefined && known <= MAX_FACTOR * minMs ? known : Math.ceil(minMs / barMs) * barMs
}

/** Time zones: epoch ms of the local times in a file. */
import { MINUTE } from '../../common/duration.ts'
import { quoteValue } from '../../common/errors.ts'
import { CellError } from './cell-readers.ts'

/** Turns local times into epoch ms. */
export interface Zone {
  readonly name: string
  /**
   * @param local epoch ms of the same clock time in UTC
   * @throws CellError for a time that clocks never show
   */
  toUtc(local: number): number
}

export const UTC: Zone = { name: 'UTC', toUtc: local => local }

/** Whether a value names a time zone. */
export function isZone(name: unknown): boolean {
  if (typeof name !== 'string') return false
  try {
    parseZone(name)
    return true
  } catch {
    return false
  }
}

/**
 * The zone of a name: `UTC`, an offset such as `+09:00`, or a place such as `America/New_York`. Where clocks are set back
 * they show an hour twice: the order of the times decides between the two, and the very first time is read as the earlier one.
 *
 * @throws RangeError when the name is not known
 */
export function parseZone(name: string): Zone {
  if (/^(utc|z|gmt)$/i.test(name)) return UTC
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(name)
  if (match) {
    const offset = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * MINUTE
    return { name, toUtc: local => local - offset }
  }
  return placeZone(name)
}

function placeZone(name: string): Zone {
  const offsetAt = utcOffset(name)
  // Offsets change at most twice a year: one lookup per quarter of an hour of local time is enough, and cheap.
  const QUARTER = 15 * MINUTE
  let quarter = Number.NaN
  let offsets: number[] = []
  let previous = -Infinity
  return {
    name,
    toUtc(local) {
      const current = Math.floor(local / QUARTER)
      if (current !== quarter) {
        quarter = current
        const start = current * QUARTER
        const nearby = new Set([offsetAt(start - 24 * 60 * MINUTE), offsetAt(start + 24 * 60 * MINUTE)])
        offsets = [...nearby].filter(offset => offsetAt(start - offset) === offset).sort((a, b) => b - a)
      }
      const times = offsets.map(offset => local - offset)
      const latest = times.at(-1)
      if (latest === undefined)
        throw new CellError(`a time that clocks show in ${name}, where they were set forward over this one`)
      previous = times.find(time => time > previous) ?? latest
      return previous
    },
  }
}

/** The offset of a place's clocks from UTC at a moment, in ms. */
function utcOffset(place: string): (utc: number) => number {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: place,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new RangeError(`${quoteValue(place)} is not a time zone`)
  }
  return utc => {
    const parts = Object.fromEntries(format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utc / 1000) * 1000
  }
}

import { MINUTE } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import { CellError } from './cells.ts'

/** Makes epoch ms of what clocks show somewhere. */
export interface Zone {
  readonly name: string
  /**
   * @param local epoch ms of the same clock face in UTC
   * @throws CellError when clocks never show that
   */
  toUtc(local: number): number
}

export const UTC: Zone = { name: 'UTC', toUtc: local => local }

/**
 * The zone of a name: `UTC`, an offset such as `+09:00`, or a place such as `America/New_York`. Where clocks are set back
 * they show an hour twice; times in order tell which of the two it is, and the first time of all is taken as the earlier one.
 *
 * @throws DataError when the name is not known
 */
export function zoneOf(name: string): Zone {
  if (/^(utc|z|gmt)$/i.test(name)) return UTC
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(name)
  if (match) {
    const offset = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * MINUTE
    return { name, toUtc: local => local - offset }
  }
  return placeZone(name)
}

function placeZone(name: string): Zone {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new DataError(
      `zone: ${quoteValue(name)} is not known. Write UTC, an offset as +09:00, or a place as Asia/Tokyo`,
    )
  }
  const offsetAt = (utc: number): number => {
    const part = Object.fromEntries(format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]))
    const face = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
    return face - Math.floor(utc / 1000) * 1000
  }
  // Offsets change at most twice a year: asking once a quarter of an hour of local time is often enough and cheap.
  const QUARTER = 15 * MINUTE
  let quarter = Number.NaN
  let candidates: number[] = []
  let previous = -Infinity
  return {
    name,
    toUtc(local) {
      const now = Math.floor(local / QUARTER)
      if (now !== quarter) {
        quarter = now
        const start = now * QUARTER
        const offsets = new Set([offsetAt(start - 24 * 60 * MINUTE), offsetAt(start + 24 * 60 * MINUTE)])
        candidates = [...offsets].filter(offset => offsetAt(start - offset) === offset).sort((a, b) => b - a)
      }
      if (candidates.length === 0)
        throw new CellError(`a time that clocks show in ${name}, where they were set forward over this one`)
      const times = candidates.map(offset => local - offset)
      previous = times.find(time => time > previous) ?? times.at(-1)!
      return previous
    },
  }
}

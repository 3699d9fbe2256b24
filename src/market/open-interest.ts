/** Values of open interest that cannot be right. */

import { formatTime } from '../common/duration.ts'

/** No market loses or gains this much within one bar: a factor of ten. */
const MAX_FACTOR = 10
/** After so many bars a new level is taken as real. */
const ACCEPT_AFTER_BARS = 24

/**
 * Open interest without values that are missing rather than true: 0, and what is less than a tenth or more than ten times the
 * last value that counted. After a day of hourly bars at the new level it counts. What is said of a bar depends on earlier bars
 * alone.
 *
 * @returns the values, NaN where one was left out; and how many were, and the first
 */
function plausibleOpenInterest(values: Float64Array): { values: Float64Array; dropped: number; first: number } {
  let out = values
  let dropped = 0
  let first = -1
  let last = Number.NaN
  let refused = 0
  for (let t = 0; t < values.length; t++) {
    const value = values[t]!
    if (Number.isNaN(value)) continue
    const jump = value < last / MAX_FACTOR || value > last * MAX_FACTOR
    if (value > 0 && (!jump || ++refused > ACCEPT_AFTER_BARS)) {
      last = value
      refused = 0
      continue
    }
    if (out === values) out = values.slice()
    out[t] = Number.NaN
    dropped++
    if (first < 0) first = t
  }
  return { values: out, dropped, first }
}

/** The same, with a note on what was left out. */
export function checkedOpenInterest(values: Float64Array, time: Float64Array, notes: string[]): Float64Array {
  const { values: plausible, dropped, first } = plausibleOpenInterest(values)
  if (dropped > 0)
    notes.push(
      `openInterest: ${dropped} values are 0, or less than a tenth or more than ten times the one before, and were taken as missing; the first at ${formatTime(time[first]!)}`,
    )
  return plausible
}

/** Aligns an exchange's records with bars: the value at each close, and the funding due in each bar. */
import { HOUR, MINUTE } from '../../common/duration.ts'

/** Records in order of time, complete up to `until`: no record before `until` is missing. */
export interface TimeSeries {
  time: Float64Array
  value: Float64Array
  until: number
}

/**
 * The value (open interest, long/short ratio) at the close of each bar: that of the last record with time ≤ close. NaN if
 * that record is older than `maxAgeMs`, or if the record of the close may not be published yet. Later records never
 * change a bar.
 */
export function valueAtClose(barTime: Float64Array, barMs: number, series: TimeSeries, maxAgeMs: number): Float64Array {
  const { time, value, until } = series
  const out = new Float64Array(barTime.length)
  let next = 0
  for (let i = 0; i < barTime.length; i++) {
    const close = barTime[i]! + barMs
    while (next < time.length && time[next]! <= close) next++
    const fresh = next > 0 && close - time[next - 1]! <= maxAgeMs && close < until
    out[i] = fresh ? value[next - 1]! : Number.NaN
  }
  return out
}

/**
 * The sum of the funding rates that are due in each bar [open, close): for most bars that of the open, or 0. Venues stamp
 * funding some milliseconds after the full minute at which it is due. NaN before the first record, and if the bar's last
 * record may not be published yet.
 */
export function fundingInBar(barTime: Float64Array, barMs: number, series: TimeSeries): Float64Array {
  const { time, value, until } = series
  const out = new Float64Array(barTime.length)
  const due = time.map(stamp => Math.floor(stamp / MINUTE) * MINUTE)
  const firstDue = due[0] ?? Infinity
  let next = 0
  for (let i = 0; i < barTime.length; i++) {
    const open = barTime[i]!
    const close = open + barMs
    while (next < due.length && due[next]! < open) next++
    let sum = 0
    for (let k = next; k < due.length && due[k]! < close; k++) sum += value[k]!
    // Funding is due at full hours only.
    const lastDue = Math.floor((close - 1) / HOUR) * HOUR
    const complete = close > firstDue && Math.max(lastDue, open) < until
    out[i] = complete ? sum : Number.NaN
  }
  return out
}

import { HOUR, MINUTE } from '../../common/duration.ts'

/** A series in time and up to when it is complete: there is no record in [time of the last, until) that is not here. */
export interface Records {
  time: Float64Array
  value: Float64Array
  until: number
}

/**
 * States (open interest, long/short ratio) at the close of each bar: the last record with time ≤ close. NaN where the
 * newest one is older than `staleMs`, or where the record of the close may not have been published yet. Later records
 * change nothing about a bar.
 */
export function stateAtClose(barTime: Float64Array, barMs: number, records: Records, staleMs: number): Float64Array {
  const { time, value, until } = records
  const out = new Float64Array(barTime.length)
  let next = 0
  for (let i = 0; i < barTime.length; i++) {
    const close = barTime[i]! + barMs
    while (next < time.length && time[next]! <= close) next++
    const fresh = next > 0 && close - time[next - 1]! <= staleMs && close < until
    out[i] = fresh ? value[next - 1]! : Number.NaN
  }
  return out
}

/**
 * Funding that is due in each bar [open, close), summed: at most bars it is that of the open, or 0. Venues stamp it some
 * milliseconds after the full minute at which it is due. NaN before the first record, and where the last one of the bar
 * may not have been published yet.
 */
export function dueInBar(barTime: Float64Array, barMs: number, records: Records): Float64Array {
  const { time, value, until } = records
  const out = new Float64Array(barTime.length)
  const due = time.map(at => Math.floor(at / MINUTE) * MINUTE)
  let next = 0
  for (let i = 0; i < barTime.length; i++) {
    const open = barTime[i]!
    const close = open + barMs
    while (next < due.length && due[next]! < open) next++
    let sum = 0
    for (let k = next; k < due.length && due[k]! < close; k++) sum += value[k]!
    // Funding is due at full hours only.
    const lastDue = Math.floor((close - 1) / HOUR) * HOUR
    const known = due.length > 0 && close > due[0]! && Math.max(lastDue, open) < until
    out[i] = known ? sum : Number.NaN
  }
  return out
}

/** Checks whether the clock of a file is off, by comparing it with other data of the same market. */
import { formatDuration } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { invalidOption } from '../../common/options.ts'
import type { FlowField, Market } from '../../market/market.ts'
import { alignRecords, type FileRecords } from './align-records.ts'
import { type ClockShift, clockShift } from './clock-shift.ts'
import { shiftMs } from './file-options.ts'

type Bars = Pick<Market, 'time' | 'barMs' | 'open' | 'high' | 'low' | 'close' | 'volume'>

/** Below this correlation, two series may not belong together. */
const MIN_CORRELATION = 0.1
/** Gain in correlation over the stamped times from which a shift is reported. */
const MIN_GAIN = 0.03

/**
 * Estimates the clock shift of records against candles. Changes of open interest are compared with the volume, because contracts
 * change hands when they open and close; changes of the long/short ratio and liquidated amounts with the size of price moves.
 */
export function recordsShift(records: FileRecords, bars: Bars): { field: FlowField; estimate: ClockShift } | null {
  const aligned = alignRecords(records, bars).values
  for (const field of ['openInterest', 'longLiquidations', 'longShortRatio'] as const) {
    const series = aligned[field]
    if (series === undefined) continue
    const activity = field === 'longLiquidations' ? series : absoluteChanges(series)
    const reference =
      field === 'openInterest' ? bars.volume : bars.close.map((close, t) => Math.abs(Math.log(close / bars.open[t]!)))
    const estimate = clockShift(reference, activity, bars.barMs)
    if (estimate !== null && estimate.correlation >= MIN_CORRELATION) return { field, estimate }
  }
  return null
}

/**
 * Estimates the clock shift of candles against those of another market of the same coin, by the returns of both.
 *
 * @throws OptionError when the bars of the two differ in length
 */
export function candlesShift(bars: Bars, against: Bars): ClockShift | null {
  const barMs = bars.barMs
  if (against.barMs !== barMs)
    throw invalidOption(
      'liq.market',
      'against',
      `a market of ${formatDuration(against.barMs)} bars`,
      `${formatDuration(barMs)} bars as in the file: resample one of the two`,
    )
  const start = Math.min(bars.time[0] ?? Infinity, against.time[0] ?? Infinity)
  const end = Math.max(bars.time.at(-1) ?? -Infinity, against.time.at(-1) ?? -Infinity)
  const returns = ({ time, open, close }: Bars) => {
    const out = new Float64Array(Math.round((end - start) / barMs) + 1).fill(Number.NaN)
    for (let t = 0; t < time.length; t++) out[Math.round((time[t]! - start) / barMs)] = Math.log(close[t]! / open[t]!)
    return out
  }
  const estimate = clockShift(returns(against), returns(bars), barMs)
  return estimate !== null && estimate.correlation >= MIN_CORRELATION ? estimate : null
}

function absoluteChanges(values: Float64Array): Float64Array {
  return values.map((value, t) => (t === 0 ? Number.NaN : Math.abs(value - values[t - 1]!)))
}

/** What to do about an estimated shift: nothing, a note, or, with `auto`, the shift. */
interface ClockAdvice {
  shiftMs: number
  note: string | null
}

/**
 * @param name of the file
 * @param comparison what was compared with what, as words of a message
 * @param shift the file's option
 * @throws DataError when `auto` asks for a shift and none can be estimated
 */
export function clockAdvice(
  name: string,
  comparison: string,
  shift: string | number,
  estimate: ClockShift | null,
): ClockAdvice {
  const auto = shift === 'auto'
  if (estimate === null) {
    if (auto)
      throw new DataError(
        `${name}: shift: 'auto', but ${comparison} do not show how its clock is off: there is too little data, or the two are unrelated. Set the shift, e.g. shift: '1h'`,
      )
    return { shiftMs: 0, note: null }
  }
  const { correlation, asStamped, agreeing, segments } = estimate
  const evidence = `${comparison} correlate most this way (mean rank correlation ${correlation.toFixed(2)}, ${asStamped.toFixed(2)} as stamped; the same in ${agreeing} of ${segments} segments)`
  if (estimate.shiftMs === 0) return { shiftMs: 0, note: auto ? `${name}: its clock is right; ${evidence}` : null }
  const text = formatShift(estimate.shiftMs)
  if (auto) return { shiftMs: estimate.shiftMs, note: `${name}: its times were shifted by ${text}; ${evidence}` }
  if (correlation - asStamped < MIN_GAIN) return { shiftMs: 0, note: null }
  return {
    shiftMs: 0,
    note: `${name}: its clock seems to be off: shifted by ${text}, ${evidence}. Nothing was shifted; if that is right, use shift: '${formatShift(shiftMs(shift) + estimate.shiftMs)}' or 'auto'`,
  }
}

function formatShift(ms: number): string {
  return `${ms >= 0 ? '' : '-'}${formatDuration(Math.abs(ms))}`
}

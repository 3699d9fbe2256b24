import { formatDuration } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { FlowField, Market } from '../../market/market.ts'
import { type ClockShift, clockShift } from './clock.ts'
import { shiftMs } from './files.ts'
import { alignRecords, type Records } from './records.ts'

type Bars = Pick<Market, 'time' | 'barMs' | 'open' | 'close' | 'volume'>

/** Weaker than this, two series are not known to belong together. */
const LEAST = 0.1
/** And this much better than as stamped before it is worth a word. */
const BETTER = 0.03

/**
 * What the clock of records is off against candles. Of open interest, its changes are compared with the volume: contracts change
 * hands where they open and close. Of the long/short ratio, its changes with the size of the price's moves, and so the liquidated amounts.
 */
export function recordsShift(records: Records, bars: Bars): { field: FlowField; found: ClockShift } | null {
  const aligned = alignRecords(records, bars)
  for (const field of ['openInterest', 'longLiquidations', 'longShortRatio'] as const) {
    const series = aligned[field]
    if (series === undefined) continue
    const own = field === 'longLiquidations' ? series : absoluteChanges(series)
    const reference =
      field === 'openInterest' ? bars.volume : bars.close.map((close, t) => Math.abs(Math.log(close / bars.open[t]!)))
    const found = clockShift(reference, own, bars.barMs)
    if (found !== null && found.correlation >= LEAST) return { field, found }
  }
  return null
}

/** What the clock of candles is off against others of the same coin, by the returns of both, in bars of the coarser. */
export function candlesShift(bars: Bars, reference: Bars): ClockShift | null {
  const barMs = bars.barMs
  if (reference.barMs !== barMs)
    throw new DataError(
      `against: has ${formatDuration(reference.barMs)} bars, the file has ${formatDuration(barMs)}; clocks are compared bar by bar: resample one of them`,
    )
  const start = Math.min(bars.time[0]!, reference.time[0]!)
  const end = Math.max(bars.time.at(-1)!, reference.time.at(-1)!)
  const grid = (of: Bars) => {
    const out = new Float64Array(Math.round((end - start) / barMs) + 1).fill(Number.NaN)
    for (let t = 0; t < of.time.length; t++)
      out[Math.round((of.time[t]! - start) / barMs)] = Math.log(of.close[t]! / of.open[t]!)
    return out
  }
  const found = clockShift(grid(reference), grid(bars), barMs)
  return found !== null && found.correlation >= LEAST ? found : null
}

function absoluteChanges(values: Float64Array): Float64Array {
  return values.map((value, t) => (t === 0 ? Number.NaN : Math.abs(value - values[t - 1]!)))
}

/** What to do about a shift that was found: nothing, a word, or, where `auto` asks for it, the shift. */
export interface ClockAdvice {
  shiftMs: number
  note: string | null
}

/**
 * @param name of the file
 * @param compared what was compared with what, for people
 * @throws DataError when `auto` asks for a shift and none can be told
 */
export function clockAdvice(
  name: string,
  compared: string,
  shift: string | number | undefined,
  found: ClockShift | null,
): ClockAdvice {
  const auto = shift === 'auto'
  if (found === null) {
    if (auto)
      throw new DataError(
        `${name}: shift: 'auto', but ${compared} do not tell how its clock is off: there is too little, or nothing in common. Say the shift, e.g. shift: '1h'`,
      )
    return { shiftMs: 0, note: null }
  }
  const r = (value: number) => value.toFixed(2)
  const evidence = `${compared} correlate most so (${r(found.correlation)} in the mean of ranks, ${r(found.asStamped)} as stamped; the same in ${found.agreeing} of ${found.stretches} stretches)`
  if (found.shiftMs === 0) return { shiftMs: 0, note: auto ? `${name}: its clock fits; ${evidence}` : null }
  const text = `${found.shiftMs > 0 ? '' : '-'}${formatDuration(Math.abs(found.shiftMs))}`
  if (auto) return { shiftMs: found.shiftMs, note: `${name}: its times were shifted by ${text}; ${evidence}` }
  if (found.correlation - found.asStamped < BETTER) return { shiftMs: 0, note: null }
  const total = shiftMs(shift) + found.shiftMs
  const say = `${total >= 0 ? '' : '-'}${formatDuration(Math.abs(total))}`
  return {
    shiftMs: 0,
    note: `${name}: its clock seems to be off: shifted by ${text}, ${evidence}. Nothing was shifted; if that is right say shift: '${say}', or 'auto'`,
  }
}

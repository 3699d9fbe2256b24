/** Axis ticks at round values, and text of prices, amounts and times (UTC). */
import { DAY, HOUR, MINUTE } from '../../src/common/duration.ts'
import { decimalText } from '../../src/common/number-text.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const TIME_STEPS = [1, 5, 15, 30]
  .map(n => n * MINUTE)
  .concat(
    [1, 2, 4, 6, 12].map(n => n * HOUR),
    [1, 2, 4, 7, 14].map(n => n * DAY),
  )
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120]
const MAX_DECIMALS = 12

export interface Tick {
  value: number
  label: string
  /** The first of a new day, month or year: drawn bold. */
  major: boolean
}

/** About `count` ticks from `from` to `to`, epoch ms. */
export function timeTicks(from: number, to: number, count: number): Tick[] {
  const rough = (to - from) / Math.max(1, count)
  const step = TIME_STEPS.find(candidate => candidate >= rough)
  const values: number[] = []
  if (step !== undefined) {
    // Weeks begin on Mondays; the epoch was a Thursday.
    const offset = step % (7 * DAY) === 0 ? 4 * DAY : 0
    for (let t = Math.ceil((from - offset) / step) * step + offset; t <= to; t += step) values.push(t)
  } else {
    const months = MONTH_STEPS.find(candidate => candidate * 30.44 * DAY >= rough) ?? 120
    const start = new Date(from)
    let index = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months
    for (; ; index += months) {
      const t = Date.UTC(Math.floor(index / 12), index % 12, 1)
      // NaN beyond the range of Date.
      if (!(t <= to) || values.length > 100) break
      if (t >= from) values.push(t)
    }
  }
  return values.map((value, i) => timeLabel(value, i === 0 ? null : values[i - 1]!, step ?? Infinity))
}

/** Names only what differs from the previous tick: the time, the day, or the year. */
function timeLabel(value: number, before: number | null, step: number): Tick {
  const date = new Date(value)
  const last = before === null ? null : new Date(before)
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
  if (step < DAY && value % DAY !== 0) {
    const time = date.toISOString().slice(11, 16)
    return before === null ? { value, label: `${day} ${time}`, major: false } : { value, label: time, major: false }
  }
  const newYear = last === null || last.getUTCFullYear() !== date.getUTCFullYear()
  if (step === Infinity) {
    const year = String(date.getUTCFullYear())
    if (date.getUTCMonth() === 0) return { value, label: year, major: true }
    return {
      value,
      label: last === null ? `${MONTHS[date.getUTCMonth()]} ${year}` : MONTHS[date.getUTCMonth()]!,
      major: false,
    }
  }
  return { value, label: newYear ? `${day} ${date.getUTCFullYear()}` : day, major: step < DAY || newYear }
}

/** Ticks at 1, 2 or 5 times a power of ten, or 1, 2, 5 … of each decade where a logarithmic axis spans several. */
export function priceTicks(low: number, high: number, count: number, log: boolean): number[] {
  if (log && high / low > 8) {
    const ticks: number[] = []
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++)
      for (const digit of high / low > 200 ? [1, 3] : [1, 2, 5]) {
        const value = digit * 10 ** decade
        if (value >= low && value <= high) ticks.push(value)
      }
    return ticks
  }
  const step = niceStep((high - low) / Math.max(1, count))
  const ticks: number[] = []
  // The limit on ticks ends the loop where a step is below the precision of the values.
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length <= 4 * count; i++) ticks.push(i * step + 0)
  return ticks
}

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is at least `rough`. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 2.5, 5].find(factor => factor * power >= rough * (1 - 1e-9)) ?? 10) * power
}

/** A text function for ticks: all with the fewest decimals that show each of them exactly. */
export function tickText(ticks: readonly number[]): (value: number) => string {
  const exact = (value: number, decimals: number): boolean => {
    const scaled = Math.abs(value) * 10 ** decimals
    return Math.abs(scaled - Math.round(scaled)) <= scaled * 1e-12
  }
  let decimals = 0
  while (decimals < MAX_DECIMALS && !ticks.every(tick => exact(tick, decimals))) decimals++
  return value => decimalText(value, decimals)
}

const UNITS = [
  ['T', 1e12],
  ['B', 1e9],
  ['M', 1e6],
  ['k', 1e4],
] as const

/** The same for amounts: large ones in millions and so on, all in the same unit. */
export function amountText(ticks: readonly number[]): (value: number) => string {
  const largest = ticks.reduce((max, tick) => Math.max(max, Math.abs(tick)), 0)
  const [unit, from] = UNITS.find(([, size]) => largest >= size) ?? ['', 1]
  const size = unit === 'k' ? 1000 : from
  const text = tickText(ticks.map(tick => tick / size))
  return value => (value === 0 ? '0' : `${text(value / size)}${unit}`)
}

/** A price with enough decimals to distinguish prices that differ by `step`. */
export function priceText(price: number, step = price / 1e5): string {
  return decimalText(price, Math.min(MAX_DECIMALS, Math.max(0, Math.ceil(-Math.log10(Math.max(step, 1e-12)) - 1e-9))))
}

/** `2024-06-19 21:00`. */
export function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

/** `90000000` → `1d 1h`. */
export function spanText(ms: number): string {
  const parts: string[] = []
  let remaining = Math.abs(ms)
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
  ] as const) {
    const count = Math.floor(remaining / size)
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`)
    remaining -= count * size
  }
  return parts.join(' ') || '0m'
}

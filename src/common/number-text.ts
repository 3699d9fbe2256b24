/**
 * Numbers as text for people: on screen and in prose, with the typographic minus. What programs read, such as CSV, is written
 * with ASCII only.
 */

export const MINUS = '−'

/** A number's text with the typographic minus instead of hyphens: `-2e-7` → `−2e−7`. */
export const withMinus = (text: string): string => text.replaceAll('-', MINUS)

const formats = new Map<number, Intl.NumberFormat>()

/** `-1234.5` → `−1,234.50`. Formats are cached: creating one costs a hundred times as much as using it. */
export function decimalText(value: number, decimals: number): string {
  let format = formats.get(decimals)
  if (!format) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      // What rounds to zero has no sign.
      signDisplay: 'negative',
    })
    formats.set(decimals, format)
  }
  return withMinus(format.format(value))
}

const UNITS = [
  ['T', 1e12],
  ['B', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const

/** `1500000` → `1.5M`; three significant digits. */
export function usdText(value: number): string {
  const magnitude = Math.abs(value)
  // 999,600 would round to 1000k.
  for (const [unit, size] of UNITS)
    if (magnitude >= size * 0.9995) return withMinus(`${+(value / size).toPrecision(3)}${unit}`)
  return withMinus(String(+value.toPrecision(3)))
}

/** `+1.23 %`. */
export function percentText(fraction: number, digits = 2): string {
  return `${fraction < 0 ? MINUS : '+'}${Math.abs(fraction * 100).toFixed(digits)} %`
}

/** `1 bar`, `2,000 bars`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${decimalText(count, Number.isInteger(count) ? 0 : 1)} ${count === 1 ? noun : plural}`
}

/** `812 B`, `1.3 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let power = 0
  let size = bytes
  while (size >= 999.5 && power < units.length - 1) {
    size /= 1000
    power++
  }
  return `${power === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${units[power]}`
}

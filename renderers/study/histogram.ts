/** The histogram of results in R: the chosen trades in front of all of them. */
import { crisp } from '../plot/axes.ts'
import type { Ink } from '../plot/ink.ts'
import { niceStep, tickText } from '../plot/ticks.ts'
import { signed } from './columns.ts'
import type { Histogram } from './results.ts'
import type { StudyStyles } from './styles.ts'

export const HISTOGRAM_HEIGHT = 170
const FOOT = 22
/** Room for the counts. */
const LEFT = 40

/** The bin at `x` px from the left edge; −1 for none. */
export function binAt({ all }: Histogram, x: number, width: number): number {
  const bin = Math.floor(((x - LEFT) / (width - LEFT)) * all.length)
  return x >= LEFT && bin < all.length ? bin : -1
}

/** Ends of a bin in R; the first and the last one are open. */
export function binEnds({ from, width, all }: Histogram, bin: number): [number | null, number | null] {
  const edge = (index: number) => Math.round((from + index * width) * 1e6) / 1e6
  return [bin === 0 ? null : edge(bin), bin === all.length - 1 ? null : edge(bin + 1)]
}

export function binText(histogram: Histogram, bin: number): string {
  const { from, width, all, chosen } = histogram
  const round = (value: number) => signed(Math.round(value * 100) / 100, 2)
  const [low, high] = [round(from + bin * width), round(from + (bin + 1) * width)]
  const range = bin === 0 ? `below ${high}` : bin === all.length - 1 ? `${low} and above` : `${low} to ${high}`
  const count = chosen[bin] === all[bin] ? `${all[bin]}` : `${chosen[bin]} of ${all[bin]}`
  return `${range} R: ${count} ${all[bin] === 1 ? 'trade' : 'trades'}`
}

/** @param hover bin under the pointer; −1 for none */
export function drawHistogram(
  ink: Ink,
  width: number,
  { from, width: binWidth, all, chosen }: Histogram,
  mean: number,
  hover: number,
  look: StudyStyles,
): void {
  const [left, right, top, bottom] = [LEFT, width, 8, HISTOGRAM_HEIGHT - FOOT]
  const most = all.reduce((a, b) => Math.max(a, b), 1)
  const bar = (right - left) / all.length
  const y = (count: number) => bottom - (count / most) * (bottom - top)
  const x = (r: number) => left + ((r - from) / binWidth) * bar
  ink.font = look.font(10)
  ink.textBaseline = 'middle'
  ink.textAlign = 'right'
  // Halves of a trade are none.
  const step = Math.max(1, Math.floor(niceStep(most / 3)))
  ink.lineWidth = 1
  for (let count = 0; count <= most; count += step) {
    ink.strokeStyle = look.theme.grid
    ink.beginPath()
    ink.moveTo(left, crisp(y(count)))
    ink.lineTo(right, crisp(y(count)))
    ink.stroke()
    ink.fillStyle = look.theme.dim
    ink.fillText(String(count), left - 6, y(count))
  }
  for (let k = 0; k < all.length; k++) {
    const [a, b] = [Math.round(left + k * bar), Math.round(left + (k + 1) * bar)]
    const place = [a + 0.5, Math.max(1, b - a - 1)] as const
    ink.fillStyle = from + (k + 0.5) * binWidth < 0 ? look.short : look.long
    ink.globalAlpha = 0.25
    ink.fillRect(place[0], y(all[k]!), place[1], bottom - y(all[k]!))
    ink.globalAlpha = hover === k ? 1 : 0.85
    ink.fillRect(place[0], y(chosen[k]!), place[1], bottom - y(chosen[k]!))
    ink.globalAlpha = 1
  }
  ink.textBaseline = 'top'
  ink.textAlign = 'center'
  ink.fillStyle = look.theme.dim
  const end = from + all.length * binWidth
  const tick = niceStep((end - from) / Math.max(2, (right - left) / 60))
  const text = tickText([tick])
  for (let i = Math.ceil(from / tick - 1e-9); i * tick <= end + 1e-9; i++) {
    const label = `${i < 0 ? '−' : ''}${text(Math.abs(i * tick))}`
    const half = ink.textWidth(label) / 2
    ink.fillText(label, Math.min(right - half, Math.max(left + half, x(i * tick))), bottom + 5)
  }
  for (const [r, colour, dash] of [
    [0, look.theme.axis, []],
    [mean, look.theme.foreground, [3, 3]],
  ] as const) {
    if (!(r >= from && r <= end)) continue
    ink.strokeStyle = colour
    ink.setLineDash([...dash])
    ink.beginPath()
    ink.moveTo(crisp(x(r)), top)
    ink.lineTo(crisp(x(r)), bottom)
    ink.stroke()
  }
  ink.setLineDash([])
}

/** Draws the histogram of results in R: the filtered trades in front of all. */
import { crisp } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { niceStep, tickText } from '../plot/ticks.ts'
import { signed } from './columns.ts'
import type { Histogram } from './results.ts'
import type { StudyStyles } from './styles.ts'

export const HISTOGRAM_HEIGHT = 170
const FOOT = 22
/** Width of the counts' labels. */
const LEFT = 40

/** The bin at `x` px from the left edge, or −1. */
export function binAt({ all }: Histogram, x: number, width: number): number {
  const bin = Math.floor(((x - LEFT) / (width - LEFT)) * all.length)
  return x >= LEFT && bin < all.length ? bin : -1
}

/** Lower and upper end of a bin in R; null where the first or last bin is open. */
export function binRange({ from, width, all }: Histogram, bin: number): [number | null, number | null] {
  const edge = (index: number) => Math.round((from + index * width) * 1e6) / 1e6
  return [bin === 0 ? null : edge(bin), bin === all.length - 1 ? null : edge(bin + 1)]
}

export function binText(histogram: Histogram, bin: number): string {
  const { from, width, all, filtered } = histogram
  const round = (value: number) => signed(Math.round(value * 100) / 100, 2)
  const [low, high] = [round(from + bin * width), round(from + (bin + 1) * width)]
  const range = bin === 0 ? `below ${high}` : bin === all.length - 1 ? `${low} and above` : `${low} to ${high}`
  const count = filtered[bin] === all[bin] ? `${all[bin]}` : `${filtered[bin]} of ${all[bin]}`
  return `${range} R: ${count} ${all[bin] === 1 ? 'trade' : 'trades'}`
}

/** @param hover bin under the pointer, or −1 */
export function drawHistogram(
  ctx: DrawContext,
  width: number,
  { from, width: binWidth, all, filtered }: Histogram,
  mean: number,
  hover: number,
  styles: StudyStyles,
): void {
  const [left, right, top, bottom] = [LEFT, width, 8, HISTOGRAM_HEIGHT - FOOT]
  const max = all.reduce((a, b) => Math.max(a, b), 1)
  const bar = (right - left) / all.length
  const y = (count: number) => bottom - (count / max) * (bottom - top)
  const x = (r: number) => left + ((r - from) / binWidth) * bar
  ctx.font = styles.font(12)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'right'
  // Counts are whole numbers.
  const step = Math.max(1, Math.floor(niceStep(max / 3)))
  ctx.lineWidth = 1
  for (let count = 0; count <= max; count += step) {
    ctx.strokeStyle = styles.theme.grid
    ctx.beginPath()
    ctx.moveTo(left, crisp(y(count)))
    ctx.lineTo(right, crisp(y(count)))
    ctx.stroke()
    ctx.fillStyle = styles.theme.dim
    ctx.fillText(String(count), left - 6, y(count))
  }
  for (let k = 0; k < all.length; k++) {
    const [a, b] = [Math.round(left + k * bar), Math.round(left + (k + 1) * bar)]
    const [barLeft, barWidth] = [a + 0.5, Math.max(1, b - a - 1)]
    ctx.fillStyle = from + (k + 0.5) * binWidth < 0 ? styles.short : styles.long
    ctx.globalAlpha = 0.25
    ctx.fillRect(barLeft, y(all[k]!), barWidth, bottom - y(all[k]!))
    ctx.globalAlpha = hover === k ? 1 : 0.85
    ctx.fillRect(barLeft, y(filtered[k]!), barWidth, bottom - y(filtered[k]!))
    ctx.globalAlpha = 1
  }
  ctx.textBaseline = 'top'
  ctx.textAlign = 'center'
  ctx.fillStyle = styles.theme.dim
  const end = from + all.length * binWidth
  const tick = niceStep((end - from) / Math.max(2, (right - left) / 60))
  const text = tickText([tick])
  for (let i = Math.ceil(from / tick - 1e-9); i * tick <= end + 1e-9; i++) {
    const label = text(i * tick)
    const half = ctx.textWidth(label) / 2
    ctx.fillText(label, Math.min(right - half, Math.max(left + half, x(i * tick))), bottom + 5)
  }
  for (const [r, colour, dash] of [
    [0, styles.theme.axis, []],
    [mean, styles.theme.foreground, [3, 3]],
  ] as const) {
    if (!(r >= from && r <= end)) continue
    ctx.strokeStyle = colour
    ctx.setLineDash([...dash])
    ctx.beginPath()
    ctx.moveTo(crisp(x(r)), top)
    ctx.lineTo(crisp(x(r)), bottom)
    ctx.stroke()
  }
  ctx.setLineDash([])
}

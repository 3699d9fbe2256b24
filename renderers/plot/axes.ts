/** Draws grid lines, tick labels and the title of a chart. */
import type { DrawContext } from './draw-context.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'
import { TAG_HEIGHT } from './tag.ts'
import type { Tick } from './ticks.ts'

/** Of the digits. */
const LABEL_HEIGHT = 12

/** Of all times on the screen. */
const ZONE = 'UTC'

const TITLE_LEFT = 4
const LINE_HEIGHT = 17

/** A line one pixel wide is sharp only in the middle of a pixel. */
export const crisp = (value: number): number => Math.round(value) + 0.5

/** Grid lines at values and times, across the box. */
export function drawGrid(
  ctx: DrawContext,
  { left, top, width, height }: Box,
  scales: Scales,
  values: readonly number[],
  times: readonly Tick[],
  styles: Styles,
): void {
  ctx.lineWidth = 1
  ctx.strokeStyle = styles.theme.grid
  ctx.beginPath()
  for (const value of values) {
    const y = crisp(scales.y(value))
    ctx.moveTo(left, y)
    ctx.lineTo(left + width, y)
  }
  for (const { value } of times) {
    const x = crisp(scales.x(value))
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
  }
  ctx.stroke()
}

/** Value labels to the right of the box. */
export function drawValueLabels(
  ctx: DrawContext,
  { left, top, width, height }: Box,
  scales: Scales,
  values: readonly number[],
  text: (value: number) => string,
  styles: Styles,
  /** Where a tag is on the axis: labels that it would cover are left out. */
  tagY: number | null = null,
): void {
  ctx.font = styles.font(12)
  ctx.fillStyle = styles.theme.dim
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  for (const value of values) {
    const y = scales.y(value)
    if (tagY !== null && Math.abs(y - tagY) < (TAG_HEIGHT + LABEL_HEIGHT) / 2) continue
    if (y > top + 5 && y < top + height - 5) ctx.fillText(text(value), left + width + 7, y)
  }
}

/**
 * Time labels at `y`, between `left` and `right`, and the time zone at the right end; a label that would touch another is left
 * out. No other time in the chart names the zone.
 */
export function drawTimeLabels(
  ctx: DrawContext,
  scales: Scales,
  times: readonly Tick[],
  [left, right]: readonly [number, number],
  y: number,
  styles: Styles,
): void {
  ctx.textBaseline = 'top'
  ctx.textAlign = 'center'
  ctx.font = styles.font(12)
  ctx.fillStyle = styles.theme.dim
  const zoneWidth = ctx.textWidth(ZONE)
  ctx.fillText(ZONE, right - zoneWidth / 2, y)
  const end = right - zoneWidth - 10
  let lastRight = -Infinity
  for (const { value, label, major } of times) {
    ctx.font = styles.font(12, major ? 600 : 400)
    const half = ctx.textWidth(label) / 2
    const x = Math.max(left + half, Math.min(end - half, scales.x(value)))
    if (x - half < lastRight + 10) continue
    ctx.fillStyle = major ? styles.theme.foreground : styles.theme.dim
    ctx.fillText(label, x, y)
    lastRight = x + half
  }
}

/** Title and lines below it at the top left. */
export function drawTitle(
  ctx: DrawContext,
  title: string,
  lines: readonly string[],
  maxWidth: number,
  styles: Styles,
): void {
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  ctx.font = styles.font(13, 600)
  ctx.fillStyle = styles.theme.foreground
  ctx.fillText(fitText(ctx, title, maxWidth), TITLE_LEFT, 4)
  ctx.font = styles.font(12)
  ctx.fillStyle = styles.theme.dim
  for (const [i, line] of lines.entries()) ctx.fillText(fitText(ctx, line, maxWidth), TITLE_LEFT, 21 + i * LINE_HEIGHT)
}

/** The text, cut with an ellipsis to a width in px. */
export function fitText(ctx: DrawContext, text: string, maxWidth: number): string {
  if (ctx.textWidth(text) <= maxWidth) return text
  let length = text.length
  while (length > 1 && ctx.textWidth(`${text.slice(0, length)}…`) > maxWidth) length--
  return `${text.slice(0, length).trimEnd()}…`
}

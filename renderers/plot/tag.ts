/** Labels in inverted colours: of the crosshair, of a measurement, and of the last price on its axis. */
import type { DrawContext } from './draw-context.ts'
import type { Box } from './scales.ts'
import type { Styles } from './styles.ts'

export const TAG_HEIGHT = 18
const PADDING = 5

interface TagColours {
  background: string
  text: string
}

/** Text in inverted colours, centred on `x` and `y`; it stays within the box. */
export function drawTag(ctx: DrawContext, text: string, x: number, y: number, within: Box, styles: Styles): void {
  const width = tagWidth(ctx, text, styles)
  const left = Math.max(within.left, Math.min(within.left + within.width - width, x - width / 2))
  fillTag(ctx, text, left, y, width, invertedColours(styles))
}

/** Text that begins at `left`. */
export function drawAxisTag(
  ctx: DrawContext,
  text: string,
  left: number,
  y: number,
  colours: TagColours,
  styles: Styles,
): void {
  fillTag(ctx, text, left, y, tagWidth(ctx, text, styles, 600), colours)
}

/**
 * The value and the time at the crosshair, inside the right and the lower edge of the chart: on the axes they would cover tick
 * labels and the last price. Where they would meet, the time moves to the left.
 *
 * @param valueBox whose right edge the value is at; null for none
 * @param timeBox whose lower edge the time is at
 */
export function drawCrosshairTags(
  ctx: DrawContext,
  { x, y }: { x: number; y: number },
  { value, time }: { value: string; time: string },
  valueBox: Box | null,
  timeBox: Box,
  styles: Styles,
): void {
  const bottom = timeBox.top + timeBox.height - TAG_HEIGHT / 2 - 2
  let timeRight = timeBox.left + timeBox.width
  if (valueBox) {
    const width = tagWidth(ctx, value, styles)
    const right = valueBox.left + valueBox.width - 1
    const half = TAG_HEIGHT / 2 + 1
    const middle = Math.max(valueBox.top + half, Math.min(valueBox.top + valueBox.height - half, y))
    fillTag(ctx, value, right - width, middle, width, invertedColours(styles))
    if (middle > bottom - TAG_HEIGHT - 2) timeRight = Math.min(timeRight, right - width - 4)
  }
  drawTag(ctx, time, x, bottom, { ...timeBox, width: timeRight - timeBox.left }, styles)
}

const invertedColours = ({ theme }: Styles): TagColours => ({ background: theme.foreground, text: theme.background })

function tagWidth(ctx: DrawContext, text: string, styles: Styles, weight = 400): number {
  ctx.font = styles.font(12, weight)
  return ctx.textWidth(text) + 2 * PADDING
}

function fillTag(ctx: DrawContext, text: string, left: number, y: number, width: number, colours: TagColours): void {
  ctx.fillStyle = colours.background
  ctx.fillRect(left, y - TAG_HEIGHT / 2, width, TAG_HEIGHT)
  ctx.fillStyle = colours.text
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillText(text, left + PADDING, y + 0.5)
}

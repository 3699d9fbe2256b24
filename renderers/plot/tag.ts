/** Labels in inverted colours, on an axis or on the plot. */
import type { DrawContext } from './draw-context.ts'
import type { Box } from './scales.ts'
import type { Styles } from './styles.ts'

export type Align = 'left' | 'center'

/** Clears the axis under a tag, so that no tick label shows next to it. */
export function clearBox(ctx: DrawContext, box: Box, styles: Styles): void {
  ctx.fillStyle = styles.theme.background
  ctx.fillRect(box.left, box.top, box.width, box.height)
}

/** Text in inverted colours at `y`; it begins at `x` or is centred on it, and stays within the box. */
export function drawTag(
  ctx: DrawContext,
  text: string,
  x: number,
  y: number,
  align: Align,
  within: Box,
  styles: Styles,
): void {
  ctx.font = styles.font(11)
  const width = ctx.textWidth(text) + 10
  const left = align === 'left' ? x : Math.max(within.left, Math.min(within.left + within.width - width, x - width / 2))
  ctx.fillStyle = styles.theme.foreground
  ctx.fillRect(left, y - 9, width, 18)
  ctx.fillStyle = styles.theme.background
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillText(text, left + 5, y + 0.5)
}

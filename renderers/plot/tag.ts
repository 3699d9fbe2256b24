/** Labels in inverted colours, on an axis or on the plot. */
import type { Ink } from './ink.ts'
import type { Box } from './scales.ts'
import type { Styles } from './styles.ts'

export type Align = 'left' | 'center'

/** Clears what a tag on an axis stands upon, so that no half of a tick's label looks out from behind it. */
export function clearBehind(ink: Ink, box: Box, look: Styles): void {
  ink.fillStyle = look.theme.background
  ink.fillRect(box.left, box.top, box.width, box.height)
}

/** Text in inverted colours at `y`, from `x` on or about it, within the box. */
export function tag(ink: Ink, text: string, x: number, y: number, align: Align, within: Box, look: Styles): void {
  ink.font = look.font(11)
  const width = ink.textWidth(text) + 10
  const left = align === 'left' ? x : Math.max(within.left, Math.min(within.left + within.width - width, x - width / 2))
  ink.fillStyle = look.theme.foreground
  ink.fillRect(left, y - 9, width, 18)
  ink.fillStyle = look.theme.background
  ink.textAlign = 'left'
  ink.textBaseline = 'middle'
  ink.fillText(text, left + 5, y + 0.5)
}

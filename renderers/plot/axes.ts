/** Grid lines and tick labels. */
import type { Ink } from './ink.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'
import type { Tick } from './ticks.ts'

/** Lines one pixel wide must lie between pixels' edges. */
export const crisp = (value: number): number => Math.round(value) + 0.5

/** Lines at the values and times, over the box. */
export function drawGrid(
  ink: Ink,
  { left, top, width, height }: Box,
  scales: Scales,
  values: readonly number[],
  times: readonly Tick[],
  look: Styles,
): void {
  ink.lineWidth = 1
  ink.strokeStyle = look.theme.grid
  ink.beginPath()
  for (const value of values) {
    const y = crisp(scales.y(value))
    ink.moveTo(left, y)
    ink.lineTo(left + width, y)
  }
  for (const { value } of times) {
    const x = crisp(scales.x(value))
    ink.moveTo(x, top)
    ink.lineTo(x, top + height)
  }
  ink.stroke()
}

/** Labels of values to the right of the box. */
export function drawValueLabels(
  ink: Ink,
  { left, top, width, height }: Box,
  scales: Scales,
  values: readonly number[],
  text: (value: number) => string,
  look: Styles,
): void {
  ink.font = look.font(11)
  ink.fillStyle = look.theme.dim
  ink.textBaseline = 'middle'
  ink.textAlign = 'left'
  for (const value of values) {
    const y = scales.y(value)
    if (y > top + 5 && y < top + height - 5) ink.fillText(text(value), left + width + 7, y)
  }
}

/** Labels of times at `y`, as far as they do not touch, the whole of them from `left` to `right`. */
export function drawTimeLabels(
  ink: Ink,
  scales: Scales,
  times: readonly Tick[],
  [left, right]: readonly [number, number],
  y: number,
  look: Styles,
): void {
  ink.textBaseline = 'top'
  ink.textAlign = 'center'
  let taken = -Infinity
  for (const { value, label, major } of times) {
    ink.font = look.font(11, major ? 600 : 400)
    const half = ink.textWidth(label) / 2
    const x = Math.max(left + half, Math.min(right - half, scales.x(value)))
    if (x - half < taken + 10) continue
    ink.fillStyle = major ? look.theme.foreground : look.theme.dim
    ink.fillText(label, x, y)
    taken = x + half
  }
}

/** Two lines at the top left: what it is, and what it shows. */
export function drawTitle(ink: Ink, name: string, what: string, room: number, look: Styles): void {
  ink.textAlign = 'left'
  ink.textBaseline = 'top'
  ink.font = look.font(13, 600)
  ink.fillStyle = look.theme.foreground
  ink.fillText(fitted(ink, name, room), 0, 4)
  ink.font = look.font(11)
  ink.fillStyle = look.theme.dim
  ink.fillText(fitted(ink, what, room), 0, 21)
}

/** The text, cut to the room. */
export function fitted(ink: Ink, text: string, room: number): string {
  if (ink.textWidth(text) <= room) return text
  let length = text.length
  while (length > 1 && ink.textWidth(`${text.slice(0, length)}…`) > room) length--
  return `${text.slice(0, length).trimEnd()}…`
}

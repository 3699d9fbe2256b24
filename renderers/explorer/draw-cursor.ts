/** Crosshair with labels on the axes, the box being drawn, and the measure. */
import { crisp } from '../plot/axes.ts'
import type { Ink } from '../plot/ink.ts'
import type { Point, Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import { clearBehind, tag } from '../plot/tag.ts'
import { percentText, priceText, spanText, timeText } from '../plot/ticks.ts'
import type { Stage } from './geometry.ts'

export function drawCrosshair(ink: Ink, stage: Stage, scales: Scales, at: Point, look: Styles): void {
  const { plot, profile, width } = stage
  const { theme } = look
  const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
  const [x, y] = [crisp(scales.x(at.time)), crisp(scales.y(at.price))]
  ink.strokeStyle = theme.foreground
  ink.globalAlpha = theme.highContrast ? 1 : 0.65
  ink.lineWidth = 1
  ink.setLineDash([4, 3])
  ink.beginPath()
  ink.moveTo(x, plot.top)
  ink.lineTo(x, plot.top + plot.height)
  ink.moveTo(plot.left, y)
  ink.lineTo(right, y)
  ink.stroke()
  ink.setLineDash([])
  ink.globalAlpha = 1
  const step = Math.abs(scales.price(y) - scales.price(y + 1))
  const axis = { left: right + 1, top: y - 15, width: width - right - 1, height: 30 }
  clearBehind(ink, axis, look)
  tag(ink, priceText(at.price, step), axis.left, y, 'left', axis, look)
  const foot = plot.top + plot.height + 3
  clearBehind(ink, { left: x - 84, top: foot, width: 168, height: 20 }, look)
  tag(ink, timeText(at.time), x, foot + 9, 'center', { ...plot, width }, look)
}

/** The rectangle that a zoom box or a measure spans, in px. */
export function drawSpan(ink: Ink, stage: Stage, scales: Scales, from: Point, to: Point, look: Styles): void {
  const { plot } = stage
  ink.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    const [x0, y0, x1, y1] = [scales.x(from.time), scales.y(from.price), scales.x(to.time), scales.y(to.price)]
    ink.fillStyle = look.theme.foreground
    ink.globalAlpha = 0.12
    ink.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0))
    ink.globalAlpha = 1
    ink.strokeStyle = look.theme.foreground
    ink.lineWidth = 1
    ink.strokeRect(crisp(Math.min(x0, x1)), crisp(Math.min(y0, y1)), Math.abs(x1 - x0), Math.abs(y1 - y0))
  })
}

/** The words of a measure: change, length. */
export function measureText(from: Point, to: Point): string {
  return `${percentText(to.price / from.price - 1)} · ${priceText(to.price - from.price, from.price / 1e5)} · ${spanText(to.time - from.time)}`
}

export function drawMeasure(ink: Ink, stage: Stage, scales: Scales, from: Point, to: Point, look: Styles): void {
  drawSpan(ink, stage, scales, from, to, look)
  const [x, y] = [(scales.x(from.time) + scales.x(to.time)) / 2, Math.min(scales.y(from.price), scales.y(to.price))]
  tag(ink, measureText(from, to), x, Math.max(stage.plot.top + 12, y - 14), 'center', stage.plot, look)
}

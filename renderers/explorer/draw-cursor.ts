/** Draws the crosshair with labels on the axes, the zoom box, and the measurement. */
import { percentText } from '../../src/common/number-text.ts'
import { crisp } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Point, Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import { drawCrosshairTags, drawTag } from '../plot/tag.ts'
import { priceText, spanText, timeText } from '../plot/ticks.ts'
import type { Layout } from './geometry.ts'

/** @param time of the column under the crosshair, as in the tooltip */
export function drawCrosshair(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  at: Point,
  time: number,
  styles: Styles,
): void {
  const { plot, profile } = layout
  const { theme } = styles
  const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
  const [x, y] = [crisp(scales.x(at.time)), crisp(scales.y(at.price))]
  ctx.strokeStyle = theme.foreground
  ctx.globalAlpha = theme.highContrast ? 1 : 0.65
  ctx.lineWidth = 1
  ctx.setLineDash([4, 3])
  ctx.beginPath()
  ctx.moveTo(x, plot.top)
  ctx.lineTo(x, plot.top + plot.height)
  ctx.moveTo(plot.left, y)
  ctx.lineTo(right, y)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.globalAlpha = 1
  const step = Math.abs(scales.price(y) - scales.price(y + 1))
  const texts = { value: priceText(at.price, step), time: timeText(time) }
  drawCrosshairTags(ctx, { x, y }, texts, { ...plot, width: right - plot.left }, plot, styles)
}

/** The rectangle of a zoom box or a measurement. */
export function drawSpan(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  from: Point,
  to: Point,
  styles: Styles,
): void {
  const { plot } = layout
  ctx.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    const [x0, y0, x1, y1] = [scales.x(from.time), scales.y(from.price), scales.x(to.time), scales.y(to.price)]
    ctx.fillStyle = styles.theme.foreground
    ctx.globalAlpha = 0.12
    ctx.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0))
    ctx.globalAlpha = 1
    ctx.strokeStyle = styles.theme.foreground
    ctx.lineWidth = 1
    ctx.strokeRect(crisp(Math.min(x0, x1)), crisp(Math.min(y0, y1)), Math.abs(x1 - x0), Math.abs(y1 - y0))
  })
}

/** Text of a measurement: change in % and in price, duration. */
export function measureText(from: Point, to: Point): string {
  return `${percentText(to.price / from.price - 1)} · ${priceText(to.price - from.price, from.price / 1e5)} · ${spanText(to.time - from.time)}`
}

export function drawMeasure(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  from: Point,
  to: Point,
  styles: Styles,
): void {
  drawSpan(ctx, layout, scales, from, to, styles)
  const [x, y] = [(scales.x(from.time) + scales.x(to.time)) / 2, Math.min(scales.y(from.price), scales.y(to.price))]
  drawTag(ctx, measureText(from, to), x, Math.max(layout.plot.top + 12, y - 14), layout.plot, styles)
}

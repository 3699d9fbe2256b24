/** Draws the crosshair through all panels, its labels on the axes, and the zoom span while it is drawn. */
import { percentText } from '../../src/common/number-text.ts'
import { crisp } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Styles } from '../plot/styles.ts'
import { drawCrosshairTags } from '../plot/tag.ts'
import { priceText, timeText } from '../plot/ticks.ts'
import type { PanelScales } from './geometry.ts'
import { type Layout, panelAt, type Span } from './geometry.ts'

export function drawCursor(
  ctx: DrawContext,
  layout: Layout,
  scales: PanelScales,
  cursor: { x: number; y: number; time: number } | null,
  zoomSpan: Span | null,
  styles: Styles,
): void {
  const { price, drawdown } = layout
  const bottom = drawdown.top + drawdown.height
  if (zoomSpan) {
    const [a, b] = [scales.price.x(zoomSpan[0]), scales.price.x(zoomSpan[1])]
    ctx.fillStyle = styles.theme.foreground
    ctx.globalAlpha = 0.12
    ctx.fillRect(Math.min(a, b), price.top, Math.abs(b - a), bottom - price.top)
    ctx.globalAlpha = 1
  }
  if (!cursor) return
  const [x, y] = [crisp(cursor.x), crisp(cursor.y)]
  const right = price.left + price.width
  const name = panelAt(layout, cursor.y)
  const panel = layout[name]
  const inside = cursor.y >= panel.top && cursor.y <= panel.top + panel.height
  ctx.strokeStyle = styles.theme.foreground
  ctx.globalAlpha = styles.theme.highContrast ? 1 : 0.65
  ctx.lineWidth = 1
  ctx.setLineDash([4, 3])
  ctx.beginPath()
  for (const { top, height } of [price, layout.equity, drawdown]) {
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
  }
  if (inside) {
    ctx.moveTo(panel.left, y)
    ctx.lineTo(right, y)
  }
  ctx.stroke()
  ctx.setLineDash([])
  ctx.globalAlpha = 1
  const scale = scales[name]
  const value = scale.price(cursor.y)
  const step = Math.abs(scale.price(cursor.y) - scale.price(cursor.y + 1))
  const texts = {
    value: name === 'drawdown' ? percentText(value / 100) : priceText(value, step),
    time: timeText(cursor.time),
  }
  drawCrosshairTags(ctx, { x, y }, texts, inside ? panel : null, drawdown, styles)
}

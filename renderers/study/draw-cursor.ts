/** Crosshair through all panels, with labels on the axes, and the stretch of a zoom that is being drawn. */
import { crisp } from '../plot/axes.ts'
import type { Ink } from '../plot/ink.ts'
import type { Styles } from '../plot/styles.ts'
import { clearBehind, tag } from '../plot/tag.ts'
import { percentText, priceText, timeText } from '../plot/ticks.ts'
import { panelAt, type Span, type Stage } from './geometry.ts'
import type { Panels } from './panels.ts'

export function drawCursor(
  ink: Ink,
  stage: Stage,
  scales: Panels,
  cursor: { x: number; y: number } | null,
  box: Span | null,
  look: Styles,
): void {
  const { price, drawdown, width } = stage
  const bottom = drawdown.top + drawdown.height
  if (box) {
    const [a, b] = [scales.price.x(box[0]), scales.price.x(box[1])]
    ink.fillStyle = look.theme.foreground
    ink.globalAlpha = 0.12
    ink.fillRect(Math.min(a, b), price.top, Math.abs(b - a), bottom - price.top)
    ink.globalAlpha = 1
  }
  if (!cursor) return
  const [x, y] = [crisp(cursor.x), crisp(cursor.y)]
  const right = price.left + price.width
  const name = panelAt(stage, cursor.y)
  const panel = stage[name]
  const inside = cursor.y >= panel.top && cursor.y <= panel.top + panel.height
  ink.strokeStyle = look.theme.foreground
  ink.globalAlpha = look.theme.highContrast ? 1 : 0.65
  ink.lineWidth = 1
  ink.setLineDash([4, 3])
  ink.beginPath()
  for (const each of [price, stage.equity, drawdown]) {
    ink.moveTo(x, each.top)
    ink.lineTo(x, each.top + each.height)
  }
  if (inside) {
    ink.moveTo(panel.left, y)
    ink.lineTo(right, y)
  }
  ink.stroke()
  ink.setLineDash([])
  ink.globalAlpha = 1
  const foot = bottom + 3
  clearBehind(ink, { left: x - 84, top: foot, width: 168, height: 20 }, look)
  tag(ink, timeText(scales.price.time(cursor.x)), x, foot + 9, 'center', { ...price, width }, look)
  if (!inside) return
  const scale = scales[name]
  const value = scale.price(cursor.y)
  const step = Math.abs(scale.price(cursor.y) - scale.price(cursor.y + 1))
  const axis = { left: right + 1, top: y - 15, width: width - right - 1, height: 30 }
  clearBehind(ink, axis, look)
  const text = name === 'drawdown' ? percentText(value / 100) : priceText(value, step)
  tag(ink, text, axis.left, y, 'left', axis, look)
}

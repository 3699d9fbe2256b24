/** Draws the crosshair through all panels of a chart, its labels on the axes, and the zoom span while it is drawn. */
import { crisp } from './axes.ts'
import type { DrawContext } from './draw-context.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'
import { drawCrosshairTags } from './tag.ts'
import { timeText } from './ticks.ts'
import type { Span } from './time-span.ts'

/** One chart of several that share the axis of time. */
export interface Panel {
  box: Box
  scales: Scales
  /** A value of its axis; values that differ by `step` must read differently. */
  text(value: number, step: number): string
}

/** The panel at `y`, or the nearest one; panels are in order from the top. */
export function panelAt(panels: readonly Panel[], y: number): Panel {
  return panels.find((panel, i) => {
    const next = panels[i + 1]
    return next === undefined || y < (panel.box.top + panel.box.height + next.box.top) / 2
  })!
}

export function drawPanelCursor(
  ctx: DrawContext,
  panels: readonly Panel[],
  cursor: { x: number; y: number; time: number } | null,
  zoomSpan: Span | null,
  styles: Styles,
): void {
  const [first, last] = [panels[0]!, panels.at(-1)!]
  if (zoomSpan) {
    const [a, b] = [first.scales.x(zoomSpan[0]), first.scales.x(zoomSpan[1])]
    const { top } = first.box
    ctx.fillStyle = styles.theme.foreground
    ctx.globalAlpha = 0.12
    ctx.fillRect(Math.min(a, b), top, Math.abs(b - a), last.box.top + last.box.height - top)
    ctx.globalAlpha = 1
  }
  if (!cursor) return
  const [x, y] = [crisp(cursor.x), crisp(cursor.y)]
  const { box, scales, text } = panelAt(panels, cursor.y)
  const inside = cursor.y >= box.top && cursor.y <= box.top + box.height
  ctx.strokeStyle = styles.theme.foreground
  ctx.globalAlpha = styles.theme.highContrast ? 1 : 0.65
  ctx.lineWidth = 1
  ctx.setLineDash([4, 3])
  ctx.beginPath()
  for (const { top, height } of panels.map(panel => panel.box)) {
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
  }
  if (inside) {
    ctx.moveTo(box.left, y)
    ctx.lineTo(box.left + box.width, y)
  }
  ctx.stroke()
  ctx.setLineDash([])
  ctx.globalAlpha = 1
  const step = Math.abs(scales.price(cursor.y) - scales.price(cursor.y + 1))
  const texts = { value: text(scales.price(cursor.y), step), time: timeText(cursor.time) }
  drawCrosshairTags(ctx, { x, y }, texts, inside ? box : null, last.box, styles)
}

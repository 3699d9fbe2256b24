/** Draws the map's grid, tick labels and title. */
import { drawGrid, drawTimeLabels, drawTitle, drawValueLabels } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Range, Scales } from '../plot/scales.ts'
import { priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Layout } from './geometry.ts'
import type { Model } from './model.ts'
import type { MapStyles } from './styles.ts'

export function drawAxes(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  range: Range,
  logPrice: boolean,
  styles: MapStyles,
): void {
  const { plot, profile, width } = layout
  const { floor } = styles.palettes
  if (floor) {
    ctx.fillStyle = floor
    ctx.fillRect(plot.left, plot.top, plot.width, plot.height)
  }
  const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
  const prices = priceTicks(range.low, range.high, plot.height / 56, logPrice)
  const times = timeTicks(range.timeFrom, range.timeTo, plot.width / 92)
  const plotAndProfile = { ...plot, width: right - plot.left }
  drawGrid(ctx, plotAndProfile, scales, prices, times, styles)
  ctx.strokeStyle = styles.theme.axis
  for (const box of profile.width > 0 ? [plot, profile] : [plot])
    ctx.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
  drawValueLabels(ctx, plotAndProfile, scales, prices, tickText(prices), styles)
  drawTimeLabels(ctx, scales, times, [plot.left, width], plot.top + plot.height + 7, styles)
}

export function drawMapTitle(
  ctx: DrawContext,
  layout: Layout,
  model: Model,
  subtitle: string,
  styles: MapStyles,
): void {
  const { symbol, timeframe, synthetic } = model.header
  const maxWidth = layout.bar.top < 30 ? layout.bar.left - 16 : layout.width - 4
  drawTitle(ctx, `${symbol} ${timeframe}`, `${subtitle}${synthetic ? ' · synthetic market' : ''}`, maxWidth, styles)
}

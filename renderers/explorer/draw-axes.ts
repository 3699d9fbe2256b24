/** Draws the map's grid, tick labels and title. */
import { drawGrid, drawTimeLabels, drawTitle, drawValueLabels } from '../plot/axes.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { drawLastPrice, type LastPrice, tagPlace } from '../plot/last-price.ts'
import type { Range, Scales } from '../plot/scales.ts'
import { priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Layout } from './geometry.ts'
import type { Model } from './model.ts'
import type { SideChoice } from './state.ts'
import type { MapStyles } from './styles.ts'

/** @param last the last price, whose tag is on the axis */
export function drawAxes(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  range: Range,
  logPrice: boolean,
  last: number,
  styles: MapStyles,
): void {
  const { plot, profile, width } = layout
  const { floor } = styles.palettes
  if (floor) {
    ctx.fillStyle = floor
    ctx.fillRect(plot.left, plot.top, plot.width, plot.height)
  }
  const plotAndProfile = { ...plot, width: rightEdge(layout) - plot.left }
  const prices = priceTicks(range.low, range.high, plot.height / 56, logPrice)
  const times = timeTicks(range.timeFrom, range.timeTo, plot.width / 92)
  drawGrid(ctx, plotAndProfile, scales, prices, times, styles)
  ctx.strokeStyle = styles.theme.axis
  for (const box of profile.width > 0 ? [plot, profile] : [plot])
    ctx.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
  drawValueLabels(ctx, plotAndProfile, scales, prices, tickText(prices), styles, tagPlace(plot, scales, last))
  drawTimeLabels(ctx, scales, times, [plot.left, width - 2], plot.top + plot.height + 7, styles)
}

/** Of the map and its profile. */
const rightEdge = ({ plot, profile }: Layout): number =>
  profile.width > 0 ? profile.left + profile.width : plot.left + plot.width

/** A line at the last price, and its tag on the axis. */
export function drawMapLastPrice(
  ctx: DrawContext,
  layout: Layout,
  scales: Scales,
  last: LastPrice,
  styles: MapStyles,
): void {
  drawLastPrice(ctx, { ...layout.plot, width: rightEdge(layout) - layout.plot.left }, scales, last, styles)
}

export function drawMapTitle(
  ctx: DrawContext,
  layout: Layout,
  model: Model,
  subtitle: string,
  legend: string,
  styles: MapStyles,
): void {
  const { symbol, timeframe, synthetic } = model.header
  ctx.font = styles.font(12)
  const maxWidth = layout.bar.top < 30 ? layout.bar.left - 72 : layout.width - 4
  const linesOf = (legend: string) => (layout.subtitles === 1 ? [`${subtitle} · ${legend}`] : [subtitle, legend])
  const lines = linesOf(legend).every(line => ctx.textWidth(line) <= maxWidth)
    ? linesOf(legend)
    : linesOf(legend.replace(LIQUIDATED, ''))
  drawTitle(ctx, `${symbol} ${timeframe}${synthetic ? ' · synthetic market' : ''}`, lines, maxWidth, styles)
}

/** Left out of a legend where there is no room. */
const LIQUIDATED = ' liquidated there'

/**
 * What a colour of the map is, and per what: `USD of longs and shorts liquidated there, per 0.1 % price bin`. The subject says
 * where a scale is relative.
 */
export function legendText({ header, lnRow }: Model, side: SideChoice): string {
  const sides = { both: 'longs and shorts', long: 'longs', short: 'shorts' }[side]
  const bin = +(100 * Math.expm1(lnRow)).toPrecision(2)
  const liquidated = /stop/i.test(header.subject.both) ? '' : LIQUIDATED
  const what = header.unit === 'USD' ? `USD of ${sides}${liquidated}` : sides
  return `${what}, per ${bin} % price bin`
}

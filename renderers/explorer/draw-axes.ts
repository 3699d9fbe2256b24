/** Grid, tick labels and title. */
import { drawGrid, drawTimeLabels, drawTitle, drawValueLabels } from '../plot/axes.ts'
import type { Ink } from '../plot/ink.ts'
import type { Range, Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import { priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Stage } from './geometry.ts'
import type { Model } from './model.ts'

export function drawAxes(ink: Ink, stage: Stage, scales: Scales, range: Range, logPrice: boolean, look: Styles): void {
  const { plot, profile, width } = stage
  const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
  const prices = priceTicks(range.low, range.high, plot.height / 56, logPrice)
  const times = timeTicks(range.timeFrom, range.timeTo, plot.width / 92)
  const all = { ...plot, width: right - plot.left }
  drawGrid(ink, all, scales, prices, times, look)
  ink.strokeStyle = look.theme.axis
  for (const box of profile.width > 0 ? [plot, profile] : [plot])
    ink.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
  drawValueLabels(ink, all, scales, prices, tickText(prices), look)
  drawTimeLabels(ink, scales, times, [plot.left, width], plot.top + plot.height + 7, look)
}

export function drawMapTitle(ink: Ink, stage: Stage, model: Model, what: string, look: Styles): void {
  const { symbol, timeframe, synthetic } = model.header
  const room = stage.bar.top < 30 ? stage.bar.left - 16 : stage.width - 4
  drawTitle(ink, `${symbol} ${timeframe}`, `${what}${synthetic ? ' · synthetic market' : ''}`, room, look)
}

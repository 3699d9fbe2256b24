/** Draws the liquidations on record: a circle for each candle and side, its area by USD. */
import { usdText } from '../../src/common/number-text.ts'
import { fitText } from '../plot/axes.ts'
import { type Candles, firstEndingAfter } from '../plot/candles.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Box, Scales } from '../plot/scales.ts'
import type { Styles } from '../plot/styles.ts'
import type { Layout } from './geometry.ts'
import type { Side } from './model.ts'

/** Radius of the largest circle in sight; smaller ones than the least are not drawn. */
const MAX_RADIUS = 11
const MIN_RADIUS = 0.8

/** One circle on the plot. */
export interface RecordedMark {
  x: number
  y: number
  radius: number
}

/**
 * The circles in sight by side, the largest of all with the largest radius, and its USD. Only sums by bar are known: longs are at
 * the low, which liquidated them, shorts at the high.
 */
export function recordedMarks(
  candles: Candles,
  recorded: Record<Side, Float32Array>,
  scales: Scales,
  [left, right]: readonly [number, number],
  until: number,
  sides: readonly Side[],
): { marks: Record<Side, RecordedMark[]>; max: number } {
  const { time, end, high, low } = candles
  const from = firstEndingAfter(end, scales.time(left))
  const last = scales.time(right)
  let to = from
  while (to < time.length && time[to]! < last && end[to]! <= until) to++
  let max = 0
  for (const side of sides) for (let i = from; i < to; i++) if (recorded[side][i]! > max) max = recorded[side][i]!
  const marks: Record<Side, RecordedMark[]> = { long: [], short: [] }
  for (const side of sides)
    for (let i = from; i < to; i++) {
      const usd = recorded[side][i]!
      const radius = MAX_RADIUS * Math.sqrt(usd / max)
      // NaN, which is no record, fails too.
      if (!(radius >= MIN_RADIUS)) continue
      const x = (scales.x(time[i]!) + scales.x(end[i]!)) / 2
      marks[side].push({ x, y: scales.y(side === 'long' ? low[i]! : high[i]!), radius })
    }
  return { marks, max }
}

/** @returns where the legend is, which labels must not cover */
export function drawRecorded(
  ctx: DrawContext,
  { plot }: Layout,
  { marks, max }: ReturnType<typeof recordedMarks>,
  sides: readonly Side[],
  styles: Styles,
): Box {
  ctx.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    for (const side of sides) {
      ctx.beginPath()
      for (const { x, y, radius } of marks[side]) {
        ctx.moveTo(x + radius, y)
        ctx.arc(x, y, radius, 0, 2 * Math.PI)
      }
      // A rim in the ground's colour: they stand on cells of any brightness.
      ctx.strokeStyle = styles.theme.background
      ctx.lineWidth = 2
      ctx.stroke()
      ctx.fillStyle = styles[side]
      ctx.globalAlpha = 0.8
      ctx.fill()
      ctx.globalAlpha = 1
    }
  })
  return drawLegend(ctx, plot, max, sides, styles)
}

const LEGEND_PX = 18
/** Of the plot's width: clusters have their labels at the right. */
const LEGEND_SHARE = 0.66

/** The same with fewer and fewer words. */
function legendTexts(max: number, sides: readonly Side[]): string[] {
  const at = { long: 'longs at the low', short: 'shorts at the high' }
  const places = `${sides.map(side => at[side]).join(', ')} of a bar`
  const usd = max > 0 ? `up to ${usdText(max)} USD` : 'none in sight'
  return [
    `On record, ${usd}: ${places} (price within it not known)`,
    `On record, ${usd} (price within a bar not known)`,
    `On record, ${usd}`,
    max > 0 ? `On record, ≤ ${usdText(max)}` : 'None on record',
  ]
}

function drawLegend(ctx: DrawContext, plot: Box, max: number, sides: readonly Side[], styles: Styles): Box {
  ctx.font = styles.font(12)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const dots = sides.length * 12
  const room = plot.width * LEGEND_SHARE - dots - 14
  const texts = legendTexts(max, sides)
  const shown = texts.find(text => ctx.textWidth(text) <= room) ?? fitText(ctx, texts.at(-1)!, room)
  const top = plot.top + plot.height - LEGEND_PX - 4
  const box = { left: plot.left + 4, top, width: ctx.textWidth(shown) + dots + 14, height: LEGEND_PX }
  ctx.fillStyle = styles.theme.background
  ctx.globalAlpha = 0.82
  ctx.fillRect(box.left, box.top, box.width, box.height)
  ctx.globalAlpha = 1
  for (const [i, side] of sides.entries()) {
    ctx.fillStyle = styles[side]
    ctx.beginPath()
    ctx.arc(plot.left + 13 + 12 * i, top + LEGEND_PX / 2, 4, 0, 2 * Math.PI)
    ctx.fill()
  }
  ctx.fillStyle = styles.theme.dim
  ctx.fillText(shown, plot.left + 10 + dots, top + LEGEND_PX / 2 + 0.5)
  return box
}

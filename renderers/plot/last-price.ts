/** The last price of a chart: a line across it, and a tag on its axis. */
import { crisp } from './axes.ts'
import type { DrawContext } from './draw-context.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'
import { drawAxisTag } from './tag.ts'
import { priceText } from './ticks.ts'

export interface LastPrice {
  price: number
  rising: boolean
}

/** The height of a price's tag on the axis; null if the price is out of sight. */
export function tagPlace(plot: Box, scales: Scales, price: number): number | null {
  const y = scales.y(price)
  return y >= plot.top && y <= plot.top + plot.height ? y : null
}

/** A line at the last price, and its tag on the axis right of the box, in the colour of its candle. */
export function drawLastPrice(
  ctx: DrawContext,
  plot: Box,
  scales: Scales,
  { price, rising }: LastPrice,
  styles: Styles,
): void {
  const y = tagPlace(plot, scales, price)
  if (y === null) return
  const right = plot.left + plot.width
  const colour = rising ? styles.candleUp : styles.candleDown
  ctx.lineWidth = 1
  // A solid line under the dashes keeps them visible on cells of the same colour.
  for (const [strokeStyle, dash] of [
    [styles.candleOutline, []],
    [colour, [3, 3]],
  ] as const) {
    ctx.strokeStyle = strokeStyle
    ctx.setLineDash(dash)
    ctx.beginPath()
    ctx.moveTo(plot.left, crisp(y))
    ctx.lineTo(right, crisp(y))
    ctx.stroke()
  }
  ctx.setLineDash([])
  const step = Math.abs(scales.price(y) - scales.price(y + 1))
  const colours = { background: colour, text: styles.candleOutline }
  drawAxisTag(ctx, priceText(price, step), right + 1, y, colours, styles)
}

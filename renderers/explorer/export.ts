/** Files of the explorer: the visible part as PNG or SVG, the last shown column as CSV. */

import { renderPng, renderSvg } from '../plot/image-file.ts'
import { timeText } from '../plot/ticks.ts'
import { mixColumn } from './mix.ts'
import { priceAt, SIDES } from './model.ts'
import { tierShares } from './state.ts'
import type { View } from './view.ts'

export function toPng(view: View): Promise<Blob> {
  const { width, height, plot } = view.layout
  return renderPng(width, height, (ctx, context) =>
    view.drawTo(ctx, () => {
      context.drawImage(view.canvases.context('map').canvas, plot.left, plot.top, plot.width, plot.height)
    }),
  )
}

/** Vector shapes and text; the map itself as an embedded image. */
export function toSvg(view: View): Blob {
  const { width, height, plot } = view.layout
  return renderSvg(width, height, ctx =>
    view.drawTo(ctx, () => {
      const map = view.canvases.context('map').canvas
      ctx.image(map.toDataURL('image/png'), plot.left, plot.top, plot.width, plot.height)
    }),
  )
}

/** One line per side and filled price row of the last shown column: USD, total and by tier. */
export function toCsv(view: View): Blob {
  const { model } = view
  const shares = tierShares(view.state)
  const column = view.lastColumn
  const lines = [
    ['price_low', 'price_high', 'side', 'usd', ...model.tiers.map(({ leverage }) => `usd_${leverage}x`)].join(','),
  ]
  for (const side of SIDES) {
    if (!view.sides.includes(side)) continue
    const { total, byTier } = mixColumn(model, shares, side, column)
    for (let row = 0; row < model.rows; row++) {
      if (!(total[row]! > 0)) continue
      const values = [total[row]!, ...byTier.map(tier => tier[row]!)].map(value => value.toPrecision(4))
      lines.push(
        [priceAt(model, row).toPrecision(9), priceAt(model, row + 1).toPrecision(9), side, ...values.map(Number)].join(
          ',',
        ),
      )
    }
  }
  const { symbol, timeframe } = model.header
  const title = `${symbol} ${timeframe}, as known at ${timeText(model.edges[column]!)} UTC`
  return new Blob([`# ${title.replace(/\s+/g, ' ')}\n${lines.join('\n')}\n`], { type: 'text/csv' })
}

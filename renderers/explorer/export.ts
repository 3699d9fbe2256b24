/** The explorer as a file: what is seen as PNG or SVG, and the last known column as CSV. */

import { pngOf, svgOf } from '../plot/picture.ts'
import { timeText } from '../plot/ticks.ts'
import { columnOf } from './mix.ts'
import { type Model, priceAt, SIDES } from './model.ts'
import { effectiveWeights } from './state.ts'
import type { View } from './view.ts'

export function toPng(view: View): Promise<Blob> {
  const { width, height, plot } = view.stage
  return pngOf(width, height, (ink, context) =>
    view.drawWith(ink, () => {
      context.drawImage(view.canvases.context('map').canvas, plot.left, plot.top, plot.width, plot.height)
    }),
  )
}

/** Everything as shapes and text; the map itself as a picture inside. */
export function toSvg(view: View): Blob {
  const { width, height, plot } = view.stage
  return svgOf(width, height, ink =>
    view.drawWith(ink, () => {
      const map = view.canvases.context('map').canvas
      ink.image(map.toDataURL('image/png'), plot.left, plot.top, plot.width, plot.height)
    }),
  )
}

/** A row for each price row that holds anything at the last column that is shown: USD by side and tier. */
export function toCsv(model: Model, view: View): Blob {
  const weights = effectiveWeights(view.state)
  const column = view.lastColumn
  const lines = [
    ['price_low', 'price_high', 'side', 'usd', ...model.tiers.map(({ leverage }) => `usd_${leverage}x`)].join(','),
  ]
  for (const side of SIDES) {
    if (!view.sides.includes(side)) continue
    const { total, byTier } = columnOf(model, weights, side, column)
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

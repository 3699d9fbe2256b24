/** The explorer as a file: what is seen as PNG or SVG, and the last known column as CSV. */

import { canvasInk, SvgInk } from './ink.ts'
import { columnOf } from './mix.ts'
import { type Model, priceAt, SIDES } from './model.ts'
import { effectiveWeights } from './state.ts'
import { timeText } from './ticks.ts'
import type { View } from './view.ts'

/** Pixels of the PNG per CSS pixel. */
const PNG_RATIO = 2

export function toPng(view: View): Promise<Blob> {
  const { width, height, plot } = view.stage
  const canvas = document.createElement('canvas')
  canvas.width = width * PNG_RATIO
  canvas.height = height * PNG_RATIO
  const context = canvas.getContext('2d')
  if (!context) return Promise.reject(new Error('the browser gives no canvas to draw the PNG on'))
  context.scale(PNG_RATIO, PNG_RATIO)
  context.imageSmoothingEnabled = false
  view.drawWith(canvasInk(context), () => {
    context.drawImage(view.canvases.context('map').canvas, plot.left, plot.top, plot.width, plot.height)
  })
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the PNG could not be encoded'))), 'image/png')
  })
}

/** Everything as shapes and text; the map itself as a picture inside. */
export function toSvg(view: View): Blob {
  const { width, height, plot } = view.stage
  const measure = document.createElement('canvas').getContext('2d')
  const ink = new SvgInk((text, font) => {
    if (!measure) return text.length * 6
    measure.font = font
    return measure.measureText(text).width
  })
  view.drawWith(ink, () => {
    const map = view.canvases.context('map').canvas
    ink.image(map.toDataURL('image/png'), plot.left, plot.top, plot.width, plot.height)
  })
  return new Blob([ink.toSvg(width, height)], { type: 'image/svg+xml' })
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

export function fileName(model: Model, extension: string): string {
  const stem = `${model.header.symbol}-${model.header.timeframe}-liquidations`
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${stem || 'liquidations'}.${extension}`
}

/** Draws one map of a board: grid, heatmap, candles, the last price and the first cluster of each side. */
import type { Look } from '../../src/common/look.ts'
import { usdText } from '../../src/common/number-text.ts'
import { placeLabels } from '../explorer/draw-marks.ts'
import { columnsByPixel, rowsByPixel } from '../explorer/geometry.ts'
import { quantile } from '../explorer/mix.ts'
import { paint } from '../explorer/paint.ts'
import { createLut } from '../explorer/palette.ts'
import { AUTO_SHARE, DECADES } from '../explorer/state.ts'
import { createMapStyles, type MapStyles } from '../explorer/styles.ts'
import { crisp, drawGrid, drawTimeLabels, drawValueLabels } from '../plot/axes.ts'
import { downsampleCandles, drawCandles } from '../plot/candles.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { toDrawContext } from '../plot/draw-context.ts'
import { drawLastPrice, tagPlace } from '../plot/last-price.ts'
import { type Box, createScales, type Scales } from '../plot/scales.ts'
import { priceText, priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Theme } from '../shared/theme.ts'
import type { SmallMap } from './model.ts'

const AXIS_WIDTH = 66
const AXIS_HEIGHT = 20
const PRICE_TICK_PX = 44
const TIME_TICK_PX = 92
/** Narrower candles cannot be read on a map. */
const CANDLE_PX = 5
const LABEL_PX = 18
/** Outlines of clusters begin this share of the width before the right edge. */
const OUTLINE_SHARE = 0.12

/** @param ratio device pixels per CSS pixel */
export function drawSmallMap(
  canvas: HTMLCanvasElement,
  map: SmallMap,
  { width, height, ratio }: { width: number; height: number; ratio: number },
  theme: Theme,
  look: Look,
): void {
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser provides no canvas')
  const styles = createMapStyles(theme, look)
  const plot = { left: 0, top: 0, width: Math.max(40, width - AXIS_WIDTH), height: height - AXIS_HEIGHT }
  const { low, high } = map.header.grid
  const { candles, edges } = map
  const range = { timeFrom: edges[0]!, timeTo: candles.end[candles.end.length - 1]! + barMs(map), low, high }
  const scales = createScales(plot, range, true)
  const ctx = toDrawContext(context)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  ctx.fillStyle = styles.theme.background
  ctx.fillRect(0, 0, width, height)
  drawAxes(ctx, plot, width, scales, map, range, styles)
  context.drawImage(heatmap(map, range, plot, ratio, styles), plot.left, plot.top, plot.width, plot.height)
  const shown = downsampleCandles(candles, range.timeFrom, range.timeTo, Math.floor(plot.width / CANDLE_PX))
  drawCandles(ctx, plot, scales, shown, Infinity, styles)
  const last = candles.open.length - 1
  drawLastPrice(
    ctx,
    plot,
    scales,
    { price: map.header.price, rising: candles.close[last]! >= candles.open[last]! },
    styles,
  )
  drawTags(ctx, plot, scales, map, styles)
}

const barMs = ({ candles }: SmallMap): number => candles.end[0]! - candles.time[0]!

function drawAxes(
  ctx: DrawContext,
  plot: Box,
  width: number,
  scales: Scales,
  { header }: SmallMap,
  range: { timeFrom: number; timeTo: number; low: number; high: number },
  styles: MapStyles,
): void {
  const { floor } = styles.palettes
  if (floor) {
    ctx.fillStyle = floor
    ctx.fillRect(plot.left, plot.top, plot.width, plot.height)
  }
  const prices = priceTicks(range.low, range.high, plot.height / PRICE_TICK_PX, false)
  const times = timeTicks(range.timeFrom, range.timeTo, plot.width / TIME_TICK_PX)
  drawGrid(ctx, plot, scales, prices, times, styles)
  ctx.strokeStyle = styles.theme.axis
  ctx.strokeRect(plot.left + 0.5, plot.top + 0.5, plot.width - 1, plot.height - 1)
  drawValueLabels(ctx, plot, scales, prices, tickText(prices), styles, tagPlace(plot, scales, header.price))
  drawTimeLabels(ctx, scales, times, [plot.left, width - 2], plot.top + plot.height + 5, styles)
}

/** The heatmap in device pixels, transparent where nothing is. */
function heatmap(
  map: SmallMap,
  range: { timeFrom: number; timeTo: number; low: number; high: number },
  plot: Box,
  ratio: number,
  styles: MapStyles,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(plot.width * ratio)
  canvas.height = Math.round(plot.height * ratio)
  const context = canvas.getContext('2d')!
  const image = context.createImageData(canvas.width, canvas.height)
  const { usd, columns, rows } = map
  const cells = { rowFrom: 0, rowTo: rows, columnFrom: 0, columnTo: columns }
  const max = quantile([usd], AUTO_SHARE, columns, cells)
  const lut = createLut({ max, min: max / 10 ** DECADES, log: false, threshold: 0 }, styles.palettes.one)
  const across = columnsByPixel(map, range, canvas.width, columns - 1)
  const down = rowsByPixel(map, range, true, canvas.height)
  paint(new Uint32Array(image.data.buffer), across, down, { long: usd, short: usd }, columns, { long: lut, short: lut })
  context.putImageData(image, 0, 0)
  return canvas
}

/** The outline of the first cluster of each side, with its price and amount; an arrow where it is beyond the map. */
function drawTags(ctx: DrawContext, plot: Box, scales: Scales, { header, lnRow }: SmallMap, styles: MapStyles): void {
  const right = plot.left + plot.width
  const bottom = plot.top + plot.height
  const left = right - plot.width * OUTLINE_SHARE
  ctx.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    const labels = header.clusters.map(cluster => {
      const top = scales.y(cluster.high)
      const height = Math.max(3, scales.y(cluster.low) - top)
      for (const [colour, lineWidth] of [
        [styles.theme.background, 4],
        [styles[cluster.side], 1.5],
      ] as const) {
        ctx.strokeStyle = colour
        ctx.lineWidth = lineWidth
        ctx.strokeRect(crisp(left), crisp(top), Math.round(right - left) - 3, Math.round(height))
      }
      return { middle: top + height / 2, usd: cluster.notional, cluster }
    })
    ctx.font = styles.font(12, 600)
    ctx.textBaseline = 'middle'
    ctx.textAlign = 'right'
    const inside = labels.map(label => ({ ...label, middle: Math.max(plot.top, Math.min(bottom, label.middle)) }))
    for (const { y, cluster } of placeLabels(inside, plot.top + LABEL_PX / 2 + 1, bottom - LABEL_PX / 2 - 1)) {
      const beyond = scales.y(cluster.low) < plot.top ? '▲ ' : scales.y(cluster.high) > bottom ? '▼ ' : ''
      const text = `${beyond}${priceText(cluster.peak, cluster.peak * lnRow)} · ${usdText(cluster.notional)}`
      const labelRight = beyond === '' ? left - 4 : right - 4
      const width = ctx.textWidth(text) + 8
      ctx.fillStyle = styles.theme.background
      ctx.globalAlpha = styles.theme.highContrast ? 1 : 0.85
      ctx.fillRect(labelRight - width, y - LABEL_PX / 2, width, LABEL_PX)
      ctx.globalAlpha = 1
      ctx.fillStyle = styles[cluster.side]
      ctx.fillText(text, labelRight - 4, y + 0.5)
    }
  })
}

/** Layout of the explorer, its visible range, and which cells fall on which pixels. */
import { type Box, createScales, fitInterval, priceAxis, type Range } from '../plot/scales.ts'
import { fullRange, type Maps } from './maps.ts'
import { columnAt, type Model } from './model.ts'
import type { PixelCells } from './paint.ts'

export interface Layout {
  width: number
  height: number
  plot: Box
  /** The profile next to the plot; width 0 if it does not fit. */
  profile: Box
  /** Colour bar above the plot. */
  bar: Box
  /** Lines below the title. */
  subtitles: 1 | 2
}

const AXIS_WIDTH = 76
const AXIS_HEIGHT = 24
const GAP = 8
/** Width of the unit and the sides left of the colour bar. */
const BAR_LABEL_WIDTH = 56
/** Below it the colour bar is under the title instead of beside it. */
const BESIDE_PX = 740
/** Below it the longest subtitle does not fit on one line beside the colour bar. */
const ONE_LINE_PX = 1060

export function createLayout(width: number, height: number): Layout {
  const compact = width < BESIDE_PX
  const subtitles = width < ONE_LINE_PX ? 2 : 1
  const top = compact ? 86 : subtitles === 2 ? 60 : 44
  const profileWidth = width < 520 ? 0 : Math.round(Math.min(150, width * 0.14))
  const right = AXIS_WIDTH + (profileWidth > 0 ? profileWidth + GAP : 0)
  const plot = { left: 0, top, width: Math.max(40, width - right), height: Math.max(40, height - top - AXIS_HEIGHT) }
  const profile = { left: plot.width + GAP, top, width: profileWidth, height: plot.height }
  const barWidth = compact ? width - BAR_LABEL_WIDTH - 14 : Math.min(260, width * 0.3)
  const bar = { left: width - barWidth - 14, top: compact ? 58 : 8, width: barWidth, height: 10 }
  return { width, height, plot, profile, bar, subtitles }
}

/** Limits of zooming in: bars, and ln(price). */
const MIN_BARS = 8
const MIN_HEIGHT = 0.004

/** The nearest range that lies within the map and shows enough of it. */
export function clampRange(maps: Maps, range: Range, logPrice: boolean): Range {
  const full = fullRange(maps)
  const minTime = MIN_BARS * maps.whole.header.barMs
  const [timeFrom, timeTo] = fitInterval(range.timeFrom, range.timeTo, full.timeFrom, full.timeTo, minTime)
  const { toAxis, fromAxis } = priceAxis(logPrice)
  const [fullLow, fullHigh] = [toAxis(full.low), toAxis(full.high)]
  const minHeight = ((fullHigh - fullLow) * MIN_HEIGHT) / Math.log(full.high / full.low)
  const [low, high] = fitInterval(toAxis(Math.max(range.low, 1e-12)), toAxis(range.high), fullLow, fullHigh, minHeight)
  return { timeFrom, timeTo, low: fromAxis(low), high: fromAxis(high) }
}

/** Zooms (below 1: in) about the point `at` of the box, and pans; `at` and `pan` in shares of the box. */
export function panZoom(
  range: Range,
  logPrice: boolean,
  step: { zoomX?: number; zoomY?: number; atX?: number; atY?: number; panX?: number; panY?: number },
): Range {
  const { zoomX = 1, zoomY = 1, atX = 0.5, atY = 0.5, panX = 0, panY = 0 } = step
  const time = range.timeTo - range.timeFrom
  const timeFrom = range.timeFrom + time * (atX * (1 - zoomX) + panX)
  const { toAxis, fromAxis } = priceAxis(logPrice)
  const [low, high] = [toAxis(range.low), toAxis(range.high)]
  const from = low + (high - low) * (atY * (1 - zoomY) + panY)
  return { timeFrom, timeTo: timeFrom + time * zoomX, low: fromAxis(from), high: fromAxis(from + (high - low) * zoomY) }
}

/** The columns on each of `pixels` device pixels, up to `lastColumn`. */
export function columnsByPixel(
  model: Pick<Model, 'edges' | 'columns'>,
  range: Pick<Range, 'timeFrom' | 'timeTo'>,
  pixels: number,
  lastColumn: number,
): PixelCells {
  const { edges } = model
  const from = new Int32Array(pixels)
  const to = new Int32Array(pixels)
  const perPixel = (range.timeTo - range.timeFrom) / pixels
  const first = Math.max(0, columnAt(model, range.timeFrom))
  const narrowest = narrowestColumn(edges, first, range.timeTo)
  let column = first
  for (let x = 0; x < pixels; x++) {
    // If every column covers the middle of some pixel: the one at the middle of this pixel. Else all that touch it.
    const begin = range.timeFrom + (narrowest >= perPixel ? x + 0.5 : x) * perPixel
    const end = narrowest >= perPixel ? begin : begin + perPixel
    while (column <= lastColumn && edges[column + 1]! <= begin) column++
    let next = column
    if (edges[column]! <= begin) next++
    while (next <= lastColumn && edges[next]! < end) next++
    from[x] = column
    to[x] = Math.min(next, lastColumn + 1)
  }
  return { from, to }
}

function narrowestColumn(edges: Float64Array, first: number, until: number): number {
  let min = Infinity
  for (let k = first; k + 1 < edges.length && edges[k]! < until; k++) min = Math.min(min, edges[k + 1]! - edges[k]!)
  return min
}

/** The rows on each of `pixels` device pixels, from the highest price down. */
export function rowsByPixel(
  model: Pick<Model, 'rows' | 'lnLow' | 'lnRow'>,
  range: Range,
  logPrice: boolean,
  pixels: number,
): PixelCells {
  const from = new Int32Array(pixels)
  const to = new Int32Array(pixels)
  const scales = createScales({ left: 0, top: 0, width: 1, height: pixels }, range, logPrice)
  const row = (y: number) => (Math.log(scales.price(y)) - model.lnLow) / model.lnRow
  let above = row(0)
  for (let y = 0; y < pixels; y++) {
    const below = row(y + 1)
    // Several rows on a pixel: those whose lower edge is on it. Else the row at the middle of the pixel.
    const first = above - below > 1 ? Math.ceil(below) : Math.floor((above + below) / 2)
    const last = above - below > 1 ? Math.ceil(above) : first + 1
    from[y] = Math.min(model.rows, Math.max(0, first))
    to[y] = Math.min(model.rows, Math.max(0, last))
    above = below
  }
  return { from, to }
}

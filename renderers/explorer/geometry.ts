/** Where things stand on the screen: the parts of the stage, and price and time as pixels. */
import { type Box, inside, type Range, scalesOf } from '../plot/scales.ts'
import { columnAt, type Model } from './model.ts'
import type { Cells } from './paint.ts'

export interface Stage {
  width: number
  height: number
  plot: Box
  /** The profile beside the plot; width 0 where there is no room. */
  profile: Box
  /** Colour bar above the plot. */
  bar: Box
}

const AXIS_WIDTH = 66
const AXIS_HEIGHT = 24
const GAP = 8
/** Room for the unit and the sides at the left of the colour bar. */
const BAR_NAMES = 46

export function stageOf(width: number, height: number): Stage {
  const compact = width < 620
  const top = compact ? 66 : 42
  const profileWidth = width < 520 ? 0 : Math.round(Math.min(150, width * 0.14))
  const right = AXIS_WIDTH + (profileWidth > 0 ? profileWidth + GAP : 0)
  const plot = { left: 0, top, width: Math.max(40, width - right), height: Math.max(40, height - top - AXIS_HEIGHT) }
  const profile = { left: plot.width + GAP, top, width: profileWidth, height: plot.height }
  const barWidth = compact ? width - BAR_NAMES - 14 : Math.min(260, width * 0.3)
  const bar = { left: width - barWidth - 14, top: compact ? 38 : 8, width: barWidth, height: 10 }
  return { width, height, plot, profile, bar }
}

/** All of the map; at the right, room for the last levels to be seen. */
export function wholeRange({ edges, columns, header }: Model): Range {
  return { timeFrom: edges[0]!, timeTo: edges[columns]!, low: header.grid.low, high: header.grid.high }
}

/** Fewer cells than this are not worth a look. */
const FEWEST_COLUMNS = 8
const FEWEST_ROWS = 4

/** The nearest range that lies within the map and holds enough of it. */
export function withinMap(model: Model, range: Range, logPrice: boolean): Range {
  const whole = wholeRange(model)
  const leastTime = ((whole.timeTo - whole.timeFrom) / model.columns) * Math.min(FEWEST_COLUMNS, model.columns)
  const [timeFrom, timeTo] = inside(range.timeFrom, range.timeTo, whole.timeFrom, whole.timeTo, leastTime)
  const forth = logPrice ? Math.log : (price: number) => price
  const back = logPrice ? Math.exp : (value: number) => value
  const [wholeLow, wholeHigh] = [forth(whole.low), forth(whole.high)]
  const leastPrice = ((wholeHigh - wholeLow) / model.rows) * Math.min(FEWEST_ROWS, model.rows)
  const [low, high] = inside(forth(Math.max(range.low, 1e-12)), forth(range.high), wholeLow, wholeHigh, leastPrice)
  return { timeFrom, timeTo, low: back(low), high: back(high) }
}

/** A step of `zoom` (below 1: closer) about a point of the box, and of `pan` in shares of the box. */
export function moved(
  range: Range,
  logPrice: boolean,
  step: { zoomX?: number; zoomY?: number; atX?: number; atY?: number; panX?: number; panY?: number },
): Range {
  const { zoomX = 1, zoomY = 1, atX = 0.5, atY = 0.5, panX = 0, panY = 0 } = step
  const time = range.timeTo - range.timeFrom
  const timeFrom = range.timeFrom + time * (atX * (1 - zoomX) + panX)
  const forth = logPrice ? Math.log : (price: number) => price
  const back = logPrice ? Math.exp : (value: number) => value
  const [low, high] = [forth(range.low), forth(range.high)]
  const from = low + (high - low) * (atY * (1 - zoomY) + panY)
  return { timeFrom, timeTo: timeFrom + time * zoomX, low: back(from), high: back(from + (high - low) * zoomY) }
}

/** The columns on each of `pixels` device pixels, none of them later than `lastColumn`. */
export function columnsAcross(model: Model, range: Range, pixels: number, lastColumn: number): Cells {
  const { edges } = model
  const from = new Int32Array(pixels)
  const to = new Int32Array(pixels)
  const perPixel = (range.timeTo - range.timeFrom) / pixels
  const first = Math.max(0, columnAt(model, range.timeFrom))
  const narrowest = narrowestColumn(edges, first, range.timeTo)
  let column = first
  for (let x = 0; x < pixels; x++) {
    // Where every column has a pixel's middle on it, that one; else all that begin or stand on the pixel.
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
  let least = Infinity
  for (let k = first; k + 1 < edges.length && edges[k]! < until; k++) least = Math.min(least, edges[k + 1]! - edges[k]!)
  return least
}

/** The rows on each of `pixels` device pixels, from the highest price down. */
export function rowsDown(model: Model, range: Range, logPrice: boolean, pixels: number): Cells {
  const from = new Int32Array(pixels)
  const to = new Int32Array(pixels)
  const scales = scalesOf({ left: 0, top: 0, width: 1, height: pixels }, range, logPrice)
  const row = (y: number) => (Math.log(scales.price(y)) - model.lnLow) / model.lnRow
  let above = row(0)
  for (let y = 0; y < pixels; y++) {
    const below = row(y + 1)
    // Several rows on a pixel: those whose lower edge is on it. One row on several pixels: the one at the pixel's middle.
    const first = above - below > 1 ? Math.ceil(below) : Math.floor((above + below) / 2)
    const last = above - below > 1 ? Math.ceil(above) : first + 1
    from[y] = Math.min(model.rows, Math.max(0, first))
    to[y] = Math.min(model.rows, Math.max(0, last))
    above = below
  }
  return { from, to }
}

/** Rows of the map that the range touches. */
export function rowSpan(model: Model, range: Range): [from: number, to: number] {
  const row = (price: number) => (Math.log(price) - model.lnLow) / model.lnRow
  return [Math.max(0, Math.floor(row(range.low) + 1e-9)), Math.min(model.rows, Math.ceil(row(range.high) - 1e-9))]
}

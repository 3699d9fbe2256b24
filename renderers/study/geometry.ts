/** Where the parts of the stage stand: price above, equity and drawdown below, one time axis. */
import { type Candles, firstEndingAfter } from '../plot/candles.ts'
import { type Box, inside } from '../plot/scales.ts'
import { type StudyModel, wholeSpan } from './model.ts'

export interface Stage {
  width: number
  height: number
  price: Box
  equity: Box
  drawdown: Box
}

const AXIS_WIDTH = 66
const AXIS_HEIGHT = 24
const TITLE_HEIGHT = 42
const GAP = 18

export const stageHeight = (width: number): number => (width < 620 ? 460 : 560)

export function stageOf(width: number, height: number): Stage {
  const plotWidth = Math.max(40, width - AXIS_WIDTH)
  const room = Math.max(120, height - TITLE_HEIGHT - AXIS_HEIGHT - 2 * GAP)
  const [price, equity] = [Math.round(room * 0.62), Math.round(room * 0.22)]
  const box = (top: number, boxHeight: number): Box => ({ left: 0, top, width: plotWidth, height: boxHeight })
  const equityTop = TITLE_HEIGHT + price + GAP
  const drawdownTop = equityTop + equity + GAP
  return {
    width,
    height,
    price: box(TITLE_HEIGHT, price),
    equity: box(equityTop, equity),
    drawdown: box(drawdownTop, room - price - equity),
  }
}

/** The panel whose height holds `y`; the nearest one in a gap. */
export function panelAt({ price, equity, drawdown }: Stage, y: number): 'price' | 'equity' | 'drawdown' {
  if (y < (price.top + price.height + equity.top) / 2) return 'price'
  return y < (equity.top + equity.height + drawdown.top) / 2 ? 'equity' : 'drawdown'
}

export type Span = readonly [from: number, to: number]

const FEWEST_BARS = 12

/** The nearest stretch of time that lies within the study and holds enough of it. */
export function withinStudy(model: StudyModel, [from, to]: Span): Span {
  const [first, last] = wholeSpan(model)
  return inside(from, to, first, last, Math.min(last - first, FEWEST_BARS * model.header.barMs))
}

/** A step of `zoom` (below 1: closer) about a place of the stretch, and of `pan` in shares of it. */
export function movedSpan(
  [from, to]: Span,
  { zoom = 1, at = 0.5, pan = 0 }: { zoom?: number; at?: number; pan?: number },
): Span {
  const start = from + (to - from) * (at * (1 - zoom) + pan)
  return [start, start + (to - from) * zoom]
}

/** Lowest and highest price of the candles of a stretch, and of further prices, with some room. */
export function priceRange(
  candles: Candles,
  [from, to]: Span,
  further: readonly number[],
): [low: number, high: number] {
  let low = Infinity
  let high = 0
  const { time, end } = candles
  for (let i = firstEndingAfter(end, from); i < time.length && time[i]! < to; i++) {
    if (candles.low[i]! < low) low = candles.low[i]!
    if (candles.high[i]! > high) high = candles.high[i]!
  }
  for (const price of further) {
    if (!(price > 0)) continue
    low = Math.min(low, price)
    high = Math.max(high, price)
  }
  if (!(high > 0)) return [1, 2]
  // In ratios, as the axis is logarithmic where they are large.
  const room = Math.max((high / low) ** 0.06, 1 + 1e-6)
  return [low / room, high * room]
}

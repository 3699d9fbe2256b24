/** Where the parts of the stage stand: price above, equity and drawdown below, one time axis. */
import { type Candles, firstEndingAfter } from '../plot/candles.ts'
import { type Box, inside } from '../plot/scales.ts'
import { closeTime, openTime, type StudyModel, wholeSpan } from './model.ts'

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

/**
 * The same for a trade that is looked at: of what lies far from the stretch `near`, in which it was made, only as much is
 * shown as that is high, above and below.
 */
export function focusedRange(
  candles: Candles,
  span: Span,
  near: Span,
  further: readonly number[],
): [low: number, high: number] {
  const [low, high] = priceRange(candles, span, further)
  const [nearLow, nearHigh] = priceRange(candles, near, further)
  const room = nearHigh / nearLow
  return [Math.max(low, nearLow / room), Math.min(high, nearHigh * room)]
}

/** So much of a trade's own length is shown before its sweep and after its exit; at least so many bars. */
const AROUND = 0.6
const LEAST_AROUND = 16
/** Levels may be known for long; so many bars before the sweep are enough. */
const MOST_BEFORE = 240

/** The stretch of time in which a trade is looked at. */
export function spanOf(model: StudyModel, trade: number): Span {
  const { trades, header } = model
  const known = Math.max(trades.since[trade]!, trades.sweepBar[trade]! - MOST_BEFORE, 0)
  const [from, to] = [openTime(model, known), closeTime(model, trades.exitBar[trade]!)]
  const more = Math.max((to - from) * AROUND * 0.5, LEAST_AROUND * header.barMs)
  return [from - more, to + more]
}

/** Layout of the chart (price above, equity and drawdown below, one time axis) and its visible span. */
import { type Candles, priceRange } from '../plot/candles.ts'
import { type Box, fitInterval, type Scales } from '../plot/scales.ts'
import type { Span } from '../plot/time-span.ts'
import { closeTime, fullSpan, openTime, type StudyModel } from './model.ts'

export interface Layout {
  width: number
  height: number
  price: Box
  equity: Box
  drawdown: Box
}

const AXIS_WIDTH = 76
const AXIS_HEIGHT = 24
const TITLE_HEIGHT = 42
const GAP = 18

export const chartHeight = (width: number): number => (width < 620 ? 460 : 560)

export function createLayout(width: number, height: number): Layout {
  const plotWidth = Math.max(40, width - AXIS_WIDTH)
  const panelsHeight = Math.max(120, height - TITLE_HEIGHT - AXIS_HEIGHT - 2 * GAP)
  const [price, equity] = [Math.round(panelsHeight * 0.62), Math.round(panelsHeight * 0.22)]
  const box = (top: number, boxHeight: number): Box => ({ left: 0, top, width: plotWidth, height: boxHeight })
  const equityTop = TITLE_HEIGHT + price + GAP
  const drawdownTop = equityTop + equity + GAP
  return {
    width,
    height,
    price: box(TITLE_HEIGHT, price),
    equity: box(equityTop, equity),
    drawdown: box(drawdownTop, panelsHeight - price - equity),
  }
}

/** Scales of the panels. */
export interface PanelScales {
  price: Scales
  equity: Scales
  drawdown: Scales
}

const MIN_BARS = 12

/** The nearest span that lies within the study and shows enough of it. */
export function clampSpan(model: StudyModel, [from, to]: Span): Span {
  const [first, last] = fullSpan(model)
  return fitInterval(from, to, first, last, Math.min(last - first, MIN_BARS * model.header.barMs))
}

/**
 * Like {@link priceRange}, for a selected trade: `near` is the span of the trade itself, and prices outside its range are shown
 * only up to the height of that range above and below it.
 */
export function focusedRange(
  candles: Candles,
  span: Span,
  near: Span,
  otherPrices: readonly number[],
): [low: number, high: number] {
  const [low, high] = priceRange(candles, span, otherPrices)
  const [nearLow, nearHigh] = priceRange(candles, near, otherPrices)
  const height = nearHigh / nearLow
  return [Math.max(low, nearLow / height), Math.min(high, nearHigh * height)]
}

/** Margin around a selected trade, as a share of its length (both sides together) and in bars (each side). */
const MARGIN_SHARE = 0.6
const MIN_MARGIN_BARS = 16
/** A level may be much older than its sweep. */
const MAX_BARS_BEFORE = 240

/** The span that is shown for a selected trade. */
export function tradeSpan(model: StudyModel, trade: number): Span {
  const { trades, header } = model
  const firstBar = Math.max(trades.since[trade]!, trades.sweepBar[trade]! - MAX_BARS_BEFORE, 0)
  const [from, to] = [openTime(model, firstBar), closeTime(model, trades.exitBar[trade]!)]
  const margin = Math.max((to - from) * MARGIN_SHARE * 0.5, MIN_MARGIN_BARS * header.barMs)
  return [from - margin, to + margin]
}

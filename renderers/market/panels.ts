/** The panels of a market: what each shows, in which units, and how it is drawn. */
import { percentText, usdText } from '../../src/common/number-text.ts'
import { drawCandles, priceRange } from '../plot/candles.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { drawLine, type Line, valueRange } from '../plot/lines.ts'
import type { Panel } from '../plot/panel-cursor.ts'
import { type Box, createScales } from '../plot/scales.ts'
import { amountText, priceText, priceTicks, spanText, tickText } from '../plot/ticks.ts'
import type { Span } from '../plot/time-span.ts'
import { drawBars } from './bars.ts'
import type { Series } from './model.ts'
import type { Header } from './payload.ts'
import type { MarketStyles } from './styles.ts'

export interface MarketPanel extends Panel {
  /** What it shows and in which unit; the second part where there is room. */
  title: [name: string, more: string]
  ticks: readonly number[]
  /** Of its ticks. */
  label(value: number): string
  draw(ctx: DrawContext, styles: MarketStyles): void
}

/** A wider range of prices has a logarithmic axis. */
const LOG_FROM = 3
const PRICE_TICK_PX = 56
const TICK_PX = 18
/** Space above the highest bar. */
const HEADROOM = 1.08

type Draft = (box: Box) => MarketPanel

/** Whether a series is shown does not depend on what is in sight, so that no panel comes and goes in a pan. */
export function panelCount({ openInterest, funding, recorded }: Series): number {
  return 2 + [openInterest, funding, recorded].filter(values => values !== null).length
}

/** The panels of the candles in sight, from the top: price, volume, and what else the market has. */
export function createPanels(header: Header, series: Series, span: Span, boxes: readonly Box[]): MarketPanel[] {
  const { openInterest, funding, recorded } = series
  const drafts: Draft[] = [
    box => pricePanel(box, header, series, span),
    box => volumePanel(box, header, series, span),
    ...(openInterest ? [(box: Box) => openInterestPanel(box, header, series, openInterest, span)] : []),
    ...(funding ? [(box: Box) => fundingPanel(box, series, funding, span)] : []),
    ...(recorded ? [(box: Box) => liquidationsPanel(box, series, recorded, span)] : []),
  ]
  return drafts.map((draft, i) => draft(boxes[i]!))
}

const scalesOf = (box: Box, [timeFrom, timeTo]: Span, low: number, high: number, log = false) =>
  createScales(box, { timeFrom, timeTo, low, high }, log)

const per = ({ candleMs }: Series): string => `per ${spanText(candleMs)}`

function pricePanel(box: Box, header: Header, series: Series, span: Span): MarketPanel {
  const { symbol, timeframe, quote, synthetic } = header
  const [low, high] = priceRange(series.candles, span, [])
  const log = high / low > LOG_FROM
  const scales = scalesOf(box, span, low, high, log)
  const ticks = priceTicks(low, high, box.height / PRICE_TICK_PX, log)
  const unit = quote === '' ? 'Price' : `Price, ${quote}`
  return {
    box,
    scales,
    title: [
      unit,
      `candles of ${spanText(series.candleMs)} · ${symbol} ${timeframe}${synthetic ? ' · synthetic market' : ''}`,
    ],
    ticks,
    label: tickText(ticks),
    text: priceText,
    draw: (ctx, styles) => drawCandles(ctx, box, scales, series.candles, Infinity, styles),
  }
}

function volumePanel(box: Box, { base }: Header, series: Series, span: Span): MarketPanel {
  const { candles, volume } = series
  const high = highest([volume]) * HEADROOM
  const scales = scalesOf(box, span, 0, high)
  const ticks = priceTicks(0, high, box.height / TICK_PX, false)
  return {
    box,
    scales,
    title: [`Volume, ${base} ${per(series)}`, ''],
    ticks,
    label: amountText(ticks),
    text: value => usdText(value),
    draw(ctx, styles) {
      const colour = (k: number) => (candles.close[k]! >= candles.open[k]! ? styles.candleUp : styles.candleDown)
      drawBars(ctx, box, scales, candles, volume, colour)
    },
  }
}

function openInterestPanel(box: Box, { base }: Header, { candles }: Series, values: Float32Array, span: Span) {
  const line: Line = { time: candles.end, value: Float64Array.from(values) }
  const [low, high] = valueRange([line], line.value.find(value => !Number.isNaN(value)) ?? 0)
  const scales = scalesOf(box, span, Math.max(0, low), high)
  const ticks = priceTicks(Math.max(0, low), high, box.height / TICK_PX, false)
  return {
    box,
    scales,
    title: [`Open interest, ${base}`, 'at the close'],
    ticks,
    label: amountText(ticks),
    text: (value, step) => (value >= 1e6 ? amountText([value, step])(value) : priceText(value, step)),
    draw: (ctx, styles) => drawLine(ctx, box, scales, line, { colour: styles.openInterest, width: 1.5 }),
  } satisfies MarketPanel
}

function fundingPanel(box: Box, series: Series, funding: Float32Array, span: Span): MarketPanel {
  const percents = funding.map(rate => 100 * rate)
  const due = percents.filter(percent => percent !== 0 && !Number.isNaN(percent))
  // Nothing may be due in sight.
  const [low, high] = due.length > 0 ? [Math.min(0, ...due), Math.max(0, ...due)] : [-0.01, 0.01]
  const [from, to] = [low * HEADROOM, high * HEADROOM]
  const scales = scalesOf(box, span, from, to)
  const ticks = priceTicks(from, to, box.height / TICK_PX, false)
  return {
    box,
    scales,
    title: [`Funding, % ${per(series)}`, 'longs pay above 0, shorts below'],
    ticks,
    label: tickText(ticks),
    text: value => percentText(value / 100, 4),
    draw(ctx, styles) {
      drawBars(ctx, box, scales, series.candles, percents, k => (percents[k]! >= 0 ? styles.long : styles.short))
    },
  }
}

function liquidationsPanel(
  box: Box,
  series: Series,
  { long, short }: NonNullable<Series['recorded']>,
  span: Span,
): MarketPanel {
  const reach = highest([long, short]) * HEADROOM
  const scales = scalesOf(box, span, -reach, reach)
  const ticks = priceTicks(-reach, reach, box.height / TICK_PX, false)
  const label = amountText(ticks)
  return {
    box,
    scales,
    title: [`Liquidations on record, USD ${per(series)}`, 'of shorts above, of longs below'],
    ticks,
    // Both sides are amounts.
    label: value => label(Math.abs(value)),
    text: value => usdText(Math.abs(value)),
    draw(ctx, styles) {
      drawBars(ctx, box, scales, series.candles, short, () => styles.short)
      const below = long.map(usd => -usd)
      drawBars(ctx, box, scales, series.candles, below, () => styles.long)
    },
  }
}

/** The highest value on record; 1 where none is above 0. */
function highest(columns: readonly Float32Array[]): number {
  let max = 0
  for (const values of columns) for (const value of values) if (value > max) max = value
  return max > 0 ? max : 1
}

/** Draws the study; redraws only what a change affects. */
import type { CandleColours } from '../../src/common/look.ts'
import { percentText } from '../../src/common/number-text.ts'
import { drawGrid, drawTimeLabels, drawTitle, drawValueLabels } from '../plot/axes.ts'
import { downsampleCandles, drawCandles, firstEndingAfter, priceRange } from '../plot/candles.ts'
import { Canvases } from '../plot/canvases.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { drawLine, type Line, valueRange, visibleLine } from '../plot/lines.ts'
import { drawPanelCursor, type Panel } from '../plot/panel-cursor.ts'
import { type Box, createScales } from '../plot/scales.ts'
import { priceText, priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Span, SpanChart } from '../plot/time-span.ts'
import type { Theme } from '../shared/theme.ts'
import { drawSelected, drawTrades, entryPoint, visibleTrades } from './draw-trades.ts'
import { clampSpan, createLayout, focusedRange, type Layout, type PanelScales, tradeSpan } from './geometry.ts'
import { candleTime, closeTime, fullSpan, openTime, type StudyModel } from './model.ts'
import { drawdown, equityCurve } from './results.ts'
import { createStudyStyles, type StudyStyles } from './styles.ts'

const LAYERS = ['axes', 'data', 'trades', 'cursor'] as const
/** A price range wider than this factor gets a logarithmic axis. */
const LOG_FROM = 3
/** Opacity of the curves of all trades while a filter is set. */
const ALL_ALPHA = 0.5
/** A click this near to an entry selects its trade. */
const CLICK_RADIUS_PX = 12

/** What a change makes stale: the visible span, the filtered trades, the selected one, or only the cursor. */
export type StalePart = 'range' | 'filters' | 'selected' | 'cursor'

/** Equity in USD and drawdown in %. */
export interface Curves {
  equity: Line
  drawdown: Line
}

/** The part of the study's state that the drawing depends on. */
export interface Shown {
  range: Span | null
  filtered: Int32Array
  selected: number | null
  candles: CandleColours
}

export class View implements SpanChart {
  readonly canvases = new Canvases(LAYERS)
  /** The crosshair, in px of the layout. */
  cursor: { x: number; y: number } | null = null
  /** The span of a zoom while it is drawn. */
  zoomSpan: Span | null = null
  shown: Shown
  layout: Layout = createLayout(1, 1)
  span: Span
  scales: PanelScales
  readonly #model: StudyModel
  readonly allCurves: Curves
  /** Curves of the filtered trades; null without a filter. */
  filteredCurves: Curves | null = null
  #styles: StudyStyles | null = null
  #candles: CandleColours | null = null
  readonly #stale = new Set<StalePart>(['range', 'filters'])

  constructor(model: StudyModel, shown: Shown) {
    this.#model = model
    this.shown = shown
    this.span = fullSpan(model)
    const { end: time } = model.candles
    this.allCurves = {
      equity: { time, value: model.equity },
      drawdown: { time, value: drawdown(model.equity, model.header.start) },
    }
    this.scales = this.#createScales()
  }

  /** Around all panels. */
  get box(): Box {
    const { price, drawdown } = this.layout
    return { ...price, height: drawdown.top + drawdown.height - price.top }
  }

  invalidate(part: StalePart): void {
    this.#stale.add(part)
  }

  /** Draws what is stale, for a stage of this size (CSS px). A changed theme must be a new object. */
  draw(width: number, height: number, theme: Theme): void {
    if (this.canvases.resize(width, height)) this.#stale.add('range')
    if (this.#styles?.theme !== theme || this.#candles !== this.shown.candles) {
      this.#candles = this.shown.candles
      this.#styles = createStudyStyles(theme, this.#candles)
      this.#stale.add('range')
    }
    const { canvases } = this
    const stale = this.#stale
    const styles = this.#styles
    this.layout = createLayout(width, height)
    if (stale.has('filters')) this.#updateFilteredCurves()
    // The price axis also covers the lines of the selected trade.
    if (stale.has('selected') || stale.has('filters')) stale.add('range')
    if (stale.has('range')) {
      this.span = clampSpan(this.#model, this.shown.range ?? fullSpan(this.#model))
      this.scales = this.#createScales()
      this.#drawAxes(canvases.clear('axes'), styles)
      this.#drawCurves(canvases.clear('data'), styles)
      this.#drawTrades(canvases.clear('trades'), styles)
    }
    if (stale.has('range') || stale.has('cursor')) this.#drawCursor(canvases.clear('cursor'), styles)
    stale.clear()
  }

  /** Draws everything but the crosshair to another context, such as a file. */
  drawTo(ctx: DrawContext): void {
    const { layout } = this
    const styles = this.#styles
    if (!styles) return
    ctx.fillStyle = styles.theme.background
    ctx.fillRect(0, 0, layout.width, layout.height)
    this.#drawAxes(ctx, styles)
    this.#drawCurves(ctx, styles)
    this.#drawTrades(ctx, styles)
  }

  /** The filtered trade with the nearest entry within {@link CLICK_RADIUS_PX}. */
  tradeAt(x: number, y: number): number | null {
    let best = CLICK_RADIUS_PX
    let nearest: number | null = null
    for (const i of visibleTrades(this.#model, this.shown.filtered, ...this.span)) {
      const entry = entryPoint(this.#model, this.scales.price, i)
      const distance = Math.hypot(entry.x - x, entry.y - y)
      if (distance >= best) continue
      best = distance
      nearest = i
    }
    return nearest
  }

  /** Frees what can be rebuilt. */
  release(): void {
    this.canvases.release()
    this.#styles = null
    this.#stale.add('range')
  }

  #updateFilteredCurves(): void {
    const { shown } = this
    const model = this.#model
    if (shown.filtered.length === model.trades.count) {
      this.filteredCurves = null
      return
    }
    const { time, value } = equityCurve(model, shown.filtered)
    const [from, to] = fullSpan(model)
    const { start } = model.header
    const line = { time: withEnds(from, time, to), value: withEnds(start, value, value.at(-1) ?? start) }
    this.filteredCurves = { equity: line, drawdown: { time: line.time, value: drawdown(line.value, start) } }
  }

  #createScales(): PanelScales {
    const { layout, span, shown } = this
    const model = this.#model
    const [timeFrom, timeTo] = span
    const i = shown.selected
    const { stop, target, inner, extreme } = model.trades
    const tradePrices = i === null ? [] : [stop[i]!, target[i]!, inner[i]!, extreme[i]!]
    const [low, high] = this.#priceRange(tradePrices)
    const panel = (box: Box, lines: (Line | undefined)[], included: number) => {
      const visible = lines.flatMap(line => (line ? [visibleLine(line, timeFrom, timeTo, box.width)] : []))
      const [from, to] = valueRange(visible, included)
      return createScales(box, { timeFrom, timeTo, low: from, high: to }, false)
    }
    return {
      price: createScales(layout.price, { timeFrom, timeTo, low, high }, high / low > LOG_FROM),
      equity: panel(layout.equity, [this.allCurves.equity, this.filteredCurves?.equity], this.#equityAt(timeFrom)),
      drawdown: panel(layout.drawdown, [this.allCurves.drawdown, this.filteredCurves?.drawdown], 0),
    }
  }

  /** A selected trade is not squeezed by prices before and after it, until the reader pans or zooms. */
  #priceRange(tradePrices: readonly number[]): [low: number, high: number] {
    const { span, shown } = this
    const model = this.#model
    const { range, selected } = shown
    const focus = selected === null ? null : tradeSpan(model, selected)
    if (selected === null || !range || !focus || range[0] !== focus[0] || range[1] !== focus[1])
      return priceRange(model.candles, span, tradePrices)
    const { sweepBar, exitBar } = model.trades
    const near = [openTime(model, sweepBar[selected]!), closeTime(model, exitBar[selected]!)] as const
    return focusedRange(model.candles, span, near, tradePrices)
  }

  /** Equity at a time: at the left edge it keeps the line within the axis. */
  #equityAt(time: number): number {
    const { time: ends, value } = this.allCurves.equity
    return value[Math.min(value.length - 1, firstEndingAfter(ends, time))]!
  }

  #drawAxes(ctx: DrawContext, styles: StudyStyles): void {
    const { layout, scales, span } = this
    const model = this.#model
    const times = timeTicks(span[0], span[1], layout.price.width / 92)
    for (const name of ['price', 'equity', 'drawdown'] as const) {
      const box = layout[name]
      const bottom = box.top + box.height
      const [low, high] = [scales[name].price(bottom), scales[name].price(box.top)]
      const log = name === 'price' && high / low > LOG_FROM
      const ticks = priceTicks(low, high, box.height / (name === 'price' ? 56 : 24), log)
      const plain = tickText(ticks)
      const text = (value: number) => (name === 'drawdown' ? `${plain(value)} %` : plain(value))
      drawGrid(ctx, box, scales[name], ticks, times, styles)
      ctx.strokeStyle = styles.theme.axis
      ctx.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
      drawValueLabels(ctx, box, scales[name], ticks, text, styles)
    }
    const { drawdown } = layout
    drawTimeLabels(ctx, scales.price, times, [0, layout.width], drawdown.top + drawdown.height + 7, styles)
    const { symbol, timeframe, title, synthetic } = model.header
    drawTitle(
      ctx,
      `${symbol} ${timeframe}`,
      [`${title}${synthetic ? ' · synthetic market' : ''}`],
      layout.width - 4,
      styles,
    )
    this.#drawPanelNames(ctx, styles)
  }

  #drawPanelNames(ctx: DrawContext, styles: StudyStyles): void {
    const { layout, filteredCurves } = this
    const names = [
      { box: layout.equity, text: 'Equity, USD', colour: styles.equity },
      { box: layout.drawdown, text: 'Drawdown, %', colour: styles.drawdown },
    ]
    ctx.textBaseline = 'bottom'
    ctx.textAlign = 'left'
    for (const { box, text, colour } of names) {
      ctx.font = styles.font(12, 600)
      ctx.fillStyle = styles.theme.foreground
      ctx.fillText(text, box.left + 1, box.top - 2)
      if (!filteredCurves) continue
      const x = box.left + 1 + ctx.textWidth(text) + 12
      ctx.font = styles.font(12)
      ctx.fillStyle = colour
      // Shorter where it does not fit.
      const full = '— filtered trades, each booked at its exit'
      const fits = x + ctx.textWidth(`${full} — all`) + 12 <= layout.width
      const filtered = fits ? full : '— filtered trades'
      ctx.fillText(filtered, x, box.top - 2)
      const next = x + ctx.textWidth(filtered) + 12
      ctx.fillStyle = styles.theme.dim
      ctx.fillText('— all', next, box.top - 2)
    }
  }

  #drawCurves(ctx: DrawContext, styles: StudyStyles): void {
    const { layout, span, scales, allCurves, filteredCurves } = this
    const model = this.#model
    const [from, to] = span
    const { price, equity, drawdown } = layout
    drawCandles(ctx, price, scales.price, downsampleCandles(model.candles, from, to, price.width), Infinity, styles)
    const visible = (line: Line, box: Box) => visibleLine(line, from, to, box.width)
    const unfiltered = filteredCurves === null
    drawLine(ctx, equity, scales.equity, visible(allCurves.equity, equity), {
      colour: unfiltered ? styles.equity : styles.theme.foreground,
      width: unfiltered ? 1.5 : 1,
      alpha: unfiltered ? 1 : ALL_ALPHA,
    })
    drawLine(ctx, drawdown, scales.drawdown, visible(allCurves.drawdown, drawdown), {
      colour: unfiltered ? styles.drawdown : styles.theme.foreground,
      width: 1,
      alpha: unfiltered ? 1 : ALL_ALPHA,
      ...(unfiltered && { fillTo: 0 }),
    })
    if (!filteredCurves) return
    const style = { steps: true, width: 1.5 }
    drawLine(ctx, equity, scales.equity, visible(filteredCurves.equity, equity), { ...style, colour: styles.equity })
    drawLine(ctx, drawdown, scales.drawdown, visible(filteredCurves.drawdown, drawdown), {
      ...style,
      colour: styles.drawdown,
    })
  }

  #drawTrades(ctx: DrawContext, styles: StudyStyles): void {
    const { layout, scales, shown, span } = this
    const model = this.#model
    const { filtered, selected } = shown
    drawTrades(ctx, layout.price, scales.price, model, visibleTrades(model, filtered, ...span), selected, styles)
    if (selected !== null) drawSelected(ctx, layout.price, scales.price, model, selected, styles)
  }

  #drawCursor(ctx: DrawContext, styles: StudyStyles): void {
    const { layout, scales, cursor, zoomSpan } = this
    // The candle's time, as in the tooltip.
    const timed = cursor && { ...cursor, time: candleTime(this.#model, scales.price.time(cursor.x)) }
    const text = (value: number, step: number) => priceText(value, step)
    const panels: Panel[] = [
      { box: layout.price, scales: scales.price, text },
      { box: layout.equity, scales: scales.equity, text },
      { box: layout.drawdown, scales: scales.drawdown, text: value => percentText(value / 100) },
    ]
    drawPanelCursor(ctx, panels, timed, zoomSpan, styles)
  }
}

function withEnds(first: number, values: Float64Array, last: number): Float64Array {
  const extended = new Float64Array(values.length + 2)
  extended[0] = first
  extended.set(values, 1)
  extended[values.length + 1] = last
  return extended
}

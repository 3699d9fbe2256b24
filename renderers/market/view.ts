/** Draws a market: its panels on one axis of time; redraws only what a change affects. */
import type { CandleColours } from '../../src/common/look.ts'
import { drawGrid, drawTimeLabels, drawValueLabels, fitText } from '../plot/axes.ts'
import { Canvases } from '../plot/canvases.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { drawLastPrice, tagPlace } from '../plot/last-price.ts'
import { drawPanelCursor } from '../plot/panel-cursor.ts'
import { type Box, fitInterval } from '../plot/scales.ts'
import { type SpanName, spanMs } from '../plot/spans.ts'
import { timeTicks } from '../plot/ticks.ts'
import type { Span, SpanChart } from '../plot/time-span.ts'
import type { Theme } from '../shared/theme.ts'
import { createLayout, type Layout } from './geometry.ts'
import { historyOf, type MarketModel, partFor, type Series, seriesIn } from './model.ts'
import { createPanels, type MarketPanel, panelCount } from './panels.ts'
import { createMarketStyles, type MarketStyles } from './styles.ts'

const LAYERS = ['axes', 'data', 'cursor'] as const
const TIME_TICK_PX = 92
/** Width of a bar at first: wide enough for the bodies of candles. */
const BAR_PX = 5
/** Fewer bars are no chart. */
const MIN_BARS = 12

/** What a change makes stale: all of it, or only the cursor. */
export type StalePart = 'range' | 'cursor'

/** The part of the state that the drawing depends on. */
export interface Shown {
  span: SpanName
  range: Span | null
  candles: CandleColours
}

export class View implements SpanChart {
  readonly canvases = new Canvases(LAYERS)
  cursor: { x: number; y: number } | null = null
  zoomSpan: Span | null = null
  shown: Shown
  span: Span
  layout: Layout
  panels: MarketPanel[]
  /** The candles in sight. */
  series: Series
  readonly model: MarketModel
  #styles: MarketStyles | null = null
  #candles: CandleColours | null = null
  readonly #stale = new Set<StalePart>(['range'])

  constructor(model: MarketModel, shown: Shown) {
    this.model = model
    this.shown = shown
    const { timeFrom, timeTo } = historyOf(model)
    this.span = [timeFrom, timeTo]
    this.layout = createLayout(1, 1, panelCount(model.whole))
    this.series = model.whole
    this.panels = createPanels(model.header, model.whole, this.span, this.layout.boxes)
  }

  invalidate(part: StalePart): void {
    this.#stale.add(part)
  }

  /** Around all panels. */
  get box(): Box {
    const { boxes } = this.layout
    const [first, last] = [boxes[0]!, boxes.at(-1)!]
    return { ...first, height: last.top + last.height - first.top }
  }

  /** Index into the candles in sight of the one at the crosshair, or of the last one without a crosshair. */
  get cursorCandle(): number {
    const { end } = this.series.candles
    if (!this.cursor) return end.length - 1
    const time = this.panels[0]!.scales.time(this.cursor.x)
    const index = end.findIndex(moment => moment > time)
    return index < 0 ? end.length - 1 : index
  }

  /** Where the crosshair is; without a price below the candles. */
  get cursorAt(): { time: number; price?: number } | null {
    if (!this.cursor) return null
    const { x, y } = this.cursor
    const { box, scales } = this.panels[0]!
    return { time: scales.time(x), ...(y <= box.top + box.height && { price: scales.price(y) }) }
  }

  /** Puts the crosshair at a moment: at the close of its candle, or at a price. */
  showCursor(at: { time: number; price?: number | undefined } | null): void {
    const { box, scales } = this.panels[0]!
    const x = at ? scales.x(at.time) : -1
    this.cursor = x >= box.left && x <= box.left + box.width ? { x, y: 0 } : null
    if (!this.cursor) return
    const y = scales.y(at?.price ?? this.series.candles.close[this.cursorCandle]!)
    this.cursor.y = Math.min(box.top + box.height, Math.max(box.top, y))
  }

  /** Draws what is stale, for a stage of this size (CSS px). A changed theme must be a new object. */
  draw(width: number, height: number, theme: Theme): void {
    if (this.canvases.resize(width, height)) this.#stale.add('range')
    if (this.#styles?.theme !== theme || this.#candles !== this.shown.candles) {
      this.#candles = this.shown.candles
      this.#styles = createMarketStyles(theme, this.#candles)
      this.#stale.add('range')
    }
    const styles = this.#styles
    if (this.#stale.has('range')) {
      this.#update(width, height)
      this.#drawAxes(this.canvases.clear('axes'), styles)
      this.#drawData(this.canvases.clear('data'), styles)
    }
    this.#drawCursor(this.canvases.clear('cursor'), styles)
    this.#stale.clear()
  }

  /** Draws everything but the crosshair to another context, such as a file. */
  drawTo(ctx: DrawContext): void {
    const styles = this.#styles
    if (!styles) return
    ctx.fillStyle = styles.theme.background
    ctx.fillRect(0, 0, this.layout.width, this.layout.height)
    this.#drawAxes(ctx, styles)
    this.#drawData(ctx, styles)
  }

  /** Frees what can be rebuilt. */
  release(): void {
    this.canvases.release()
    this.#styles = null
    this.#stale.add('range')
  }

  #update(width: number, height: number): void {
    const { model } = this
    this.layout = createLayout(width, height, panelCount(model.whole))
    const plotWidth = this.box.width
    this.span = this.visibleSpan(plotWidth)
    this.series = seriesIn(partFor(model, this.span), this.span, plotWidth)
    this.panels = createPanels(model.header, this.series, this.span, this.layout.boxes)
  }

  /** What the state shows, in a plot of this width. */
  visibleSpan(plotWidth: number): Span {
    const history = historyOf(this.model)
    const { timeFrom, timeTo, barMs } = history
    const { span, range } = this.shown
    const [from, to] = range ?? [timeTo - spanMs(history, span, plotWidth, BAR_PX), timeTo]
    return fitInterval(from, to, timeFrom, timeTo, Math.min(timeTo - timeFrom, MIN_BARS * barMs))
  }

  #drawAxes(ctx: DrawContext, styles: MarketStyles): void {
    const { panels, span, layout } = this
    const times = timeTicks(span[0], span[1], this.box.width / TIME_TICK_PX)
    for (const [i, { box, scales, ticks, label, title }] of panels.entries()) {
      drawGrid(ctx, box, scales, ticks, times, styles)
      ctx.strokeStyle = styles.theme.axis
      ctx.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
      const tagged = i === 0 ? tagPlace(box, scales, this.#last.price) : null
      drawValueLabels(ctx, box, scales, ticks, label, styles, tagged)
      drawPanelTitle(ctx, box, layout.width, title, styles)
    }
    const { box } = panels.at(-1)!
    drawTimeLabels(ctx, panels[0]!.scales, times, [0, layout.width], box.top + box.height + 7, styles)
  }

  get #last(): { price: number; rising: boolean } {
    const { header, recent, whole } = this.model
    const { open, close } = (recent ?? whole).candles
    return { price: header.price, rising: close.at(-1)! >= open.at(-1)! }
  }

  #drawData(ctx: DrawContext, styles: MarketStyles): void {
    for (const panel of this.panels) panel.draw(ctx, styles)
    const { box, scales } = this.panels[0]!
    drawLastPrice(ctx, box, scales, this.#last, styles)
  }

  #drawCursor(ctx: DrawContext, styles: MarketStyles): void {
    const { cursor, panels, zoomSpan, series } = this
    // The candle's time, as in the tooltip.
    const timed = cursor && { ...cursor, time: series.candles.time[this.cursorCandle]! }
    drawPanelCursor(ctx, panels, timed, zoomSpan, styles)
  }
}

/** Above the panel: what it shows in bold, and more where there is room. */
function drawPanelTitle(
  ctx: DrawContext,
  box: Box,
  width: number,
  [name, more]: readonly [string, string],
  styles: MarketStyles,
): void {
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  ctx.font = styles.font(12, 600)
  ctx.fillStyle = styles.theme.foreground
  ctx.fillText(fitText(ctx, name, width - 4), box.left + 1, box.top - 3)
  const left = box.left + 1 + ctx.textWidth(name) + 12
  ctx.font = styles.font(12)
  if (more === '' || left + 80 > width) return
  ctx.fillStyle = styles.theme.dim
  ctx.fillText(fitText(ctx, more, width - left - 2), left, box.top - 3)
}

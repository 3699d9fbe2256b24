/** Draws a state of the study. Knows what depends on what, and redraws no more than that. */
import { drawGrid, drawTimeLabels, drawTitle, drawValueLabels } from '../plot/axes.ts'
import { drawCandles, firstEndingAfter, thinned } from '../plot/candles.ts'
import { Canvases } from '../plot/canvases.ts'
import type { Ink } from '../plot/ink.ts'
import { type Box, scalesOf } from '../plot/scales.ts'
import { priceTicks, tickText, timeTicks } from '../plot/ticks.ts'
import type { Theme } from '../shared/theme.ts'
import { drawCursor } from './draw-cursor.ts'
import { drawSelected, drawTrades, entryPoint, tradesWithin } from './draw-trades.ts'
import { focusedRange, priceRange, type Span, type Stage, spanOf, stageOf, withinStudy } from './geometry.ts'
import { drawLine, type Line, seenOf, valueRange } from './lines.ts'
import { closeTime, openTime, type StudyModel, wholeSpan } from './model.ts'
import type { Panels } from './panels.ts'
import { drawdownOf, equityOf } from './results.ts'
import { type StudyStyles, studyStylesOf } from './styles.ts'

const LAYERS = ['axes', 'data', 'trades', 'cursor'] as const
/** Prices that differ by more than this factor are shown on a logarithmic axis. */
const LOG_FROM = 3
/** How strong all trades' lines are beside those of the chosen ones. */
const BESIDE = 0.5
/** So near a marker, in px, a click means it. */
const REACH = 12

/** What a change touches: the stretch that is seen, the chosen trades, the one that is looked at, or only the pointer. */
export type Change = 'range' | 'choice' | 'selected' | 'cursor'

/** Equity in USD and drawdown in %. */
export interface Results {
  equity: Line
  drawdown: Line
}

/** What is drawn; the choice of it is made elsewhere. */
export interface Shown {
  range: Span | null
  chosen: Int32Array
  selected: number | null
}

export class View {
  readonly canvases = new Canvases(LAYERS)
  /** The pointer, in px of the stage. */
  cursor: { x: number; y: number } | null = null
  /** A stretch that is being drawn for a zoom. */
  box: Span | null = null
  shown: Shown
  stage: Stage = stageOf(1, 1)
  span: Span
  scales: Panels
  readonly #model: StudyModel
  readonly whole: Results
  /** Of the chosen trades alone; null while all are chosen. */
  ofChosen: Results | null = null
  #styles: StudyStyles | null = null
  readonly #stale = new Set<Change>(['range', 'choice'])

  constructor(model: StudyModel, shown: Shown) {
    this.#model = model
    this.shown = shown
    this.span = wholeSpan(model)
    const { end: time } = model.candles
    this.whole = {
      equity: { time, value: model.equity },
      drawdown: { time, value: drawdownOf(model.equity, model.header.start) },
    }
    this.scales = this.#scalesNow()
  }

  /** Takes note that something must be redrawn. */
  touch(change: Change): void {
    this.#stale.add(change)
  }

  /** Draws what is stale, for a stage of this size (CSS px). Another theme is another object. */
  draw(width: number, height: number, theme: Theme): void {
    if (this.canvases.resize(width, height) || this.#styles?.theme !== theme) this.#stale.add('range')
    if (this.#styles?.theme !== theme) this.#styles = studyStylesOf(theme)
    const { canvases } = this
    const stale = this.#stale
    const styles = this.#styles
    this.stage = stageOf(width, height)
    if (stale.has('choice')) this.#findChosen()
    // The price axis makes room for the lines of the trade that is looked at.
    if (stale.has('selected') || stale.has('choice')) stale.add('range')
    if (stale.has('range')) {
      this.span = withinStudy(this.#model, this.shown.range ?? wholeSpan(this.#model))
      this.scales = this.#scalesNow()
      this.#drawAxes(canvases.clear('axes'), styles)
      this.#drawData(canvases.clear('data'), styles)
      this.#drawTrades(canvases.clear('trades'), styles)
    }
    if (stale.has('range') || stale.has('cursor')) this.#drawCursor(canvases.clear('cursor'), styles)
    stale.clear()
  }

  /** Draws everything with another ink, e.g. into a file. */
  drawWith(ink: Ink): void {
    const { stage } = this
    const styles = this.#styles
    if (!styles) return
    ink.fillStyle = styles.theme.background
    ink.fillRect(0, 0, stage.width, stage.height)
    this.#drawAxes(ink, styles)
    this.#drawData(ink, styles)
    this.#drawTrades(ink, styles)
  }

  /** The chosen trade whose entry is nearest to a place of the stage, and near enough. */
  tradeAt(x: number, y: number): number | null {
    let best = REACH
    let nearest: number | null = null
    for (const i of tradesWithin(this.#model, this.shown.chosen, ...this.span)) {
      const at = entryPoint(this.#model, this.scales.price, i)
      const distance = Math.hypot(at.x - x, at.y - y)
      if (distance >= best) continue
      best = distance
      nearest = i
    }
    return nearest
  }

  /** Forgets what can be made again. */
  free(): void {
    this.canvases.free()
    this.#styles = null
    this.#stale.add('range')
  }

  #findChosen(): void {
    const { shown } = this
    const model = this.#model
    if (shown.chosen.length === model.trades.count) {
      this.ofChosen = null
      return
    }
    const { time, value } = equityOf(model, shown.chosen)
    const [from, to] = wholeSpan(model)
    const { start } = model.header
    const line = { time: extended(from, time, to), value: extended(start, value, value.at(-1) ?? start) }
    this.ofChosen = { equity: line, drawdown: { time: line.time, value: drawdownOf(line.value, start) } }
  }

  #scalesNow(): Panels {
    const { stage, span, shown } = this
    const model = this.#model
    const [timeFrom, timeTo] = span
    const i = shown.selected
    const { stop, target, inner, extreme } = model.trades
    const further = i === null ? [] : [stop[i]!, target[i]!, inner[i]!, extreme[i]!]
    const [low, high] = this.#priceRange(further)
    const panel = (box: Box, lines: (Line | undefined)[], least: number) => {
      const seen = lines.flatMap(line => (line ? [seenOf(line, timeFrom, timeTo, box.width)] : []))
      const [from, to] = valueRange(seen, least)
      return scalesOf(box, { timeFrom, timeTo, low: from, high: to }, false)
    }
    return {
      price: scalesOf(stage.price, { timeFrom, timeTo, low, high }, high / low > LOG_FROM),
      equity: panel(stage.equity, [this.whole.equity, this.ofChosen?.equity], this.#equityAt(timeFrom)),
      drawdown: panel(stage.drawdown, [this.whole.drawdown, this.ofChosen?.drawdown], 0),
    }
  }

  /** Until the reader moves on from it, a trade that is looked at is not squeezed by what came before or after. */
  #priceRange(further: readonly number[]): [low: number, high: number] {
    const { span, shown } = this
    const model = this.#model
    const { range, selected } = shown
    const own = selected === null ? null : spanOf(model, selected)
    if (selected === null || !range || !own || range[0] !== own[0] || range[1] !== own[1])
      return priceRange(model.candles, span, further)
    const { sweepBar, exitBar } = model.trades
    const near = [openTime(model, sweepBar[selected]!), closeTime(model, exitBar[selected]!)] as const
    return focusedRange(model.candles, span, near, further)
  }

  /** A value that is seen at the left edge, so that the axis never leaves the line. */
  #equityAt(time: number): number {
    const { time: ends, value } = this.whole.equity
    return value[Math.min(value.length - 1, firstEndingAfter(ends, time))]!
  }

  #drawAxes(ink: Ink, look: StudyStyles): void {
    const { stage, scales, span } = this
    const model = this.#model
    const times = timeTicks(span[0], span[1], stage.price.width / 92)
    for (const name of ['price', 'equity', 'drawdown'] as const) {
      const box = stage[name]
      const bottom = box.top + box.height
      const [low, high] = [scales[name].price(bottom), scales[name].price(box.top)]
      const log = name === 'price' && high / low > LOG_FROM
      const ticks = priceTicks(low, high, box.height / (name === 'price' ? 56 : 24), log)
      const plain = tickText(ticks)
      const text = (value: number) => (name === 'drawdown' ? `${plain(value)} %`.replace('-', '−') : plain(value))
      drawGrid(ink, box, scales[name], ticks, times, look)
      ink.strokeStyle = look.theme.axis
      ink.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
      drawValueLabels(ink, box, scales[name], ticks, text, look)
    }
    const { drawdown } = stage
    drawTimeLabels(ink, scales.price, times, [0, stage.width], drawdown.top + drawdown.height + 7, look)
    const { symbol, timeframe, title, synthetic } = model.header
    drawTitle(ink, `${symbol} ${timeframe}`, `${title}${synthetic ? ' · synthetic market' : ''}`, stage.width - 4, look)
    this.#drawPanelNames(ink, look)
  }

  #drawPanelNames(ink: Ink, look: StudyStyles): void {
    const { stage, ofChosen } = this
    const names = [
      { box: stage.equity, text: 'Equity, USD', colour: look.equity },
      { box: stage.drawdown, text: 'Drawdown, %', colour: look.drawdown },
    ]
    ink.textBaseline = 'bottom'
    ink.textAlign = 'left'
    for (const { box, text, colour } of names) {
      ink.font = look.font(11, 600)
      ink.fillStyle = look.theme.foreground
      ink.fillText(text, box.left + 1, box.top - 2)
      if (!ofChosen) continue
      const x = box.left + 1 + ink.textWidth(text) + 12
      ink.font = look.font(11)
      ink.fillStyle = colour
      // In a narrow place only who is who.
      const whole = '— the chosen trades, each booked at its end'
      const fits = x + ink.textWidth(`${whole} — all`) + 12 <= stage.width
      const chosen = fits ? whole : '— the chosen trades'
      ink.fillText(chosen, x, box.top - 2)
      const next = x + ink.textWidth(chosen) + 12
      ink.fillStyle = look.theme.dim
      ink.fillText('— all', next, box.top - 2)
    }
  }

  #drawData(ink: Ink, look: StudyStyles): void {
    const { stage, span, scales, whole, ofChosen } = this
    const model = this.#model
    const [from, to] = span
    const { price, equity, drawdown } = stage
    drawCandles(ink, price, scales.price, thinned(model.candles, from, to, price.width), Infinity, look)
    const seen = (line: Line, box: Box) => seenOf(line, from, to, box.width)
    const alone = ofChosen === null
    drawLine(ink, equity, scales.equity, seen(whole.equity, equity), {
      colour: alone ? look.equity : look.theme.foreground,
      width: alone ? 1.5 : 1,
      alpha: alone ? 1 : BESIDE,
    })
    drawLine(ink, drawdown, scales.drawdown, seen(whole.drawdown, drawdown), {
      colour: alone ? look.drawdown : look.theme.foreground,
      width: 1,
      alpha: alone ? 1 : BESIDE,
      ...(alone && { fillTo: 0 }),
    })
    if (!ofChosen) return
    const style = { steps: true, width: 1.5 }
    drawLine(ink, equity, scales.equity, seen(ofChosen.equity, equity), { ...style, colour: look.equity })
    drawLine(ink, drawdown, scales.drawdown, seen(ofChosen.drawdown, drawdown), { ...style, colour: look.drawdown })
  }

  #drawTrades(ink: Ink, look: StudyStyles): void {
    const { stage, scales, shown, span } = this
    const model = this.#model
    const { chosen, selected } = shown
    drawTrades(ink, stage.price, scales.price, model, tradesWithin(model, chosen, ...span), selected, look)
    if (selected !== null) drawSelected(ink, stage.price, scales.price, model, selected, look)
  }

  #drawCursor(ink: Ink, look: StudyStyles): void {
    const { stage, scales, cursor, box } = this
    drawCursor(ink, stage, scales, cursor, box, look)
  }
}

function extended(first: number, values: Float64Array, last: number): Float64Array {
  const longer = new Float64Array(values.length + 2)
  longer[0] = first
  longer.set(values, 1)
  longer[values.length + 1] = last
  return longer
}

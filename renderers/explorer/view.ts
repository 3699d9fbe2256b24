/** Draws the explorer; redraws only what a change affects. */

import type { ExplorerFeed } from '../../src/charts/explorer-payload.ts'
import type { Look } from '../../src/common/look.ts'
import { drawCandles } from '../plot/candles.ts'
import { Canvases } from '../plot/canvases.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import { type Box, createScales, type Point, type Range, type Scales } from '../plot/scales.ts'
import type { Theme } from '../shared/theme.ts'
import { type Cluster, clustersAt, type Profile, profileAt } from './clusters.ts'
import { drawAxes, drawMapLastPrice, drawMapTitle, legendText } from './draw-axes.ts'
import { drawCrosshair, drawMeasure, drawSpan } from './draw-cursor.ts'
import { drawClusters, drawColourBar, drawProfile } from './draw-marks.ts'
import { drawRecorded, recordedMarks } from './draw-recorded.ts'
import { createLayout, type Layout } from './geometry.ts'
import { MapPainter } from './map-painter.ts'
import { finestPart, fullRange, type Maps } from './maps.ts'
import type { CellRange } from './mix.ts'
import { columnAt, type Model, rowAt, SIDES, type Side } from './model.ts'
import type { ColourScale } from './palette.ts'
import { CONVERGING_TIERS, tierShares, type ViewState } from './state.ts'
import { createMapStyles, type MapStyles } from './styles.ts'
import { visibleRange } from './visible-range.ts'

/** What a change makes stale: the mixture of layers, their colours, the visible range, or only the cursor. */
export type StalePart = 'mixture' | 'colours' | 'range' | 'cursor'

/** Canvases from the bottom up: grid and labels; map; candles; clusters, profile and colour bar; crosshair. */
const LAYERS = ['axes', 'map', 'candles', 'marks', 'cursor'] as const

/** Outlines of clusters begin this share of the plot's width before the column they are known at. */
const OUTLINE_SHARE = 0.06

export interface Cursor {
  at: Point | null
  /** The zoom box while it is drawn. */
  box: { from: Point; to: Point } | null
  measure: { from: Point; to: Point } | null
}

export class View {
  readonly canvases = new Canvases(LAYERS)
  readonly cursor: Cursor = { at: null, box: null, measure: null }
  state: ViewState
  /** The bar of a live map that is not over. */
  openBar: ExplorerFeed['bar'] = null
  layout: Layout = createLayout(1, 1)
  scales: Scales
  range: Range
  readonly maps: Maps
  /** The part of the map that is drawn: the finest that has all of the visible range. */
  model: Model
  #styles: MapStyles | null = null
  readonly #painter = new MapPainter()
  /** What the styles were made from. */
  #styledFrom: { theme: Theme; look: Look } | null = null
  /** Of the liquidations on record. */
  #legend: Box | null = null
  readonly #stale = new Set<StalePart>(['mixture', 'range'])
  #profile: { column: number; values: Profile } | null = null
  #clusters: { column: number; clusters: Cluster[] } | null = null

  constructor(maps: Maps, state: ViewState) {
    this.maps = maps
    this.model = maps.whole
    this.state = state
    this.range = fullRange(maps)
    this.scales = createScales(this.layout.plot, this.range, state.logPrice)
  }

  /** Colour behind the canvases, which differs from the page's with a dark background in a light theme. */
  get background(): string {
    return this.#styles?.theme.background ?? ''
  }

  /** The colours of the map, as drawn. */
  get scale(): ColourScale {
    return this.#painter.scale
  }

  invalidate(part: StalePart): void {
    if (part === 'mixture') this.#painter.invalidate()
    this.#stale.add(part)
  }

  /** The last column that is shown. */
  get lastColumn(): number {
    const { asOf } = this.state
    return asOf === null ? this.model.columns - 1 : Math.max(0, columnAt(this.model, asOf))
  }

  get sides(): readonly Side[] {
    return this.state.side === 'both' ? SIDES : [this.state.side]
  }

  /** The last shown column within the visible range. */
  get lastVisibleColumn(): number {
    return this.#shownAt(this.range.timeTo - 1)
  }

  /** The shown column under the cursor; the last visible one without a cursor. */
  get cursorColumn(): number {
    const { at } = this.cursor
    return at ? this.#shownAt(at.time) : this.lastVisibleColumn
  }

  #shownAt(time: number): number {
    return Math.max(0, Math.min(this.lastColumn, columnAt(this.model, time)))
  }

  /** Draws what is stale in this size (CSS px). A changed theme must be a new object. */
  draw(width: number, height: number, theme: Theme): void {
    const layout = createLayout(width, height)
    const resized = this.canvases.resize(width, height, { map: layout.plot })
    const restyled = this.#styledFrom?.theme !== theme || this.#styledFrom.look !== this.state.look
    if (resized || restyled) this.#stale.add('colours').add('range')
    if (restyled || !this.#styles) {
      this.#styles = createMapStyles(theme, this.state.look)
      this.#styledFrom = { theme, look: this.state.look }
    }
    this.layout = layout
    const { canvases, state } = this
    const stale = this.#stale
    const styles = this.#styles
    if (stale.has('range')) this.#updateRange()
    const painter = this.#painter
    const mixed = painter.mix(this.model, state, this.sides)
    if (mixed) this.#clusters = null
    // Colours follow what is in sight.
    if (mixed || stale.has('colours') || stale.has('range'))
      painter.updateColours(this.model, state, this.#visibleCells(), styles)
    if (stale.has('range')) {
      const axes = canvases.clear('axes')
      drawAxes(axes, this.layout, this.scales, this.range, state.logPrice, this.#lastPrice.price, styles)
      this.#drawCandles(canvases.clear('candles'), styles)
    }
    if (mixed || stale.has('colours') || stale.has('range')) {
      painter.paint(canvases.context('map'), this.model, this.range, state.logPrice, this.lastColumn)
      this.#profile = null
      this.#drawMarks(canvases.clear('marks'), styles)
    } else if (stale.has('cursor') && this.#profile?.column !== this.cursorColumn) {
      this.#drawMarks(canvases.clear('marks'), styles)
    }
    if (stale.has('cursor') || stale.has('range')) this.#drawCursor(canvases.clear('cursor'), styles)
    stale.clear()
  }

  /** Draws everything but the crosshair to another context, such as a file; `drawMap` draws the map itself. */
  drawTo(ctx: DrawContext, drawMap: () => void): void {
    const { state, layout, scales } = this
    const styles = this.#styles
    if (!styles) return
    ctx.fillStyle = styles.theme.background
    ctx.fillRect(0, 0, layout.width, layout.height)
    drawAxes(ctx, layout, scales, this.range, state.logPrice, this.#lastPrice.price, styles)
    drawMap()
    this.#drawCandles(ctx, styles)
    this.#drawMarks(ctx, styles)
    const { measure } = this.cursor
    if (measure) drawMeasure(ctx, layout, scales, measure.from, measure.to, styles)
  }

  /** Shows what the kernel has built of the range in sight. */
  setDetail(detail: Model | null): void {
    const { maps } = this
    if (maps.detail) this.#painter.forget(maps.detail)
    maps.detail = detail
    this.invalidate('range')
  }

  /** Call after only the layers of the parts have changed. */
  layersChanged(): void {
    this.#painter.layersChanged()
    this.invalidate('mixture')
  }

  /** Call after the parts have got other bars. */
  mapsChanged(): void {
    this.#painter.mapsChanged(this.model)
    this.model = this.maps.whole
    this.#clusters = null
    this.#profile = null
    this.invalidate('mixture')
    this.invalidate('range')
  }

  #updateRange(): void {
    this.range = visibleRange(this.maps, this.state, this.layout.plot.width)
    this.scales = createScales(this.layout.plot, this.range, this.state.logPrice)
    const model = finestPart(this.maps, this.range)
    if (model === this.model) return
    this.model = model
    this.#clusters = null
    this.#profile = null
  }

  /** Call after a column has become known in full. */
  columnChanged(): void {
    this.#clusters = null
    this.#profile = null
    // Redraws the marks.
    this.invalidate('range')
  }

  /** Frees what can be rebuilt. */
  release(): void {
    this.canvases.release()
    this.#painter.release()
    this.#styles = null
    this.#styledFrom = null
    this.#stale.add('mixture')
  }

  /** Clusters of the last visible column: the outlines end there, so they must enclose cells of that time. */
  #visibleClusters(): { column: number; clusters: Cluster[] } {
    const { state } = this
    const model = this.model
    const column = this.lastVisibleColumn
    if (this.#clusters?.column !== column) {
      const clusters = clustersAt(model, tierShares(state), column).filter(
        ({ side, convergence }) => this.sides.includes(side) && (!state.converging || convergence >= CONVERGING_TIERS),
      )
      this.#clusters = { column, clusters }
    }
    return this.#clusters
  }

  #outlineLeft(column: number): number {
    return this.scales.x(this.model.edges[column]!) - this.layout.plot.width * OUTLINE_SHARE
  }

  /** The outlined cluster under the cursor. */
  get cursorCluster(): Cluster | null {
    const { at } = this.cursor
    if (!at || !this.state.clusters) return null
    const { column, clusters } = this.#visibleClusters()
    if (this.scales.x(at.time) < this.#outlineLeft(column)) return null
    return clusters.find(({ low, high }) => at.price >= low && at.price < high) ?? null
  }

  #visibleCells(): CellRange {
    const { model, range } = this
    return {
      rowFrom: Math.max(0, rowAt(model, range.low)),
      rowTo: Math.min(model.rows, rowAt(model, range.high) + 1),
      columnFrom: Math.max(0, columnAt(model, range.timeFrom)),
      columnTo: this.lastVisibleColumn + 1,
    }
  }

  /** The price of the bar that is not over, else the close at the last shown column; against the close before. */
  get #lastPrice(): { price: number; rising: boolean } {
    const { closes, edges, columns } = this.model
    const column = this.lastColumn
    // Not of a bar that has closed meanwhile.
    if (this.openBar && this.state.asOf === null && this.openBar.time >= edges[columns - 1]!)
      return { price: this.openBar.close, rising: this.openBar.close >= closes[column]! }
    const price = closes[column]!
    return { price, rising: price >= closes[Math.max(0, column - 1)]! }
  }

  #drawCandles(ctx: DrawContext, styles: MapStyles): void {
    const { state, model, layout, scales, sides } = this
    const until = model.edges[this.lastColumn]!
    if (state.candles) drawCandles(ctx, layout.plot, scales, model.candles, until, styles)
    this.#legend = null
    if (!state.recorded || !model.recorded) return
    const { left, width } = layout.plot
    const marks = recordedMarks(model.candles, model.recorded, scales, [left, left + width], until, sides)
    this.#legend = drawRecorded(ctx, layout, marks, sides, styles)
  }

  #drawMarks(ctx: DrawContext, styles: MapStyles): void {
    const { state, layout, scales } = this
    const model = this.model
    const column = this.cursorColumn
    if (this.#profile?.column !== column)
      this.#profile = { column, values: profileAt(model, tierShares(state), column) }
    const subtitles = model.header.subject
    const converging = state.converging ? `, where ${CONVERGING_TIERS} tiers or more meet` : ''
    drawMapTitle(ctx, layout, model, subtitles[state.side] + converging, legendText(model, state.side), styles)
    drawMapLastPrice(ctx, layout, scales, this.#lastPrice, styles)
    const kinds = state.look.palette === 'sides' ? this.sides : (['one'] as const)
    drawColourBar(
      ctx,
      layout,
      this.scale,
      kinds.map(kind => styles.palettes[kind]),
      model.header.unit,
      styles,
    )
    if (state.clusters) {
      const { column, clusters } = this.#visibleClusters()
      drawClusters(ctx, layout, scales, clusters, this.#outlineLeft(column), model.lnRow, styles, this.#legend)
    }
    drawProfile(ctx, layout, scales, model, this.#profile.values, model.closes[column]!, this.sides, styles)
  }

  #drawCursor(ctx: DrawContext, styles: MapStyles): void {
    const { cursor, layout, scales } = this
    if (cursor.box) drawSpan(ctx, layout, scales, cursor.box.from, cursor.box.to, styles)
    if (cursor.measure) drawMeasure(ctx, layout, scales, cursor.measure.from, cursor.measure.to, styles)
    if (!cursor.at) return
    const column = columnAt(this.model, cursor.at.time)
    const time = column >= 0 && column <= this.lastColumn ? this.model.edges[column]! : cursor.at.time
    drawCrosshair(ctx, layout, scales, cursor.at, time, styles)
  }
}

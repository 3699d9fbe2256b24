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
import { columnsByPixel, createLayout, type Layout, rowsByPixel } from './geometry.ts'
import { finestPart, fullRange, type Maps } from './maps.ts'
import { type CellRange, quantile } from './mix.ts'
import { Mixer } from './mixer.ts'
import { columnAt, type Model, rowAt, SIDES, type Side } from './model.ts'
import { paint } from './paint.ts'
import { type ColourScale, createLut, type Lut } from './palette.ts'
import { AUTO_SHARE, CONVERGING_TIERS, DECADES, tierShares, type ViewState } from './state.ts'
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
  scale: ColourScale = { min: 1, max: 100, log: true, threshold: 0 }
  readonly maps: Maps
  /** The part of the map that is drawn: the finest that has all of the visible range. */
  model: Model
  #styles: MapStyles | null = null
  /** What the styles were made from. */
  #styledFrom: { theme: Theme; look: Look } | null = null
  /** A mixer for each part that has been drawn; those whose mixture is up to date. */
  readonly #mixers = new Map<Model, Mixer>()
  readonly #mixed = new Set<Mixer>()
  /** Of the map before this one: new memory takes longer to get than to fill. */
  #unusedMixer: Mixer | undefined
  /** Of the liquidations on record. */
  #legend: Box | null = null
  #image: ImageData | null = null
  readonly #luts: [Lut, Lut] = [new Uint32Array(1 << 15), new Uint32Array(1 << 15)]
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

  invalidate(part: StalePart): void {
    if (part === 'mixture') this.#mixed.clear()
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
    const mixed = this.#mix()
    // Colours follow what is in sight.
    if (mixed || stale.has('colours') || stale.has('range')) this.#updateColours(styles)
    if (stale.has('range')) {
      const axes = canvases.clear('axes')
      drawAxes(axes, this.layout, this.scales, this.range, state.logPrice, this.#lastPrice.price, styles)
      this.#drawCandles(canvases.clear('candles'), styles)
    }
    if (mixed || stale.has('colours') || stale.has('range')) {
      this.#paintMap(canvases.context('map'))
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
    if (maps.detail) this.#forget(maps.detail)
    maps.detail = detail
    this.invalidate('range')
  }

  /** Call after only the layers of the parts have changed. */
  layersChanged(): void {
    for (const mixer of this.#mixers.values()) mixer.reset()
    this.invalidate('mixture')
  }

  /** Call after the parts have got other bars. */
  mapsChanged(): void {
    this.#unusedMixer = this.#mixers.get(this.model)
    this.model = this.maps.whole
    this.#mixers.clear()
    this.#clusters = null
    this.#profile = null
    this.invalidate('mixture')
    this.invalidate('range')
  }

  #forget(model: Model): void {
    const mixer = this.#mixers.get(model)
    if (mixer) this.#mixed.delete(mixer)
    this.#mixers.delete(model)
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
    this.#mixers.clear()
    this.#unusedMixer = undefined
    this.#mixed.clear()
    this.#image = null
    this.#styles = null
    this.#styledFrom = null
    this.#stale.add('mixture')
  }

  #getMixer(): Mixer {
    let mixer = this.#mixers.get(this.model)
    if (!mixer) {
      mixer = new Mixer(this.model, this.#unusedMixer)
      this.#unusedMixer = undefined
      this.#mixers.set(this.model, mixer)
    }
    return mixer
  }

  /** Mixes the shown part if it is not up to date. @returns whether it was not */
  #mix(): boolean {
    const mixer = this.#getMixer()
    if (this.#mixed.has(mixer)) return false
    mixer.mix(this.state, this.sides)
    this.#mixed.add(mixer)
    this.#clusters = null
    return true
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

  #updateColours(styles: MapStyles): void {
    const { state, model } = this
    const { arrays, unit } = this.#getMixer()
    const fixed = state.max === null || state.maxRow === null ? state.max : (state.max * model.lnRow) / state.maxRow
    const max = fixed ?? quantile(arrays, AUTO_SHARE, model.columns, this.#visibleCells()) / unit
    this.scale = { max, min: max / 10 ** DECADES, log: state.logColour, threshold: state.threshold }
    const mixtureScale = { ...this.scale, min: this.scale.min * unit, max: this.scale.max * unit }
    const { long, short } = styles.palettes
    createLut(mixtureScale, long, this.#luts[0])
    if (short !== long) createLut(mixtureScale, short, this.#luts[1])
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

  #paintMap(context: CanvasRenderingContext2D): void {
    const { width, height } = context.canvas
    if (this.#image?.width !== width || this.#image.height !== height)
      this.#image = context.createImageData(width, height)
    const across = columnsByPixel(this.model, this.range, width, this.lastColumn)
    const down = rowsByPixel(this.model, this.range, this.state.logPrice, height)
    const colours = { long: this.#luts[0], short: this.#luts[1] }
    paint(new Uint32Array(this.#image.data.buffer), across, down, this.#getMixer().mixture, this.model.columns, colours)
    context.putImageData(this.#image, 0, 0)
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

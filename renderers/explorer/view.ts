/** Draws a state of the explorer. Knows what depends on what, and redraws no more than that. */

import { drawCandles } from '../plot/candles.ts'
import { Canvases } from '../plot/canvases.ts'
import type { Ink } from '../plot/ink.ts'
import { type Point, type Range, type Scales, scalesOf } from '../plot/scales.ts'
import type { Theme } from '../shared/theme.ts'
import { type Cluster, clustersAt, type Profile, profileAt } from './clusters.ts'
import { drawAxes, drawMapTitle } from './draw-axes.ts'
import { drawCrosshair, drawMeasure, drawSpan } from './draw-cursor.ts'
import { drawClusters, drawColourBar, drawProfile } from './draw-marks.ts'
import { columnsAcross, rowsDown, type Stage, stageOf, wholeRange, withinMap } from './geometry.ts'
import { quantile } from './mix.ts'
import { Mixer } from './mixer.ts'
import { columnAt, type Model, SIDES, type Side } from './model.ts'
import { paint } from './paint.ts'
import { type ColourScale, type Lut, lookup } from './palette.ts'
import { AUTO_SHARE, CONVERGING_TIERS, DECADES, effectiveWeights, type ViewState } from './state.ts'
import { type MapStyles, mapStylesOf } from './styles.ts'

/** What a change touches: the mixture of layers, their colours, the part that is seen, or only the pointer. */
export type Change = 'mixture' | 'colours' | 'range' | 'cursor'

/** From the bottom up: grid and labels; the map; candles; clusters, profile and colour bar; crosshair. */
const LAYERS = ['axes', 'map', 'candles', 'marks', 'cursor'] as const

export interface Cursor {
  at: Point | null
  /** A zoom box being drawn. */
  box: { from: Point; to: Point } | null
  measure: { from: Point; to: Point } | null
}

export class View {
  readonly canvases = new Canvases(LAYERS)
  readonly cursor: Cursor = { at: null, box: null, measure: null }
  state: ViewState
  stage: Stage = stageOf(1, 1)
  scales: Scales
  range: Range
  scale: ColourScale = { min: 1, max: 100, log: true, threshold: 0 }
  readonly #model: Model
  #styles: MapStyles | null = null
  #mixer: Mixer | null = null
  #image: ImageData | null = null
  readonly #luts: [Lut, Lut] = [new Uint32Array(1 << 15), new Uint32Array(1 << 15)]
  readonly #stale = new Set<Change>(['mixture'])
  #profile: { column: number; values: Profile } | null = null
  #clusters: { column: number; found: Cluster[] } | null = null

  constructor(model: Model, state: ViewState) {
    this.#model = model
    this.state = state
    this.range = wholeRange(model)
    this.scales = scalesOf(this.stage.plot, this.range, state.logPrice)
  }

  /** Takes note that something must be redrawn. */
  touch(change: Change): void {
    this.#stale.add(change)
  }

  /** The last column that is shown. */
  get lastColumn(): number {
    return this.state.asOf ?? this.#model.columns - 1
  }

  get sides(): readonly Side[] {
    return this.state.side === 'both' ? SIDES : [this.state.side]
  }

  /** The last column that is shown and in sight. */
  get columnInSight(): number {
    return this.#shownAt(this.range.timeTo - 1)
  }

  /** The column under the pointer, as far as it is shown; else the last in sight. */
  get cursorColumn(): number {
    const { at } = this.cursor
    return at ? this.#shownAt(at.time) : this.columnInSight
  }

  #shownAt(time: number): number {
    return Math.max(0, Math.min(this.lastColumn, columnAt(this.#model, time)))
  }

  /** Draws what is stale, for a stage of this size (CSS px). Another theme is another object. */
  draw(width: number, height: number, theme: Theme): void {
    const stage = stageOf(width, height)
    const resized = this.canvases.resize(width, height, { map: stage.plot })
    if (resized || this.#styles?.theme !== theme) this.#stale.add('colours').add('range')
    if (this.#styles?.theme !== theme) this.#styles = mapStylesOf(theme)
    this.stage = stage
    const { canvases, state } = this
    const stale = this.#stale
    const styles = this.#styles
    const mixed = stale.has('mixture') || !this.#mixer
    if (mixed) this.#mixAll()
    if (mixed || stale.has('colours')) this.#findColours(styles)
    if (stale.has('range')) {
      this.range = withinMap(this.#model, state.range ?? wholeRange(this.#model), state.logPrice)
      this.scales = scalesOf(this.stage.plot, this.range, state.logPrice)
      const axes = canvases.clear('axes')
      drawAxes(axes, this.stage, this.scales, this.range, state.logPrice, styles)
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

  /** Draws everything with another ink, e.g. into a file; `picture` puts the map in its place. */
  drawWith(ink: Ink, picture: () => void): void {
    const { state, stage, scales } = this
    const styles = this.#styles
    if (!styles) return
    ink.fillStyle = styles.theme.background
    ink.fillRect(0, 0, stage.width, stage.height)
    drawAxes(ink, stage, scales, this.range, state.logPrice, styles)
    picture()
    this.#drawCandles(ink, styles)
    this.#drawMarks(ink, styles)
    const { measure } = this.cursor
    if (measure) drawMeasure(ink, stage, scales, measure.from, measure.to, styles)
  }

  /** The model's layers are others now, and nothing else of it. */
  layersChanged(): void {
    this.#mixer?.forget()
    this.touch('mixture')
  }

  /** Forgets what can be made again. */
  free(): void {
    this.canvases.free()
    this.#mixer = null
    this.#image = null
    this.#styles = null
    this.#stale.add('mixture')
  }

  #mixAll(): void {
    const { state } = this
    const model = this.#model
    this.#mixer ??= new Mixer(model)
    this.#mixer.mix(state, this.sides)
    this.#clusters = null
  }

  /** Of the last column in sight, or the cells in the outlines would be those of another time. */
  #clustersInSight(): { column: number; found: Cluster[] } {
    const { state } = this
    const model = this.#model
    const column = this.columnInSight
    if (this.#clusters?.column !== column) {
      const found = clustersAt(model, effectiveWeights(state), column).filter(
        ({ side, convergence }) => this.sides.includes(side) && (!state.converging || convergence >= CONVERGING_TIERS),
      )
      this.#clusters = { column, found }
    }
    return this.#clusters
  }

  #findColours(look: MapStyles): void {
    const { state } = this
    const max = state.max ?? quantile(this.#mixer!.shown, AUTO_SHARE)
    this.scale = { max, min: max / 10 ** DECADES, log: state.logColour, threshold: state.threshold }
    const [one, two] = state.twoPalettes ? (['long', 'short'] as const) : (['one', 'one'] as const)
    lookup(this.scale, look.palette(one), this.#luts[0])
    if (two !== one) lookup(this.scale, look.palette(two), this.#luts[1])
  }

  #paintMap(context: CanvasRenderingContext2D): void {
    const { width, height } = context.canvas
    if (this.#image?.width !== width || this.#image.height !== height)
      this.#image = context.createImageData(width, height)
    const across = columnsAcross(this.#model, this.range, width, this.lastColumn)
    const down = rowsDown(this.#model, this.range, this.state.logPrice, height)
    const colours = { long: this.#luts[0], short: this.#luts[1] }
    paint(new Uint32Array(this.#image.data.buffer), across, down, this.#mixer!.mixture, this.#model.columns, colours)
    context.putImageData(this.#image, 0, 0)
  }

  #drawCandles(ink: Ink, look: MapStyles): void {
    if (!this.state.candles) return
    const until = this.#model.edges[this.lastColumn]!
    drawCandles(ink, this.stage.plot, this.scales, this.#model.candles, until, look)
  }

  #drawMarks(ink: Ink, look: MapStyles): void {
    const { state, stage, scales } = this
    const model = this.#model
    const column = this.cursorColumn
    if (this.#profile?.column !== column)
      this.#profile = { column, values: profileAt(model, effectiveWeights(state), column) }
    const what = {
      both: 'Estimated liquidations',
      long: 'Estimated long liquidations',
      short: 'Estimated short liquidations',
    }
    const converging = state.converging ? `, where ${CONVERGING_TIERS} tiers or more meet` : ''
    drawMapTitle(ink, stage, model, what[state.side] + converging, look)
    const kinds = state.twoPalettes ? this.sides : (['one'] as const)
    drawColourBar(ink, stage, this.scale, kinds.map(look.palette), look)
    if (state.clusters) {
      const { column, found } = this.#clustersInSight()
      const from = scales.x(model.edges[column]!) - stage.plot.width * 0.06
      drawClusters(ink, stage, scales, found.slice(0, 12), from, look)
    }
    drawProfile(ink, stage, scales, model, this.#profile.values, model.closes[column]!, this.sides, look)
  }

  #drawCursor(ink: Ink, look: MapStyles): void {
    const { cursor, stage, scales } = this
    if (cursor.box) drawSpan(ink, stage, scales, cursor.box.from, cursor.box.to, look)
    if (cursor.measure) drawMeasure(ink, stage, scales, cursor.measure.from, cursor.measure.to, look)
    if (cursor.at) drawCrosshair(ink, stage, scales, cursor.at, look)
  }
}

/** Mixes the layers of a map and paints the mixture; does again only what a change affects. */
import type { Range } from '../plot/scales.ts'
import { columnsByPixel, rowsByPixel } from './geometry.ts'
import { type CellRange, quantile } from './mix.ts'
import { Mixer } from './mixer.ts'
import type { Model, Side } from './model.ts'
import { paint } from './paint.ts'
import { type ColourScale, createLut, type Lut } from './palette.ts'
import { AUTO_SHARE, DECADES, type ViewState } from './state.ts'
import type { MapStyles } from './styles.ts'

export class MapPainter {
  /** Of the last colours. */
  scale: ColourScale = { min: 1, max: 100, log: true, threshold: 0 }
  /** A mixer for each part that has been drawn; those whose mixture is up to date. */
  readonly #mixers = new Map<Model, Mixer>()
  readonly #mixed = new Set<Mixer>()
  /** Of the map before this one: new memory takes longer to get than to fill. */
  #unusedMixer: Mixer | undefined
  #image: ImageData | null = null
  readonly #luts: [Lut, Lut] = [new Uint32Array(1 << 15), new Uint32Array(1 << 15)]

  /** Call after the weights have changed. */
  invalidate(): void {
    this.#mixed.clear()
  }

  /** Call after only the layers of the parts have changed. */
  layersChanged(): void {
    for (const mixer of this.#mixers.values()) mixer.reset()
    this.invalidate()
  }

  /** Call after the parts have got other bars. @param before the part that was shown */
  mapsChanged(before: Model): void {
    this.#unusedMixer = this.#mixers.get(before)
    this.#mixers.clear()
    this.invalidate()
  }

  /** Frees what belongs to a part that is not shown any more. */
  forget(model: Model): void {
    const mixer = this.#mixers.get(model)
    if (mixer) this.#mixed.delete(mixer)
    this.#mixers.delete(model)
  }

  /** Frees what can be rebuilt. */
  release(): void {
    this.#mixers.clear()
    this.#unusedMixer = undefined
    this.#mixed.clear()
    this.#image = null
  }

  /** Mixes the part if it is not up to date. @returns whether it was not */
  mix(model: Model, state: ViewState, sides: readonly Side[]): boolean {
    const mixer = this.#mixerOf(model)
    if (this.#mixed.has(mixer)) return false
    mixer.mix(state, sides)
    this.#mixed.add(mixer)
    return true
  }

  /** Fits the colours to the cells in sight, unless their maximum is locked. */
  updateColours(model: Model, { max: lockedMax, maxRow, ...state }: ViewState, cells: CellRange, styles: MapStyles) {
    const { arrays, unit } = this.#mixerOf(model)
    const fixed = lockedMax === null || maxRow === null ? lockedMax : (lockedMax * model.lnRow) / maxRow
    const max = fixed ?? quantile(arrays, AUTO_SHARE, model.columns, cells) / unit
    this.scale = { max, min: max / 10 ** DECADES, log: state.logColour, threshold: state.threshold }
    const mixtureScale = { ...this.scale, min: this.scale.min * unit, max: this.scale.max * unit }
    const { long, short } = styles.palettes
    createLut(mixtureScale, long, this.#luts[0])
    if (short !== long) createLut(mixtureScale, short, this.#luts[1])
  }

  /** Paints a range on all of a canvas, up to `lastColumn`. */
  paint(context: CanvasRenderingContext2D, model: Model, range: Range, logPrice: boolean, lastColumn: number): void {
    const { width, height } = context.canvas
    if (this.#image?.width !== width || this.#image.height !== height)
      this.#image = context.createImageData(width, height)
    const across = columnsByPixel(model, range, width, lastColumn)
    const down = rowsByPixel(model, range, logPrice, height)
    const colours = { long: this.#luts[0], short: this.#luts[1] }
    const pixels = new Uint32Array(this.#image.data.buffer)
    paint(pixels, across, down, this.#mixerOf(model).mixture, model.columns, colours)
    context.putImageData(this.#image, 0, 0)
  }

  #mixerOf(model: Model): Mixer {
    let mixer = this.#mixers.get(model)
    if (!mixer) {
      mixer = new Mixer(model, this.#unusedMixer)
      this.#unusedMixer = undefined
      this.#mixers.set(model, mixer)
    }
    return mixer
  }
}

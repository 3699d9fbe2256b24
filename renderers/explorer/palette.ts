/** Colour scales for USD. All rise evenly in lightness, so they can be read without distinguishing hues. */
import type { PaletteName } from '../../src/common/look.ts'
import { floatOfStep, floatStep } from './mix.ts'
import type { Side } from './model.ts'

/** Anchors from the faintest to the brightest: on dark backgrounds bright means strong, on light ones dark does. */
interface Ramp {
  dark: readonly string[]
  light: readonly string[]
}

/** Viridis, magma and inferno by S. van der Walt and N. Smith (matplotlib, CC0). */
const VIRIDIS = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725']
const MAGMA = ['#1c1044', '#4f127b', '#812581', '#b5367a', '#e55064', '#fb8761', '#fec287', '#fcfdbf']
const INFERNO = ['#1f0c48', '#550f6d', '#88226a', '#ba3655', '#e35933', '#f98c0a', '#f9c932', '#fcffa4']
/** The purple of a heatmap's floor, where nothing is known. */
const FLOOR = '#2a0a3e'

const RAMPS: Record<Exclude<PaletteName, 'sides'> | Side, Ramp> = {
  viridis: {
    dark: VIRIDIS,
    light: ['#f2f8f4', '#d0e9de', '#a0d5cb', '#68bac0', '#3c99b6', '#2975a6', '#26508e', '#292d6d', '#1d1045'],
  },
  magma: {
    dark: MAGMA,
    light: ['#fdf3dc', '#fec287', '#fb8761', '#e55064', '#b5367a', '#812581', '#4f127b', '#1c1044'],
  },
  inferno: {
    dark: INFERNO,
    light: ['#fdf6cf', '#f9c932', '#f98c0a', '#e35933', '#ba3655', '#88226a', '#550f6d', '#1f0c48'],
  },
  exchange: {
    dark: ['#3b0f5c', '#45307a', '#3c4f8a', '#2d708e', '#21908d', '#35b779', '#8fd744', '#fde725', '#fffbb0'],
    light: [],
  },
  long: {
    dark: ['#0a2a4d', '#11467f', '#1a66b3', '#2f8ad8', '#56b4e9', '#9fd8f7', '#e0f5ff'],
    light: ['#d6ecfa', '#9fd0f0', '#5fb0e6', '#2487cc', '#1463a5', '#0b4478', '#06264a'],
  },
  short: {
    dark: ['#3f1f02', '#6e3603', '#a35204', '#d17508', '#f09a1f', '#f9c56b', '#fff1cf'],
    light: ['#fdeac9', '#fbcf8a', '#f5aa45', '#dd7f12', '#b35a05', '#803c03', '#4f2302'],
  },
}

/** The colours of a map. Unless it is `sides`, all three are the same. */
export interface Palettes {
  one: readonly string[]
  long: readonly string[]
  short: readonly string[]
  /** Behind the cells; null: the background of the chart. */
  floor: string | null
}

/** Whether a palette is for dark backgrounds only. */
export const isDarkPalette = (name: PaletteName): boolean => name === 'exchange'

export function palettesOf(name: PaletteName, dark: boolean): Palettes {
  const ramp = (of: keyof typeof RAMPS) => (dark || of === 'exchange' ? RAMPS[of].dark : RAMPS[of].light)
  if (name === 'sides') return { one: ramp('viridis'), long: ramp('long'), short: ramp('short'), floor: null }
  const one = ramp(name)
  return { one, long: one, short: one, floor: name === 'exchange' ? FLOOR : null }
}

export interface ColourScale {
  /** USD of the brightest colour, and of the faintest (logarithmic scale only). */
  max: number
  min: number
  log: boolean
  /** Position 0 … 1 on the scale below which nothing is painted. */
  threshold: number
}

/** Position of a value on the scale: 0 the faintest, 1 the brightest colour; negative values are not painted. */
export function positionOf(scale: ColourScale, usd: number): number {
  if (!(usd > 0)) return -1
  const position = scale.log ? Math.log(usd / scale.min) / Math.log(scale.max / scale.min) : usd / scale.max
  return Math.min(1, position)
}

/** The value at a position. */
export function usdAt(scale: ColourScale, position: number): number {
  return scale.log ? scale.min * (scale.max / scale.min) ** position : scale.max * position
}

/** Positions below this fade to transparent. */
const FADE = 0.16

/** Red, green, blue 0 … 255 and alpha 0 … 1 at a position; the faintest fade into the background. */
export function colourAt(anchors: readonly string[], position: number): [number, number, number, number] {
  const scaled = Math.min(1, Math.max(0, position)) * (anchors.length - 1)
  const index = Math.min(anchors.length - 2, Math.floor(scaled))
  const [a, b] = [rgb(anchors[index]!), rgb(anchors[index + 1]!)]
  const share = scaled - index
  const channel = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share)
  return [channel(0), channel(1), channel(2), Math.min(1, Math.max(0, position) / FADE)]
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** A colour (ABGR, as a canvas stores it) for each {@link floatStep}. */
export type Lut = Uint32Array

/** Finer than a screen can show. */
const SHADES = 1024

export function createLut(scale: ColourScale, anchors: readonly string[], out: Lut = new Uint32Array(1 << 15)): Lut {
  const shades = new Uint32Array(SHADES + 1)
  for (let i = 0; i <= SHADES; i++) {
    const [r, g, b, a] = colourAt(anchors, i / SHADES)
    shades[i] = ((Math.round(a * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0
  }
  // Below `first` everything is transparent, from `end` on everything has the brightest colour.
  const first = Math.max(1, floatStep(scale.log ? scale.min : scale.max / (4 * SHADES)))
  const end = Math.min(out.length, floatStep(scale.max) + 1)
  out.fill(0, 0, first)
  for (let step = first; step < end; step++) {
    const position = positionOf(scale, floatOfStep(step))
    out[step] = position >= 0 && position >= scale.threshold ? shades[Math.round(position * SHADES)]! : 0
  }
  out.fill(shades[SHADES]!, end)
  return out
}

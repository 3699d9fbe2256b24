/** Paints cells to pixels. Of several cells on one pixel the brightest is painted, so that nothing bright is lost. */
import type { Mixture } from './mix.ts'
import type { Lut } from './palette.ts'

/** The cells on each pixel along one axis, from (inclusive) to (exclusive); empty outside the map. */
export interface PixelCells {
  from: Int32Array
  to: Int32Array
}

export interface Colours {
  long: Lut
  /** If not the same as `long`, the larger side of a pixel is painted in its own colours. */
  short: Lut
}

/**
 * Fills `pixels` (width × height, canvas order). Costs one comparison per visible cell and one lookup per pixel that does
 * not repeat the one above.
 */
export function paint(
  pixels: Uint32Array,
  across: PixelCells,
  down: PixelCells,
  mixture: Mixture,
  columns: number,
  colours: Colours,
): void {
  const width = across.from.length
  const height = down.from.length
  const isSum = mixture.long === mixture.short
  const long = new BrightestCells(mixture.long, across, columns)
  const short = isSum ? null : new BrightestCells(mixture.short, across, columns)
  for (let y = 0; y < height; y++) {
    const rowFrom = down.from[y]!
    const rowTo = down.to[y]!
    const line = y * width
    if (y > 0 && rowFrom === down.from[y - 1]! && rowTo === down.to[y - 1]!) {
      pixels.copyWithin(line, line - width, line)
      continue
    }
    if (rowFrom >= rowTo) {
      pixels.fill(0, line, line + width)
      continue
    }
    const bits = long.line(rowFrom, rowTo)
    const { long: lut } = colours
    if (short === null) for (let x = 0; x < width; x++) pixels[line + x] = lut[bits[x]! >>> 16]!
    else {
      const others = short.line(rowFrom, rowTo)
      for (let x = 0; x < width; x++)
        pixels[line + x] = others[x]! > bits[x]! ? colours.short[others[x]! >>> 16]! : lut[bits[x]! >>> 16]!
    }
  }
}

/** Finds the brightest cell on each pixel of a line, as bits of a float: positive floats sort like their bits. */
class BrightestCells {
  readonly #bits: Uint32Array
  readonly #columns: number
  readonly #across: PixelCells
  readonly #rows: Uint32Array
  readonly #out: Uint32Array
  /** Last column on each pixel. */
  readonly #last: Int32Array
  /** Range of the visible columns, and of the pixels they cover. */
  readonly #from: number
  readonly #to: number
  readonly #left: number
  readonly #right: number
  /** No pixel has more than two columns on it. */
  readonly #atMostTwo: boolean

  constructor(values: Float32Array, across: PixelCells, columns: number) {
    this.#bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    this.#columns = columns
    this.#across = across
    this.#rows = new Uint32Array(columns)
    this.#out = new Uint32Array(across.from.length)
    this.#last = across.to.map(end => end - 1)
    let from = columns
    let to = 0
    let left = across.from.length
    let right = 0
    let atMostTwo = true
    for (let x = 0; x < across.from.length; x++) {
      if (across.from[x]! >= across.to[x]!) continue
      from = Math.min(from, across.from[x]!)
      to = Math.max(to, across.to[x]!)
      left = Math.min(left, x)
      atMostTwo &&= across.to[x]! <= across.from[x]! + 2 && (right === 0 || right === x)
      right = x + 1
    }
    this.#from = from
    this.#to = to
    this.#left = left
    this.#right = right
    this.#atMostTwo = atMostTwo
  }

  line(rowFrom: number, rowTo: number): Uint32Array {
    const bits = this.#bits
    const columns = this.#columns
    const across = this.#across
    const out = this.#out
    let source = bits
    let shift = rowFrom * columns
    if (rowTo > rowFrom + 1) {
      this.#brightestRow(rowFrom, rowTo)
      source = this.#rows
      shift = 0
    }
    const { from, to } = across
    const last = this.#last
    const left = this.#left
    const right = this.#right
    // Pixels left and right of the map stay 0.
    if (this.#atMostTwo) {
      for (let x = left; x < right; x++) {
        const one = source[shift + from[x]!]!
        const other = source[shift + last[x]!]!
        out[x] = one > other ? one : other
      }
      return out
    }
    for (let x = left; x < right; x++) {
      let best = 0
      for (let at = shift + from[x]!; at < shift + to[x]!; at++) if (source[at]! > best) best = source[at]!
      out[x] = best
    }
    return out
  }

  #brightestRow(rowFrom: number, rowTo: number): void {
    const bits = this.#bits
    const columns = this.#columns
    const rows = this.#rows
    const from = this.#from
    const to = this.#to
    const first = rowFrom * columns
    for (let column = from; column < to; column++) rows[column] = bits[first + column]!
    for (let row = rowFrom + 1; row < rowTo; row++) {
      const at = row * columns
      for (let column = from; column < to; column++)
        if (bits[at + column]! > rows[column]!) rows[column] = bits[at + column]!
    }
  }
}

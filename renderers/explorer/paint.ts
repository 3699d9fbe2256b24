/** Cells to pixels. Where several cells fall on one pixel the brightest shows, so that nothing bright is lost. */
import type { Mixture } from './mix.ts'
import type { Lut } from './palette.ts'

/** For each pixel of one direction the cells on it, from (inclusive) to (exclusive); an empty range is off the map. */
export interface Cells {
  from: Int32Array
  to: Int32Array
}

export interface Colours {
  /** One look-up for the sum of both sides, or one for each: then the larger side shows. */
  long: Lut
  short: Lut
  one: boolean
}

/**
 * Fills `pixels` (width × height, canvas order). Costs one comparison for each visible cell and one look-up for each
 * pixel that is not a repeat of the one above.
 */
export function paint(
  pixels: Uint32Array,
  across: Cells,
  down: Cells,
  mixture: Mixture,
  columns: number,
  colours: Colours,
): void {
  const width = across.from.length
  const height = down.from.length
  const long = new Float32Array(columns)
  const short = new Float32Array(columns)
  // Positive floats are in the order of their bits, so what follows compares and looks up integers.
  const longBits = new Uint32Array(long.buffer)
  const shortBits = new Uint32Array(short.buffer)
  let columnFrom = columns
  let columnTo = 0
  for (let x = 0; x < width; x++) {
    if (across.from[x]! >= across.to[x]!) continue
    columnFrom = Math.min(columnFrom, across.from[x]!)
    columnTo = Math.max(columnTo, across.to[x]!)
  }
  for (let y = 0; y < height; y++) {
    const [rowFrom, rowTo] = [down.from[y]!, down.to[y]!]
    const line = y * width
    if (y > 0 && rowFrom === down.from[y - 1]! && rowTo === down.to[y - 1]!) {
      pixels.copyWithin(line, line - width, line)
      continue
    }
    if (rowFrom >= rowTo) {
      pixels.fill(0, line, line + width)
      continue
    }
    if (colours.one) sumRows(mixture, columns, rowFrom, rowTo, columnFrom, columnTo, long)
    else {
      maxRows(mixture.long, columns, rowFrom, rowTo, columnFrom, columnTo, long)
      maxRows(mixture.short, columns, rowFrom, rowTo, columnFrom, columnTo, short)
    }
    for (let x = 0; x < width; x++) {
      const from = across.from[x]!
      const to = across.to[x]!
      let best = 0
      let other = 0
      for (let column = from; column < to; column++) {
        if (longBits[column]! > best) best = longBits[column]!
        if (shortBits[column]! > other) other = shortBits[column]!
      }
      pixels[line + x] = other > best ? colours.short[other >>> 16]! : colours.long[best >>> 16]!
    }
  }
}

function sumRows(
  { long, short }: Mixture,
  columns: number,
  rowFrom: number,
  rowTo: number,
  columnFrom: number,
  columnTo: number,
  out: Float32Array,
): void {
  for (let row = rowFrom; row < rowTo; row++) {
    const at = row * columns
    for (let column = columnFrom; column < columnTo; column++) {
      const value = long[at + column]! + short[at + column]!
      if (row === rowFrom || value > out[column]!) out[column] = value
    }
  }
}

function maxRows(
  values: Float32Array,
  columns: number,
  rowFrom: number,
  rowTo: number,
  columnFrom: number,
  columnTo: number,
  out: Float32Array,
): void {
  for (let row = rowFrom; row < rowTo; row++) {
    const at = row * columns
    for (let column = columnFrom; column < columnTo; column++) {
      const value = values[at + column]!
      if (row === rowFrom || value > out[column]!) out[column] = value
    }
  }
}

/** Layers of USD as one byte per cell on a logarithmic scale, of which only the surprises are stored. */
import type { Packer } from './pack.ts'

/** Levels per factor of two: with {@link TOLERANCE} a value is accurate to 3.5 %. */
export const LEVELS_PER_OCTAVE = 16
export const TOP_LEVEL = 255
/** Levels are counted in parts while they drift. */
export const PARTS = 256
/** How far, in parts, a cell may be from what is expected of it before a change is stored: three quarters of a level. */
const TOLERANCE = 192
/** USD of level 1 at least, as renderers take no less: smaller amounts are what rounding leaves of levels that have gone. */
const MIN_FLOOR = 1e-30
/** Nothing, in parts: no drift makes a level of it. */
const NOTHING = -1e15

/** USD by cell, row by row: the values times `factor`. The array has a buffer of its own. */
export interface FloatLayer {
  values: Float32Array
  factor: number
}

/**
 * Packs layers of rows × columns of USD. Level 0 is nothing, the top level the largest value of all layers; values smaller than the
 * largest by more than a factor of 2^(254/16), about 60,000, become 0.
 *
 * Of most cells nothing is stored: where no position opens or goes, a level decays as the whole book does. So a cell is expected at the
 * level its row was last set to, plus the drift since then, and only a change from that is stored. Packs, each of all
 * layers: the number of changes in each row; the columns between them; the number of levels that begin where nothing was, and those
 * levels; the changes of the others (mod 256), 0 where a level ends.
 *
 * @param drift by column: the level, in parts, of what was the same in the first column and has only decayed since. Whole numbers
 * @returns USD of level 1; the number of cells from the first to the last filled one of each row
 */
export function packLayers(
  packer: Packer,
  layers: readonly FloatLayer[],
  drift: Float64Array,
): { floor: number; filled: number } {
  const columns = drift.length
  const largest = layers.reduce((max, { values, factor }) => Math.max(max, factor * largestOf(values)), 0)
  const floor = largest > 0 ? Math.max(MIN_FLOOR, largest / 2 ** ((TOP_LEVEL - 1) / LEVELS_PER_OCTAVE)) : 1
  const counts: number[] = []
  const gaps: number[] = []
  const begun: number[] = []
  const changes: number[] = []
  let filled = 0
  for (const { values, factor } of layers) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    const offset = Math.round(PARTS * (1 + LEVELS_PER_OCTAVE * Math.log2(factor / floor)))
    for (let start = 0; start < bits.length; start += columns) {
      const before = gaps.length
      let set = NOTHING
      let [first, last, end] = [-1, -1, 0]
      for (let column = 0; column < columns; column++) {
        const cell = bits[start + column]!
        // Most of a map is empty.
        if (cell === 0 && set === NOTHING) continue
        const parts = partsOf(cell, offset)
        const expected = levelOf(set + drift[column]!)
        let level = expected
        if (Math.abs(Math.min(parts, PARTS * TOP_LEVEL) - PARTS * expected) > TOLERANCE) level = levelOf(parts)
        if (level !== expected) {
          if (first < 0) first = column
          gaps.push(column - last - 1)
          if (expected === 0) begun.push(level)
          else changes.push(level === 0 ? 0 : (level - expected) & 255)
          last = column
          set = level === 0 ? NOTHING : PARTS * level - drift[column]!
        }
        if (level > 0) end = column + 1
      }
      counts.push(gaps.length - before)
      if (first >= 0) filled += end - first
    }
  }
  packer
    .integers(counts.length, i => counts[i]!)
    .integers(gaps.length, i => gaps[i]!)
    .integers(1, () => begun.length)
    .bytes(begun.length, i => begun[i]!)
    .bytes(changes.length, i => changes[i]!)
  return { floor, filled }
}

const levelOf = (parts: number): number => Math.max(0, Math.min(TOP_LEVEL, Math.floor(parts / PARTS + 0.5)))

function largestOf(values: Float32Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!
  return largest
}

const MANTISSA_BITS = 9
/** Levels, in parts, above a power of two, by the upper bits of the mantissa: accurate to a thousandth of an octave. */
const MANTISSA_PARTS = Int32Array.from({ length: 1 << MANTISSA_BITS }, (_, step) =>
  Math.round(PARTS * LEVELS_PER_OCTAVE * Math.log2(1 + (step + 0.5) / (1 << MANTISSA_BITS))),
)
const INFINITE = 0x7f800000

/**
 * The level of a float by its bits, in parts: many times faster than a logarithm. 0 for what is not above 0 or not finite.
 *
 * @param offset the level of 1
 */
function partsOf(bits: number, offset: number): number {
  if (bits === 0 || bits >= INFINITE) return 0
  const exponent = (bits >>> 23) - 127
  const parts = exponent * PARTS * LEVELS_PER_OCTAVE + MANTISSA_PARTS[(bits >>> (23 - MANTISSA_BITS)) & 511]! + offset
  return parts > 0 ? parts : 0
}

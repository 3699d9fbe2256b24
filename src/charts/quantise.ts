/** Layers of USD as one byte per cell on a logarithmic scale. */

/** Levels per factor of two: a value is accurate to 2.5 %. */
export const LEVELS_PER_OCTAVE = 16
export const TOP_LEVEL = 255
/** USD of level 1 at least, as renderers take no less: smaller amounts are what rounding leaves of levels that have gone. */
const MIN_FLOOR = 1e-30

/** USD by cell, row by row: the values times `factor`. The array has a buffer of its own. */
export interface FloatLayer {
  values: Float32Array
  factor: number
}

/** Layers as levels: of each row only the span that is not empty, at most a quarter of a usual map. */
interface QuantisedLayers {
  /** USD of level 1. */
  floor: number
  /** First filled column of each row, layer after layer, and the number of columns in its span. */
  from: Uint16Array
  length: Uint16Array
  /** The spans one after another. */
  bytes: Uint8Array
}

/**
 * Converts layers of USD to one level per cell. Each byte is the change of level (mod 256) from the column before it; a
 * span starts from 0. Level 0 is nothing, the top level the largest value of all layers; values smaller than the largest by
 * more than a factor of 2^(254/16), about 60,000, become 0. Most changes are small, so they compress well.
 *
 * @param columns at most 65,535
 */
export function quantise(layers: readonly FloatLayer[], columns: number): QuantisedLayers {
  const rows = layers.reduce((sum, { values }) => sum + values.length / columns, 0)
  const from = new Uint16Array(rows)
  const length = new Uint16Array(rows)
  let largest = 0
  let row = 0
  const parts = layers.map(({ values, factor }) => {
    const next = row + values.length / columns
    const part = { values, factor, from: from.subarray(row, next), length: length.subarray(row, next) }
    largest = Math.max(largest, factor * findFilled(values, columns, part.from, part.length))
    row = next
    return part
  })
  const floor = largest > 0 ? Math.max(MIN_FLOOR, largest / 2 ** ((TOP_LEVEL - 1) / LEVELS_PER_OCTAVE)) : 1
  const bytes = new Uint8Array(length.reduce((sum, filled) => sum + filled, 0))
  const levels = new Uint8Array(1 << 16)
  let at = 0
  for (const part of parts) {
    fillLevels(levels, floor / part.factor)
    at = writeLevels(part.values, columns, part.from, part.length, levels, bytes, at)
  }
  return { floor, from, length, bytes: bytes.subarray(0, at) }
}

/** Finds the span of each row outside which all cells are 0. @returns the largest value */
function findFilled(values: Float32Array, columns: number, from: Uint16Array, length: Uint16Array): number {
  // Most of a map is empty. Reads two cells at a time: a pair of float zeros is the double 0.
  const pairs = new Float64Array(values.buffer, values.byteOffset, values.length >> 1)
  let largest = 0
  for (let row = 0; row < from.length; row++) {
    const start = row * columns
    const end = start + columns
    let first = start
    if (first % 2 === 1 && values[first] === 0) first++
    if (first % 2 === 0) while (first + 1 < end && pairs[first >> 1] === 0) first += 2
    while (first < end && values[first] === 0) first++
    if (first === end) continue
    let last = end - 1
    if (last % 2 === 0 && values[last] === 0) last--
    if (last % 2 === 1) while (last - 1 > first && pairs[last >> 1] === 0) last -= 2
    while (values[last] === 0) last--
    from[row] = first - start
    length[row] = last - first + 1
    for (let i = first; i <= last; i++) if (values[i]! > largest) largest = values[i]!
  }
  return largest
}

/** Writes the spans from `at` on, trimmed of cells below level 1. @returns the end of what it wrote */
function writeLevels(
  values: Float32Array,
  columns: number,
  from: Uint16Array,
  length: Uint16Array,
  levels: Uint8Array,
  out: Uint8Array,
  at: number,
): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let row = 0; row < from.length; row++) {
    const start = row * columns + from[row]!
    let first = start
    let last = start + length[row]! - 1
    while (first <= last && levels[bits[first]! >>> 16] === 0) first++
    while (first <= last && levels[bits[last]! >>> 16] === 0) last--
    length[row] = last - first + 1
    from[row] = length[row] === 0 ? 0 : first - row * columns
    let before = 0
    for (let i = first; i <= last; i++) {
      const level = levels[bits[i]! >>> 16]!
      out[at++] = level - before
      before = level
    }
  }
  return at
}

/** log2 of the float whose upper 16 bits are the index: a logarithmic scale of 128 steps per octave. */
const LOGARITHMS = logarithms()

function logarithms(): Float64Array {
  const bits = new Uint32Array(1)
  const float = new Float32Array(bits.buffer)
  const logs = new Float64Array(0x7f80).fill(-Infinity)
  for (let step = 1; step < logs.length; step++) {
    bits[0] = (step << 16) | 0x8000
    logs[step] = Math.log2(float[0]!)
  }
  return logs
}

/**
 * Fills a lookup table from the upper 16 bits of a float to its level: many times faster than a logarithm, and off by at
 * most 1/256 octave. Negative values and NaN become 0.
 */
function fillLevels(levels: Uint8Array, floor: number): void {
  const offset = 1 - LEVELS_PER_OCTAVE * Math.log2(floor)
  for (let step = 0; step < LOGARITHMS.length; step++)
    levels[step] = Math.min(TOP_LEVEL, Math.max(0, Math.round(LEVELS_PER_OCTAVE * LOGARITHMS[step]! + offset)))
}

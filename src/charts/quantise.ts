/** Steps of a factor of two: a value is kept to within 2.5 %. */
export const LEVELS_PER_OCTAVE = 16
export const TOP_LEVEL = 255

/** USD by cell, row by row; the layer is the values × `factor`. */
export interface FloatLayer {
  values: Float32Array
  factor: number
}

/**
 * Layers of USD as one byte a cell on a logarithmic scale, each byte the change (mod 256) from the column before it. Level 0 is
 * nothing, the top level the largest value of all layers; what is smaller than the largest by more than a factor of 2^(254/16), some
 * 60,000, becomes 0. Most changes are 0 or small, which a compressor likes.
 *
 * @returns `floor` is the value of level 1; `bytes` the layers one after the other
 */
export function quantise(layers: readonly FloatLayer[], columns: number): { floor: number; bytes: Uint8Array } {
  const largest = layers.reduce((most, { values, factor }) => Math.max(most, largestOf(values) * factor), 0)
  const floor = largest > 0 ? largest / 2 ** ((TOP_LEVEL - 1) / LEVELS_PER_OCTAVE) : 1
  const bytes = new Uint8Array(layers.reduce((sum, { values }) => sum + values.length, 0))
  const levels = new Uint8Array(1 << 16)
  let start = 0
  for (const { values, factor } of layers) {
    fillLevels(levels, floor / factor)
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    for (let row = 0; row < bits.length; row += columns) {
      let before = 0
      for (let i = row; i < row + columns; i++) {
        const value = bits[i]!
        // Most cells are empty, and so are the bytes already.
        if (value === 0 && before === 0) continue
        const level = levels[value >>> 16]!
        bytes[start + i] = level - before
        before = level
      }
    }
    start += bits.length
  }
  return { floor, bytes }
}

function largestOf(values: Float32Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!
  return largest
}

/** log2 of the floats whose upper half of bits is the index: itself a logarithmic scale, of 128 steps to an octave. */
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
 * The level by the upper half of a float's bits: a look-up is many times as fast as a logarithm, and off by no more than
 * half of a step of 1/128 octave. Negative values and NaN are nothing.
 */
function fillLevels(levels: Uint8Array, floor: number): void {
  const offset = 1 - LEVELS_PER_OCTAVE * Math.log2(floor)
  for (let step = 0; step < LOGARITHMS.length; step++)
    levels[step] = Math.min(TOP_LEVEL, Math.max(0, Math.round(LEVELS_PER_OCTAVE * LOGARITHMS[step]! + offset)))
}

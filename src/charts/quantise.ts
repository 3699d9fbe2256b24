/** Steps of a factor of two: a value is kept to within 2.5 %. */
export const LEVELS_PER_OCTAVE = 16
export const TOP_LEVEL = 255

/**
 * Layers of USD as one byte a cell on a logarithmic scale, each byte the change (mod 256) from the column before it. Level 0 is
 * nothing, the top level the largest value of all layers; what is smaller than the largest by more than a factor of 2^(254/16), some
 * 60,000, becomes 0. Most changes are 0 or small, which a compressor likes.
 *
 * @param layers rows × columns each, row by row
 * @returns `floor` is the value of level 1; `bytes` the layers one after the other
 */
export function quantise(layers: readonly Float32Array[], columns: number): { floor: number; bytes: Uint8Array } {
  let largest = 0
  for (const layer of layers) for (let i = 0; i < layer.length; i++) if (layer[i]! > largest) largest = layer[i]!
  const floor = largest > 0 ? largest / 2 ** ((TOP_LEVEL - 1) / LEVELS_PER_OCTAVE) : 1
  const levels = levelTable(floor)
  const bytes = new Uint8Array(layers.reduce((sum, layer) => sum + layer.length, 0))
  let at = 0
  for (const layer of layers) {
    const bits = new Uint32Array(layer.buffer, layer.byteOffset, layer.length)
    let before = 0
    for (let i = 0; i < bits.length; i++) {
      if (i % columns === 0) before = 0
      const level = levels[bits[i]! >>> 16]!
      bytes[at++] = level - before
      before = level
    }
  }
  return { floor, bytes }
}

/**
 * The level by the upper half of the bits of a float, which is itself a logarithmic scale of 128 steps to an octave: a look-up is
 * eight times as fast as a logarithm, and off by no more than half of such a step. Negative values and NaN are nothing.
 */
function levelTable(floor: number): Uint8Array {
  const levels = new Uint8Array(1 << 16)
  const bits = new Uint32Array(1)
  const float = new Float32Array(bits.buffer)
  for (let step = 1; step < 0x7f80; step++) {
    bits[0] = (step << 16) | 0x8000
    const level = 1 + Math.round(LEVELS_PER_OCTAVE * Math.log2(float[0]! / floor))
    levels[step] = Math.min(TOP_LEVEL, Math.max(0, level))
  }
  return levels
}

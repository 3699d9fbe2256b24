/** Packs columns of numbers into bytes that compress well. */

import { deflateColumns } from '../common/deflate.ts'

/** Collects columns one after another. */
export class Packer {
  readonly #parts: Uint8Array[] = []

  /**
   * Whole numbers: zigzag (0, −1, 1, −2 … as 0, 1, 2, 3 …), then 7 bits per byte, lowest first, the highest bit set if another
   * byte follows. Small numbers of either sign take one byte.
   *
   * @throws RangeError for a number that is not whole, or larger than 2^52
   */
  integers(length: number, value: (index: number) => number): this {
    const bytes: number[] = []
    for (let i = 0; i < length; i++) {
      const number = value(i)
      if (!Number.isInteger(number) || Math.abs(number) > 2 ** 52)
        throw new RangeError(`entry ${i} is ${number}: expected a whole number of at most 2^52`)
      let remaining = number < 0 ? -2 * number - 1 : 2 * number
      while (remaining >= 128) {
        bytes.push((remaining % 128) + 128)
        remaining = Math.floor(remaining / 128)
      }
      bytes.push(remaining)
    }
    this.#parts.push(Uint8Array.from(bytes))
    return this
  }

  /** The first value, then the difference of each from the one before it, less `expectedStep`. */
  steps(length: number, value: (index: number) => number, expectedStep = 0): this {
    return this.integers(length, i => (i === 0 ? value(0) : value(i) - value(i - 1) - expectedStep))
  }

  /** Floats of 4 bytes, little-endian: the first bytes of all, then the second, …, as like bytes compress better together. */
  floats(length: number, value: (index: number) => number): this {
    const floats = new Uint8Array(Float32Array.from({ length }, (_, i) => value(i)).buffer)
    this.#parts.push(floats.map((_, at) => floats[4 * (at % length) + Math.floor(at / length)]!))
    return this
  }

  /** The upper three bytes of floats, little-endian: four significant digits. As those of {@link floats}, first bytes first. */
  shortFloats(length: number, value: (index: number) => number): this {
    // Rounded to the lowest bit that stays.
    const floats = Float32Array.from({ length }, (_, i) => value(i) * (1 + 2 ** -17))
    const bytes = new Uint8Array(floats.buffer)
    this.#parts.push(
      Uint8Array.from({ length: 3 * length }, (_, at) => bytes[4 * (at % length) + 1 + Math.floor(at / length)]!),
    )
    return this
  }

  /** Whole numbers, clamped to 0…255. */
  bytes(length: number, value: (index: number) => number): this {
    this.#parts.push(Uint8Array.from({ length }, (_, i) => Math.min(255, Math.max(0, value(i)))))
    return this
  }

  /**
   * All columns as a payload holds them: their length together, and base64 of a raw deflate stream.
   *
   * @param level 1 (fast) to 9 (small)
   */
  deflate(level = 9): { bytes: number; data: string } {
    return { bytes: this.#parts.reduce((sum, part) => sum + part.length, 0), data: deflateColumns(this.#parts, level) }
  }

  /** All columns, in the order of their calls. */
  concat(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}

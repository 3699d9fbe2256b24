/** Columns of numbers as bytes that a compressor likes. */

/** Collects columns one after the other. */
export class Packer {
  readonly #parts: Uint8Array[] = []

  /**
   * Whole numbers: zigzag (0, −1, 1, −2 … as 0, 1, 2, 3 …), then 7 bits a byte from the lowest, the highest bit set where another byte
   * follows. Small numbers of either sign take one byte.
   *
   * @throws RangeError for what is no whole number, or above 2^52 in size
   */
  whole(length: number, value: (index: number) => number): this {
    const bytes: number[] = []
    for (let i = 0; i < length; i++) {
      const number = value(i)
      if (!Number.isInteger(number) || Math.abs(number) > 2 ** 52)
        throw new RangeError(`entry ${i} is ${number}: expected a whole number of at most 2^52`)
      let rest = number < 0 ? -2 * number - 1 : 2 * number
      while (rest >= 128) {
        bytes.push((rest % 128) + 128)
        rest = Math.floor(rest / 128)
      }
      bytes.push(rest)
    }
    this.#parts.push(Uint8Array.from(bytes))
    return this
  }

  /** The first value, then each less the one before it and `usual`. */
  steps(length: number, value: (index: number) => number, usual = 0): this {
    return this.whole(length, i => (i === 0 ? value(0) : value(i) - value(i - 1) - usual))
  }

  /** Floats of 4 bytes, little-endian. */
  floats(length: number, value: (index: number) => number): this {
    const floats = Float32Array.from({ length }, (_, i) => value(i))
    this.#parts.push(new Uint8Array(floats.buffer))
    return this
  }

  /** Whole numbers 0 … 255; others are cut to that. */
  bytes(length: number, value: (index: number) => number): this {
    this.#parts.push(Uint8Array.from({ length }, (_, i) => Math.min(255, Math.max(0, value(i)))))
    return this
  }

  /** All columns, in the order in which they came. */
  done(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}

/** Reads the columns of packed data, one after the other. */
import { PayloadError } from '../shared/json.ts'

export class Unpacker {
  readonly #packed: Uint8Array<ArrayBuffer>
  #at = 0

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#packed = bytes
  }

  /** Whole numbers: zigzag, 7 bits a byte from the lowest, the highest bit set where another byte follows. */
  whole(length: number): Float64Array {
    const bytes = this.#packed
    const values = new Float64Array(length)
    let at = this.#at
    for (let i = 0; i < length; i++) {
      let value = 0
      let unit = 1
      for (;;) {
        if (at >= bytes.length) throw new PayloadError(`"data" ends within a column`)
        const byte = bytes[at++]!
        value += (byte & 127) * unit
        if (byte < 128) break
        unit *= 128
        if (unit > 2 ** 52) throw new PayloadError('"data" holds a whole number that is too large')
      }
      values[i] = value % 2 === 1 ? -(value + 1) / 2 : value / 2
    }
    this.#at = at
    return values
  }

  /** Sums of steps, to each of which `usual` is added. */
  steps(length: number, usual = 0): Float64Array {
    const values = this.whole(length)
    for (let i = 1; i < length; i++) values[i] = values[i - 1]! + values[i]! + usual
    return values
  }

  /** Floats of 4 bytes, little-endian, which is what every machine with a browser has. */
  floats(length: number): Float32Array {
    return new Float32Array(this.#take(4 * length).slice().buffer)
  }

  bytes(length: number): Uint8Array {
    return this.#take(length)
  }

  /** @throws PayloadError when something is left over */
  end(): void {
    if (this.#at !== this.#packed.length)
      throw new PayloadError(`"data" holds ${this.#packed.length - this.#at} bytes too many`)
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#at + length > this.#packed.length) throw new PayloadError('"data" ends within a column')
    this.#at += length
    return this.#packed.subarray(this.#at - length, this.#at)
  }
}

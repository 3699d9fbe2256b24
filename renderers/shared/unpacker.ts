/** Reads the columns of packed data, one after the other, and checks them. */
import { PayloadError } from './payload.ts'

export class Unpacker {
  readonly #packed: Uint8Array<ArrayBuffer>
  #at = 0

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#packed = bytes
  }

  /** Integers: zigzag, then 7 bits per byte, lowest first; the highest bit is set if another byte follows. */
  integers(length: number): Float64Array {
    // Each takes a byte at least.
    if (length > this.#packed.length - this.#at) throw new PayloadError('"data" ends within a column')
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++) values[i] = this.integer()
    return values
  }

  integer(): number {
    const bytes = this.#packed
    const first = bytes[this.#at]
    // Most take one byte.
    if (first !== undefined && first < 128) {
      this.#at++
      return (first >> 1) ^ -(first & 1)
    }
    let at = this.#at
    let value = 0
    let unit = 1
    for (;;) {
      if (at >= bytes.length) throw new PayloadError(`"data" ends within a column`)
      const byte = bytes[at++]!
      value += (byte & 127) * unit
      if (byte < 128) break
      unit *= 128
      if (unit > 2 ** 52) throw new PayloadError('"data" holds an integer that is too large')
    }
    this.#at = at
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  /** Takes a column of integers without memory for them: its own reader gives them one by one. */
  column(length: number): Unpacker {
    const bytes = this.#packed
    const start = this.#at
    let at = start
    for (let left = length; left > 0; at++) {
      if (at >= bytes.length) throw new PayloadError('"data" ends within a column')
      if (bytes[at]! < 128) left--
    }
    this.#at = at
    return new Unpacker(bytes.subarray(start, at))
  }

  /** Running sums of integers; `increment` is added in each step. */
  sums(length: number, increment = 0): Float64Array {
    const values = this.integers(length)
    for (let i = 1; i < length; i++) values[i] = values[i - 1]! + values[i]! + increment
    return values
  }

  /** 4-byte floats, little-endian as wherever browsers run: the first bytes of all, then the second, and so on. */
  floats(length: number): Float32Array {
    const planes = this.#take(4 * length)
    return new Float32Array(planes.map((_, at) => planes[length * (at % 4) + (at >> 2)]!).buffer)
  }

  /** The upper three bytes of floats. */
  shortFloats(length: number): Float32Array {
    const short = this.#take(3 * length)
    const bytes = new Uint8Array(4 * length)
    for (let at = 0; at < short.length; at++) bytes[4 * (at % length) + 1 + Math.floor(at / length)] = short[at]!
    return new Float32Array(bytes.buffer)
  }

  bytes(length: number): Uint8Array {
    return this.#take(length)
  }

  /** @throws PayloadError if bytes are left */
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

/** @throws PayloadError unless each value is above the one before it */
export function checkRising(values: Float64Array, what: string): Float64Array {
  for (let i = 1; i < values.length; i++)
    if (!(values[i]! > values[i - 1]!)) throw new PayloadError(`${what}: entry ${i} is not after the one before it`)
  return values
}

/**
 * @param missing whether NaN is allowed
 * @throws PayloadError naming the first value out of the range
 */
export function checkRange<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(
  values: T,
  what: string,
  min: number,
  max: number,
  missing = false,
): T {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(value >= min && value <= max) && !(missing && Number.isNaN(value)))
      throw new PayloadError(`${what}: entry ${i} is ${value}, expected ${min} to ${max}`)
  }
  return values
}

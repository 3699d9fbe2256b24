/** Decodes Parquet's hybrid of run lengths and packed bits. */

/** A run of packed bits ends at most this many values after the last one of a page. */
const MAX_PADDING = 512

/**
 * Decodes integers of `width` bits. https://parquet.apache.org/docs/file-format/data-pages/encodings/
 *
 * @param end where the encoded bytes end at the latest
 * @throws Error when there are fewer than `count` of them, or a run that is longer than the rest
 */
export function readHybrid(bytes: Uint8Array, from: number, end: number, width: number, count: number): Uint32Array {
  if (width > 32) throw new Error(`a page packs integers of ${width} bits`)
  const values = new Uint32Array(count)
  const mask = 2 ** width - 1
  const runBytes = (width + 7) >> 3
  let at = from
  let filled = 0
  while (filled < count) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new Error('a page is cut off')
      const byte = bytes[at++]!
      header += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    const length = Math.floor(header / 2)
    if (header % 2 === 0) {
      if (length > count - filled || at + runBytes > end)
        throw new Error(`a page has a run of ${length} values too many`)
      let value = 0
      for (let i = 0; i < runBytes; i++) value += bytes[at++]! * 2 ** (8 * i)
      values.fill(value, filled, filled + length)
      filled += length
      continue
    }
    if (length * 8 - (count - filled) >= MAX_PADDING || length * width > end - at)
      throw new Error(`a page has a run of ${length * 8} values too many`)
    const runEnd = at + length * width
    const last = Math.min(count, filled + length * 8)
    let bits = 0
    let buffered = 0
    while (filled < last) {
      // Up to 39 bits: a double holds them exactly.
      while (buffered < width) {
        bits += bytes[at++]! * 2 ** buffered
        buffered += 8
      }
      if (width <= 23) {
        values[filled++] = bits & mask
        bits >>>= width
      } else {
        values[filled++] = bits % 2 ** width
        bits = Math.floor(bits / 2 ** width)
      }
      buffered -= width
    }
    at = runEnd
  }
  return values
}

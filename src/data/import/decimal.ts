/** Parses decimal numbers from bytes, without making a string of them. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
const ZERO = 48
const NINE = 57
const PLUS = 43
const MINUS = 45

/**
 * The number in decimal or exponent notation at `from` … `to`, equal to `Number()` of that text to the last bit. NaN for
 * anything else: blanks, thousands separators, hexadecimal digits, words, infinities.
 *
 * Up to 2^53 the digits are an exact integer, and so is a power of ten up to 10^22: one division or multiplication of the two
 * rounds only once, so the result is correctly rounded (Clinger 1990). Longer numbers go through `Number()`.
 *
 * @param point char code of the decimal separator
 */
export function parseDecimal(bytes: Buffer, from: number, to: number, point = 46): number {
  let i = from
  const sign = bytes[i]
  if (i < to && (sign === MINUS || sign === PLUS)) i++
  const start = i
  let mantissa = 0
  let digits = 0
  let scale = 0
  let fraction = false
  for (; i < to; i++) {
    const byte = bytes[i]!
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO)
      digits++
      if (fraction) scale++
    } else if (byte === point && !fraction) fraction = true
    else break
  }
  if (digits === 0) return Number.NaN
  const end = i
  let exponent = 0
  if (i < to) {
    // e or E
    if ((bytes[i]! | 32) !== 101) return Number.NaN
    i++
    const negative = bytes[i] === MINUS
    if (i < to && (negative || bytes[i] === PLUS)) i++
    if (i === to || to - i > 4) return Number.NaN
    for (; i < to; i++) {
      const byte = bytes[i]!
      if (byte < ZERO || byte > NINE) return Number.NaN
      exponent = exponent * 10 + (byte - ZERO)
    }
    if (negative) exponent = -exponent
  }
  const shift = exponent - scale
  let value: number
  if (mantissa <= Number.MAX_SAFE_INTEGER && shift >= -22 && shift <= 22)
    value = shift < 0 ? mantissa / POWERS_OF_TEN[-shift]! : mantissa * POWERS_OF_TEN[shift]!
  else {
    const text = bytes.toString('latin1', start, end)
    value = Number(`${point === 46 ? text : text.replace(String.fromCharCode(point), '.')}e${exponent}`)
    if (value === Infinity) return Number.NaN
  }
  return sign === MINUS ? -value : value
}

/** A natural logarithm with the same bits on every platform. */
const words = new Uint32Array(2)
const double = new Float64Array(words.buffer)
/** Index of the word that holds sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
/** 2^−k by biased exponent: multiplying is exact, and faster than writing to the bits just read. */
const TO_MANTISSA = Float64Array.from({ length: 2047 }, (_, exponent) => 2 ** (1023 - exponent))
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/**
 * Natural logarithm of a normal number above 0, to 1 ulp. `Math.log` may differ in the last bit between engines and their
 * versions, and a simulation with feedback would amplify that. This one uses only exactly specified operations, so it gives
 * the same bits everywhere.
 *
 * The method of fdlibm's e_log.c (Sun Microsystems 1993): x = 2^k·(1 + f) with 1 + f in [√½, √2), s = f/(2 + f), and
 * ln(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) with its polynomial R.
 */
export function ln(x: number): number {
  double[0] = x
  const exponent = words[HIGH]! >>> 20
  let k = exponent - 1023
  let m = x * TO_MANTISSA[exponent]!
  if (m > Math.SQRT2) {
    m /= 2
    k++
  }
  const f = m - 1
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  const half = 0.5 * f * f
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + k * LN2_LOW) - f)
}

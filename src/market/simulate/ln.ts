const words = new Uint32Array(2)
const double = new Float64Array(words.buffer)
/** Which of the two words holds sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/**
 * Natural logarithm of a normal number above 0, to about 1e-15. `Math.log` may differ in the last bit between engines and
 * versions of them, and what feeds back into a simulation would carry that on; this one uses nothing but exactly specified
 * operations, so it gives the same bits everywhere.
 *
 * x = 2^k·m with m in [√½, √2); ln m = 2·artanh(f), f = (m − 1)/(m + 1), |f| < 0.172.
 */
export function ln(x: number): number {
  double[0] = x
  let k = (words[HIGH]! >>> 20) - 1023
  words[HIGH] = (words[HIGH]! & 0xfffff) | 0x3ff00000
  let m = double[0]!
  if (m > Math.SQRT2) {
    m /= 2
    k++
  }
  const f = (m - 1) / (m + 1)
  const s = f * f
  const tail =
    s *
    (1 / 3 +
      s *
        (1 / 5 +
          s *
            (1 / 7 +
              s * (1 / 9 + s * (1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21))))))))))
  return k * LN2_HIGH + (2 * f + (2 * f * tail + k * LN2_LOW))
}

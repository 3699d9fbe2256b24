/** Reads numbers as exchanges write them. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i

/**
 * A number as venues write it: finite, or a text in decimal or exponent notation. NaN for anything else: `Number` would also
 * take `0x64`, blanks and an empty text, and that is none of their numbers.
 */
export function venueNumber(value: unknown): number {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : Number.NaN
}

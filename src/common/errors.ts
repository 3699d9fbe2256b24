/** The two kinds of errors that say what is wrong with what somebody gave: data from outside, or an option. */

/**
 * Input from outside that cannot be used. The message names the field, the row (1-based, header not counted) or bar, and
 * the value, and says what was expected.
 */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** An option of a public function that cannot be used. The message names function, option and value, and what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

/** A bad value as a message shows it: short, on one line, strings quoted, plain objects as JSON. */
export function quoteValue(value: unknown): string {
  const text = typeof value === 'string' || isPlain(value) ? json(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    // A cycle, or a bigint.
    return Object.prototype.toString.call(value)
  }
}

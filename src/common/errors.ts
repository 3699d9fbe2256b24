/** Errors that the user can mend: in data from outside, or in an option. */

/**
 * Unusable data from outside. The message names field, row (1-based, header not counted) or bar, and value, and says
 * what was expected.
 */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** An unusable option of a public function. The message names function, option and value, and says what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

/** A value as messages show it: at most 60 characters, on one line, strings quoted, plain objects as JSON. */
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
    // A cycle or a bigint.
    return Object.prototype.toString.call(value)
  }
}

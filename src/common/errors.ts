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
  const text = valueText(value).replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function valueText(value: unknown): string {
  try {
    const text = typeof value === 'string' || isPlain(value) ? JSON.stringify(value) : String(value)
    if (typeof text === 'string') return text
  } catch {
    // A cycle, a bigint in an object, or no usable toString.
  }
  return Object.prototype.toString.call(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

/** A name as messages show it: quoted where it is no plain word. */
export function quoteName(name: string): string {
  return /^[\w$.-]{1,60}$/.test(name) ? name : quoteValue(name)
}

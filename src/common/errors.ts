/**
 * Input from outside that cannot be used. The message names the field, the row (1-based, header not counted) or bar, and
 * the value, and says what was expected.
 */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** How a bad value is shown in a message: short, one line, strings quoted. */
export function quoteValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

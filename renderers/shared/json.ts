/** Guards for JSON that came from outside. */

export type JsonRecord = { [key: string]: unknown }

/** A payload that cannot be drawn. The message says what was wrong and where, and is shown in the output. */
export class PayloadError extends Error {
  override name = 'PayloadError'
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A short description of a value's kind for error messages: `null`, `an array`, `a string` … */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Numbers in JSON, as Python writes them. */

/**
 * The shortest text that reads back as the same number, in Python's format (1e-05, not 0.00001). NaN and infinities become
 * null, as in `JSON.stringify`.
 */
export function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0'
  const plain = Math.abs(value) < 1e-4 ? value.toExponential() : String(value)
  return plain.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Whole numbers with fewer digits than 2^53 are always written as they are read. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/

/** Whether the number that a JSON text means is written as this text. */
export function isWrittenAs(text: string): boolean {
  return PLAIN_INTEGER.test(text) || writeNumber(Number(text)) === text
}

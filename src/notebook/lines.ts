/** Text as lists of lines, as nbformat stores it. */

// The line ends of Python's str.splitlines, so that the lists of lines match those that nbformat writes.
const END = String.raw`\n\r\v\f\x1c-\x1e\x85\u2028\u2029`
const LINE = new RegExp(`[^${END}]*(?:\\r\\n|[${END}])|[^${END}]+`, 'g')

/** Splits a text into lines that keep their line ends: `'a\nb'` → `['a\n', 'b']`, `''` → `[]`. */
export function splitLines(text: string): string[] {
  return text.match(LINE) ?? []
}

/** The inverse of {@link splitLines}; a text stored as one string stays. */
export function joinLines(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('')
}

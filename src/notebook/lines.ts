// What Python's str.splitlines takes for a line end, so that our lists of lines are the ones nbformat writes.
const END = String.raw`\n\r\v\f\x1c-\x1e\x85\u2028\u2029`
const LINE = new RegExp(`[^${END}]*(?:\\r\\n|[${END}])|[^${END}]+`, 'g')

/** Lines with their line ends kept, as nbformat stores text: `'a\nb'` → `['a\n', 'b']`, `''` → `[]`. */
export function splitLines(text: string): string[] {
  return text.match(LINE) ?? []
}

/** The inverse of {@link splitLines}; text that was stored as one string passes through. */
export function joinLines(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('')
}

/** Finds out what a string in a cell names: a file, an exchange, a symbol or a timeframe. Pure. */

export type StringSubject = 'file' | 'exchange' | 'symbol' | 'timeframe'

export interface StringContext {
  subject: StringSubject
  /** The text of the string before the cursor. */
  before: string
  /** The text between the quotes, from `start` to before `end` in the line. */
  start: number
  end: number
  quote: string
}

const SUBJECTS: { readonly [name: string]: StringSubject } = {
  file: 'file',
  files: 'file',
  path: 'file',
  exchange: 'exchange',
  symbol: 'symbol',
  timeframe: 'timeframe',
}

/** Options whose value, or a list of them, is such a string; also variables and parameters of these names. */
const BEFORE_CURSOR =
  /(?:^|[\s,{([])(?:(\w+)(?:\s*:\s*string)?\s*[:=]\s*(?:\[\s*(?:(['"`])(?:(?!\2).)*\2\s*,\s*)*)?|liq\.resample\(\s*\w+\s*,\s*)(['"`])((?:(?!\3).)*)$/

/** @param column of the cursor in the line, from 0 */
export function stringContext(line: string, column: number): StringContext | undefined {
  const match = BEFORE_CURSOR.exec(line.slice(0, column))
  if (match === null) return undefined
  const [, name, , quote = "'", before = ''] = match
  const subject = name === undefined ? 'timeframe' : Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined
  if (subject === undefined) return undefined
  const rest = line.slice(column)
  const close = rest.indexOf(quote)
  return { subject, before, start: column - before.length, end: close < 0 ? column : column + close, quote }
}

/** The exchange that a notebook names, in the nearest text before others. */
export function exchangeIn(texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const found = Array.from(text.matchAll(/\bexchange\b(?:\s*:\s*string)?\s*[:=]\s*(['"`])([\w-]+)\1/g)).at(-1)?.[2]
    if (found !== undefined) return found
  }
  return undefined
}

/** The strings of a cell that name a file, with the offsets of the text between the quotes. */
export function fileStrings(text: string): { start: number; end: number; value: string }[] {
  const pattern = /\bfile\b(?:\s*:\s*string)?\s*[:=]\s*(['"])((?:(?!\1)[^\n\\]|\\.)*)\1/g
  return Array.from(text.matchAll(pattern), match => {
    const start = match.index + match[0].length - 1 - match[2]!.length
    return { start, end: start + match[2]!.length, value: match[2]! }
  })
}

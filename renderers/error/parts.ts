/** Splits the text of an error into what is drawn in different ways. Pure. */

export interface ErrorParts {
  /** The error's class, e.g. `OptionError`. */
  name: string
  message: string
  /** Where it came from, causes and the line of the cell. */
  lines: ErrorLine[]
  /** What to do next. */
  advice: string | undefined
}

/** A line, with the place in a cell that it names. */
export interface ErrorLine {
  before: string
  place?: CellPlace
  after: string
  /** A numbered line of code, or the mark under it. */
  code: boolean
}

export interface CellPlace {
  text: string
  cell: number
  line: number
  column: number
}

const ADVICE = '→ '
const PLACE =
  /^(?<before> {4}at (?:async )?(?:.*\()?)(?<text>Cell (?<cell>\d+):(?<line>\d+):(?<column>\d+))(?<after>\)?)$/
const CODE = /^(?:\d+ \| | +\^$)/

/** @param traceback the error's text, line by line; it begins with the name and the message */
export function errorParts(name: string, message: string, traceback: readonly string[]): ErrorParts {
  const header = message === '' ? name : `${name}: ${message}`
  const text = traceback.join('\n')
  const rest = (text.startsWith(header) ? text.slice(header.length) : text).split('\n')
  const last = rest.at(-1) ?? ''
  const advice = last.startsWith(ADVICE) ? last.slice(ADVICE.length) : undefined
  const lines = (advice === undefined ? rest : rest.slice(0, -1)).map(toLine)
  while (lines.length > 0 && isEmpty(lines[0]!)) lines.shift()
  while (lines.length > 0 && isEmpty(lines.at(-1)!)) lines.pop()
  return { name, message, lines, advice }
}

const isEmpty = ({ before, place }: ErrorLine) => place === undefined && before.trim() === ''

function toLine(line: string): ErrorLine {
  const groups = PLACE.exec(line)?.groups
  if (groups === undefined) return { before: line, after: '', code: CODE.test(line) }
  const { before = '', text = '', cell, line: row, column, after = '' } = groups
  return { before, place: { text, cell: Number(cell), line: Number(row), column: Number(column) }, after, code: false }
}

import { DataError } from '../../common/errors.ts'
import { Cell, isBlank, rowEnd, trimmedEnd } from './csv-scan.ts'
import { decimalOf } from './number.ts'

const CR = 13
const LF = 10
const SEPARATORS = [',', ';', '\t', '|']

/** What the first lines tell. */
export interface Layout {
  delimiter: number
  lineEnd: number
  names: string[]
  named: boolean
  sample: string[]
  /** Lines before the first row, blank ones not counted. */
  skip: number
}

/** Names and first row of a CSV text. */
export function layoutOf(head: Buffer, whole: boolean): Layout {
  const lineEnd = head.includes(LF) || !head.includes(CR) ? LF : CR
  const lines: Buffer[] = []
  for (let at = 0; at < head.length && lines.length < 3; ) {
    const end = rowEnd(head, at, lineEnd, true, whole)
    if (end < 0) break
    const line = head.subarray(at, trimmedEnd(head, at, end))
    if (!isBlank(line)) lines.push(line)
    at = end + 1
  }
  const preamble = isPreamble(lines[0], lines[1]) ? 1 : 0
  const [first, second] = lines.slice(preamble)
  if (first === undefined) throw new DataError('The file is empty, or its first line is longer than a line of a table')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(first)
  } catch {
    throw new DataError('The file is not UTF-8 text: save it as UTF-8')
  }
  const delimiter = delimiterOf(text)
  const cells = cellsOf(first, delimiter)
  const named = !cells.some(isNumber)
  return {
    delimiter,
    lineEnd,
    named,
    skip: preamble + (named ? 1 : 0),
    names: named ? cells : cells.map((_, index) => String(index + 1)),
    sample: named ? (second === undefined ? [] : cellsOf(second, delimiter)) : cells,
  }
}

/** Some archives put their address, or Excel's `sep=;`, above the names: a line without a separator, or with that alone. */
function isPreamble(first: Buffer | undefined, second: Buffer | undefined): boolean {
  if (first === undefined || second === undefined) return false
  if (/^sep=.$/.test(first.toString('latin1'))) return true
  return (
    !SEPARATORS.some(separator => first.includes(separator)) && SEPARATORS.some(separator => second.includes(separator))
  )
}

/** No tool calls a column by a number; a row of data has at least one. */
function isNumber(cell: string): boolean {
  const bytes = Buffer.from(cell)
  return !Number.isNaN(decimalOf(bytes, 0, bytes.length, cell.includes('.') ? 46 : 44))
}

/** The separator that occurs most: comma, semicolon, tab or bar. */
function delimiterOf(line: string): number {
  const count = (separator: string) => line.split(separator).length
  return SEPARATORS.reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best)).charCodeAt(0)
}

function cellsOf(line: Buffer, delimiter: number): string[] {
  const cells: string[] = []
  const cell = new Cell()
  for (let at = 0; ; at = cell.next + 1) {
    cell.read(line, at, line.length, delimiter)
    cells.push(cell.bytes.toString('utf8', cell.from, cell.to))
    if (cell.next >= line.length) return cells
  }
}

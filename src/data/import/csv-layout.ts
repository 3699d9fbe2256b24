/** Detects the layout of a CSV file from its first lines. */
import { DataError } from '../../common/errors.ts'
import { CellScanner, endWithoutCr, isBlank, rowEnd } from './csv-scan.ts'
import { parseDecimal } from './decimal.ts'

const CR = 13
const LF = 10
const SEPARATORS = [',', ';', '\t', '|'] as const

export interface CsvLayout {
  delimiter: number
  lineEnd: number
  names: string[]
  hasNames: boolean
  firstRow: string[]
  /** Lines before the first row, blank ones not counted. */
  skip: number
}

/**
 * @param whole whether `head` is the whole file
 * @throws DataError when not even the first line can be read
 */
export function detectLayout(head: Buffer, whole: boolean): CsvLayout {
  const lineEnd = head.includes(LF) || !head.includes(CR) ? LF : CR
  const lines: Buffer[] = []
  for (let at = 0; at < head.length && lines.length < 3; ) {
    const end = rowEnd(head, at, lineEnd, true, whole)
    if (end < 0) break
    const line = head.subarray(at, endWithoutCr(head, at, end))
    if (!isBlank(line)) lines.push(line)
    at = end + 1
  }
  const preamble = isPreamble(lines[0], lines[1]) ? 1 : 0
  const [first, second] = lines.slice(preamble)
  if (first === undefined) throw new DataError('The file is empty, or its first line is too long for a table')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(first)
  } catch {
    throw new DataError('The file is not UTF-8 text: save it as UTF-8')
  }
  const delimiter = detectDelimiter(text)
  const cells = readCells(first, delimiter)
  const hasNames = !cells.some(isNumber)
  return {
    delimiter,
    lineEnd,
    hasNames,
    skip: preamble + (hasNames ? 1 : 0),
    names: hasNames ? cells : cells.map((_, index) => String(index + 1)),
    firstRow: hasNames ? (second === undefined ? [] : readCells(second, delimiter)) : cells,
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

/** Column names are never numbers; a row of data has at least one. */
function isNumber(cell: string): boolean {
  const bytes = Buffer.from(cell)
  return !Number.isNaN(parseDecimal(bytes, 0, bytes.length, cell.includes('.') ? 46 : 44))
}

/** The separator that occurs most often: comma, semicolon, tab or bar. */
function detectDelimiter(line: string): number {
  const count = (separator: string) => line.split(separator).length
  const separator = SEPARATORS.reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best))
  return separator.charCodeAt(0)
}

function readCells(line: Buffer, delimiter: number): string[] {
  const cells: string[] = []
  const cell = new CellScanner()
  for (let at = 0; ; at = cell.next + 1) {
    cell.read(line, at, line.length, delimiter)
    cells.push(cell.bytes.toString('utf8', cell.from, cell.to))
    if (cell.next >= line.length) return cells
  }
}

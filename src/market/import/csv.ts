import { DataError } from '../errors.ts'
import { content, type Packing } from './bytes.ts'
import { CellError } from './cells.ts'
import { decimalOf } from './number.ts'
import { BATCH, type Batch, type Column, cellError, type Table, textStart } from './table.ts'

const QUOTE = 34
const CR = 13
const LF = 10
const BLANK = 32
/** A row that is longer than this has a quotation mark too many, or is no row. */
const LONGEST_ROW = 1 << 20

const SEPARATORS = [',', ';', '\t', '|']

/** What the first lines tell. */
interface Layout {
  delimiter: number
  lineEnd: number
  names: string[]
  named: boolean
  sample: string[]
  /** Lines before the first row, blank ones not counted. */
  skip: number
}

/**
 * A file of lines and separated cells. A first line that holds a number is taken as data: such a file has no names.
 *
 * @throws DataError when not even the first line can be read
 */
export function csvTable(path: string, packing: Packing, name: string, head: Buffer, whole: boolean): Table {
  const layout = layoutOf(head, whole)
  return {
    name,
    names: layout.names,
    named: layout.named,
    sample: layout.sample,
    rows: columns => csvRows(content(path, packing, `Reading ${name}`), layout, columns),
  }
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

/** Reads the rows behind the header. Memory holds one piece of the file, one batch, and an unfinished row. */
export async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  layout: Layout,
  columns: readonly Column[],
): AsyncGenerator<Batch> {
  const rows = new Rows(layout, columns)
  let rest: Buffer | null = null
  let first = true
  const feed = function* (buffer: Buffer, last: boolean): Generator<Batch, Buffer> {
    let at = 0
    rows.look(buffer)
    for (;;) {
      const next = rows.next(buffer, at, last)
      if (next < 0) break
      at = next
      if (rows.length === BATCH) yield rows.take()
    }
    return buffer.subarray(at)
  }
  for await (const chunk of chunks) {
    const piece: Buffer = first ? chunk.subarray(textStart(chunk)) : chunk
    first = false
    rest = yield* feed(rest !== null && rest.length > 0 ? Buffer.concat([rest, piece]) : piece, false)
    if (rest.length > LONGEST_ROW)
      throw new DataError(
        `Row ${rows.row + 1} is longer than ${LONGEST_ROW} bytes: a quotation mark that is never closed, or not a CSV file`,
      )
  }
  if (rest !== null && rest.length > 0) yield* feed(rest, true)
  if (rows.length > 0) yield rows.take()
}

/** Finds rows in bytes, and reads the wanted cells of each. */
class Rows {
  /** Rows read, with those that a filter left out; 1 while reading the first. */
  row = 0
  length = 0
  readonly #layout: Layout
  readonly #columns: readonly Column[]
  readonly #values: Float64Array[]
  /** By place in the file: the columns to read there, most often none or one. */
  readonly #wanted: (readonly number[] | undefined)[]
  readonly #filters: boolean
  readonly #cell = new Cell()
  #skip: number
  /** Whether there is a quotation mark in the bytes at hand: most files have none, and then a line is a row. */
  #quotes = true

  constructor(layout: Layout, columns: readonly Column[]) {
    this.#layout = layout
    this.#columns = columns
    this.#values = columns.map(() => new Float64Array(BATCH))
    this.#skip = layout.skip
    this.#filters = columns.some(({ filter }) => filter)
    this.#wanted = layout.names.map((_, index) => {
      const here = columns.flatMap((column, k) => (column.index === index ? [k] : []))
      return here.length > 0 ? here : undefined
    })
  }

  look(bytes: Buffer): void {
    this.#quotes = bytes.includes(QUOTE)
  }

  take(): Batch {
    const { length } = this
    this.length = 0
    return { length, values: this.#values }
  }

  /** Reads the row at `at`. Where the next one begins; -1 when this one goes on behind the bytes. */
  next(bytes: Buffer, at: number, last: boolean): number {
    if (at >= bytes.length) return -1
    const { lineEnd, delimiter } = this.#layout
    const end = rowEnd(bytes, at, lineEnd, this.#quotes, last)
    if (end < 0) {
      if (!last) return -1
      throw new DataError(`Row ${this.row + 1}: a quotation mark is opened and never closed`)
    }
    const to = trimmedEnd(bytes, at, end)
    if (at === to || ((bytes[at]! <= BLANK || bytes[at] === delimiter) && isEmptyRow(bytes, at, to, delimiter)))
      return end + 1
    if (this.#skip > 0) {
      this.#skip--
      return end + 1
    }
    this.row++
    if (!this.#filters || this.#kept(bytes, at, to)) this.#read(bytes, at, to)
    return end + 1
  }

  #kept(bytes: Buffer, at: number, to: number): boolean {
    const cell = this.#cell
    for (let index = 0, from = at; index < this.#wanted.length; index++, from = cell.next + 1) {
      cell.read(bytes, from, to, this.#layout.delimiter)
      for (const k of this.#wanted[index] ?? []) {
        const { filter, reader } = this.#columns[k]!
        if (filter && reader.fromBytes(cell.bytes, cell.from, cell.to) === 0) return false
      }
      if (cell.next >= to) break
    }
    return true
  }

  #read(bytes: Buffer, at: number, to: number): void {
    const { names, delimiter } = this.#layout
    const cell = this.#cell
    const last = names.length - 1
    let from = at
    let index = 0
    for (; ; index++) {
      cell.read(bytes, from, to, delimiter)
      const wanted = this.#wanted[index]
      if (wanted !== undefined) {
        for (let w = 0; w < wanted.length; w++) {
          const k = wanted[w]!
          try {
            this.#values[k]![this.length] = this.#columns[k]!.reader.fromBytes(cell.bytes, cell.from, cell.to)
          } catch (error) {
            if (!(error instanceof CellError)) throw error
            throw cellError(error, this.row, names[index]!, cell.bytes.toString('utf8', cell.from, cell.to))
          }
        }
      }
      if (cell.next >= to) break
      from = cell.next + 1
      // One empty cell more is a separator at the end of the line.
      if (index === last && from < to)
        throw new DataError(
          `Row ${this.row} has more cells than the ${names.length} of the first line${commaHint(bytes, at, to, delimiter)}`,
        )
      if (index === last) break
    }
    if (index < last)
      throw new DataError(
        `Row ${this.row} has ${index + 1} ${index === 0 ? 'cell' : 'cells'}, but the first line has ${names.length}; ${names[index + 1]} is missing`,
      )
    this.length++
  }
}

function commaHint(bytes: Buffer, at: number, to: number, delimiter: number): string {
  return delimiter === 44 && /\d,\d/.test(bytes.toString('latin1', at, to))
    ? ': is there a comma inside a number? Numbers with commas need quotation marks or another separator'
    : ''
}

/** One cell: its bytes without blanks around it and without quotes, and where the separator behind it stands. */
class Cell {
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0
  next = 0

  read(bytes: Buffer, at: number, end: number, delimiter: number): void {
    let from = at
    while (from < end && bytes[from]! <= BLANK && bytes[from] !== delimiter) from++
    if (bytes[from] === QUOTE && from < end) {
      this.#quoted(bytes, from + 1, end, delimiter)
      return
    }
    let to = from
    while (to < end && bytes[to] !== delimiter) to++
    this.next = to
    while (to > from && bytes[to - 1]! <= BLANK) to--
    this.bytes = bytes
    this.from = from
    this.to = to
  }

  #quoted(bytes: Buffer, at: number, end: number, delimiter: number): void {
    const text: number[] = []
    let i = at
    for (; i < end; i++) {
      if (bytes[i] !== QUOTE) text.push(bytes[i]!)
      else if (bytes[i + 1] === QUOTE && i + 1 < end) text.push(bytes[++i]!)
      else break
    }
    // What stands between the closing quote and the separator belongs to the cell, so that it is not dropped unseen.
    for (i++; i < end && bytes[i] !== delimiter; i++) if (bytes[i]! > BLANK) text.push(bytes[i]!)
    this.next = Math.min(i, end)
    while (text.length > 0 && text.at(-1)! <= BLANK) text.pop()
    let from = 0
    while (from < text.length && text[from]! <= BLANK) from++
    this.bytes = Buffer.from(text)
    this.from = from
    this.to = text.length
  }
}

/** Where the row's line ends; -1 when its end is not among the bytes. A line end inside quotes belongs to a cell. */
function rowEnd(bytes: Buffer, at: number, lineEnd: number, quotes: boolean, last: boolean): number {
  if (!quotes) {
    const end = bytes.indexOf(lineEnd, at)
    return end < 0 && last ? bytes.length : end
  }
  let open = false
  for (let i = at; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) open = !open
    else if (bytes[i] === lineEnd && !open) return i
  }
  return last && !open ? bytes.length : -1
}

function trimmedEnd(bytes: Buffer, at: number, end: number): number {
  return end > at && bytes[end - 1] === CR ? end - 1 : end
}

function isBlank(line: Buffer): boolean {
  return line.every(byte => byte <= BLANK)
}

function isEmptyRow(bytes: Buffer, at: number, to: number, delimiter: number): boolean {
  for (let i = at; i < to; i++) if (bytes[i]! > BLANK && bytes[i] !== delimiter) return false
  return true
}

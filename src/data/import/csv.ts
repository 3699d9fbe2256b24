import { DataError } from '../../common/errors.ts'
import { content, type Packing } from './bytes.ts'
import { CellError } from './cells.ts'
import { type Layout, layoutOf } from './csv-layout.ts'
import { Cell, isEmptyRow, rowEnd, trimmedEnd } from './csv-scan.ts'
import { BATCH, type Batch, type Column, cellError, type Table, textStart } from './table.ts'

const QUOTE = 34
const BLANK = 32
/** A row that is longer than this has a quotation mark too many, or is no row. */
const LONGEST_ROW = 1 << 20

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

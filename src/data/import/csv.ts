/** Reads CSV files. */
import { DataError } from '../../common/errors.ts'
import { CellError } from './cell-readers.ts'
import { type CsvLayout, detectLayout } from './csv-layout.ts'
import { BLANK, CellScanner, endWithoutCr, isEmptyRow, QUOTE, rowEnd } from './csv-scan.ts'
import { type Packing, readContent } from './file-content.ts'
import { BATCH_ROWS, type Batch, type Column, cellError, type Table, textOffset } from './table.ts'

/** A longer row has an unclosed quote, or is not CSV. */
const MAX_ROW_BYTES = 1 << 20

/**
 * A file of lines and separated cells. A first line with a number in it is data: such a file has no column names.
 *
 * @throws DataError when not even the first line can be read
 */
export function csvTable(path: string, packing: Packing, name: string, head: Buffer, whole: boolean): Table {
  const layout = detectLayout(head, whole)
  return {
    name,
    names: layout.names,
    hasNames: layout.hasNames,
    firstRow: layout.firstRow,
    rows: columns => csvRows(readContent(path, packing, `Reading ${name}`), layout, columns),
  }
}

/** Reads the rows after the header. Memory holds one chunk of the file, one batch, and an unfinished row. */
export async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  layout: CsvLayout,
  columns: readonly Column[],
): AsyncGenerator<Batch> {
  const parser = new RowParser(layout, columns)
  let unfinished: Buffer | null = null
  let first = true
  const parse = function* (buffer: Buffer, last: boolean): Generator<Batch, Buffer> {
    let at = 0
    parser.begin(buffer)
    for (;;) {
      const next = parser.parseRow(buffer, at, last)
      if (next < 0) break
      at = next
      if (parser.length === BATCH_ROWS) yield parser.takeBatch()
    }
    return buffer.subarray(at)
  }
  for await (const chunk of chunks) {
    const bytes: Buffer = first ? chunk.subarray(textOffset(chunk)) : chunk
    first = false
    const buffer: Buffer = unfinished !== null && unfinished.length > 0 ? Buffer.concat([unfinished, bytes]) : bytes
    unfinished = yield* parse(buffer, false)
    if (unfinished.length > MAX_ROW_BYTES)
      throw new DataError(
        `Row ${parser.row + 1} is longer than ${MAX_ROW_BYTES} bytes: a quotation mark that is never closed, or not a CSV file`,
      )
  }
  if (unfinished !== null && unfinished.length > 0) yield* parse(unfinished, true)
  if (parser.length > 0) yield parser.takeBatch()
}

/** Finds rows in bytes, and reads the requested cells of each. */
class RowParser {
  /** Rows read, filtered ones included; 1 while reading the first. */
  row = 0
  length = 0
  readonly #layout: CsvLayout
  readonly #columns: readonly Column[]
  readonly #values: Float64Array[]
  /** By position in the file: the columns to read there, most often none or one. */
  readonly #columnsAt: (readonly number[] | undefined)[]
  readonly #hasFilters: boolean
  readonly #cell = new CellScanner()
  #skip: number
  /** Whether the current bytes hold a quote: most files have none, and then a line is a row. */
  #hasQuotes = true

  constructor(layout: CsvLayout, columns: readonly Column[]) {
    this.#layout = layout
    this.#columns = columns
    this.#values = columns.map(() => new Float64Array(BATCH_ROWS))
    this.#skip = layout.skip
    this.#hasFilters = columns.some(({ filter }) => filter)
    this.#columnsAt = layout.names.map((_, index) => {
      const positions = columns.flatMap((column, k) => (column.index === index ? [k] : []))
      return positions.length > 0 ? positions : undefined
    })
  }

  /** To be called with each new buffer before its rows are parsed. */
  begin(bytes: Buffer): void {
    this.#hasQuotes = bytes.includes(QUOTE)
  }

  takeBatch(): Batch {
    const { length } = this
    this.length = 0
    return { length, values: this.#values }
  }

  /** Parses the row at `at`. @returns where the next one begins; -1 when the row continues beyond the bytes */
  parseRow(bytes: Buffer, at: number, last: boolean): number {
    if (at >= bytes.length) return -1
    const { lineEnd, delimiter } = this.#layout
    const end = rowEnd(bytes, at, lineEnd, this.#hasQuotes, last)
    if (end < 0) {
      if (!last) return -1
      throw new DataError(`Row ${this.row + 1}: a quotation mark is opened and never closed`)
    }
    const to = endWithoutCr(bytes, at, end)
    if (at === to || ((bytes[at]! <= BLANK || bytes[at] === delimiter) && isEmptyRow(bytes, at, to, delimiter)))
      return end + 1
    if (this.#skip > 0) {
      this.#skip--
      return end + 1
    }
    this.row++
    if (!this.#hasFilters || this.#passesFilters(bytes, at, to)) this.#readCells(bytes, at, to)
    return end + 1
  }

  #passesFilters(bytes: Buffer, at: number, to: number): boolean {
    const cell = this.#cell
    for (let index = 0, from = at; index < this.#columnsAt.length; index++, from = cell.next + 1) {
      cell.read(bytes, from, to, this.#layout.delimiter)
      for (const k of this.#columnsAt[index] ?? []) {
        const { filter, reader } = this.#columns[k]!
        if (filter && reader.fromBytes(cell.bytes, cell.from, cell.to) === 0) return false
      }
      if (cell.next >= to) break
    }
    return true
  }

  #readCells(bytes: Buffer, at: number, to: number): void {
    const { names, delimiter } = this.#layout
    const cell = this.#cell
    const last = names.length - 1
    let from = at
    let index = 0
    for (; ; index++) {
      cell.read(bytes, from, to, delimiter)
      const columns = this.#columnsAt[index]
      if (columns !== undefined) {
        for (let c = 0; c < columns.length; c++) {
          const k = columns[c]!
          const { name, reader } = this.#columns[k]!
          try {
            this.#values[k]![this.length] = reader.fromBytes(cell.bytes, cell.from, cell.to)
          } catch (error) {
            if (!(error instanceof CellError)) throw error
            throw cellError(error, this.row, name, cell.bytes.toString('utf8', cell.from, cell.to))
          }
        }
      }
      if (cell.next >= to) break
      from = cell.next + 1
      // One extra empty cell is a separator at the end of the line.
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

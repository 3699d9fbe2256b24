/** What every file format gives: a table of rows, read in batches of typed columns. */
import { DataError, quoteValue } from '../../common/errors.ts'
import { CellError, type CellReader } from './cell-readers.ts'

/** A column to read. */
export interface Column {
  name: string
  /** Position in {@link Table.names}. */
  index: number
  reader: CellReader
  /** Leaves out rows whose cell reads 0. */
  filter?: boolean
}

/** Some rows: one array per requested column, in the same order. Valid until the next batch is requested. */
export interface Batch {
  length: number
  values: readonly Float64Array[]
}

/** The rows of a file, whatever its format. Rows are counted from 1, without header and blank lines. */
export interface Table {
  /** The file's name, for messages. */
  readonly name: string
  readonly names: readonly string[]
  /** False when the file has no column names: they are 1, 2, 3, … then. */
  readonly hasNames: boolean
  /** What the file says beside its rows, such as the symbol above a list. */
  readonly stated?: Readonly<Record<string, string>>
  /** Cells of the first row, as text; empty without rows. */
  readonly firstRow: readonly string[]
  /**
   * Reads the rows from the start, in constant memory where the format allows it.
   * @throws DataError naming row, column and value
   */
  rows(columns: readonly Column[]): AsyncIterable<Batch>
}

/** Rows per batch. */
export const BATCH_ROWS = 16_384

/** Where the text begins, after a byte order mark. @throws DataError when it is not UTF-8 */
export function textOffset(head: Buffer): number {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (utf16) throw new DataError('The file is UTF-16, not UTF-8 text: save it as UTF-8')
  if (head.includes(0))
    throw new DataError('The file holds zero bytes, so it is not UTF-8 text: it has an unknown format, or is UTF-16')
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
}

/** The error of a cell, with its position. */
export function cellError(error: CellError, row: number, column: string, value: string): DataError {
  return new DataError(`Row ${row}, ${column}: ${quoteValue(value)}, but expected ${error.expected}`)
}

/** Fills batches from typed values. */
export class BatchBuilder {
  readonly values: Float64Array[]
  length = 0
  /** Rows read so far, filtered ones included. */
  row = 0
  readonly #columns: readonly Column[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.values = columns.map(() => new Float64Array(BATCH_ROWS))
  }

  /** Appends a row; `cell` gives its value in a column of the table. */
  add(cell: (index: number) => unknown): void {
    this.row++
    for (let k = 0; k < this.#columns.length; k++) {
      const column = this.#columns[k]!
      if (column.filter && this.#read(cell, column) === 0) return
    }
    for (let k = 0; k < this.#columns.length; k++) {
      this.values[k]![this.length] = this.#read(cell, this.#columns[k]!)
    }
    this.length++
  }

  get full(): boolean {
    return this.length === BATCH_ROWS
  }

  #read(cell: (index: number) => unknown, { index, name, reader }: Column): number {
    const value = cell(index)
    try {
      return reader.fromValue(value)
    } catch (error) {
      if (error instanceof CellError) throw cellError(error, this.row, name, cellText(value))
      throw error
    }
  }
}

function cellText(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
    ? JSON.stringify(value)
    : String(value ?? '')
}

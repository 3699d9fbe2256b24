import { DataError, quoteValue } from '../../common/errors.ts'
import { CellError, type CellReader } from './cells.ts'

/** A column to read, by its place in {@link Table.names}. */
export interface Column {
  index: number
  reader: CellReader
  /** Rows whose cell reads 0 are left out. */
  filter?: boolean
}

/** Some rows: one array a column that was asked for, in that order. Valid until the next batch is asked for. */
export interface Batch {
  length: number
  values: readonly Float64Array[]
}

/** The rows of a file, whatever its format. Rows are counted from 1, without header and blank lines. */
export interface Table {
  /** The file's name, for messages. */
  readonly name: string
  readonly names: readonly string[]
  /** False when the file has no names: they are 1, 2, 3, … then. */
  readonly named: boolean
  /** Cells of the first row, as text; empty when there is none. */
  readonly sample: readonly string[]
  /**
   * Reads the rows from the start, in constant memory where the format allows it.
   * @throws DataError naming row, column and value
   */
  rows(columns: readonly Column[]): AsyncIterable<Batch>
}

/** Rows of a batch. */
export const BATCH = 16_384

/** Where the text begins behind a mark of its encoding. @throws DataError when it is not UTF-8 */
export function textStart(head: Buffer): number {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (utf16) throw new DataError('The file is UTF-16, not UTF-8 text: save it as UTF-8')
  if (head.includes(0))
    throw new DataError(
      'The file holds zero bytes, so it is not UTF-8 text: it is in a format that is not known, or UTF-16',
    )
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
}

/** The error of a cell, where it stands. */
export function cellError(error: CellError, row: number, column: string, value: string): DataError {
  return new DataError(`Row ${row}, ${column}: ${quoteValue(value)}, but expected ${error.expected}`)
}

/** Fills batches from typed values. */
export class BatchBuilder {
  readonly values: Float64Array[]
  length = 0
  /** Rows read so far, with those that were left out. */
  row = 0
  readonly #columns: readonly Column[]
  readonly #names: readonly string[]

  constructor(columns: readonly Column[], names: readonly string[]) {
    this.#columns = columns
    this.#names = names
    this.values = columns.map(() => new Float64Array(BATCH))
  }

  /** Takes over a row; `cell` gives its value in a column of the table. */
  add(cell: (index: number) => unknown): void {
    this.row++
    for (let k = 0; k < this.#columns.length; k++) {
      const { index, reader, filter } = this.#columns[k]!
      if (filter && this.#read(cell, index, reader) === 0) return
    }
    for (let k = 0; k < this.#columns.length; k++) {
      const { index, reader } = this.#columns[k]!
      this.values[k]![this.length] = this.#read(cell, index, reader)
    }
    this.length++
  }

  get full(): boolean {
    return this.length === BATCH
  }

  #read(cell: (index: number) => unknown, index: number, reader: CellReader): number {
    const value = cell(index)
    try {
      return reader.fromValue(value)
    } catch (error) {
      if (error instanceof CellError) throw cellError(error, this.row, this.#names[index]!, shown(value))
      throw error
    }
  }
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
    ? JSON.stringify(value)
    : String(value ?? '')
}

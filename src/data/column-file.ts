/** Columns of numbers in a temporary Parquet file, read back in parts. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'

type NumberColumn = Float64Array | Int32Array

/** A group of rows: for each column the position of its first value in the file. */
type RowGroup = ReadonlyMap<string, number>

/** Large enough for one page per column and row group. */
const PAGE_BYTES = 1 << 30

/** Folders of the files that are in use, removed when the process ends. */
const folders = new Set<string>()
/** Removes the file of a {@link ColumnFile} that nothing refers to any more. */
const unused = new FinalizationRegistry((close: () => void) => close())

/**
 * Numbers that do not fit into memory, as a plain Parquet file in a temporary folder: any Parquet reader opens it while it
 * exists, and a range of values is read without decoding the others. It is removed with the object, at the latest at the end of
 * the process.
 */
export class ColumnFile {
  readonly path: string
  readonly #types: ReadonlyMap<string, 'double' | 'int32'>
  readonly #file: number
  readonly #writer: ParquetWriter
  readonly #groups: RowGroup[] = []

  /** @param name of the file, without its ending */
  constructor(name: string, columns: readonly { name: string; type: 'double' | 'int32' }[]) {
    const folder = mkdtempSync(join(tmpdir(), 'liqnb-sweep-'))
    if (folders.size === 0) process.once('exit', removeAll)
    folders.add(folder)
    this.path = join(folder, `${name}.parquet`)
    this.#types = new Map(columns.map(({ name, type }) => [name, type]))
    const file = openSync(this.path, 'wx+')
    this.#file = file
    const bytes = new ByteWriter()
    const flush = () => {
      writeAll(file, bytes.getBytes())
      bytes.index = 0
    }
    const schema: SchemaElement[] = [
      { name: 'root', num_children: columns.length },
      ...columns.map(
        ({ name, type }): SchemaElement => ({
          name,
          type: type === 'double' ? 'DOUBLE' : 'INT32',
          repetition_type: 'REQUIRED',
        }),
      ),
    ]
    const writer = Object.assign(bytes, { flush, finish: flush })
    this.#writer = new ParquetWriter({ writer, schema, codec: 'UNCOMPRESSED', statistics: false })
    unused.register(this, () => {
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
      folders.delete(folder)
    })
  }

  /** Appends a group of rows. @returns its number, from 0 */
  append(columns: Readonly<Record<string, NumberColumn>>): number {
    const columnData = [...this.#types.keys()].map(name => ({ name, data: columns[name]!, encoding: 'PLAIN' as const }))
    const rows = columnData[0]!.data.length
    if (rows === 0) return this.#groups.push(new Map()) - 1
    this.#writer.write({ columnData, rowGroupSize: rows, pageSize: PAGE_BYTES })
    const group = this.#writer.row_groups.at(-1)!
    this.#groups.push(
      new Map(
        columnData.map(({ name, data }, c) => {
          const { data_page_offset, total_compressed_size } = group.columns[c]!.meta_data!
          // A required column in plain encoding has one page: its header, then nothing but the values.
          return [name, Number(data_page_offset + total_compressed_size) - data.byteLength]
        }),
      ),
    )
    return this.#groups.length - 1
  }

  /** A column's values `from` … `to − 1` of a group. */
  read(group: number, column: string, from: number, to: number): NumberColumn {
    const Column = this.#types.get(column) === 'double' ? Float64Array : Int32Array
    const values = new Column(to - from)
    const start = this.#groups[group]!.get(column) ?? 0
    const bytes = new Uint8Array(values.buffer)
    let done = 0
    while (done < bytes.length) {
      const count = readSync(
        this.#file,
        bytes,
        done,
        bytes.length - done,
        start + from * Column.BYTES_PER_ELEMENT + done,
      )
      if (count === 0) throw new Error(`${this.path} ends early`)
      done += count
    }
    return values
  }

  /** Completes the Parquet file: no group follows. */
  finish(): void {
    this.#writer.finish()
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

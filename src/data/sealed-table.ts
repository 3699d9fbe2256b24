/** Columns of numbers in a Parquet file that carries a checksum of its content. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type AsyncBuffer, parquetSchema, type SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer'
import { DataError, oneLine } from '../common/errors.ts'
import { isRecord, type JsonObject } from '../common/json.ts'
import { readColumn } from './parquet/read-column.ts'
import { decodeMetadata } from './parquet/read-metadata.ts'

export type NumberColumns = Readonly<Record<string, Float64Array | Int32Array>>

/** Numbers in columns of equal length, and what else is to be known of them. */
export interface SealedTable {
  header: JsonObject
  columns: NumberColumns
}

/** Key of the header in the file's metadata; Parquet readers show it. */
const HEADER_KEY = 'liqnb'
const DIGEST = 'digest'
const ROW_GROUP_ROWS = 1 << 20
/** Large enough for one page per column and row group. */
const PAGE_BYTES = 1 << 30

/**
 * The table as a Parquet file: DOUBLE and INT32 columns to the last bit. The same table gives the same bytes.
 * @param groups rows of each part that {@link decodeGroup} reads on its own, above 0, which sum to all rows. Default: large ones
 */
export function encodeTable({ header, columns }: SealedTable, groups: readonly number[] = []): Uint8Array {
  const entries = Object.entries(columns)
  const schema: SchemaElement[] = [
    { name: 'root', num_children: entries.length },
    ...entries.map(
      ([name, data]): SchemaElement => ({
        name,
        type: data instanceof Float64Array ? 'DOUBLE' : 'INT32',
        repetition_type: 'REQUIRED',
      }),
    ),
  ]
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema,
    // Not as a dictionary, which would turn -0 into 0.
    columnData: entries.map(([name, data]): ColumnSource => ({ name, data, encoding: 'PLAIN' })),
    codec: 'GZIP',
    compressors: { GZIP: bytes => gzipSync(bytes, { level: 1 }) },
    statistics: false,
    rowGroupSize: groups.length > 0 ? [...groups] : ROW_GROUP_ROWS,
    pageSize: PAGE_BYTES,
    kvMetadata: [{ key: HEADER_KEY, value: JSON.stringify({ ...header, [DIGEST]: tableDigest({ header, columns }) }) }],
    createdBy: 'liqnb',
  })
  return writer.getBytes()
}

/**
 * Reads such a file and checks that no bit of it has changed.
 * @throws DataError saying what is wrong, without the name of the file
 */
export async function decodeTable(bytes: ArrayBuffer): Promise<SealedTable> {
  const { header, columns } = await readTable(bytes).catch(error => {
    throw error instanceof DataError
      ? error
      : new DataError(`it is cut off or damaged (${oneLine((error as Error).message)})`)
  })
  const { [DIGEST]: digest, ...rest } = header
  if (tableDigest({ header: rest, columns }) !== digest)
    throw new DataError('its values have changed since they were written (the checksum differs)')
  return { header: rest, columns }
}

/** Reads one group of rows of a file that {@link decodeTable} has checked. */
export async function decodeGroup(bytes: ArrayBuffer, group: number): Promise<NumberColumns> {
  return (await readTable(bytes, group)).columns
}

/** @param only the group of rows that is read. Default: all */
async function readTable(bytes: ArrayBuffer, only?: number): Promise<SealedTable> {
  const metadata = decodeMetadata(bytes, bytes.byteLength)
  const text = metadata.key_value_metadata?.find(({ key }) => key === HEADER_KEY)?.value
  const header: unknown = text === undefined ? undefined : JSON.parse(text)
  if (!isRecord(header)) throw new DataError('it was not written by Liqnb')
  const tree = parquetSchema(metadata)
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end) => bytes.slice(start, end),
  }
  const groups = only === undefined ? metadata.row_groups : metadata.row_groups.slice(only, only + 1)
  const rows = groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)
  const columns: Record<string, Float64Array | Int32Array> = {}
  for (const { element } of tree.children) {
    const Column = element.type === 'DOUBLE' ? Float64Array : Int32Array
    const values = new Column(rows)
    let row = 0
    for (const group of groups) {
      values.set((await readColumn(file, group, tree, element.name)) as ArrayLike<number>, row)
      row += Number(group.num_rows)
    }
    columns[element.name] = values
  }
  return { header: header as JsonObject, columns }
}

/** SHA-256 of the header and every value, as hexadecimal digits. */
export function tableDigest({ header, columns }: SealedTable): string {
  const hash = createHash('sha256').update(JSON.stringify(header))
  for (const [name, column] of Object.entries(columns)) {
    hash.update(`${name} ${column.length} `)
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return hash.digest('hex')
}

/** Reads the metadata at the end of a Parquet file, and checks that it can be true. */
import { type AsyncBuffer, type FileMetaData, parquetMetadata } from 'hyparquet'
import { checkThrift } from './check-thrift.ts'

/** PAR1 and PARE. */
const MAGIC = 0x50415231
const ENCRYPTED_MAGIC = 0x50415245
/** Magic, footer's length, magic. */
const FRAME_BYTES = 12
/** Rows of a group, all of which are in memory at once; the most that a common writer puts there by itself. */
const MAX_GROUP_ROWS = 1 << 26

/**
 * The metadata of a file, in which every byte range lies within the file and every count of rows agrees with the others.
 *
 * @throws Error saying what is wrong
 */
export async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  const { byteLength } = file
  if (byteLength < FRAME_BYTES) throw new Error('it is cut off')
  const { footerBytes } = readFrame(await file.slice(byteLength - 8, byteLength))
  if (footerBytes > byteLength - FRAME_BYTES)
    throw new Error(`its footer of ${footerBytes} bytes is longer than the file`)
  return decodeMetadata(await file.slice(byteLength - 8 - footerBytes, byteLength), byteLength)
}

/**
 * As {@link readMetadata}, from the last bytes of a file.
 *
 * @param fileBytes size of the file. Default: where columns lie is not checked.
 */
export function decodeMetadata(tail: ArrayBuffer, fileBytes = Infinity): FileMetaData {
  const { footerBytes } = readFrame(tail)
  const footerStart = tail.byteLength - 8 - footerBytes
  if (footerStart < 0) throw new Error(`its footer of ${footerBytes} bytes is longer than the file`)
  checkThrift(new Uint8Array(tail, 0, tail.byteLength - 8), footerStart)
  const metadata = parquetMetadata(tail, { geoparquet: false })
  checkSchema(metadata)
  checkRowGroups(metadata, fileBytes - 8 - footerBytes)
  return metadata
}

/** The last eight bytes: the length of the footer before them, and the magic. */
function readFrame(tail: ArrayBuffer): { footerBytes: number } {
  if (tail.byteLength < 8) throw new Error('it is cut off')
  const frame = new DataView(tail, tail.byteLength - 8)
  const magic = frame.getUint32(4)
  if (magic === ENCRYPTED_MAGIC) throw new Error('it is encrypted')
  if (magic !== MAGIC) throw new Error('it is cut off: it does not end with PAR1')
  return { footerBytes: frame.getUint32(0, true) }
}

function checkSchema({ schema }: FileMetaData): void {
  for (const { name, type, scale = 0, precision = 0, converted_type, num_children } of schema) {
    if (typeof name !== 'string') throw new Error('a column of its schema has no name')
    if (type === undefined && num_children === undefined) throw new Error(`its column ${name} has an unknown type`)
    if (converted_type === 'DECIMAL' && !(scale >= 0 && scale <= precision))
      throw new Error(`its column ${name} has decimals with ${scale} places of ${precision} digits`)
  }
}

function checkRowGroups({ num_rows, row_groups, schema }: FileMetaData, footerStart: number): void {
  const leaves = schema.filter(({ num_children }) => !num_children)
  let total = 0
  for (const { num_rows: groupRows, columns } of row_groups) {
    const rows = Number(groupRows)
    if (!(Number.isInteger(rows) && rows >= 0 && rows <= MAX_GROUP_ROWS))
      throw new Error(`a row group has ${rows} rows; at most ${MAX_GROUP_ROWS} are read`)
    total += rows
    if (columns.length !== leaves.length)
      throw new Error(`a row group has ${columns.length} columns, but the schema ${leaves.length}`)
    for (const [i, { file_path, meta_data }] of columns.entries()) {
      const name = leaves[i]?.name
      if (meta_data === undefined || file_path !== undefined) throw new Error(`its column ${name} is in another file`)
      if (meta_data.path_in_schema.at(-1) !== name || meta_data.type !== leaves[i]?.type)
        throw new Error(`the names or types of its columns do not agree: ${name}`)
      const [start, end] = chunkRange(meta_data)
      if (rows > 0 && !(start >= 4 && start < end && end <= footerStart))
        throw new Error(`its column ${name} is said to lie at ${start} to ${end}, outside of the data`)
    }
  }
  if (total !== Number(num_rows))
    throw new Error(`it is said to have ${num_rows} rows, but its row groups have ${total}`)
}

type ColumnMetaData = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>

/** The bytes of a column in a row group, dictionary included. */
export function chunkRange(column: ColumnMetaData): [start: number, end: number] {
  const start = Number(column.dictionary_page_offset || column.data_page_offset)
  return [start, start + Number(column.total_compressed_size)]
}

/** Reads a column of a row group of a Parquet file, page by page, with every length checked before it is used. */
import type { AsyncBuffer, FileMetaData, ParquetParsers, SchemaTree } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js'
import { byteStreamSplit } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { crc32 } from '../crc32.ts'
import { checkDelta } from './check-delta.ts'
import { checkThrift } from './check-thrift.ts'
import { decompress } from './decompress.ts'
import { readHybrid } from './hybrid.ts'
import { chunkRange } from './read-metadata.ts'

/** Texts that repeat the one before unpack to any size. */
const MAX_TEXT_BYTES = 1 << 28

type RowGroup = FileMetaData['row_groups'][number]
type ColumnMetaData = NonNullable<RowGroup['columns'][number]['meta_data']>
type PageHeader = ReturnType<typeof parquetHeader>
type Values = ReturnType<typeof convert>

interface FlatColumn {
  node: SchemaTree
  meta: ColumnMetaData
  parsers: ParquetParsers
}

/** Whether a column holds one value per row, rather than lists or structs. */
export function isFlat({ element, children }: SchemaTree): boolean {
  return children.length === 0 && element.repetition_type !== 'REPEATED'
}

/**
 * The values of a flat column in a row group; null where there is none.
 *
 * @param tree of the file's schema
 * @param parsers that differ from hyparquet's
 * @param firstPage reads only the first page that holds a row
 * @throws Error when the pages are damaged, or do not hold as many rows as the group
 */
export async function readColumn(
  file: AsyncBuffer,
  group: RowGroup,
  tree: SchemaTree,
  name: string,
  { parsers, firstPage = false }: { parsers?: Partial<ParquetParsers>; firstPage?: boolean } = {},
): Promise<Values> {
  const rows = Number(group.num_rows)
  const node = tree.children.find(child => child.element.name === name)
  const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data
  if (node === undefined || meta === undefined) throw new Error(`it has no column ${name}`)
  if (!isFlat(node)) throw new Error(`its column ${name} holds lists or structs, not one value per row`)
  if (rows === 0) return []
  const [start, end] = chunkRange(meta)
  const bytes = new Uint8Array(await file.slice(start, end))
  const column = { node, meta, parsers: { ...DEFAULT_PARSERS, ...parsers } }
  const pages: Values[] = []
  let count = 0
  let dictionary: Values | undefined
  for (let at = 0; count < rows; ) {
    if (at >= bytes.length) throw new Error(`its column ${name} ends after ${count} of ${rows} rows`)
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset), offset: at }
    const dataStart = checkThrift(bytes, at)
    const header = parquetHeader(reader)
    const packed = pageBytes(bytes, dataStart, header)
    at = dataStart + packed.length
    if (header.type === 'DICTIONARY_PAGE') dictionary = readDictionary(packed, header, column)
    else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      const values = readDataPage(packed, header, column, dictionary, rows - count)
      count += values.length
      pages.push(values)
      if (firstPage && count > 0) break
    } else if (header.type !== 'INDEX_PAGE') throw new Error(`its column ${name} has a page of an unknown type`)
  }
  return join(pages)
}

function pageBytes(bytes: Uint8Array, from: number, { compressed_page_size: size, crc }: PageHeader): Uint8Array {
  if (!isCount(size) || size > bytes.length - from) throw new Error(`a page of ${size} bytes is cut off`)
  const packed = bytes.subarray(from, from + size)
  if (crc !== undefined && crc32(packed) !== crc >>> 0) throw new Error('a page does not match its checksum')
  return packed
}

function readDictionary(packed: Uint8Array, header: PageHeader, column: FlatColumn): Values {
  const count = header.dictionary_page_header?.num_values
  const bytes = decompress(packed, column.meta.codec, unpackedSize(header))
  // Even the empty text takes four bytes.
  if (!isCount(count) || count > bytes.length * 8) throw new Error(`a dictionary has ${count} values`)
  return toRich(readPlain(readerOf(bytes), column.meta.type, count, column.node.element.type_length), column)
}

function readDataPage(
  packed: Uint8Array,
  header: PageHeader,
  column: FlatColumn,
  dictionary: Values | undefined,
  maxRows: number,
): Values {
  const page = header.type === 'DATA_PAGE' ? header.data_page_header : header.data_page_header_v2
  const count = page?.num_values
  if (page === undefined || !isCount(count) || count > maxRows)
    throw new Error(`a page has ${count} values, where at most ${maxRows} rows follow`)
  const { levels, values } =
    'num_nulls' in page
      ? splitV2(packed, header, page, column, count)
      : splitV1(decompress(packed, column.meta.codec, unpackedSize(header)), column, count)
  let present = count
  if (levels !== null) for (let i = 0; i < count; i++) present -= 1 - levels[i]!
  if ('num_nulls' in page && page.num_nulls !== count - present)
    throw new Error(`a page has ${count - present} empty values, but is said to have ${page.num_nulls}`)
  const dense = readValues(values, page.encoding, present, column, dictionary)
  if (dense.length !== present) throw new Error(`a page has ${dense.length} of ${present} values`)
  if (levels === null || present === count) return dense
  const rows = new Array<unknown>(count)
  for (let i = 0, next = 0; i < count; i++) rows[i] = levels[i] === 0 ? null : dense[next++]
  return rows
}

interface SplitPage {
  /** By row: 1 where there is a value; null when there is one in every row. */
  levels: Uint32Array | null
  values: Uint8Array
}

/** Version 1 compresses levels and values together; the levels have their length before them. */
function splitV1(bytes: Uint8Array, { node }: FlatColumn, count: number): SplitPage {
  if (node.element.repetition_type === 'REQUIRED') return { levels: null, values: bytes }
  if (bytes.length < 4) throw new Error('a page is cut off')
  const length = readerOf(bytes).view.getUint32(0, true)
  if (length > bytes.length - 4) throw new Error('a page is cut off')
  return { levels: readHybrid(bytes, 4, 4 + length, 1, count), values: bytes.subarray(4 + length) }
}

/** Version 2 compresses only the values. */
function splitV2(
  packed: Uint8Array,
  header: PageHeader,
  page: NonNullable<PageHeader['data_page_header_v2']>,
  { node, meta }: FlatColumn,
  count: number,
): SplitPage {
  const { definition_levels_byte_length: length, repetition_levels_byte_length: repetition } = page
  if (repetition !== 0 || !isCount(length) || length > packed.length) throw new Error('a page is cut off')
  const levels = node.element.repetition_type === 'REQUIRED' ? null : readHybrid(packed, 0, length, 1, count)
  const rest = packed.subarray(length)
  const codec = page.is_compressed === false ? 'UNCOMPRESSED' : meta.codec
  return { levels, values: decompress(rest, codec, unpackedSize(header) - length) }
}

function readValues(
  bytes: Uint8Array,
  encoding: string,
  count: number,
  column: FlatColumn,
  dictionary: Values | undefined,
): Values {
  const { type } = column.meta
  if (count === 0) return []
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    const width = bytes[0]
    if (dictionary === undefined || width === undefined) throw new Error('a page has no dictionary')
    return lookUp(dictionary, readHybrid(bytes, 1, bytes.length, width, count))
  }
  const reader = readerOf(bytes)
  const { type_length: size } = column.node.element
  if (encoding === 'PLAIN') {
    // Bits and texts are allocated before they are read; other types fail by themselves.
    if (count > bytes.length * 8) throw new Error('a page is cut off')
    return toRich(readPlain(reader, type, count, size), column)
  }
  if (encoding === 'RLE' && type === 'BOOLEAN') {
    if (bytes.length < 4) throw new Error('a page is cut off')
    return Array.from(readHybrid(bytes, 4, bytes.length, 1, count), Boolean)
  }
  if (encoding === 'BYTE_STREAM_SPLIT') {
    if (count > bytes.length) throw new Error('a page is cut off')
    return toRich(byteStreamSplit(reader, count, type, size), column)
  }
  if (encoding === 'DELTA_BINARY_PACKED') {
    checkDelta(bytes, 0, count)
    const values = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count)
    deltaBinaryUnpack(reader, count, values)
    return toRich(values, column)
  }
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') return toRich(readDeltaTexts(bytes, count, false), column)
  if (encoding === 'DELTA_BYTE_ARRAY') return toRich(readDeltaTexts(bytes, count, true), column)
  throw new Error(`a page has the encoding ${encoding}, which is not supported`)
}

/** Texts with their lengths before them; with `prefixes`, each begins as the one before. */
function readDeltaTexts(bytes: Uint8Array, count: number, prefixes: boolean): Uint8Array[] {
  let at = 0
  const readLengths = () => {
    const end = checkDelta(bytes, at, count)
    const lengths = new Int32Array(count)
    deltaBinaryUnpack({ view: readerOf(bytes).view, offset: at }, count, lengths)
    at = end
    return lengths
  }
  const shared = prefixes ? readLengths() : null
  const lengths = readLengths()
  const texts: Uint8Array[] = []
  let previous = new Uint8Array(0)
  let total = 0
  for (let i = 0; i < count; i++) {
    const prefix = shared?.[i] ?? 0
    const length = lengths[i]!
    if (length < 0 || length > bytes.length - at || prefix < 0 || prefix > previous.length)
      throw new Error('a page has a text of an impossible length')
    total += prefix + length
    if (total > MAX_TEXT_BYTES) throw new Error(`a page has texts of more than ${MAX_TEXT_BYTES} bytes`)
    const text = new Uint8Array(prefix + length)
    text.set(previous.subarray(0, prefix))
    text.set(bytes.subarray(at, at + length), prefix)
    at += length
    texts.push(text)
    previous = text
  }
  return texts
}

function lookUp(dictionary: Values, indices: Uint32Array): Values {
  const { length } = dictionary
  for (let i = 0; i < indices.length; i++)
    if (indices[i]! >= length) throw new Error(`a page has the entry ${indices[i]} of a dictionary of ${length}`)
  const values: Float64Array | unknown[] =
    dictionary instanceof Float64Array ? new Float64Array(indices.length) : new Array<unknown>(indices.length)
  for (let i = 0; i < indices.length; i++) values[i] = dictionary[indices[i]!]
  return values
}

/** Values of the column's logical type. */
function toRich(values: Values, { node, meta, parsers }: FlatColumn): Values {
  const { type, codec, path_in_schema } = meta
  return convert(values, {
    element: node.element,
    schemaPath: [node],
    pathInSchema: path_in_schema,
    type,
    codec,
    parsers,
  })
}

function unpackedSize({ uncompressed_page_size: size }: PageHeader): number {
  if (!isCount(size)) throw new Error(`a page is said to hold ${size} bytes`)
  return size
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function readerOf(bytes: Uint8Array) {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
}

/** The pages one after the other, as doubles where all are. */
function join(pages: readonly Values[]): Values {
  const [first] = pages
  if (first === undefined || pages.length === 1) return first ?? []
  const length = pages.reduce((sum, page) => sum + page.length, 0)
  const joined: Float64Array | unknown[] = pages.every(page => page instanceof Float64Array)
    ? new Float64Array(length)
    : new Array<unknown>(length)
  let at = 0
  for (const page of pages) for (let i = 0; i < page.length; i++) joined[at++] = page[i]
  return joined
}

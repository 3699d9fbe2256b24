/** Encodes parts as Parquet files and decodes them. */
import { gzipSync } from 'node:zlib'
import { type AsyncBuffer, type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer'
import { DataError, oneLine, quoteValue } from '../../common/errors.ts'
import { readColumn } from '../parquet/read-column.ts'
import { decodeMetadata } from '../parquet/read-metadata.ts'
import type { Interval } from './intervals.ts'
import { computeDigest, findPartProblem, type Part, seriesStepMs } from './part.ts'
import { allocateRecords, isSeriesName, SERIES_SCHEMAS, type SeriesName, type SeriesRecords } from './schema.ts'
import type { SeriesKey } from './series-key.ts'

/** A file of the store is not as it was written. */
export class DamagedError extends DataError {}

/** Increases when files of an older Liqnb can no longer be read as they are. */
const FORMAT_VERSION = 1
/** Key of the {@link PartHeader}, as JSON, in the file's metadata. */
const HEADER_KEY = 'liqnb'
/** Files with up to this many records are not compressed: decompressing takes longer than reading them. */
const MAX_UNCOMPRESSED_RECORDS = 1024
/** Rows that a reader holds in memory at a time. */
const ROW_GROUP_ROWS = 1 << 20
/** Large enough for one page per column and row group. */
const PAGE_BYTES = 1 << 30

/** Metadata of a part beside Parquet's own. */
export interface PartHeader extends SeriesKey {
  format: number
  /** e.g. `2024-05`. */
  part: string
  coverage: readonly Interval[]
  records: number
  /** Time of the first and last record; null without records. */
  first: number | null
  last: number | null
  /** Number of steps between two records that are longer than the timeframe. */
  gaps: number
  /** Not compressed, because a download was still adding to it. */
  draft: boolean
  /** SHA-256 over the rest of the header and the values, see {@link computeDigest}. */
  digest: string
}

interface EncodeOptions {
  /** Not compressed: for a part that a download rewrites again and again. Default false. */
  draft?: boolean
}

/**
 * A part as a Parquet file: `time` as TIMESTAMP (ms, UTC), numbers as DOUBLE to the last bit, flags as BOOLEAN.
 * Dictionaries and gzip, which every Parquet reader supports, where they save space.
 */
export function encodePart(part: Part, { draft = false }: EncodeOptions = {}): Uint8Array {
  const { key, records } = part
  const isPlain = draft || records.time.length <= MAX_UNCOMPRESSED_RECORDS
  const columnTypes = Object.entries(SERIES_SCHEMAS[key.series].columns)
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columnTypes.length + 1 },
    {
      name: 'time',
      type: 'INT64',
      repetition_type: 'REQUIRED',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    ...columnTypes.map(
      ([name, type]): SchemaElement => ({
        name,
        type: type === 'double' ? 'DOUBLE' : 'BOOLEAN',
        repetition_type: 'REQUIRED',
      }),
    ),
  ]
  const columnData: ColumnSource[] = [
    {
      name: 'time',
      data: BigInt64Array.from(records.time, BigInt),
      encoding: isPlain ? 'PLAIN' : 'DELTA_BINARY_PACKED',
      statistics: true,
    },
    ...columnTypes.map(([name, type]): ColumnSource => {
      const column = records.columns[name]
      if (column === undefined) throw new RangeError(`The records of ${key.series} have no column ${name}`)
      if (type === 'flag') return { name, data: Array.from(column, Boolean) }
      const data = column as Float64Array
      // A dictionary would turn -0 into 0.
      return isPlain || data.some(value => Object.is(value, -0)) ? { name, data, encoding: 'PLAIN' } : { name, data }
    }),
  ]
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema,
    columnData,
    codec: isPlain ? 'UNCOMPRESSED' : 'GZIP',
    compressors: { GZIP: bytes => gzipSync(bytes, { level: 3 }) },
    // Only of the time, by which readers select.
    statistics: false,
    rowGroupSize: ROW_GROUP_ROWS,
    pageSize: PAGE_BYTES,
    kvMetadata: [
      {
        key: HEADER_KEY,
        value: JSON.stringify(createHeader(part, draft && records.time.length > MAX_UNCOMPRESSED_RECORDS)),
      },
    ],
    createdBy: 'liqnb',
  })
  return writer.getBytes()
}

function createHeader({ key, name, coverage, records }: Part, draft: boolean): PartHeader {
  const { time } = records
  const step = seriesStepMs(key) ?? Infinity
  let gaps = 0
  for (let i = 1; i < time.length; i++) if (time[i]! - time[i - 1]! > step) gaps++
  const { series, exchange, symbol, timeframe } = key
  const header = {
    format: FORMAT_VERSION,
    series,
    exchange,
    symbol,
    timeframe,
    part: name,
    coverage,
    records: time.length,
    first: time[0] ?? null,
    last: time.at(-1) ?? null,
    gaps,
    draft,
  }
  return { ...header, digest: computeDigest(JSON.stringify(header), records) }
}

/**
 * The header of a file, from its last bytes.
 * @throws DamagedError when they are not the end of a file of the store
 */
export function decodeHeader(tail: ArrayBuffer): PartHeader {
  return readHeader(readMetadata(tail, Infinity))
}

/**
 * Decodes a part and checks it: no bit has changed, the times are in order and within the coverage.
 * @throws DamagedError saying what is wrong, without the name of the file
 */
export async function decodePart(bytes: ArrayBuffer): Promise<{ part: Part; draft: boolean }> {
  const metadata = readMetadata(bytes, bytes.byteLength)
  const { digest, ...header } = readHeader(metadata)
  if (header.records !== Number(metadata.num_rows))
    throw new DamagedError(`its header names ${header.records} records, but there are ${metadata.num_rows}`)
  const { series, exchange, symbol, timeframe } = header
  const records = await readRecords(bytes, metadata, series)
  const part: Part = {
    key: { series, exchange, symbol, timeframe },
    name: header.part,
    coverage: header.coverage,
    records,
  }
  if (computeDigest(JSON.stringify(header), records) !== digest)
    throw new DamagedError('its values have changed since they were written (the checksum differs)')
  const problem = findPartProblem(part)
  if (problem !== undefined) throw new DamagedError(problem)
  return { part, draft: header.draft }
}

function readMetadata(tail: ArrayBuffer, fileBytes: number): FileMetaData {
  try {
    return decodeMetadata(tail, fileBytes)
  } catch (error) {
    throw new DamagedError(`it is cut off or not a Parquet file (${oneLine((error as Error).message)})`)
  }
}

function readHeader(metadata: FileMetaData): PartHeader {
  const text = metadata.key_value_metadata?.find(({ key }) => key === HEADER_KEY)?.value
  if (text === undefined) throw new DamagedError('it was not written by Liqnb')
  let header: PartHeader
  try {
    header = JSON.parse(text) as PartHeader
  } catch {
    throw new DamagedError('its header cannot be read')
  }
  if (header.format !== FORMAT_VERSION) {
    throw new DataError(
      `it has format ${quoteValue(header.format)}, but this Liqnb reads format ${FORMAT_VERSION}: update Liqnb`,
    )
  }
  const complete = isSeriesName(header.series) && Array.isArray(header.coverage) && typeof header.part === 'string'
  if (!complete) throw new DamagedError('its header is not complete')
  return header
}

async function readRecords(bytes: ArrayBuffer, metadata: FileMetaData, series: SeriesName): Promise<SeriesRecords> {
  const records = allocateRecords(series, Number(metadata.num_rows))
  const tree = parquetSchema(metadata)
  try {
    let rowStart = 0
    for (const group of metadata.row_groups) {
      for (const [name, target] of [['time', records.time] as const, ...Object.entries(records.columns)]) {
        const values = await readColumn(bufferOf(bytes), group, tree, name, { parsers: PARSERS })
        if (values instanceof Float64Array) target.set(values, rowStart)
        else for (let i = 0; i < values.length; i++) target[rowStart + i] = Number(values[i])
      }
      rowStart += Number(group.num_rows)
    }
  } catch (error) {
    throw new DamagedError(`its values cannot be read (${oneLine((error as Error).message)})`)
  }
  return records
}

/** Times as plain ms: creating dates would take more time than all the rest. */
const PARSERS = { timestampFromMilliseconds: (ms: bigint) => Number(ms) }

function bufferOf(bytes: ArrayBuffer): AsyncBuffer {
  return { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) }
}

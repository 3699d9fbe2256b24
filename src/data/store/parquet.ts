import { gunzipSync, gzipSync } from 'node:zlib'
import { type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Interval } from './intervals.ts'
import type { SeriesKey } from './key.ts'
import { digestOf, type Part, partProblem, stepMs } from './part.ts'
import { allocate, isSeries, type Records, SERIES, type SeriesName } from './schema.ts'

/** A file of the store that is not as it was written. */
export class DamagedError extends DataError {}

/** Grows when files of an older Liqnb can no longer be read as they are. */
const FORMAT = 1
/** Key in the file's metadata under which {@link Head} stands as JSON. */
const HEAD_KEY = 'liqnb'
/** Up to so many records a file is not packed: to unpack so little takes longer than to read it. */
const SMALL = 1024
/** Rows that a reader of one row group takes into memory. */
const ROW_GROUP = 1 << 20
const ONE_PAGE = 1 << 30

/** What a file says of itself beside Parquet's own schema. */
export interface Head extends SeriesKey {
  format: number
  /** e.g. `2024-05`. */
  part: string
  coverage: readonly Interval[]
  records: number
  /** Time of the first and last record; null when there are none. */
  first: number | null
  last: number | null
  /** Steps between two records that are longer than the timeframe. */
  gaps: number
  /** Not packed, because a download was still adding to it. */
  draft: boolean
  /** SHA-256 over all else in here and the values, see {@link digestOf}. */
  digest: string
}

export interface EncodeOptions {
  /** Not packed: for a part that is written over and over while a download goes on. */
  draft?: boolean
}

/**
 * A part as a Parquet file: `time` as TIMESTAMP (ms, UTC), numbers as DOUBLE to the last bit, flags as BOOLEAN.
 * Dictionaries and gzip where they gain, which every reader of Parquet knows.
 */
export function encodePart(part: Part, { draft = false }: EncodeOptions = {}): Uint8Array {
  const { key, records } = part
  const plain = draft || records.time.length <= SMALL
  const types = Object.entries(SERIES[key.series].columns)
  const schema: SchemaElement[] = [
    { name: 'root', num_children: types.length + 1 },
    {
      name: 'time',
      type: 'INT64',
      repetition_type: 'REQUIRED',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    ...types.map(
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
      encoding: plain ? 'PLAIN' : 'DELTA_BINARY_PACKED',
      statistics: true,
    },
    ...types.map(([name, type]): ColumnSource => {
      const column = records.columns[name]!
      if (type === 'flag') return { name, data: Array.from(column, Boolean) }
      const data = column as Float64Array
      // A dictionary takes -0 for 0.
      return plain || data.some(value => Object.is(value, -0)) ? { name, data, encoding: 'PLAIN' } : { name, data }
    }),
  ]
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema,
    columnData,
    codec: plain ? 'UNCOMPRESSED' : 'GZIP',
    compressors: { GZIP: bytes => gzipSync(bytes, { level: 3 }) },
    // Of the time alone, which is what readers choose by.
    statistics: false,
    rowGroupSize: ROW_GROUP,
    pageSize: ONE_PAGE,
    kvMetadata: [{ key: HEAD_KEY, value: JSON.stringify(headOf(part, draft && records.time.length > SMALL)) }],
    createdBy: 'liqnb',
  })
  return writer.getBytes()
}

function headOf({ key, name, coverage, records }: Part, draft: boolean): Head {
  const { time } = records
  const step = stepMs(key) ?? Infinity
  let gaps = 0
  for (let i = 1; i < time.length; i++) if (time[i]! - time[i - 1]! > step) gaps++
  const { series, exchange, symbol, timeframe } = key
  const head = {
    format: FORMAT,
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
  return { ...head, digest: digestOf(JSON.stringify(head), records) }
}

/**
 * What a file says of itself, from its last bytes.
 * @throws DamagedError when they are not the end of a file of the store
 */
export function decodeHead(tail: ArrayBuffer): Head {
  return readHead(readMetadata(tail))
}

/**
 * A part from its file, after everything in it was checked: no bit has changed, the times are in order, all lie in what
 * the file says it knows.
 * @throws DamagedError saying what is wrong, without the name of the file
 */
export async function decodePart(bytes: ArrayBuffer): Promise<{ part: Part; draft: boolean }> {
  const metadata = readMetadata(bytes)
  const { digest, ...head } = readHead(metadata)
  if (head.records !== Number(metadata.num_rows))
    throw new DamagedError(`it says that it has ${head.records} records, but there are ${metadata.num_rows}`)
  const { series, exchange, symbol, timeframe } = head
  const records = await readRecords(bytes, metadata, series)
  const part: Part = {
    key: { series, exchange, symbol, timeframe },
    name: head.part,
    coverage: head.coverage,
    records,
  }
  if (digestOf(JSON.stringify(head), records) !== digest)
    throw new DamagedError('its values are not those that were written (the checksum differs)')
  const problem = partProblem(part)
  if (problem !== undefined) throw new DamagedError(problem)
  return { part, draft: head.draft }
}

function readMetadata(bytes: ArrayBuffer): FileMetaData {
  try {
    return parquetMetadata(bytes)
  } catch (error) {
    throw new DamagedError(`it is cut off or no Parquet file (${(error as Error).message})`)
  }
}

function readHead(metadata: FileMetaData): Head {
  const text = metadata.key_value_metadata?.find(({ key }) => key === HEAD_KEY)?.value
  if (text === undefined) throw new DamagedError('it was not written by Liqnb')
  let head: Head
  try {
    head = JSON.parse(text) as Head
  } catch {
    throw new DamagedError('what it says of itself cannot be read')
  }
  if (head.format !== FORMAT) {
    throw new DataError(`it has format ${quoteValue(head.format)}, but this Liqnb knows format ${FORMAT}: update Liqnb`)
  }
  const complete = isSeries(head.series) && Array.isArray(head.coverage) && typeof head.part === 'string'
  if (!complete) throw new DamagedError('what it says of itself is not complete')
  return head
}

async function readRecords(bytes: ArrayBuffer, metadata: FileMetaData, series: SeriesName): Promise<Records> {
  const records = allocate(series, Number(metadata.num_rows))
  // Dates would take more time than all the rest.
  const schema = metadata.schema.map(element =>
    element.name === 'time' ? { ...element, converted_type: undefined, logical_type: undefined } : element,
  )
  let values = 0
  try {
    await parquetRead({
      file: { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) },
      metadata: { ...metadata, schema },
      compressors: { GZIP: input => gunzipSync(input) },
      onChunk: ({ columnName, columnData, rowStart }) => {
        const target = columnName === 'time' ? records.time : records.columns[columnName]
        // A column of a later version is none of ours.
        if (!target) return
        if (columnData instanceof Float64Array) target.set(columnData, rowStart)
        else for (let i = 0; i < columnData.length; i++) target[rowStart + i] = Number(columnData[i])
        values += columnData.length
      },
    })
  } catch (error) {
    throw new DamagedError(`its values cannot be read (${(error as Error).message})`)
  }
  const columns = 1 + Object.keys(records.columns).length
  if (values !== columns * records.time.length)
    throw new DamagedError(`it has ${values} values, but should have ${columns} columns of ${records.time.length}`)
  return records
}

/** Reads Parquet files. */
import { open } from 'node:fs/promises'
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { type Batch, BatchBuilder, type Column, type Table } from './table.ts'
import { TimeReader } from './time-reader.ts'

type SchemaElement = FileMetaData['schema'][number]

/** Times as plain ms: one object per row would cost more than all the rest. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  timestampFromMicroseconds: (us: bigint) => Number(us) / 1e3,
  timestampFromNanoseconds: (ns: bigint) => Number(ns) / 1e6,
  dateFromDays: (days: number) => days * 86_400_000,
}

/**
 * A Parquet file with any of the usual compressions, read one row group at a time.
 *
 * @throws DataError when it is cut off or not readable
 */
export async function parquetTable(path: string, name: string): Promise<Table> {
  const { metadata, names, sample } = await withFile(path, async file => {
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet')
    const metadata = await parquetMetadataAsync(file)
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    return { metadata, names, sample: await firstRow(file, metadata, names) }
  })
  return {
    name,
    names,
    hasNames: true,
    firstRow: sample,
    rows: columns => parquetRows(path, name, metadata, columns),
  }
}

async function firstRow(file: AsyncBuffer, metadata: FileMetaData, names: readonly string[]): Promise<string[]> {
  if (metadata.num_rows === 0n) return []
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  const [row] = await parquetReadObjects({
    file,
    metadata,
    compressors,
    rowStart: 0,
    rowEnd: 1,
    useOffsetIndex: true,
  })
  return names.map(column => {
    const value: unknown = row?.[column]
    return value instanceof Date ? value.toISOString() : String(value ?? '')
  })
}

async function* parquetRows(
  path: string,
  name: string,
  metadata: FileMetaData,
  columns: readonly Column[],
): AsyncGenerator<Batch> {
  const [{ parquetScan }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const elements = new Map(metadata.schema.map(element => [element.name, element]))
  const task = currentTask()
  const names = [...new Set(columns.map(column => column.name))]
  for (const column of columns)
    if (column.reader instanceof TimeReader) column.reader.epochIsLocal = isLocalTime(elements.get(column.name))
  const file = await open(path)
  try {
    const buffer = asyncBuffer(file, (await file.stat()).size)
    const scan = await parquetScan({ file: buffer, metadata, columns: names, compressors, parsers: PARSERS })
    const batch = new BatchBuilder(columns)
    const total = Number(metadata.num_rows)
    for (const range of scan.ranges) {
      task.signal.throwIfAborted()
      task.progress(`Reading ${name}`, range.rowStart / total)
      const valuesByIndex: ArrayLike<unknown>[] = []
      for (const column of names) {
        const values = await translateErrors(() => scan.readColumn({ column, ...range }))
        const exact = exactDecimals(values, decimalScale(elements.get(column)))
        for (const { name, index } of columns) if (name === column) valuesByIndex[index] = exact
      }
      for (let row = 0; row < range.rowEnd - range.rowStart; row++) {
        batch.add(index => valuesByIndex[index]?.[row])
        if (batch.full) {
          yield batch
          batch.length = 0
        }
      }
    }
    if (batch.length > 0) yield batch
  } finally {
    await file.close()
  }
}

/** Whether times of this column are local: its type names no zone. */
function isLocalTime(element: SchemaElement | undefined): boolean {
  return element?.logical_type?.type === 'TIMESTAMP' && !element.logical_type.isAdjustedToUTC
}

function decimalScale(element: SchemaElement | undefined): number {
  return element?.converted_type === 'DECIMAL' ? (element.scale ?? 0) : 0
}

/** hyparquet multiplies decimals by 0.1, 0.01, …, which are not exact; dividing the whole number rounds correctly. */
function exactDecimals(values: ArrayLike<unknown>, scale: number): ArrayLike<unknown> {
  if (scale === 0) return values
  const unit = 10 ** scale
  return Array.from(values, value => {
    if (typeof value !== 'number') return value
    const whole = Math.round(value * unit)
    return Math.abs(whole) < 2 ** 50 ? whole / unit : value
  })
}

async function withFile<T>(path: string, work: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    const buffer = asyncBuffer(file, (await file.stat()).size)
    return await translateErrors(() => work(buffer))
  } finally {
    await file.close()
  }
}

function asyncBuffer(file: Awaited<ReturnType<typeof open>>, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      return bytes.buffer.slice(0, bytesRead)
    },
  }
}

/** Turns errors of the library into DataErrors. */
async function translateErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DataError || (error as Error).name === 'AbortError') throw error
    throw new DataError(`The Parquet file cannot be read: ${(error as Error).message}`)
  }
}

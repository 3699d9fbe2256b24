/** Reads Parquet files. */
import { open } from 'node:fs/promises'
import type { AsyncBuffer, FileMetaData, SchemaTree } from 'hyparquet'
import { currentTask } from '../../common/host.ts'
import { isFlat, readColumn } from '../parquet/read-column.ts'
import { readMetadata } from '../parquet/read-metadata.ts'
import { damagedFile } from './damaged-file.ts'
import { type Batch, BatchBuilder, type Column, type Table } from './table.ts'
import { TimeReader } from './time-reader.ts'

type SchemaElement = FileMetaData['schema'][number]

/** Times as plain ms: one object per row would cost more than all the rest. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  timestampFromMicroseconds: (us: bigint) => Number(us) / 1e3,
  timestampFromNanoseconds: (ns: bigint) => Number(ns) / 1e6,
  dateFromDays: (days: number) => days * 86_400_000,
  // Objects of any depth, which no column of a market holds.
  jsonFromBytes: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
  geometryFromBytes: () => '{…}',
  geographyFromBytes: () => '{…}',
}

/** For the first row, in which times are dates. */
const FIRST_PAGE = { firstPage: true, parsers: { jsonFromBytes: PARSERS.jsonFromBytes } }

/**
 * A Parquet file with any of the usual compressions, read one row group at a time.
 *
 * @throws DataError when it is cut off, damaged or not readable
 */
export async function parquetTable(path: string, name: string): Promise<Table> {
  const { parquetSchema } = await import('hyparquet')
  return withFile(path, async file => {
    const metadata = await readMetadata(file)
    const tree = parquetSchema(metadata)
    return {
      name,
      names: tree.children.map(({ element }) => element.name),
      hasNames: true,
      firstRow: await firstRow(file, metadata, tree),
      rows: columns => parquetRows(path, name, metadata, tree, columns),
    }
  })
}

async function firstRow(file: AsyncBuffer, { row_groups }: FileMetaData, tree: SchemaTree): Promise<string[]> {
  const group = row_groups.find(({ num_rows }) => num_rows > 0n)
  if (group === undefined) return []
  const cells: string[] = []
  for (const child of tree.children) {
    const { name } = child.element
    const [value] = isFlat(child) ? await readColumn(file, group, tree, name, FIRST_PAGE) : []
    cells.push(value instanceof Date ? value.toISOString() : String(value ?? ''))
  }
  return cells
}

async function* parquetRows(
  path: string,
  name: string,
  metadata: FileMetaData,
  tree: SchemaTree,
  columns: readonly Column[],
): AsyncGenerator<Batch> {
  const elements = new Map(tree.children.map(({ element }) => [element.name, element]))
  const task = currentTask()
  const names = [...new Set(columns.map(column => column.name))]
  for (const column of columns)
    if (column.reader instanceof TimeReader) column.reader.epochIsLocal = isLocalTime(elements.get(column.name))
  const batch = new BatchBuilder(columns)
  const total = Number(metadata.num_rows)
  for (const group of metadata.row_groups) {
    task.signal.throwIfAborted()
    task.progress(`Reading ${name}`, batch.row / total)
    const valuesByIndex: ArrayLike<unknown>[] = []
    await withFile(path, async file => {
      for (const column of names) {
        const values = await readColumn(file, group, tree, column, { parsers: PARSERS })
        const exact = exactDecimals(values, decimalScale(elements.get(column)))
        for (const { name, index } of columns) if (name === column) valuesByIndex[index] = exact
      }
    })
    for (let row = 0; row < Number(group.num_rows); row++) {
      batch.add(index => valuesByIndex[index]?.[row])
      if (batch.full) {
        yield batch
        batch.length = 0
      }
    }
  }
  if (batch.length > 0) yield batch
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
    return await work(asyncBuffer(file, (await file.stat()).size))
  } catch (error) {
    throw damagedFile('Parquet', error)
  } finally {
    await file.close()
  }
}

function asyncBuffer(file: Awaited<ReturnType<typeof open>>, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (!(start >= 0 && start <= end && end <= byteLength)) throw new Error('it is cut off')
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      if (bytesRead < bytes.length) throw new Error('it is cut off')
      return bytes.buffer
    },
  }
}

/** Reads Arrow IPC files. */
import { readFile } from 'node:fs/promises'
import type { Table as ArrowTable } from '@uwdata/flechette'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { checkArrow } from './check-arrow.ts'
import { damagedFile } from './damaged-file.ts'
import { decompressLz4Frame } from './lz4.ts'
import { BATCH_ROWS, type Batch, BatchBuilder, type Column, type Table } from './table.ts'
import { TimeReader } from './time-reader.ts'

/** A file unpacks to no more than this, or to this many times its size. */
const MAX_UNPACKED_BYTES = 1 << 30
const MAX_UNPACKED_RATIO = 64

/**
 * An Arrow IPC file, also called Feather (version 2), plain or compressed with LZ4 or ZSTD. The whole file is held in memory.
 *
 * @throws DataError when it is cut off, damaged or not readable
 */
export async function arrowTable(path: string, name: string): Promise<Table> {
  const task = currentTask()
  task.progress(`Reading ${name}`)
  const bytes = await readFile(path, { signal: task.signal })
  const arrow = await decode(bytes)
  const { fields } = arrow.schema
  const names = fields.map(field => field.name)
  const read = (column: number, row: number): unknown => {
    try {
      const value: unknown = arrow.getChildAt(column).at(row)
      if (value === undefined) throw new Error(`its column ${names[column]} ends after ${row} of ${arrow.numRows} rows`)
      return value
    } catch (error) {
      throw damagedFile('Arrow', error)
    }
  }
  return {
    name,
    names,
    hasNames: true,
    firstRow:
      arrow.numRows === 0 ? [] : fields.map(({ type }, index) => (isFlat(type) ? String(read(index, 0) ?? '') : '')),
    async *rows(columns: readonly Column[]): AsyncGenerator<Batch> {
      for (const { index, name, reader } of columns) {
        const type = fields[index]?.type
        if (type === undefined || !isFlat(type))
          throw new DataError(`The Arrow file's column ${name} holds lists or structs, not one value per row`)
        if (reader instanceof TimeReader) reader.epochIsLocal = isLocalTime(type)
      }
      const batch = new BatchBuilder(columns)
      for (let row = 0; row < arrow.numRows; row++) {
        if (row % BATCH_ROWS === 0) task.signal.throwIfAborted()
        batch.add(index => read(index, row))
        if (batch.full) {
          yield batch
          batch.length = 0
        }
      }
      if (batch.length > 0) yield batch
    },
  }
}

async function decode(bytes: Buffer): Promise<ArrowTable> {
  const [{ CompressionType, setCompressionCodec, tableFromIPC }, { decompress }] = await Promise.all([
    import('@uwdata/flechette'),
    import('../parquet/decompress.ts'),
  ])
  const encode = (): never => {
    throw new Error('not for writing')
  }
  let remaining = Math.max(MAX_UNPACKED_BYTES, bytes.length * MAX_UNPACKED_RATIO)
  const limited =
    (unpack: (packed: Uint8Array, length: number) => Uint8Array) => (packed: Uint8Array, length: number) => {
      remaining -= length
      if (!(length >= 0 && remaining >= 0)) throw new Error('it unpacks to more than fits into memory')
      return unpack(packed, length)
    }
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: limited(decompressLz4Frame) })
  setCompressionCodec(CompressionType.ZSTD, {
    encode,
    decode: limited((packed, length) => decompress(packed, 'ZSTD', length)),
  })
  try {
    checkArrow(bytes)
    const table = tableFromIPC(bytes)
    for (const [index, { length }] of table.children.entries())
      if (length !== table.numRows) throw new Error(`its column ${table.names[index]?.toString()} has ${length} rows`)
    return table
  } catch (error) {
    throw damagedFile('Arrow', error)
  }
}

/** Types that hold other columns: lists, structs, unions, maps and views of lists. */
const NESTED_TYPES = new Set([12, 13, 14, 16, 17, 21, 25, 26])

function isFlat(type: { typeId: number; dictionary?: { typeId: number } }): boolean {
  return !NESTED_TYPES.has((type.dictionary ?? type).typeId)
}

/** Whether times of this type are local: the type names no zone. */
function isLocalTime(type: object | undefined): boolean {
  return type !== undefined && 'timezone' in type && type.timezone === null
}

/** Reads Arrow IPC files. */
import { readFile } from 'node:fs/promises'
import type { Table as ArrowTable } from '@uwdata/flechette'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { decompressLz4Frame } from './lz4.ts'
import { BATCH_ROWS, type Batch, BatchBuilder, type Column, type Table } from './table.ts'
import { TimeReader } from './time-reader.ts'

/**
 * An Arrow IPC file, also called Feather (version 2), plain or compressed with LZ4 or ZSTD. The whole file is held in memory.
 *
 * @throws DataError when it is cut off or not readable
 */
export async function arrowTable(path: string, name: string): Promise<Table> {
  const task = currentTask()
  task.progress(`Reading ${name}`)
  const bytes = await readFile(path, { signal: task.signal })
  const arrow = await decode(bytes)
  const { fields } = arrow.schema
  const names = fields.map(field => field.name)
  return {
    name,
    names,
    hasNames: true,
    firstRow: arrow.numRows === 0 ? [] : names.map((_, index) => String(arrow.getChildAt(index).at(0) ?? '')),
    async *rows(columns: readonly Column[]): AsyncGenerator<Batch> {
      for (const { index, reader } of columns)
        if (reader instanceof TimeReader) reader.epochIsLocal = isLocalTime(fields[index]?.type)
      const data = names.map((_, index) =>
        columns.some(column => column.index === index) ? arrow.getChildAt(index) : null,
      )
      const batch = new BatchBuilder(columns)
      for (let row = 0; row < arrow.numRows; row++) {
        if (row % BATCH_ROWS === 0) task.signal.throwIfAborted()
        batch.add(index => data[index]?.at(row))
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
  const [{ CompressionType, setCompressionCodec, tableFromIPC }, { decompressZstd }] = await Promise.all([
    import('@uwdata/flechette'),
    import('hyparquet-compressors'),
  ])
  const encode = (): never => {
    throw new Error('not for writing')
  }
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: decompressLz4Frame })
  setCompressionCodec(CompressionType.ZSTD, {
    encode,
    decode: (packed: Uint8Array, length: number) => decompressZstd(packed, new Uint8Array(length)),
  })
  try {
    return tableFromIPC(bytes)
  } catch (error) {
    throw new DataError(`The Arrow file cannot be read: ${(error as Error).message}`)
  }
}

/** Whether times of this type are local: the type names no zone. */
function isLocalTime(type: object | undefined): boolean {
  return type !== undefined && 'timezone' in type && type.timezone === null
}

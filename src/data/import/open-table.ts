/** Opens a file of any supported format as a table. */
import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { arrowTable } from './arrow.ts'
import { csvTable } from './csv.ts'
import { detectPacking, readContentStart } from './file-content.ts'
import { jsonTable } from './json.ts'
import { parquetTable } from './parquet.ts'
import { type Table, textOffset } from './table.ts'

/** Each message of an Arrow stream begins with this. */
const STREAM_MARKER = -1

/**
 * Opens a file by its content, not by its name: CSV and JSON (lines, arrays of rows or of objects), both also in gzip or zip,
 * Parquet, and Arrow (Feather, and streams).
 *
 * @throws DataError when it is empty, packed twice, damaged or not readable
 */
export async function openTable(path: string): Promise<Table> {
  try {
    return await openByContent(path, basename(path))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new DataError(`The file cannot be read: the system reports ${(error as NodeJS.ErrnoException).code}`)
  }
}

async function openByContent(path: string, name: string): Promise<Table> {
  const packing = await detectPacking(path)
  const { head, whole } = await readContentStart(path, packing)
  const magic = head.toString('latin1', 0, 6)
  if (head.length >= 8 && head.readInt32LE(0) === STREAM_MARKER && packing === 'none') return arrowTable(path, name)
  if (magic.startsWith('PAR1') || magic === 'ARROW1') {
    if (packing !== 'none')
      throw new DataError(`The file is packed with ${packing} on top of its own compression: unpack it first`)
    return magic === 'ARROW1' ? arrowTable(path, name) : parquetTable(path, name)
  }
  if (magic.startsWith('FEA1')) throw new DataError('The file is in version 1 of Feather: save it again in version 2')
  const text = head.subarray(textOffset(head))
  const first = text.find(byte => byte > 32)
  if (first === undefined && whole) throw new DataError('The file is empty')
  if (first === 0x5b || first === 0x7b) return jsonTable(path, packing, name)
  return csvTable(path, packing, name, text, whole)
}

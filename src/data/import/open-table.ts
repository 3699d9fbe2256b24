import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { arrowTable } from './arrow.ts'
import { contentStart, type Packing, packingOf } from './bytes.ts'
import { csvTable } from './csv.ts'
import { jsonTable } from './json.ts'
import { parquetTable } from './parquet.ts'
import { type Table, textStart } from './table.ts'

/**
 * Opens a file by what it holds, not by its name: CSV and JSON (lines, arrays of rows or of objects), both also in gzip or
 * zip, Parquet, and Arrow (Feather).
 *
 * @throws DataError
 */
export async function openTable(path: string): Promise<Table> {
  const name = basename(path)
  const packing: Packing = await packingOf(path)
  const { head, whole } = await contentStart(path, packing)
  const magic = head.toString('latin1', 0, 6)
  if (magic.startsWith('PAR1') || magic === 'ARROW1') {
    if (packing !== 'none') throw new DataError(`The file is packed with ${packing} once more: unpack it first`)
    return magic === 'ARROW1' ? arrowTable(path, name) : parquetTable(path, name)
  }
  if (magic.startsWith('FEA1')) throw new DataError('The file is in version 1 of Feather: save it again in version 2')
  const text = head.subarray(textStart(head))
  const first = text.find(byte => byte > 32)
  if (first === undefined && whole) throw new DataError('The file is empty')
  if (first === 0x5b || first === 0x7b) return jsonTable(path, packing, name)
  return csvTable(path, packing, name, text, whole)
}

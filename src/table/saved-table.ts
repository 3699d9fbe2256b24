/** Reads the tables of saved outputs in Node; a renderer unpacks them with what a browser has. */
import { inflateRawSync } from 'node:zlib'
import { DataError } from '../common/errors.ts'
import { readTableResource, type Table, withRows } from './resource.ts'

/**
 * A table with all rows that its output holds.
 * @param content of `application/vnd.dataresource+json`
 * @throws DataError naming the invalid part
 */
export function readSavedTable(content: unknown): Table {
  const toError = (problem: string) => new DataError(`table: ${problem}`)
  const table = readTableResource(content, toError)
  const { packed } = table
  if (packed === undefined) return table
  let bytes: Buffer
  try {
    bytes = inflateRawSync(Buffer.from(packed.data, 'base64'), { maxOutputLength: packed.bytes })
  } catch (error) {
    throw toError(`"packed.data" cannot be unpacked (${(error as Error).message})`)
  }
  if (bytes.length !== packed.bytes) throw toError(`"packed.data" holds ${bytes.length} of ${packed.bytes} bytes`)
  return withRows(table, bytes.toString(), toError)
}

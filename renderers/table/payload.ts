/** Reads the `application/vnd.dataresource+json` payload of an output: a table with typed columns. */
import { readTableResource, type Table, withRows } from '../../src/table/resource.ts'
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/payload.ts'

const toError = (problem: string) => new PayloadError(problem)

/** @throws PayloadError naming the invalid field or row */
export function readTable(payload: unknown): Table {
  return readTableResource(payload, toError)
}

/**
 * The table with all rows of its payload.
 * @throws PayloadError if they cannot be unpacked, or are not the table's
 */
export async function unpackTable(table: Table): Promise<Table> {
  const { packed } = table
  if (packed === undefined) return table
  const bytes = await inflate(packed.data, packed.bytes, '"packed.bytes"')
  return withRows(table, new TextDecoder().decode(bytes), toError)
}

/** Reads the `application/vnd.dataresource+json` payload of an output: a table with typed columns. */
import * as v from 'valibot'
import { isRecord } from '../../src/common/json.ts'
import { arrayOf, arrayThat, wholeNumberFrom } from '../../src/common/schema.ts'
import type { Column as TableColumn } from '../../src/table/columns.ts'
import { inflate } from '../shared/inflate.ts'
import { base64, PayloadError, parsePayload } from '../shared/payload.ts'

const MAX_COLUMNS = 1000
const MAX_UNIT_CHARS = 20
const MAX_PACKED_ROWS = 100_000
const MAX_PACKED_BYTES = 64 * 1024 * 1024

export interface Column extends TableColumn {
  /** One value per row; null where the row has none. */
  values: unknown[]
}

export interface Table {
  columns: Column[]
  /** Rows in the payload. */
  rows: number
  /** Rows of the whole table, at least `rows`. */
  totalRows: number
  /** Name under which the view's state is saved. */
  view: string
  /** Channel to the whole table in the kernel. */
  channel?: string
  /** All rows of the payload, where `columns` have only the first ones: JSON of a list of values for each column. */
  packed?: { rows: number; bytes: number; data: string }
}

/** Other programs write this MIME type too, so all but the table itself has defaults. */
const tableSchema = v.object({
  schema: v.object({
    fields: arrayOf(
      v.object({
        name: v.string(),
        type: v.fallback(v.picklist(['number', 'integer', 'string', 'boolean', 'datetime', 'any']), 'any'),
        unit: v.fallback(v.optional(v.pipe(v.string(), v.maxLength(MAX_UNIT_CHARS))), undefined),
        notation: v.fallback(v.optional(v.picklist(['compact', 'share'])), undefined),
        signed: v.fallback(v.optional(v.boolean()), undefined),
      }),
      0,
      MAX_COLUMNS,
    ),
  }),
  data: arrayThat(isRecord, 'an object'),
  totalRows: v.fallback(v.pipe(v.number(), v.finite()), 0),
  view: v.fallback(v.string(), 'table'),
  channel: v.fallback(v.optional(v.string()), undefined),
  packed: v.optional(
    v.object({ rows: wholeNumberFrom(0, MAX_PACKED_ROWS), bytes: wholeNumberFrom(2, MAX_PACKED_BYTES), data: base64 }),
  ),
})

/** @throws PayloadError naming the invalid field or row */
export function readTable(payload: unknown): Table {
  const { schema, data, totalRows, view, channel, packed } = parsePayload(tableSchema, payload)
  return {
    columns: schema.fields.map(({ name, type, unit, notation, signed }) => ({
      name,
      type,
      ...((unit ?? notation ?? signed) !== undefined && {
        format: {
          ...(unit !== undefined && { unit }),
          ...(notation !== undefined && { notation }),
          ...(signed !== undefined && { signed }),
        },
      }),
      // `hasOwn`: a column may be called "constructor".
      values: data.map(row => (Object.hasOwn(row, name) ? (row[name] ?? null) : null)),
    })),
    rows: data.length,
    totalRows: Math.max(Math.floor(totalRows), data.length, packed?.rows ?? 0),
    view,
    ...(channel !== undefined && { channel }),
    ...(packed !== undefined && { packed }),
  }
}

/**
 * The table with all rows of its payload.
 * @throws PayloadError if they cannot be unpacked, or are not the table's
 */
export async function unpackTable({ packed, ...table }: Table): Promise<Table> {
  if (!packed) return table
  const text = new TextDecoder().decode(await inflate(packed.data, packed.bytes, '"packed.bytes"'))
  let lists: unknown
  try {
    lists = JSON.parse(text)
  } catch {
    throw new PayloadError('"packed.data" is not JSON')
  }
  const isTable =
    Array.isArray(lists) &&
    lists.length === table.columns.length &&
    lists.every(list => Array.isArray(list) && list.length === packed.rows)
  if (!isTable)
    throw new PayloadError(`"packed.data" is not ${packed.rows} values for each of ${table.columns.length} columns`)
  const columns = table.columns.map((column, index) => ({ ...column, values: (lists as unknown[][])[index]! }))
  return { ...table, columns, rows: packed.rows }
}

/** Reads the `application/vnd.dataresource+json` payload of an output: a table with typed columns. */
import * as v from 'valibot'
import { isRecord } from '../../src/common/json.ts'
import { arrayOf, arrayThat } from '../../src/common/schema.ts'
import type { Column as TableColumn } from '../../src/table/columns.ts'
import { parsePayload } from '../shared/payload.ts'

const MAX_COLUMNS = 1000
const MAX_UNIT_CHARS = 20

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
})

/** @throws PayloadError naming the invalid field or row */
export function readTable(payload: unknown): Table {
  const { schema, data, totalRows, view, channel } = parsePayload(tableSchema, payload)
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
    totalRows: Math.max(Math.floor(totalRows), data.length),
    view,
    ...(channel !== undefined && { channel }),
  }
}

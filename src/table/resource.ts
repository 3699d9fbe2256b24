/** Reads tables from the content of `application/vnd.dataresource+json`, which any program may have written. */
import * as v from 'valibot'
import { isRecord } from '../common/json.ts'
import { arrayOf, arrayThat, parse, record, wholeNumberFrom } from '../common/schema.ts'
import type { Column } from './columns.ts'

const MAX_COLUMNS = 1000
const MAX_UNIT_CHARS = 20
const MAX_PACKED_ROWS = 100_000
const MAX_PACKED_BYTES = 64 * 1024 * 1024

export interface TableColumn extends Column {
  /** One value per row; null where the row has none. */
  values: unknown[]
}

export interface Table {
  columns: TableColumn[]
  /** Rows in the content. */
  rows: number
  /** Rows of the whole table, at least `rows`. */
  totalRows: number
  /** Name under which the view's state is saved. */
  view: string
  /** Channel to the whole table in the kernel. */
  channel?: string
  /** All rows of the content, where `columns` have only the first ones. */
  packed?: PackedRows
}

/** `data` is base64 of a raw deflate stream of `bytes` bytes: JSON of a list of values for each column. */
export interface PackedRows {
  rows: number
  bytes: number
  data: string
}

/** Other programs write this MIME type too, so all but the table itself has defaults. */
const schema = v.object({
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
    v.object({
      rows: wholeNumberFrom(0, MAX_PACKED_ROWS),
      bytes: wholeNumberFrom(2, MAX_PACKED_BYTES),
      data: v.string('base64 text'),
    }),
  ),
})

/**
 * The table of an output; where it has packed rows, its columns hold only the first ones (see {@link withRows}).
 * @param toError makes the error to throw, from a sentence that names the invalid field or row
 */
export function readTableResource(content: unknown, toError: (problem: string) => Error): Table {
  parse(record, content, toError)
  const resource = parse(schema, content, toError)
  const { data, totalRows, view, channel, packed } = resource
  return {
    columns: resource.schema.fields.map(({ name, type, unit, notation, signed }) => ({
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
 * The table with all rows of its content.
 * @param json what the packed rows unpack to
 */
export function withRows({ packed, ...table }: Table, json: string, toError: (problem: string) => Error): Table {
  const rows = packed?.rows ?? table.rows
  let lists: unknown
  try {
    lists = JSON.parse(json)
  } catch {
    throw toError('"packed.data" is not JSON')
  }
  const isTable =
    Array.isArray(lists) &&
    lists.length === table.columns.length &&
    lists.every(list => Array.isArray(list) && list.length === rows)
  if (!isTable) throw toError(`"packed.data" is not ${rows} values for each of ${table.columns.length} columns`)
  const columns = table.columns.map((column, index) => ({ ...column, values: (lists as unknown[][])[index]! }))
  return { ...table, columns, rows }
}

/** Recognizes what is displayed as a table: arquero tables, by their methods, and lists of plain objects. */
import { types } from 'node:util'

/** The part of an arquero table that the kernel uses. */
export interface TableLike {
  numRows(): number
  numCols(): number
  columnNames(): string[]
  /** Row objects, in the table's order and filter. */
  objects(options: { limit: number }): Record<string, unknown>[]
}

export function isTable(value: unknown): value is TableLike {
  if (typeof value !== 'object' || value === null) return false
  const table = value as Partial<Record<keyof TableLike, unknown>>
  return [table.numRows, table.numCols, table.columnNames, table.objects].every(method => typeof method === 'function')
}

/** More properties than this are no columns, but keys of a lookup. */
const MAX_COLUMNS = 200

/**
 * A list of plain objects as a table, with a column for each property in order of appearance. Their values are single ones, or
 * lists and plain objects of single ones. Undefined for any other value, such as a list of heatmaps.
 */
export function listTable(value: unknown): TableLike | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const rows: Record<string, unknown>[] = []
  // By index: a cell may have changed how its lists are iterated.
  for (let index = 0; index < value.length; index++) {
    const row: unknown = value[index]
    if (!isPlainObject(row)) return undefined
    rows.push(row)
  }
  const names = new Set<string>()
  for (const row of rows) {
    for (const [name, item] of Object.entries(row)) {
      if (!isSingle(item) && !isSmall(item)) return undefined
      names.add(name)
    }
    if (names.size > MAX_COLUMNS) return undefined
  }
  if (names.size === 0) return undefined
  const column = (name: string) => rows.map(row => (Object.hasOwn(row, name) ? row[name] : undefined))
  return {
    numRows: () => rows.length,
    numCols: () => names.size,
    columnNames: () => [...names],
    objects: ({ limit }) => rows.slice(0, limit),
    // Of long tables, see table-channel.ts.
    indices: () => Uint32Array.from(rows.keys()),
    data: () => Object.fromEntries([...names].map(name => [name, column(name)])),
    array: column,
  } as TableLike
}

const isSingle = (value: unknown): boolean =>
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') ||
  value === null ||
  types.isDate(value)

/** Of a list or object in a cell. */
const MAX_ITEMS = 30

/** A short list, or a plain object without methods, of single values: it can be read in a cell. */
function isSmall(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= MAX_ITEMS && value.every(isSingle)
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) return false
  const items = Object.values(value)
  return items.length <= MAX_ITEMS && items.every(isSingle)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || isObjectPrototype(prototype)
}

/** Whether an object is `Object.prototype` of some realm. */
function isObjectPrototype(value: unknown): boolean {
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value as object, 'isPrototypeOf')
}

/** Names and values in ClickHouse's SQL. Old servers have no query parameters, so both are checked and escaped here. */
import { DataError, quoteValue } from '../../common/errors.ts'
import { type Check, isOptionsObject, valueThat } from '../../common/options.ts'

const NAME = '[A-Za-z_][A-Za-z0-9_]{0,127}'
const COLUMN = new RegExp(`^${NAME}$`)
const TABLE = new RegExp(`^${NAME}(\\.${NAME})?$`)

const isColumn = (value: unknown) => typeof value === 'string' && COLUMN.test(value)

/** Checks of options that name a column, and a table with or without its database. */
export const columnName: Check = valueThat('the name of a column: letters, digits and _', isColumn)
export const tableName: Check = valueThat(
  'the name of a table such as trades or market.trades: letters, digits and _',
  value => typeof value === 'string' && TABLE.test(value),
)

/** What columns may be compared with. */
export type LiteralValue = string | number | boolean

/** Checks an option `{ column: value }`. */
export const columnValues: Check = value => {
  if (!isOptionsObject(value)) return { expected: "columns and their values, e.g. { symbol: 'BTCUSDT' }" }
  for (const [name, part] of Object.entries(value)) {
    if (!isColumn(name)) return { expected: 'names of columns: letters, digits and _', value: name }
    const isValue = typeof part === 'string' || typeof part === 'boolean' || Number.isFinite(part)
    if (!isValue) return { expected: 'a text, a number, true or false', path: `.${name}`, value: part }
  }
  return undefined
}

/** @throws DataError for a name that {@link tableName} would refuse */
export function quoteTable(name: string): string {
  if (!TABLE.test(name)) throw new DataError(`${quoteValue(name)} is no name of a table`)
  return name.split('.').map(quoteColumn).join('.')
}

/** @throws DataError for a name that {@link columnName} would refuse */
export function quoteColumn(name: string): string {
  if (!COLUMN.test(name)) throw new DataError(`${quoteValue(name)} is no name of a column`)
  return `\`${name}\``
}

const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\\': '\\\\', "'": "\\'" }

/** A value as a literal. */
export function literal(value: LiteralValue): string {
  if (typeof value === 'string') return `'${value.replace(/[\0\\']/g, char => ESCAPES[char]!)}'`
  return typeof value === 'boolean' ? String(Number(value)) : exactNumber(value)
}

/** A number to its last bit: old servers read decimals with an error. */
export function exactNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return `reinterpretAsFloat64(reinterpretAsString(toUInt64(${bytes.readBigUInt64LE()})))`
}

/** Detects what a file holds, by its columns. */
import { DataError, quoteValue } from '../../common/errors.ts'
import { dropUndefined } from '../../common/options.ts'
import { CANDLE_FIELDS, FLOW_FIELDS } from '../../market/market.ts'
import {
  buyerMakerReader,
  type CellReader,
  matchReader,
  numberReader,
  sameValueReader,
  sideReader,
} from './cell-readers.ts'
import {
  COLUMN_NAMES,
  type ColumnMapping,
  EXACT_LAYOUTS,
  HEADERLESS_LAYOUTS,
  type ImportField,
  MARKET_COLUMN_NAMES,
  normalizeName,
} from './column-names.ts'
import type { FileKind, ResolvedFileOptions } from './file-options.ts'
import type { Column, Table } from './table.ts'
import { TimeReader } from './time-reader.ts'
import { parseZone } from './time-zone.ts'

/** How to read a file: which columns, as what. */
export interface ReadPlan {
  kind: FileKind
  /** Fields in the order of {@link columns}; filters follow them there. */
  fields: readonly ImportField[]
  columns: readonly Column[]
  time: TimeReader
}

/** The columns of a table that hold a field, by position. */
type FieldColumns = ReadonlyMap<ImportField, number>

const OHLC = ['open', 'high', 'low', 'close'] as const
const EVENT_FIELDS = ['price', 'amount', 'side', 'buyerMaker'] as const

/**
 * Detects what a file holds by the names of its columns, or by its first row where it has no names.
 *
 * @throws DataError listing the columns and how to name the right ones
 */
export function detectFormat(table: Table, options: ResolvedFileOptions): ReadPlan {
  const fieldColumns = findFields(table, options.columns ?? {})
  const kind = options.kind ?? detectKind(fieldColumns, table)
  const fields = fieldsToRead(kind, fieldColumns, table)
  const time = new TimeReader(parseZone(options.zone))
  const columns = fields.map((field): Column => {
    const index = fieldColumns.get(field)
    if (index === undefined) throw missingColumn(field, table)
    const reader = field === 'time' ? time : createReader(field, kind, options)
    return { name: table.names[index] ?? '', index, reader }
  })
  return { kind, fields, columns: [...columns, ...filterColumns(table, options)], time }
}

function createReader(field: ImportField, kind: FileKind, { decimal }: ResolvedFileOptions): CellReader {
  if (field === 'side') return sideReader()
  if (field === 'buyerMaker') return buyerMakerReader()
  const optional = FLOW_FIELDS.some(flow => flow === field) || (field === 'price' && kind === 'liquidations')
  return numberReader(decimal, optional)
}

/** The filters of `where`, and a check that all rows are of one market. */
function filterColumns(table: Table, { where = {} }: ResolvedFileOptions): Column[] {
  const filters = Object.entries(where).map(([name, text]) => {
    const index = table.names.indexOf(name)
    if (index < 0)
      throw new DataError(`where: the file has no column ${quoteValue(name)}, but ${table.names.join(', ')}`)
    return { name, index, reader: matchReader(text), filter: true }
  })
  const marketColumns = table.names.flatMap((name, index) =>
    MARKET_COLUMN_NAMES.includes(normalizeName(name)) && !(name in where)
      ? [{ name, index, reader: sameValueReader(name) }]
      : [],
  )
  return [...filters, ...marketColumns]
}

function findFields(table: Table, mapping: ColumnMapping): FieldColumns {
  const { names } = table
  const fieldColumns = mappedFields(mapping, names)
  const used = new Set(fieldColumns.values())
  const layout = table.hasNames
    ? EXACT_LAYOUTS.find(
        layout => layout.names.length === names.length && layout.names.every(name => names.includes(name)),
      )
    : HEADERLESS_LAYOUTS.find(layout => matchesCells(table.firstRow, layout.cells))
  if (layout !== undefined) {
    for (const [field, name] of Object.entries(layout.fields) as [ImportField, string][]) {
      const index = names.indexOf(name)
      if (fieldColumns.has(field) || used.has(index)) continue
      fieldColumns.set(field, index)
      used.add(index)
    }
    return fieldColumns
  }
  if (!table.hasNames) return fieldColumns
  const normalized = names.map(normalizeName)
  for (const field of Object.keys(COLUMN_NAMES) as ImportField[]) {
    if (fieldColumns.has(field)) continue
    const candidates = COLUMN_NAMES[field].flatMap(alias =>
      normalized.flatMap((name, index) => (name === alias && !used.has(index) ? [index] : [])),
    )
    const [first, ...others] = candidates
    if (first === undefined) continue
    const twin = others.find(index => normalized[index] === normalized[first])
    if (twin !== undefined) throw ambiguous(field, [first, twin], names)
    if (field === 'time') {
      // Two columns with the same time are one; between different times, only the user can choose.
      const other =
        normalized[first] === 'opentime' ? undefined : others.find(index => !sameTime(table.firstRow, first, index))
      if (other !== undefined) throw ambiguous(field, [first, other], names)
    }
    fieldColumns.set(field, first)
  }
  return fieldColumns
}

/** The columns that the user names. */
function mappedFields(mapping: ColumnMapping, names: readonly string[]): Map<ImportField, number> {
  const fieldColumns = new Map<ImportField, number>()
  for (const [field, name] of Object.entries(dropUndefined(mapping)) as [ImportField, string][]) {
    const index = names.indexOf(name)
    if (index < 0)
      throw new DataError(`columns.${field}: the file has no column ${quoteValue(name)}, but ${names.join(', ')}`)
    if (names.indexOf(name, index + 1) >= 0)
      throw new DataError(`columns.${field}: the file has several columns ${quoteValue(name)}: ${names.join(', ')}`)
    fieldColumns.set(field, index)
  }
  return fieldColumns
}

function ambiguous(field: ImportField, columns: readonly number[], names: readonly string[]): DataError {
  return new DataError(
    `${field}: the file has ${columns.length} columns for it (${columns.map(index => names[index]).join(', ')}). Choose one with columns: { ${field}: … }`,
  )
}

function parseTime(cell: string): number {
  try {
    return new TimeReader().fromValue(cell)
  } catch {
    return Number.NaN
  }
}

function sameTime(firstRow: readonly string[], a: number, b: number): boolean {
  const other = parseTime(firstRow[b] ?? '')
  // A column that is named like a time but holds none is no candidate.
  return Number.isNaN(other) || parseTime(firstRow[a] ?? '') === other
}

function matchesCells(firstRow: readonly string[], cells: string): boolean {
  return (
    firstRow.length === cells.length &&
    firstRow.every((cell, index) => {
      if (cells[index] === 'b') return /^(true|false)$/i.test(cell)
      if (cells[index] === 't') return !Number.isNaN(parseTime(cell))
      return cell !== '' && Number.isFinite(Number(cell))
    })
  )
}

function detectKind(fieldColumns: FieldColumns, table: Table): FileKind {
  const missingPrice = OHLC.find(field => !fieldColumns.has(field))
  if (missingPrice === undefined) return 'candles'
  const amount = fieldColumns.get('amount')
  if (amount !== undefined && (fieldColumns.has('side') || fieldColumns.has('buyerMaker'))) {
    const name = normalizeName(table.names[amount] ?? '')
    return name === 'accumulatedfillquantity' ? 'liquidations' : 'trades'
  }
  if (FLOW_FIELDS.some(field => fieldColumns.has(field))) return 'records'
  if (!table.hasNames)
    throw new DataError(
      `The file has no column names, and its first row, ${quoteValue(table.firstRow.join(', '))}, is of no known archive. Name columns by their numbers, e.g. columns: { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' }`,
    )
  throw missingColumn(missingPrice, table)
}

function fieldsToRead(kind: FileKind, fieldColumns: FieldColumns, table: Table): ImportField[] {
  const required: readonly ImportField[] =
    kind === 'candles' ? ['time', ...CANDLE_FIELDS] : kind === 'records' ? ['time'] : ['time', 'amount']
  for (const field of required) if (!fieldColumns.has(field)) throw missingColumn(field, table)
  if (kind === 'trades' && !fieldColumns.has('price')) throw missingColumn('price', table)
  if (kind === 'candles' || kind === 'records') {
    const flow = FLOW_FIELDS.filter(
      field => fieldColumns.has(field) && (kind === 'candles' || field !== 'takerBuyVolume'),
    )
    if (kind === 'records' && flow.length === 0) throw missingColumn('openInterest', table)
    return [...required, ...flow]
  }
  const side = fieldColumns.has('buyerMaker') && kind === 'trades' ? 'buyerMaker' : 'side'
  if (!fieldColumns.has(side)) throw missingColumn('side', table)
  return [
    'time',
    ...EVENT_FIELDS.filter(
      field => fieldColumns.has(field) && (field === side || field === 'price' || field === 'amount'),
    ),
  ]
}

function missingColumn(field: ImportField, { names }: Table): DataError {
  const closeTime = field === 'time' ? names.find(name => normalizeName(name) === 'closetime') : undefined
  const hint =
    closeTime === undefined
      ? ''
      : `; for times at the end of bars use columns: { time: '${closeTime}' }, stamp: 'close'`
  return new DataError(
    `The file has no column for ${field} (known names: ${COLUMN_NAMES[field].join(', ')}). Its columns are ${names.join(', ')}. Name the right one with columns: { ${field}: '…' }${hint}`,
  )
}

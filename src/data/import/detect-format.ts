import { DataError, quoteValue } from '../../common/errors.ts'
import { CANDLE_FIELDS, FLOW_FIELDS } from '../../market/market.ts'
import {
  buyerMakerReader,
  type CellReader,
  filterReader,
  type NumberFormat,
  numberReader,
  sameReader,
  sideReader,
} from './cells.ts'
import { type ColumnMapping, EXACT_NAMES, type Field, MARKET_NAMES, NAMELESS, NAMES, plainName } from './fields.ts'
import type { Column, Table } from './table.ts'
import { TimeReader } from './time.ts'
import { zoneOf } from './zone.ts'

/**
 * What the rows of a file are:
 * - `candles` bars with open, high, low, close and volume, and what else a market has
 * - `records` of open interest, funding, long/short ratio or liquidated amounts, at times of their own
 * - `liquidations` single forced orders
 * - `trades` single or aggregated trades
 */
export type FileKind = 'candles' | 'records' | 'liquidations' | 'trades'

export interface ReadOptions extends NumberFormat {
  /** For column names that are not known by themselves: our name → the file's. */
  columns?: ColumnMapping
  /** Where the clocks stood that wrote dates without a zone: `+09:00`, `America/New_York`. Default UTC. */
  zone?: string
  /** Only rows with this text in this column, e.g. `{ symbol: 'BTCUSDT' }`. */
  where?: Readonly<Record<string, string>>
  /** What the rows are, where the columns do not tell. */
  kind?: FileKind
}

/** How to read a file: which columns, as what. */
export interface Plan {
  kind: FileKind
  /** Fields in the order of {@link columns}, which also has filters behind them. */
  fields: readonly Field[]
  columns: readonly Column[]
  time: TimeReader
}

const OHLC = ['open', 'high', 'low', 'close'] as const
const EVENT_FIELDS = ['price', 'amount', 'side', 'buyerMaker'] as const

/**
 * Finds out what a file holds by the names of its columns, or by its first row where it has no names.
 *
 * @throws DataError listing what was found and how to say what is meant
 */
export function detectFormat(table: Table, options: ReadOptions = {}): Plan {
  const found = findFields(table, options.columns ?? {})
  const kind = options.kind ?? kindOf(found, table)
  const wanted = fieldsOf(kind, found, table)
  const time = new TimeReader(options.zone === undefined ? undefined : zoneOf(options.zone))
  const columns: Column[] = wanted.map(field => ({
    index: found.get(field)!,
    reader: field === 'time' ? time : readerOf(field, kind, options),
  }))
  return { kind, fields: wanted, columns: [...columns, ...guards(table, options)], time }
}

function readerOf(field: Field, kind: FileKind, options: ReadOptions): CellReader {
  if (field === 'side') return sideReader()
  if (field === 'buyerMaker') return buyerMakerReader()
  const optional = FLOW_FIELDS.some(flow => flow === field) || (field === 'price' && kind === 'liquidations')
  return numberReader(options, optional)
}

/** Filters that were asked for, and a check that all rows are of one market. */
function guards(table: Table, { where = {} }: ReadOptions): Column[] {
  const filters = Object.entries(where).map(([name, text]) => {
    const index = table.names.indexOf(name)
    if (index < 0)
      throw new DataError(`where: the file has no column ${quoteValue(name)}, but ${table.names.join(', ')}`)
    return { index, reader: filterReader(text), filter: true }
  })
  const same = table.names.flatMap((name, index) =>
    MARKET_NAMES.includes(plainName(name)) && !(name in where) ? [{ index, reader: sameReader(name) }] : [],
  )
  return [...filters, ...same]
}

function findFields(table: Table, mapping: ColumnMapping): Map<Field, number> {
  const { names } = table
  const found = new Map<Field, number>()
  const taken = new Set<number>()
  const take = (field: Field, index: number) => {
    found.set(field, index)
    taken.add(index)
  }
  for (const [field, name] of Object.entries(mapping) as [Field, string][]) {
    if (!(field in NAMES))
      throw new DataError(`columns: ${quoteValue(field)} is not known; there are ${Object.keys(NAMES).join(', ')}`)
    const index = names.indexOf(name)
    if (index < 0)
      throw new DataError(`columns.${field}: the file has no column ${quoteValue(name)}, but ${names.join(', ')}`)
    if (names.indexOf(name, index + 1) >= 0)
      throw new DataError(`columns.${field}: the file has several columns ${quoteValue(name)}: ${names.join(', ')}`)
    take(field, index)
  }
  const preset = table.named
    ? EXACT_NAMES.find(
        layout => layout.names.length === names.length && layout.names.every(name => names.includes(name)),
      )
    : NAMELESS.find(layout => matches(table.sample, layout.cells))
  if (preset !== undefined) {
    for (const [field, name] of Object.entries(preset.fields) as [Field, string][])
      if (!found.has(field) && !taken.has(names.indexOf(name))) take(field, names.indexOf(name))
    return found
  }
  if (!table.named) return found
  const plain = names.map(plainName)
  for (const field of Object.keys(NAMES) as Field[]) {
    if (found.has(field)) continue
    const candidates = NAMES[field].flatMap(alias =>
      plain.flatMap((name, index) => (name === alias && !taken.has(index) ? [index] : [])),
    )
    if (candidates.length === 0) continue
    const [first, ...others] = candidates
    const twin = others.find(index => plain[index] === plain[first!])
    if (twin !== undefined) throw ambiguous(field, [first!, twin], names)
    if (field === 'time') {
      // Two times that agree are one; which of two different ones is meant, only the user knows.
      const other =
        plain[first!] === 'opentime' ? undefined : others.find(index => !sameTime(table.sample, first!, index))
      if (other !== undefined) throw ambiguous(field, [first!, other], names)
    }
    found.set(field, first!)
  }
  return found
}

function ambiguous(field: Field, columns: readonly number[], names: readonly string[]): DataError {
  return new DataError(
    `${field}: the file has ${columns.length} columns for it (${columns.map(index => names[index]).join(', ')}). Choose one with columns: { ${field}: … }`,
  )
}

function timeOf(cell: string): number {
  try {
    return new TimeReader().fromValue(cell)
  } catch {
    return Number.NaN
  }
}

function sameTime(sample: readonly string[], a: number, b: number): boolean {
  const other = timeOf(sample[b] ?? '')
  // A column that is called like a time and holds none is no candidate.
  return Number.isNaN(other) || timeOf(sample[a] ?? '') === other
}

function matches(sample: readonly string[], cells: string): boolean {
  return (
    sample.length === cells.length &&
    sample.every((cell, index) => {
      if (cells[index] === 'b') return /^(true|false)$/i.test(cell)
      if (cells[index] === 't') return !Number.isNaN(timeOf(cell))
      return cell !== '' && Number.isFinite(Number(cell))
    })
  )
}

function kindOf(found: ReadonlyMap<Field, number>, table: Table): FileKind {
  if (OHLC.every(field => found.has(field))) return 'candles'
  const isTrade = (found.has('side') || found.has('buyerMaker')) && found.has('amount')
  if (isTrade) {
    const amount = plainName(table.names[found.get('amount')!]!)
    return amount === 'accumulatedfillquantity' ? 'liquidations' : 'trades'
  }
  if (FLOW_FIELDS.some(field => found.has(field))) return 'records'
  if (!table.named)
    throw new DataError(
      `The file has no names of columns, and its first row, ${quoteValue(table.sample.join(', '))}, is of no known archive. Name columns by their numbers, e.g. columns: { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' }`,
    )
  throw missing(OHLC.find(field => !found.has(field))!, table)
}

function fieldsOf(kind: FileKind, found: ReadonlyMap<Field, number>, table: Table): Field[] {
  const required: readonly Field[] =
    kind === 'candles' ? ['time', ...CANDLE_FIELDS] : kind === 'records' ? ['time'] : ['time', 'amount']
  for (const field of required) if (!found.has(field)) throw missing(field, table)
  if (kind === 'trades' && !found.has('price')) throw missing('price', table)
  if (kind === 'candles' || kind === 'records') {
    const flow = FLOW_FIELDS.filter(field => found.has(field) && (kind === 'candles' || field !== 'takerBuyVolume'))
    if (kind === 'records' && flow.length === 0) throw missing('openInterest', table)
    return [...required, ...flow]
  }
  const side = found.has('buyerMaker') && kind === 'trades' ? 'buyerMaker' : 'side'
  if (!found.has(side)) throw missing('side', table)
  return [
    'time',
    ...EVENT_FIELDS.filter(field => found.has(field) && (field === side || field === 'price' || field === 'amount')),
  ]
}

function missing(field: Field, { names }: Table): DataError {
  const closing = field === 'time' ? names.find(name => plainName(name) === 'closetime') : undefined
  const hint =
    closing === undefined ? '' : `; of times at the end of bars say columns: { time: '${closing}' }, stamp: 'close'`
  return new DataError(
    `The file has no column for ${field} (known names: ${NAMES[field].join(', ')}). Its columns are ${names.join(', ')}. Name the right one with columns: { ${field}: '…' }${hint}`,
  )
}

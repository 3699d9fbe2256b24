/** Detects what a file holds, and how to read it. */
import { DataError, quoteValue } from '../../common/errors.ts'
import { dropUndefined } from '../../common/options.ts'
import type { Instrument } from '../../market/instrument.ts'
import { CANDLE_FIELDS, FLOW_FIELDS } from '../../market/market.ts'
import { AMOUNT_FIELDS, type AmountField, type Conversion } from './amount-units.ts'
import {
  absoluteReader,
  buyerMakerReader,
  type CellReader,
  clockReader,
  matchReader,
  namedSideReader,
  numberReader,
  positionSideReader,
  sameValueReader,
  sideReader,
  signReader,
  truthReader,
} from './cell-readers.ts'
import {
  COLUMN_NAMES,
  type ColumnMapping,
  type ImportField,
  normalizeName,
  QUOTE_VOLUME_NAMES,
} from './column-names.ts'
import { unitConversions } from './detect-units.ts'
import { instrumentOf, marketColumns } from './file-instrument.ts'
import type { ResolvedFileOptions } from './file-options.ts'
import type { FileKind, Layout } from './layouts/layout.ts'
import { assertSameVolumes, layoutColumn, matchLayout, parseTime } from './match-layout.ts'
import { looksLike } from './other-kinds.ts'
import { describeColumns, sampleColumns, TextReader } from './sample.ts'
import type { Column, Table } from './table.ts'
import { TimeReader } from './time-reader.ts'
import { parseZone } from './time-zone.ts'

/** How to read a file: which columns, as what. */
export interface ReadPlan {
  kind: FileKind
  /** The layout that was recognized; null for a table with names of its own. */
  layout: Layout | null
  /** What the file itself names, and the same with what the user states. */
  own: Instrument
  instrument: Instrument
  /** Fields in the order of {@link columns}; filters follow them there. */
  fields: readonly ImportField[]
  columns: readonly Column[]
  time: TimeReader
  /** How amounts become coins. */
  conversions: Partial<Record<AmountField, Conversion>>
  /** Whether the time is that of the open or the close of what a row covers; undefined where nothing says so. */
  stamp: 'open' | 'close' | undefined
  /** By forced order: the texts of its id, of its status, and of all its cells, as far as the file has them. */
  identity: { id: TextReader | null; status: TextReader | null; cells: readonly TextReader[] } | null
}

/** The columns of a table that hold a field, by position. */
type FieldColumns = Map<ImportField, number>

const OHLC = ['open', 'high', 'low', 'close'] as const
const EVENT_FIELDS = ['price', 'amount', 'side', 'buyerMaker', 'orderAmount', 'limitPrice'] as const
const RECORD_FIELDS = ['fundingTime', 'longAccounts', 'shortAccounts'] as const

/**
 * Detects what a file holds: by its layout, if that is known, else by the names of its columns.
 *
 * @param path of the file, which may name the instrument
 * @throws DataError listing the columns and how to name the right ones, and asking for what the file does not state
 */
export async function detectFormat(table: Table, options: ResolvedFileOptions, path = table.name): Promise<ReadPlan> {
  const mapping = options.columns ?? {}
  const mapped = await mappedFields(mapping, table)
  const trusted = options.unit !== undefined || AMOUNT_FIELDS.some(field => mapped.has(field))
  const named = (layout: Layout | null) => instrumentOf(table, options, path, layout)
  const layout = await matchLayout(
    table,
    path,
    candidate => named(candidate).instrument,
    trusted,
    options.beside?.prices,
  )
  const { own, instrument } = named(layout)
  if (layout?.refusal !== undefined && mapped.size === 0) throw new DataError(layout.refusal)
  const usable = layout !== null && (options.kind === undefined || options.kind === layout.kind) ? layout : null
  const fieldColumns = usable ? layoutFields(usable, mapped, table, instrument) : namedFields(mapped, table)
  const kind = options.kind ?? kindOf(usable, fieldColumns, mapped, table) ?? (await unknownKind(fieldColumns, table))
  const fields = await fieldsToRead(kind, fieldColumns, table)
  if (kind === 'candles' && !mapped.has('volume')) await assertVolume(fieldColumns.get('volume')!, table, instrument)
  if (
    kind === 'trades' &&
    usable === null &&
    instrument.venue === 'coinbase' &&
    fields.includes('side') &&
    !mapped.has('side')
  )
    throw new DataError(
      `${table.names[fieldColumns.get('side')!]}: Coinbase states the side of the maker, others that of the taker, and the file does not say which it is. Set columns: { buyerMaker: '…' } for the maker's, or columns: { side: '…' } for the taker's`,
    )
  const quote = quoteVolumeColumn(table)
  if (
    kind === 'candles' &&
    usable === null &&
    !mapped.has('volume') &&
    !options.unit &&
    !options.contractSize &&
    quote >= 0
  )
    await assertSameVolumes(table, [
      fieldColumns.get('volume')!,
      quote,
      fieldColumns.get('low')!,
      fieldColumns.get('high')!,
    ])
  // With the time of day in another column, the zone applies to the two together.
  const time = new TimeReader(fieldColumns.has('clock') ? undefined : parseZone(options.zone))
  const conversions = await unitConversions({ fields, fieldColumns, layout, table, instrument, options })
  if (kind === 'liquidations' && conversions.amount?.perPrice && !fields.includes('price'))
    throw await missingColumn('price', table)
  const columns = fields.map((field): Column => {
    const index = fieldColumns.get(field)!
    const meaning = mapped.has(field) ? null : usable
    const reader = field === 'time' ? time : createReader(field, kind, options, meaning)
    return { name: table.names[index] ?? '', index, reader }
  })
  const filters = filterColumns(table, options, layout, instrument)
  const identity = kind === 'liquidations' ? identityColumns(fieldColumns, table, layout) : null
  return {
    kind,
    layout,
    own,
    instrument,
    fields,
    columns: [...columns, ...filters, ...(identity?.columns ?? [])],
    time,
    conversions,
    stamp: options.stamp ?? usable?.stamp ?? (kind === 'records' && hasBars(table.names) ? 'open' : undefined),
    identity,
  }
}

/** Rows that show whether a column is a volume. */
const VOLUME_ROWS = 20
const MIN_FLAGS = 3

/** @throws DataError when the last of six cells says whether a bar is complete, as in OKX's candles of mark and index prices */
async function assertVolume(index: number, table: Table, { venue, price }: Instrument): Promise<void> {
  if (table.hasNames || table.names.length !== 6 || !/^[01]$/.test(table.firstRow[index] ?? '')) return
  const cells = (await sampleColumns(table, [index], VOLUME_ROWS)).get(index) ?? []
  const sure = venue === 'okx' || price !== undefined || cells.length >= MIN_FLAGS
  if (!sure || !cells.includes('1') || cells.some(cell => !/^[01]$/.test(cell))) return
  throw new DataError(
    `Column ${index + 1} is ${[...new Set(cells)].join(' or ')} in all rows: OKX states so whether a bar of mark or index prices is complete, and these have no volume. If it is one, set columns: { volume: '${index + 1}' }`,
  )
}

function createReader(
  field: ImportField,
  kind: FileKind,
  { decimal, missingVolume }: ResolvedFileOptions,
  layout: Layout | null,
): CellReader {
  const signed = layout?.signedAmount === true
  if (field === 'side') {
    if (signed) return signReader(decimal)
    if (layout?.sides) return namedSideReader(layout.sides)
    return layout?.positionSide ? positionSideReader() : sideReader()
  }
  if (field === 'amount' && signed) return absoluteReader(decimal)
  if (field === 'buyerMaker') return buyerMakerReader()
  if (field === 'clock') return clockReader()
  if (field === 'fundingTime') return optionalTime()
  if (field === 'volume') return numberReader(decimal, missingVolume, EMPTY_VOLUME)
  const optional =
    FLOW_FIELDS.some(flow => flow === field) ||
    field === 'longAccounts' ||
    field === 'shortAccounts' ||
    field === 'limitPrice' ||
    field === 'orderAmount' ||
    (field === 'price' && kind === 'liquidations')
  return numberReader(decimal, optional)
}

/** A time, NaN in an empty cell. */
function optionalTime(): CellReader {
  const reader = new TimeReader()
  return {
    fromBytes: (bytes, from, to) => (to > from ? reader.fromBytes(bytes, from, to) : Number.NaN),
    fromValue: value => (value === null || value === undefined || value === '' ? Number.NaN : reader.fromValue(value)),
  }
}

const EMPTY_VOLUME = '. Where bars without trades have no volume, read it as 0 with missingVolume: 0'

/** The filters of `where` and of the layout, and a check that all rows are of one market. */
function filterColumns(
  table: Table,
  { where = {} }: ResolvedFileOptions,
  layout: Layout | null,
  instrument: Instrument,
): Column[] {
  const filters = Object.entries(where).map(([name, text]) => {
    const index = table.names.indexOf(name)
    if (index < 0)
      throw new DataError(`where: the file has no column ${quoteValue(name)}, but ${table.names.join(', ')}`)
    return { name, index, reader: matchReader(text), filter: true }
  })
  const skipped = layout?.skipZero === undefined ? -1 : layoutColumn(table.names, layout.skipZero, instrument)
  if (skipped >= 0)
    filters.push({ name: table.names[skipped] ?? '', index: skipped, reader: numberReader('.', 0), filter: true })
  const untrue = layout?.skipFalse === undefined ? -1 : layoutColumn(table.names, layout.skipFalse, instrument)
  if (untrue >= 0) filters.push({ name: table.names[untrue] ?? '', index: untrue, reader: truthReader(), filter: true })
  const markets = marketColumns(table, layout).flatMap(index => {
    const name = table.names[index]!
    return name in where ? [] : [{ name, index, reader: sameValueReader(name) }]
  })
  return [...filters, ...markets]
}

/** The columns that a layout names, but for those that the user names otherwise. */
function layoutFields(layout: Layout, mapped: FieldColumns, table: Table, instrument: Instrument): FieldColumns {
  const fieldColumns = new Map(mapped)
  const used = new Set(mapped.values())
  for (const [field, name] of Object.entries(layout.fields) as [ImportField, string][]) {
    const index = layoutColumn(table.names, name, instrument)
    if (index < 0 || fieldColumns.has(field) || used.has(index)) continue
    fieldColumns.set(field, index)
  }
  return fieldColumns
}

function namedFields(mapped: FieldColumns, table: Table): FieldColumns {
  const { names } = table
  const fieldColumns = new Map(mapped)
  const used = new Set(mapped.values())
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
async function mappedFields(mapping: ColumnMapping, table: Table): Promise<FieldColumns> {
  const { names } = table
  const fieldColumns: FieldColumns = new Map()
  for (const [field, name] of Object.entries(dropUndefined(mapping)) as [ImportField, string][]) {
    const index = names.indexOf(name)
    if (index < 0)
      throw new DataError(
        `columns.${field}: the file has no column ${quoteValue(name)}, but ${await describeColumns(table)}`,
      )
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

function sameTime(firstRow: readonly string[], a: number, b: number): boolean {
  const other = parseTime(firstRow[b] ?? '')
  // A column that is named like a time but holds none is no candidate.
  return Number.isNaN(other) || parseTime(firstRow[a] ?? '') === other
}

/** Whether the rows are bars of something: such rows are stamped at their open. */
function hasBars(names: readonly string[]): boolean {
  const normalized = names.map(normalizeName)
  return OHLC.every(field => COLUMN_NAMES[field].some(name => normalized.includes(name)))
}

/** What the rows are; null where the columns do not show it. */
function kindOf(
  layout: Layout | null,
  fieldColumns: FieldColumns,
  mapped: FieldColumns,
  table: Table,
): FileKind | null {
  // A column that the user names as a record's makes records of bars of something else.
  const records = FLOW_FIELDS.some(field => mapped.has(field)) && !fieldColumns.has('volume')
  if (layout !== null && !records) return layout.kind
  if (!records && OHLC.every(field => fieldColumns.has(field))) return fieldColumns.has('volume') ? 'candles' : null
  if (fieldColumns.has('amount') && (fieldColumns.has('side') || fieldColumns.has('buyerMaker')))
    return /liquidation/i.test(table.name) ? 'liquidations' : 'trades'
  const known = FLOW_FIELDS.some(field => fieldColumns.has(field)) || fieldColumns.has('longAccounts')
  return known ? 'records' : null
}

async function unknownKind(fieldColumns: FieldColumns, table: Table): Promise<never> {
  if (!table.hasNames)
    throw new DataError(
      `The file has no column names, and its first row, ${quoteValue(table.firstRow.join(', '))}, is of no known archive. Name columns by their numbers, e.g. columns: { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' }`,
    )
  const missing = [...OHLC, 'volume' as const].find(field => !fieldColumns.has(field)) ?? 'open'
  const looks = looksLike(table.names)
  // What has none of the prices of a bar lacks more than its open.
  if (looks !== '' && OHLC.every(field => !fieldColumns.has(field)))
    throw new DataError(`The file is of no known layout.${looks} Its columns are ${await describeColumns(table)}`)
  throw await missingColumn(missing, table)
}

async function fieldsToRead(kind: FileKind, fieldColumns: FieldColumns, table: Table): Promise<ImportField[]> {
  const has = (field: ImportField) => fieldColumns.has(field)
  const required: readonly ImportField[] =
    kind === 'candles' ? ['time', ...CANDLE_FIELDS] : kind === 'records' ? ['time'] : ['time', 'amount']
  for (const field of required) if (!has(field)) throw await missingColumn(field, table)
  if (kind === 'trades' && !has('price')) throw await missingColumn('price', table)
  const clock: readonly ImportField[] = has('clock') ? ['clock'] : []
  if (kind === 'candles' || kind === 'records') {
    const flow = FLOW_FIELDS.filter(field => has(field) && (kind === 'candles' || field !== 'takerBuyVolume'))
    const parts = RECORD_FIELDS.filter(
      field =>
        kind === 'records' && has(field) && (field === 'fundingTime' ? has('fundingRate') : !has('longShortRatio')),
    )
    if (kind === 'records' && flow.length === 0 && parts.length < 2) throw await missingColumn('openInterest', table)
    return [...required, ...clock, ...flow, ...parts]
  }
  const side = has('buyerMaker') && kind === 'trades' ? 'buyerMaker' : 'side'
  if (!has(side)) throw await missingColumn('side', table)
  return [
    'time',
    ...clock,
    ...EVENT_FIELDS.filter(field => {
      if (field === 'orderAmount' || field === 'limitPrice') return has(field) && kind === 'liquidations'
      return has(field) && (field === side || field === 'price' || field === 'amount')
    }),
  ]
}

/** Forced orders are the same if their ids are, or all their cells. */
function identityColumns(fieldColumns: FieldColumns, table: Table, layout: Layout | null) {
  const skip = layout?.notIdentity ?? []
  const columns = table.names.flatMap((name, k) =>
    skip.includes(name) ? [] : [{ name, index: k, reader: new TextReader() }],
  )
  const readerOf = (field: ImportField) =>
    columns.find(({ index }) => index === fieldColumns.get(field))?.reader ?? null
  return { id: readerOf('orderId'), status: readerOf('status'), cells: columns.map(({ reader }) => reader), columns }
}

/** The position of a column that holds the volume in the quote currency; -1 if there is none. */
function quoteVolumeColumn({ names }: Table): number {
  return names.findIndex(name => QUOTE_VOLUME_NAMES.includes(normalizeName(name)))
}

async function missingColumn(field: ImportField, table: Table): Promise<DataError> {
  const quote = quoteVolumeColumn(table)
  if (field === 'volume' && quote >= 0)
    return new DataError(
      `The file has no column for volume in coins (known names: ${COLUMN_NAMES.volume.join(', ')}), but one that seems to be in the quote currency: set columns: { volume: '${table.names[quote]}' } and unit: 'quote'. Its columns are ${await describeColumns(table)}`,
    )
  const closeTime = field === 'time' ? table.names.find(name => normalizeName(name) === 'closetime') : undefined
  const hint =
    closeTime === undefined
      ? ''
      : `; for times at the end of bars use columns: { time: '${closeTime}' }, stamp: 'close'`
  const looks = looksLike(table.names)
  return new DataError(
    `The file has no column for ${field} (known names: ${COLUMN_NAMES[field].join(', ')}).${looks} Its columns are ${await describeColumns(table)}. Name the right one with columns: { ${field}: '…' }${hint}`,
  )
}

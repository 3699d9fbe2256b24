/** Finds the layout of a file: by its columns, its path, its contract, and its figures. */
import { DataError } from '../../common/errors.ts'
import { type Instrument, isInverse } from '../../market/instrument.ts'
import { normalizeName } from './column-names.ts'
import { LAYOUTS } from './layouts/all.ts'
import type { Layout } from './layouts/layout.ts'
import { sampleColumns } from './sample.ts'
import type { Table } from './table.ts'
import { TimeReader } from './time-reader.ts'

/** Rows whose figures are looked at. */
const SAMPLE_ROWS = 50
/** Venues round amounts, and a bar's mean price is within its range. */
const TOLERANCE = 0.01
/**
 * By which factor the price that records show may lie beyond that of the candles, as they may cover other times: up to the first
 * it is the same price, beyond the second it is none.
 */
const NEAR_PRICE = 4
const FAR_PRICE = 30
/** By which share a price may miss the range of its bar. */
const ROUNDING = 1e-6
/** Share of the sampled rows that must fit. */
const MIN_FITTING = 0.9

/**
 * The position of a layout's column in a file; -1 if it has none. Exact names count first, as some files have two that differ
 * in case alone.
 */
export function layoutColumn(names: readonly string[], name: string, instrument: Instrument): number {
  const { base = '', quote = '' } = instrument
  const full = name.includes('{') ? name.replace('{base}', base).replace('{quote}', quote) : name
  const { exact, normalized } = columnIndex(names)
  return exact.get(full) ?? normalized.get(normalizedLayoutName(full)) ?? -1
}

interface ColumnIndex {
  exact: ReadonlyMap<string, number>
  /** -1 for a name that several columns have but for case and punctuation. */
  normalized: ReadonlyMap<string, number>
}

/** By the names of a file, as they are compared with many layouts. */
const INDEX_CACHE = new WeakMap<readonly string[], ColumnIndex>()

function columnIndex(names: readonly string[]): ColumnIndex {
  const known = INDEX_CACHE.get(names)
  if (known) return known
  const exact = new Map<string, number>()
  const normalized = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    if (!exact.has(name)) exact.set(name, index)
    const key = normalizeName(name)
    normalized.set(key, normalized.has(key) ? -1 : index)
  }
  const index = { exact, normalized }
  INDEX_CACHE.set(names, index)
  return index
}

const LAYOUT_NAMES = new Map(
  LAYOUTS.flatMap(({ columns = [], fields, units = {} }) =>
    [...columns, ...Object.values(fields), ...Object.keys(units)].map(name => [name, normalizeName(name)] as const),
  ),
)

function normalizedLayoutName(name: string): string {
  return LAYOUT_NAMES.get(name) ?? normalizeName(name)
}

/**
 * The layout of a file; null if it is of none that is known.
 *
 * @param path of the file
 * @param instrumentFor what the file names if it has a layout, whose columns may say more; null for none
 * @param prices of the market that the file is loaded beside, by which records without prices are compared
 * @param trusted whether the user states the unit or names the columns, so that figures need not agree
 * @throws DataError when its columns are those of a layout, but its amounts contradict its prices
 */
export async function matchLayout(
  table: Table,
  path: string,
  instrumentFor: (layout: Layout | null) => Instrument,
  trusted: boolean,
  prices?: { low: number; high: number },
): Promise<Layout | null> {
  const instrument = instrumentFor(null)
  const ownVenue = ({ venue }: Layout) => instrument.venue === undefined || instrument.venue === venue
  const candidates = await inOrder(
    LAYOUTS.filter(layout => hasColumns(layout, table, instrument) && mayBe(layout, path, instrumentFor(layout))),
    table,
  )
  let fallback: Layout | null = null
  let contradicted: Layout | null = null
  for (const layout of candidates) {
    const fits = layout.sameTrades === undefined ? null : await figuresFit(layout, table, instrument, prices)
    if (fits === true) return layout
    if (fits === false) contradicted ??= layout
    // Cells without names tell little: where the file names a venue, they are not those of another one.
    else if (layout.cells === undefined || layout.venue === undefined || ownVenue(layout)) fallback ??= layout
  }
  if (fallback !== null && (contradicted === null || trusted || !readsSameCoins(fallback, contradicted)))
    return fallback
  if (contradicted === null || trusted) return fallback ?? contradicted
  const { coins = '', quote = '' } = contradicted.sameTrades ?? {}
  const named = (name: string) => table.names[layoutColumn(table.names, name, instrument)] ?? name
  throw new DataError(
    `The columns are those of ${contradicted.name} (${contradicted.documentation}), but ${named(quote)} / ${named(coins)} is no price of these rows, so ${named(coins)} may not count coins. Name the columns with columns: { … }, or say what amounts count with unit: 'coins', 'quote' or 'contracts'`,
  )
}

/** Whether a layout takes for coins a column by name that the figures of another one have shown not to be. */
function readsSameCoins({ kind, fields, cells, units = {} }: Layout, { sameTrades }: Layout): boolean {
  if (cells !== undefined) return false
  const amount = kind === 'candles' ? fields.volume : (fields.amount ?? fields.openInterest)
  return amount !== undefined && amount === sameTrades?.coins && (units[amount] ?? 'coins') === 'coins'
}

function hasColumns({ columns, exact, cells, fields }: Layout, table: Table, instrument: Instrument): boolean {
  const { names, firstRow, hasNames } = table
  if (cells !== undefined) return !hasNames && matchesCells(firstRow, cells)
  if (!hasNames || columns === undefined || columns.length === 0) return false
  if (exact && names.length !== columns.length) return false
  if (columns.some(name => name.includes('{base}') && instrument.base === undefined)) return false
  if (columns.some(name => name.includes('{quote}') && instrument.quote === undefined)) return false
  const indices = columns.map(name => layoutColumn(names, name, instrument))
  if (indices.includes(-1) || new Set(indices).size < indices.length) return false
  // A column that is there and empty holds nothing: ccxt writes one for each amount that some venue has.
  const main = fields.openInterest ?? fields.amount
  return main === undefined || firstRow.length === 0 || !isMissing(firstRow[layoutColumn(names, main, instrument)])
}

function isMissing(cell: string | undefined): boolean {
  return cell === undefined || /^(|null|none|nan|undefined)$/i.test(cell)
}

function mayBe({ path: pattern, contract, venues }: Layout, path: string, instrument: Instrument): boolean {
  if (pattern !== undefined && !pattern.test(path)) return false
  if (venues !== undefined && (instrument.venue === undefined || !venues.includes(instrument.venue))) return false
  const inverse = isInverse(instrument)
  if (contract === 'inverse') return inverse ?? (instrument.quote === undefined || instrument.quote === 'USD')
  if (contract === 'direct') return inverse !== true
  if (contract === 'spot') return instrument.kind === 'spot' || instrument.kind === 'unknown'
  if (contract === 'derivative') return instrument.kind !== 'spot'
  if (contract === 'contract') return instrument.kind !== 'spot' && instrument.kind !== 'unknown'
  return true
}

export function parseTime(cell: string): number {
  try {
    return new TimeReader().fromValue(cell)
  } catch {
    return Number.NaN
  }
}

function matchesCells(firstRow: readonly string[], cells: string): boolean {
  return (
    firstRow.length === cells.length &&
    firstRow.every((cell, index) => {
      if (cells[index] === 'w') return /^\d+$/.test(cell)
      if (cells[index] === 'b') return /^(true|false)$/i.test(cell)
      if (cells[index] === 't') return !Number.isNaN(parseTime(cell))
      if (cells[index] === 'x') return true
      if (cells[index] === 's') return /^(b|s|buy|sell)$/i.test(cell)
      if (cells[index] === 'c') return /^\d{1,2}:\d{2}(:\d{2})?$/.test(cell)
      return cell !== '' && Number.isFinite(Number(cell))
    })
  )
}

/** Whether the two amounts of the same trades differ by a price of their row; null where no row shows it. */
async function figuresFit(
  layout: Layout,
  table: Table,
  instrument: Instrument,
  prices: { low: number; high: number } | undefined,
): Promise<boolean | null> {
  const { sameTrades, fields } = layout
  if (sameTrades === undefined) return null
  const { coins, quote, sizes = [1] } = sameTrades
  const low = fields.low ?? fields.price
  const high = fields.high ?? fields.price
  const priced = low !== undefined && high !== undefined
  if (!priced && prices === undefined) return null
  const indices = (priced ? [coins, quote, low, high] : [coins, quote]).map(name =>
    layoutColumn(table.names, name, instrument),
  )
  const fitting = (rows: readonly Figures[]) =>
    sizes.some(size => rows.filter(row => fitsPrice(row, size)).length >= MIN_FITTING * rows.length)
  if (priced) {
    // A row that fits decides, as other units are off by orders of magnitude; most files need no second look.
    const first = figuresOf(new Map(indices.map(index => [index, [table.firstRow[index] ?? '']])), indices)
    if (first.length > 0 && fitting(first)) return true
  }
  const sample = figuresOf(await sampleColumns(table, indices, SAMPLE_ROWS), indices)
  if (sample.length === 0) return null
  if (priced) return fitting(sample)
  const within = (factor: number) =>
    fitting(sample.map(([a, b]): Figures => [a, b, prices!.low / factor, prices!.high * factor]))
  return within(NEAR_PRICE) ? true : within(FAR_PRICE) ? null : false
}

/**
 * Compares the volume of candles with that in the quote currency, in a file of no known layout.
 * @param columns positions of the volumes, the low and the high
 * @throws DataError when the two differ by no price of their bars
 */
export async function assertSameVolumes(
  table: Table,
  columns: readonly [volume: number, quote: number, low: number, high: number],
): Promise<void> {
  const rows = figuresOf(await sampleColumns(table, columns, SAMPLE_ROWS), columns)
  const fitting = rows.filter(row => fitsPrice(row, 1)).length
  if (rows.length === 0 || 2 * fitting > rows.length) return
  const [volume, quote] = columns.map(index => table.names[index])
  throw new DataError(
    `${quote} / ${volume} is no price of these rows, so ${volume} may not count coins: say what it counts with unit: 'coins', 'quote' or 'contracts' (with contractSize), or name another column with columns: { volume: '…' }`,
  )
}

/** Of layouts without names, those whose highs and lows are that: venues write prices in several orders. All if none is. */
async function inOrder(candidates: readonly Layout[], table: Table): Promise<readonly Layout[]> {
  const unnamed = candidates.filter(({ cells, kind }) => cells !== undefined && kind === 'candles')
  if (unnamed.length < 2) return candidates
  const sample = await sampleColumns(table, [...table.names.keys()], SAMPLE_ROWS)
  const number = (name: string | undefined, row: number) => Number(sample.get(Number(name) - 1)?.[row])
  const rows = [...(sample.get(0) ?? []).keys()]
  const fits = ({ fields, meanPrice }: Layout, row: number) => {
    const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map(field =>
      number(fields[field], row),
    )
    const mean = meanPrice === undefined ? 0 : number(meanPrice, row)
    const top = high! * (1 + ROUNDING)
    const bottom = low! * (1 - ROUNDING)
    const within = (price: number) => price >= bottom && price <= top
    return within(open!) && within(close!) && (mean === 0 || within(mean))
  }
  const fitting = unnamed.map(layout => rows.filter(row => fits(layout, row)).length)
  const best = Math.max(...fitting)
  if (2 * best <= rows.length) return candidates
  return candidates.filter(layout => {
    const k = unnamed.indexOf(layout)
    return k < 0 || fitting[k] === best
  })
}

type Figures = readonly [coins: number, quote: number, low: number, high: number]

/** The rows in which both amounts are above 0. */
function figuresOf(sample: ReadonlyMap<number, readonly string[]>, indices: readonly number[]): Figures[] {
  const columns = indices.map(index => (sample.get(index) ?? []).map(text => (text === '' ? Number.NaN : Number(text))))
  const [coins = [], quote = [], low = [], high = []] = columns
  const rows = coins.map((value, i): Figures => [value, quote[i]!, low[i] ?? 0, high[i] ?? 0])
  return rows.filter(([a, b]) => a > 0 && b > 0)
}

function fitsPrice([coins, quote, low, high]: Figures, size: number): boolean {
  const price = (quote * size) / coins
  return price >= low * (1 - TOLERANCE) && price <= high * (1 + TOLERANCE)
}

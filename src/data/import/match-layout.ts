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
/** Share of the sampled rows that must fit. */
const MIN_FITTING = 0.9

/**
 * The position of a layout's column in a file; -1 if it has none. Exact names count first, as some files have two that differ
 * in case alone.
 */
export function layoutColumn(names: readonly string[], name: string, instrument: Instrument): number {
  const { base = '', quote = '' } = instrument
  const full = name.replace('{base}', base).replace('{quote}', quote)
  const exact = names.indexOf(full)
  if (exact >= 0) return exact
  const wanted = normalizeName(full)
  const index = names.findIndex(candidate => normalizeName(candidate) === wanted)
  return names.findIndex((candidate, i) => i > index && normalizeName(candidate) === wanted) >= 0 ? -1 : index
}

/**
 * The layout of a file; null if it is of none that is known.
 *
 * @param path of the file
 * @param trusted whether the user states the unit or names the columns, so that figures need not agree
 * @throws DataError when its columns are those of a layout, but its amounts contradict its prices
 */
export async function matchLayout(
  table: Table,
  path: string,
  instrument: Instrument,
  trusted: boolean,
): Promise<Layout | null> {
  const candidates = LAYOUTS.filter(layout => hasColumns(layout, table, instrument) && mayBe(layout, path, instrument))
  let fallback: Layout | null = null
  let contradicted: Layout | null = null
  for (const layout of candidates) {
    const fits = layout.sameTrades === undefined ? null : await figuresFit(layout, table, instrument)
    if (fits === true) return layout
    if (fits === false) contradicted ??= layout
    else fallback ??= layout
  }
  if (fallback !== null || contradicted === null || trusted) return fallback ?? contradicted
  const { coins = '', quote = '' } = contradicted.sameTrades ?? {}
  const named = (name: string) => table.names[layoutColumn(table.names, name, instrument)] ?? name
  throw new DataError(
    `The columns are those of ${contradicted.name} (${contradicted.documentation}), but ${named(quote)} / ${named(coins)} is no price of these rows, so ${named(coins)} may not count coins. Name the columns with columns: { … }, or say what amounts count with unit: 'coins', 'quote' or 'contracts'`,
  )
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
      if (cells[index] === 'b') return /^(true|false)$/i.test(cell)
      if (cells[index] === 't') return !Number.isNaN(parseTime(cell))
      if (cells[index] === 'c') return /^\d{1,2}:\d{2}(:\d{2})?$/.test(cell)
      return cell !== '' && Number.isFinite(Number(cell))
    })
  )
}

/** Whether the two amounts of the same trades differ by a price of their row; null where no row shows it. */
async function figuresFit(layout: Layout, table: Table, instrument: Instrument): Promise<boolean | null> {
  const { sameTrades, fields } = layout
  if (sameTrades === undefined) return null
  const { coins, quote, sizes = [1] } = sameTrades
  const low = fields.low ?? fields.price
  const high = fields.high ?? fields.price
  if (low === undefined || high === undefined) return null
  const indices = [coins, quote, low, high].map(name => layoutColumn(table.names, name, instrument))
  const sample = await sampleColumns(table, indices, SAMPLE_ROWS)
  const column = (k: number) => (sample.get(indices[k]!) ?? []).map(text => (text === '' ? Number.NaN : Number(text)))
  const [coinValues = [], quoteValues = [], lows = [], highs = []] = [column(0), column(1), column(2), column(3)]
  for (const size of sizes) {
    let fitting = 0
    let rows = 0
    for (let i = 0; i < coinValues.length; i++) {
      const price = (quoteValues[i]! * size) / coinValues[i]!
      if (!(price > 0 && price < Infinity)) continue
      rows++
      if (price >= lows[i]! * (1 - TOLERANCE) && price <= highs[i]! * (1 + TOLERANCE)) fitting++
    }
    if (rows === 0) return null
    if (fitting >= MIN_FITTING * rows) return true
  }
  return false
}

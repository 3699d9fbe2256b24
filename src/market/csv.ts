import { fromCSV } from 'arquero'
import { DataError, quote } from './errors.ts'
import { CANDLE_FIELDS, type CandleField, FLOW_FIELDS, type FlowField, type MarketColumns } from './market.ts'
import { parseIsoUtc } from './moment.ts'

type Field = 'time' | CandleField | FlowField

/** Column names as exchanges and tools write them, without case, blanks and punctuation. */
const NAMES: Record<Field, readonly string[]> = {
  time: ['date', 'time', 'timestamp', 'datetime', 'opentime', 'unix'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
  takerBuyVolume: ['takerbuyvolume', 'takerbuybaseassetvolume', 'takerbuybasevolume'],
  openInterest: ['openinterest', 'oi', 'sumopeninterest'],
  longLiquidations: ['longliquidations'],
  shortLiquidations: ['shortliquidations'],
  longShortRatio: ['longshortratio'],
  fundingRate: ['fundingrate'],
}

/** For a column whose name is not known by itself: our field → the file's column. */
export type ColumnMapping = Partial<Record<Field, string>>

/**
 * Candles and order flow from CSV text with a header line. The time column holds the OPEN time of the bar: an ISO date
 * (UTC where no zone is given) or an epoch in s, ms, µs or ns. Empty flow cells mean no record (NaN); an empty candle cell
 * is an error. Columns that are not known are ignored.
 *
 * @throws DataError naming column, row and value
 */
export function parseCsv(text: string, mapping: ColumnMapping = {}): MarketColumns {
  const header = /^[^\r\n]*/.exec(text)![0].trim()
  if (header === '') throw new DataError('The file is empty: expected a line of column names and rows of candles')
  const parsed = fromCSV(text, { autoType: false, delimiter: delimiterOf(header) })
  const names = parsed.columnNames()
  const time = findColumn(names, 'time', mapping)
  if (time === null) throw missing('time', names)
  const strings = (name: string) => parsed.array(name) as ArrayLike<unknown>

  const columns = { time: parseTimes(strings(time), time) } as MarketColumns
  for (const field of CANDLE_FIELDS) {
    const name = findColumn(names, field, mapping)
    if (name === null) throw missing(field, names)
    columns[field] = parseNumbers(strings(name), name, false)
  }
  for (const field of FLOW_FIELDS) {
    const name = findColumn(names, field, mapping)
    if (name !== null) columns[field] = parseNumbers(strings(name), name, true)
  }
  return columns
}

/** The separator that occurs most in the header: comma, semicolon, tab or bar. */
function delimiterOf(header: string): string {
  const count = (separator: string) => header.split(separator).length
  return [',', ';', '\t', '|'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best))
}

function findColumn(names: readonly string[], field: Field, mapping: ColumnMapping): string | null {
  const wanted = mapping[field]
  if (wanted !== undefined) {
    if (!names.includes(wanted))
      throw new DataError(`columns.${field}: the file has no column ${quote(wanted)}, but ${names.join(', ')}`)
    return wanted
  }
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  for (const alias of NAMES[field]) {
    const found = names.filter(name => plain(name) === alias)
    if (found.length > 1)
      throw new DataError(
        `${field}: the file has ${found.length} columns for it (${found.join(', ')}). Choose one with columns: { ${field}: … }`,
      )
    if (found.length === 1) return found[0]!
  }
  return null
}

function missing(field: Field, names: readonly string[]): DataError {
  return new DataError(
    `The file has no column for ${field} (known names: ${NAMES[field].join(', ')}). Its columns are ${names.join(', ')}. Name the right one with columns: { ${field}: '…' }`,
  )
}

function parseNumbers(cells: ArrayLike<unknown>, column: string, mayBeEmpty: boolean): Float64Array {
  const out = new Float64Array(cells.length)
  for (let i = 0; i < cells.length; i++) {
    const text = cells[i]
    const trimmed = typeof text === 'string' ? text.trim() : ''
    if (trimmed === '') {
      if (!mayBeEmpty) throw new DataError(`Row ${i + 1}, ${column}: the cell is empty, but expected a number`)
      out[i] = Number.NaN
      continue
    }
    const value = Number(trimmed)
    // Number() also takes 0x1f and Infinity, which no exchange writes.
    if (Number.isNaN(value) || !/^[+-]?[\d.]/.test(trimmed) || /^[+-]?0[xob]/i.test(trimmed))
      throw new DataError(`Row ${i + 1}, ${column}: ${quote(trimmed)}, but expected a number`)
    out[i] = value
  }
  return out
}

function parseTimes(cells: ArrayLike<unknown>, column: string): Float64Array {
  const out = new Float64Array(cells.length)
  const toMs = cells.length > 0 ? epochFactor(String(cells[0] ?? '')) : null
  for (let i = 0; i < cells.length; i++) {
    const text = String(cells[i] ?? '').trim()
    const ms = toMs === null ? parseIsoUtc(text) : text === '' ? Number.NaN : Math.round(Number(text) * toMs)
    if (!Number.isFinite(ms)) {
      const expected = toMs === null ? 'an ISO date such as 2024-06-19T21:00:00Z' : 'an epoch number like the first row'
      throw new DataError(`Row ${i + 1}, ${column}: ${quote(text)}, but expected ${expected}`)
    }
    out[i] = ms
  }
  return out
}

/** ms per unit of an epoch number, by its magnitude (s until the year 5138); null when the text is not a plain number. */
function epochFactor(text: string): number | null {
  if (!/^\s*\d+(\.\d+)?\s*$/.test(text)) return null
  const value = Number(text)
  if (value < 1e11) return 1000
  if (value < 1e14) return 1
  if (value < 1e17) return 1e-3
  return 1e-6
}

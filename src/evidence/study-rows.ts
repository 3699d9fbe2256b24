/** Reads the result of a study as rows with the bar at which each was known. */
import { DataError, quoteValue } from '../common/errors.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { binOf } from '../market/bins.ts'
import type { Market } from '../market/market.ts'
import type { Level, LevelSource } from '../sfp/levels/level-source.ts'

/** One statement of a study. */
export interface StudyRow {
  /** Bar at whose close it was known. */
  bar: number
  /** By name; those of nested objects as `level.inner`. */
  values: Readonly<Record<string, unknown>>
  /** Ignored at the last bar of the data, where a backtest closes open positions only because the data ends. */
  skipLastBar?: true
}

/** Bar at whose close a row of the study's own table or list is known. Default: its `bar`, or the `exitBar` of a trade. */
export type BarOfRow = (row: Record<string, unknown>) => number

/**
 * Converts a study's result to rows: a level source, a heatmap, signals, a backtest (entries, exits and equity, each known at
 * its own bar), a series with one value per bar, a table or list of rows, or an object of several of these by name.
 *
 * @throws DataError for any other result, and for rows without a bar
 */
export function studyRows(result: unknown, market: Market, barOf?: BarOfRow): StudyRow[] {
  if (isLiquidationMap(result)) return mapRows(result)
  if (isLevelSource(result)) return levelRows(result)
  if (isSeries(result, market)) return Array.from(result, (value, bar) => ({ bar, values: { value } }))
  if (isBacktest(result)) return tradeRows(result)
  if (isTable(result)) return listRows(result.objects(), barOf)
  if (Array.isArray(result)) return listRows(result, barOf)
  if (isRecord(result)) {
    if (Array.isArray(result.signals)) return listRows(result.signals, barOf)
    const parts = Object.entries(result)
    if (parts.length > 0)
      return parts.flatMap(([name, part]) =>
        studyRows(part, market, barOf).map(row => ({ ...row, values: withPrefix(row.values, name) })),
      )
  }
  throw new DataError(
    'liq.audit: the study must return levels, a heatmap, signals, a backtest, a series with a value for each bar, or rows',
  )
}

/** The levels of each bar whose levels differ from the previous bar's. */
function levelRows(source: LevelSource): StudyRow[] {
  const rows: StudyRow[] = []
  let previous = ''
  source.forEachBar((bar, levels) => {
    // Ignores `since`, which some sources update at every bar; each row is checked at its bar anyway.
    const current = JSON.stringify(levels.map(({ since: _, profile: __, ...level }: Level) => level))
    if (current === previous) return
    previous = current
    rows.push({ bar, values: { levels: levels.length } })
    for (const level of levels) rows.push({ bar, values: flatten(level) })
  })
  return rows
}

/** Distance in ln(price) up to which the columns of a heatmap are compared. */
const MAX_DISTANCE = 0.3

function mapRows(map: LiquidationMap): StudyRow[] {
  const { market } = map
  const { binWidth } = map.options
  const bins = Math.round(MAX_DISTANCE / binWidth)
  const column = new Float64Array(bins)
  const rows: StudyRow[] = []
  map.replay((bar, book) => {
    const closeBin = binOf(market.close[bar]!, binWidth)
    const values: Record<string, number> = {}
    for (const side of ['long', 'short'] as const) {
      book.column(side, side === 'long' ? closeBin - bins : closeBin + 1, column)
      let sum = 0
      let moment = 0
      for (let i = 0; i < bins; i++) {
        sum += column[i]!
        moment += i * column[i]!
      }
      values[`${side}Usd`] = sum
      values[`${side}Centre`] = moment
    }
    rows.push({ bar, values })
  })
  return rows
}

interface BacktestLike {
  trades: readonly Record<string, unknown>[]
  equity?: ArrayLike<number>
}

const ENTRY_FIELDS = ['side', 'entry', 'stop', 'target', 'size']

function tradeRows({ trades, equity }: BacktestLike): StudyRow[] {
  const rows: StudyRow[] = []
  for (const trade of trades) {
    const entry = Object.fromEntries(ENTRY_FIELDS.filter(name => name in trade).map(name => [name, trade[name]]))
    rows.push({ bar: readBar(trade, 'entryBar'), values: { ...entry, event: 'entry' } })
    // The end of the data closes a position without a decision of the study.
    if (trade.reason !== 'end')
      rows.push({ bar: readBar(trade, 'exitBar'), values: { ...flatten(trade), event: 'exit' } })
  }
  // Without the last bar, where an open position is closed and pays costs.
  if (equity)
    for (let bar = 0; bar < equity.length - 1; bar++)
      rows.push({ bar, values: { equity: equity[bar] }, skipLastBar: true })
  return rows
}

function listRows(list: readonly unknown[], barOf?: BarOfRow): StudyRow[] {
  return list.map((row, index) => {
    if (!isRecord(row))
      throw new DataError(`liq.audit: row ${index + 1} of the study is not an object, but ${quoteValue(row)}`)
    const bar = barOf ? barOf(row) : (row.bar ?? row.exitBar)
    if (typeof bar !== 'number' || !Number.isInteger(bar))
      throw new DataError(
        `liq.audit: row ${index + 1} of the study does not say at which bar it is known: add a number \`bar\`, or use the option barOf`,
      )
    return { bar, values: flatten(row) }
  })
}

function readBar(row: Record<string, unknown>, name: string): number {
  const bar = row[name]
  if (typeof bar !== 'number' || !Number.isInteger(bar))
    throw new DataError(`liq.audit: ${name} of a trade: ${quoteValue(bar)}, but expected the number of a bar`)
  return bar
}

/** Values by name; those of nested objects get names with dots. */
function flatten(row: object): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Date) out[name] = value.getTime()
    else if (ArrayBuffer.isView(value)) out[name] = (value as Float64Array).join(' ')
    else if (Array.isArray(value)) Object.assign(out, flattenList(value, name))
    else if (isRecord(value)) Object.assign(out, withPrefix(flatten(value), name))
    else if (typeof value !== 'function') out[name] = value
  }
  return out
}

/** A list of numbers or strings as one value; a list of objects by index, as `fills.0.price`. */
function flattenList(values: readonly unknown[], name: string): Record<string, unknown> {
  return values.some(isRecord) ? withPrefix(flatten(values), name) : { [name]: values.join(' ') }
}

function withPrefix(values: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isLiquidationMap(value: unknown): value is LiquidationMap {
  return isRecord(value) && typeof value.replay === 'function' && 'positionCohorts' in value
}

function isLevelSource(value: unknown): value is LevelSource {
  return isRecord(value) && typeof value.forEachBar === 'function'
}

function isSeries(value: unknown, market: Market): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return (value as Float64Array).length === market.length
  return Array.isArray(value) && value.length === market.length && value.every(entry => typeof entry === 'number')
}

function isBacktest(value: unknown): value is BacktestLike {
  return isRecord(value) && Array.isArray(value.trades)
}

function isTable(value: unknown): value is { objects(): Record<string, unknown>[] } {
  return isRecord(value) && typeof value.objects === 'function'
}

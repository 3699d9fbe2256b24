import { DataError, quoteValue } from '../common/errors.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import type { Level, LevelSource } from '../sfp/levels/columns.ts'

/** A statement of a study, and the bar at whose close it was made. */
export interface KnownRow {
  bar: number
  /** By name; nested objects as `level.inner`. */
  values: Readonly<Record<string, unknown>>
  /** Not said of the last bar there is, whatever it was: a backtest closes there what is open, which is no decision. */
  notOfLast?: true
}

/** Any row of a study's own table or list; its bar is `bar`, or `exitBar` of a trade, unless told otherwise. */
export type BarOf = (row: Record<string, unknown>) => number

/**
 * What a study's result says, as rows with the bar at which each was known: a level source, a heatmap, signals, a backtest
 * (entries known at their bar, exits at theirs, the equity), a series with one value a bar, a table or list of rows, or an
 * object of several of these by name.
 *
 * @throws DataError when it is none of them, or rows do not say their bar
 */
export function knownRows(result: unknown, market: Market, barOf?: BarOf): KnownRow[] {
  if (isMap(result)) return mapRows(result)
  if (isSource(result)) return levelRows(result)
  if (isSeries(result, market)) return Array.from(result, (value, bar) => ({ bar, values: { value } }))
  if (isBacktest(result)) return tradeRows(result)
  if (isTable(result)) return listRows(result.objects(), barOf)
  if (Array.isArray(result)) return listRows(result, barOf)
  if (isRecord(result)) {
    if (Array.isArray(result.signals)) return listRows(result.signals, barOf)
    const parts = Object.entries(result)
    if (parts.length > 0)
      return parts.flatMap(([name, part]) =>
        knownRows(part, market, barOf).map(row => ({ ...row, values: prefixed(row.values, name) })),
      )
  }
  throw new DataError(
    'audit: the study must return levels, a heatmap, signals, a backtest, a series with a value for each bar, or rows',
  )
}

/** Only what is new at a bar: a level that stays says nothing again. */
function levelRows(source: LevelSource): KnownRow[] {
  const rows: KnownRow[] = []
  let before = ''
  source.forEachBar((bar, levels) => {
    // `since` moves with every bar in sources whose levels are seen anew; it is held to its bar by itself.
    const now = JSON.stringify(levels.map(({ since: _, profile: __, ...level }: Level) => level))
    if (now === before) return
    before = now
    rows.push({ bar, values: { levels: levels.length } })
    for (const level of levels) rows.push({ bar, values: flat(level) })
  })
  return rows
}

/** Distance, in ln(price), within which a heatmap's columns are compared. */
const REACH = 0.3

function mapRows(map: LiquidationMap): KnownRow[] {
  const { market } = map
  const { binWidth } = map.options
  const bins = Math.round(REACH / binWidth)
  const column = new Float64Array(bins)
  const rows: KnownRow[] = []
  map.replay((bar, book) => {
    const at = Math.floor(Math.log(market.close[bar]!) / binWidth)
    const values: Record<string, number> = {}
    for (const side of ['long', 'short'] as const) {
      book.column(side, side === 'long' ? at - bins : at + 1, column)
      let sum = 0
      let centre = 0
      for (let i = 0; i < bins; i++) {
        sum += column[i]!
        centre += i * column[i]!
      }
      values[`${side}Usd`] = sum
      values[`${side}Centre`] = centre
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

function tradeRows({ trades, equity }: BacktestLike): KnownRow[] {
  const rows: KnownRow[] = []
  for (const trade of trades) {
    const entry = Object.fromEntries(ENTRY_FIELDS.filter(name => name in trade).map(name => [name, trade[name]]))
    rows.push({ bar: barIn(trade, 'entryBar'), values: { ...entry, event: 'entry' } })
    // A position that is closed because the data ends is no decision of the study.
    if (trade.reason !== 'end') rows.push({ bar: barIn(trade, 'exitBar'), values: { ...flat(trade), event: 'exit' } })
  }
  const last = (equity?.length ?? 0) - 1
  // At the last bar an open position is closed and pays for it.
  for (let bar = 0; bar < last; bar++) rows.push({ bar, values: { equity: equity![bar] }, notOfLast: true })
  return rows
}

function listRows(list: readonly unknown[], barOf?: BarOf): KnownRow[] {
  return list.map((row, index) => {
    if (!isRecord(row)) throw new DataError(`audit: row ${index + 1} of the study is no object, but ${quoteValue(row)}`)
    const bar = barOf ? barOf(row) : (row.bar ?? row.exitBar)
    if (typeof bar !== 'number' || !Number.isInteger(bar))
      throw new DataError(
        `audit: row ${index + 1} of the study does not say at which bar it is known: give it a number \`bar\`, or say barOf`,
      )
    return { bar, values: flat(row) }
  })
}

function barIn(row: Record<string, unknown>, name: string): number {
  const bar = row[name]
  if (typeof bar !== 'number' || !Number.isInteger(bar))
    throw new DataError(`audit: ${name} of a trade: ${quoteValue(bar)}, but expected the number of a bar`)
  return bar
}

/** Values by name; what lies deeper gets a name with dots. */
function flat(row: object): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Date) out[name] = value.getTime()
    else if (ArrayBuffer.isView(value)) out[name] = (value as Float64Array).join(' ')
    else if (Array.isArray(value)) Object.assign(out, listed(value, name))
    else if (isRecord(value)) Object.assign(out, prefixed(flat(value), name))
    else if (typeof value !== 'function') out[name] = value
  }
  return out
}

/** Numbers and texts side by side; objects each by its place, as `fills.0.price`. */
function listed(values: readonly unknown[], name: string): Record<string, unknown> {
  return values.some(isRecord) ? prefixed(flat(values), name) : { [name]: values.join(' ') }
}

function prefixed(values: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isMap(value: unknown): value is LiquidationMap {
  return isRecord(value) && typeof value.replay === 'function' && 'positionCohorts' in value
}

function isSource(value: unknown): value is LevelSource {
  return isRecord(value) && typeof value.forEachBar === 'function'
}

function isSeries(value: unknown, market: Market): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return (value as Float64Array).length === market.length
  return Array.isArray(value) && value.length === market.length && value.every(one => typeof one === 'number')
}

function isBacktest(value: unknown): value is BacktestLike {
  return isRecord(value) && Array.isArray(value.trades)
}

function isTable(value: unknown): value is { objects(): Record<string, unknown>[] } {
  return isRecord(value) && typeof value.objects === 'function'
}

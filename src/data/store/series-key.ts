/** Names of series in the store, and of the folders and files that hold them. */
import { join, sep } from 'node:path'
import { DAY } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Interval } from './intervals.ts'
import { isSeriesName, SERIES_SCHEMAS, type SeriesName } from './schema.ts'

/** Identifies one series of one symbol. */
export interface SeriesKey {
  series: SeriesName
  /** A ccxt id. */
  exchange: string
  /** ccxt's unified symbol. */
  symbol: string
  /** e.g. `1h`; empty for a series without one (funding, trades, liquidations). */
  timeframe: string
}

/**
 * Folder of a series below the store: `series=candles/exchange=binanceusdm/symbol=BTC%2FUSDT%3AUSDT/timeframe=1h`.
 * Hive partitioning, values escaped as Hive, Spark and DuckDB read them; the series comes first, so that all files below a
 * `series=…` have the same columns.
 *
 * @throws DataError for a value that cannot be the name of a folder
 */
export function seriesFolder(key: SeriesKey): string {
  const levels = [`series=${key.series}`, folderLevel('exchange', key.exchange), folderLevel('symbol', key.symbol)]
  if (key.timeframe !== '') levels.push(folderLevel('timeframe', key.timeframe))
  return join(...levels)
}

/** The key of a folder that {@link seriesFolder} returns; undefined for any other. */
export function parseSeriesFolder(folder: string): SeriesKey | undefined {
  const values: Record<string, string> = {}
  for (const level of folder.split(sep)) {
    const [, name, value] = /^([a-z]+)=(.+)$/.exec(level) ?? []
    if (name === undefined || value === undefined) return undefined
    const plain = unescapeValue(value)
    if (plain === '') return undefined
    values[name] = plain
  }
  const { series, exchange, symbol, timeframe = '' } = values
  if (series === undefined || !isSeriesName(series) || exchange === undefined || symbol === undefined) return undefined
  const key = { series, exchange, symbol, timeframe }
  return seriesFolder(key) === folder ? key : undefined
}

/** `binanceusdm BTC/USDT:USDT 1h candles`, for messages. */
export function describeKey({ exchange, symbol, timeframe, series }: SeriesKey): string {
  return [exchange, symbol, timeframe, series].filter(part => part !== '').join(' ')
}

/** File systems allow this many bytes in a name. */
const MAX_NAME_BYTES = 255

function folderLevel(field: string, value: string): string {
  const level = `${field}=${escapeValue(value)}`
  if (level.length > MAX_NAME_BYTES)
    throw new DataError(
      `The store cannot hold the ${field} ${quoteValue(value)}: it is too long for the name of a folder`,
    )
  return level
}

function escapeValue(value: string): string {
  if (value === '') throw new DataError('The store needs an exchange and a symbol, but one of them is empty')
  try {
    return encodeURIComponent(value).replace(/['*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  } catch {
    throw new DataError(`The store cannot hold ${quoteValue(value)}: it is no valid text`)
  }
}

/** The value of an escaped text; empty when no value escapes to it. */
function unescapeValue(value: string): string {
  try {
    const plain = decodeURIComponent(value)
    // A lone surrogate cannot be escaped.
    encodeURIComponent(plain)
    return plain
  } catch {
    return ''
  }
}

/** Name of the part (a month or a day, UTC) that holds a time: `2024-05`, `2024-05-31`. */
function partAt(series: SeriesName, time: number): string {
  return new Date(time).toISOString().slice(0, SERIES_SCHEMAS[series].partition === 'month' ? 7 : 10)
}

/** The time range of a part. @throws DataError when the name is not one of a part */
export function partBounds(part: string): Interval {
  const from = Date.parse(`${part.length === 7 ? `${part}-01` : part}T00:00:00Z`)
  if (!Number.isFinite(from)) throw new DataError(`${quoteValue(part)} is not the name of a part, such as 2024-05`)
  if (part.length > 7) return [from, from + DAY]
  const start = new Date(from)
  return [from, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1)]
}

/** Names of the parts that overlap [from, to), in order. */
export function partsBetween(series: SeriesName, [from, to]: Interval): string[] {
  const parts: string[] = []
  for (let time = from; time < to; ) {
    const part = partAt(series, time)
    parts.push(part)
    time = partBounds(part)[1]
  }
  return parts
}

export const partFileName = (part: string) => `${part}.parquet`

const STORE_FILE = /^(\d{4}-\d{2}(?:-\d{2})?)\.parquet(|\.damaged|\.lock(?:\.[^.]+)?|\.[^.]+\.tmp)$/

/**
 * The part that a file of a series' folder belongs to, and what follows the name of the part's file: nothing, or `.damaged`,
 * `.lock…`, `….tmp` for files that the store keeps beside it. Undefined for names that the store does not use.
 */
export function parseStoreFile(series: SeriesName, name: string): { part: string; suffix: string } | undefined {
  const [, part, suffix] = STORE_FILE.exec(name) ?? []
  if (part === undefined || suffix === undefined) return undefined
  const from = Date.parse(part.length === 7 ? `${part}-01` : part)
  // Date.parse takes February 31 for a day in March.
  return Number.isFinite(from) && partAt(series, from) === part ? { part, suffix } : undefined
}

/** The part whose file has this name; undefined for any other file. */
export function parsePartFile(series: SeriesName, name: string): string | undefined {
  const file = parseStoreFile(series, name)
  return file?.suffix === '' ? file.part : undefined
}

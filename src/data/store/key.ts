import { join, sep } from 'node:path'
import { DAY } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Interval } from './intervals.ts'
import { isSeries, SERIES, type SeriesName } from './schema.ts'

/** Names one series of one symbol. */
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
 * Hive's form, values escaped as Hive, Spark and DuckDB read them; the series first, so that below each
 * `series=…` all files have the same columns.
 */
export function folderOf(key: SeriesKey): string {
  const levels = [`series=${key.series}`, `exchange=${escapeValue(key.exchange)}`, `symbol=${escapeValue(key.symbol)}`]
  if (key.timeframe !== '') levels.push(`timeframe=${escapeValue(key.timeframe)}`)
  return join(...levels)
}

/** The key of a folder that {@link folderOf} made; undefined for any other. */
export function keyOfFolder(folder: string): SeriesKey | undefined {
  const values: Record<string, string> = {}
  for (const level of folder.split(sep)) {
    const [, name, value] = /^([a-z]+)=(.+)$/.exec(level) ?? []
    if (name === undefined || value === undefined) return undefined
    const plain = unescapeValue(value)
    if (plain === '') return undefined
    values[name] = plain
  }
  const { series, exchange, symbol, timeframe = '' } = values
  if (series === undefined || !isSeries(series) || exchange === undefined || symbol === undefined) return undefined
  const key = { series, exchange, symbol, timeframe }
  return folderOf(key) === folder ? key : undefined
}

/** `binanceusdm BTC/USDT:USDT 1h candles`, for people. */
export function describeKey({ exchange, symbol, timeframe, series }: SeriesKey): string {
  return [exchange, symbol, timeframe, series].filter(part => part !== '').join(' ')
}

function escapeValue(value: string): string {
  if (value === '') throw new DataError('The store needs an exchange and a symbol, but one of them is empty')
  return encodeURIComponent(value).replace(/['*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Empty for a text that no value has. */
function unescapeValue(value: string): string {
  try {
    const plain = decodeURIComponent(value)
    // Half a pair of surrogates has no escaped form.
    encodeURIComponent(plain)
    return plain
  } catch {
    return ''
  }
}

/** Name of the part (a month or a day, UTC) that holds a moment: `2024-05`, `2024-05-31`. */
export function partOf(series: SeriesName, time: number): string {
  return new Date(time).toISOString().slice(0, SERIES[series].partition === 'month' ? 7 : 10)
}

/** The moments that belong to a part. */
export function partBounds(part: string): Interval {
  const from = Date.parse(`${part.length === 7 ? `${part}-01` : part}T00:00:00Z`)
  if (!Number.isFinite(from)) throw new DataError(`${quoteValue(part)} is not a part of the store, such as 2024-05`)
  if (part.length > 7) return [from, from + DAY]
  const start = new Date(from)
  return [from, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1)]
}

/** Names of the parts that [from, to) touches, in order. */
export function partsBetween(series: SeriesName, [from, to]: Interval): string[] {
  const parts: string[] = []
  for (let time = from; time < to; time = partBounds(parts.at(-1)!)[1]) parts.push(partOf(series, time))
  return parts
}

export const fileOf = (part: string) => `${part}.parquet`

const FILE = /^(\d{4}-\d{2}(?:-\d{2})?)\.parquet(|\.damaged|\.lock(?:\.[^.]+)?|\.[^.]+\.tmp)$/

/**
 * What a name in a series' folder stands for: a part, and how the name goes on after that of the part's file (nothing, or
 * `.damaged`, `.lock…`, `….tmp` for what the store keeps beside it). Undefined for a name that the store gives to nothing.
 */
export function ownFile(series: SeriesName, name: string): { part: string; rest: string } | undefined {
  const [, part, rest] = FILE.exec(name) ?? []
  if (part === undefined || rest === undefined) return undefined
  const from = Date.parse(part.length === 7 ? `${part}-01` : part)
  // Some days that are not, such as February 31, are taken for one of the next month.
  return Number.isFinite(from) && partOf(series, from) === part ? { part, rest } : undefined
}

/** The part whose file has this name, if any. */
export function partOfFile(series: SeriesName, name: string): string | undefined {
  const own = ownFile(series, name)
  return own?.rest === '' ? own.part : undefined
}

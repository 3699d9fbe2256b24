/** Loads what is stored on this machine into tables of a ClickHouse server. */
import { randomBytes } from 'node:crypto'
import { DataError, OptionError } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { invalidOption } from '../../common/options.ts'
import { listContents, type StoreFilter } from '../store/contents.ts'
import { SERIES_SCHEMAS, type SeriesName } from '../store/schema.ts'
import { describeKey, partBounds, type SeriesKey } from '../store/series-key.ts'
import { Store } from '../store/store.ts'
import { type ClickHouse, openClickHouse } from './connection.ts'
import { encodeRows, type RowColumn } from './row-binary.ts'
import { literal, quoteColumn, quoteTable, tableName } from './sql-text.ts'
import { describeTable } from './trade-columns.ts'

export interface ClickHouseExport {
  /** Address of the HTTP interface: `http://user:password@HOST:8123`. */
  url: string
  /** Name of the table, where one series is exported. Default `liqnb_candles`, `liqnb_trades` and so on. */
  table?: string
  filter?: StoreFilter
}

/** What a table has received. */
export interface ExportedSeries extends SeriesKey {
  table: string
  rows: number
}

const CALLER = 'data export'
const INSERT_ROWS = 200_000

/**
 * Creates the tables that are missing. What a table had of a series before is replaced, of trades and liquidations month by
 * month; readers see the old rows or the new ones.
 *
 * @throws OptionError for an address or name that is none
 * @throws DataError for a server that refuses, a table of another structure, damaged files, and when nothing is stored
 */
export async function exportStore(
  root: string,
  { url, table, filter = {} }: ClickHouseExport,
  { signal, progress }: Pick<Task, 'signal' | 'progress'>,
): Promise<ExportedSeries[]> {
  const mismatch = table === undefined ? undefined : tableName(table)
  if (mismatch) throw invalidOption(CALLER, 'table', table, mismatch)
  const server = openClickHouse(url, signal, CALLER)
  const { series } = await listContents(root, filter, CALLER)
  // Positions are packed in a way that only this library reads.
  const chosen = series.filter(({ key }) => key.series !== 'positions')
  if (chosen.length === 0)
    throw new DataError(`${CALLER}: nothing that matches is stored in ${root}: "liqnb data list" shows what is`)
  const names = [...new Set(chosen.map(({ key }) => key.series))]
  if (table !== undefined && names.length > 1)
    throw new OptionError(`${CALLER}: table ${table} cannot hold ${names.join(' and ')}: choose one by series`)
  const tableOf = (name: SeriesName) => table ?? `liqnb_${name}`
  for (const name of names) await ensureTable(server, tableOf(name), name)
  const store = new Store(root)
  const total = chosen.reduce((sum, { parts }) => sum + parts.length, 0)
  const exported: ExportedSeries[] = []
  let done = 0
  for (const { key, parts } of chosen) {
    const name = tableOf(key.series)
    let rows = 0
    for (const [partition, group] of partitions(key, parts)) {
      rows += await replacePartition(server, name, partition, async insert => {
        for (const part of group) {
          signal.throwIfAborted()
          progress(`Exporting ${describeKey(key)}`, done++ / total)
          await insert(key, part, store)
        }
      })
    }
    exported.push({ ...key, table: name, rows })
  }
  return exported
}

const isEvents = (series: SeriesName) => SERIES_SCHEMAS[series].times === 'events'

/** Names and types of a table's columns. Times are epoch ms, as old servers know no others; `id` orders events of one time. */
function columnsOf(series: SeriesName): [name: string, type: string][] {
  const values = Object.entries(SERIES_SCHEMAS[series].columns).map(([name, type]): [string, string] => [
    name,
    type === 'flag' ? 'UInt8' : 'Float64',
  ])
  const own: [string, string][] = isEvents(series) ? [['id', 'Int64']] : [['timeframe', 'String']]
  return [['exchange', 'String'], ['symbol', 'String'], ['time', 'Int64'], ...values, ...own]
}

const MONTH = "toYYYYMM(toDateTime(intDiv(time, 1000), 'UTC'))"

async function ensureTable(server: ClickHouse, table: string, series: SeriesName): Promise<void> {
  const columns = columnsOf(series)
  const [partition, order] = isEvents(series) ? [MONTH, 'time, id'] : ['timeframe', 'timeframe, time']
  await server.query(
    `CREATE TABLE IF NOT EXISTS ${quoteTable(table)} (${columns.map(([name, type]) => `${quoteColumn(name)} ${type}`).join(', ')}) ENGINE = MergeTree() PARTITION BY (exchange, symbol, ${partition}) ORDER BY (exchange, symbol, ${order})`,
  )
  const found = [...(await describeTable(server, table))].map(([name, type]) => `${name} ${type}`).join(', ')
  const expected = columns.map(([name, type]) => `${name} ${type}`).join(', ')
  if (found !== expected)
    throw new DataError(
      `${CALLER}: table ${table} has other columns (${found}), but expected ${expected}; name another with --table`,
    )
}

/** The parts of a series by partition of its table. */
function partitions(key: SeriesKey, parts: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const part of parts) {
    const last = isEvents(key.series) ? part.slice(0, 7).replace('-', '') : literal(key.timeframe)
    const partition = `(${literal(key.exchange)}, ${literal(key.symbol)}, ${last})`
    groups.set(partition, [...(groups.get(partition) ?? []), part])
  }
  return groups
}

type Insert = (key: SeriesKey, part: string, store: Store) => Promise<void>

/** Fills a table beside the one wanted, then swaps the partition: a reader never sees a part of it, and a repetition changes nothing. */
async function replacePartition(
  server: ClickHouse,
  table: string,
  partition: string,
  fill: (insert: Insert) => Promise<void>,
): Promise<number> {
  const loading = `${table}_loading_${randomBytes(6).toString('hex')}`
  await server.query(`CREATE TABLE ${quoteTable(loading)} AS ${quoteTable(table)}`)
  let rows = 0
  try {
    await fill(async (key, part, store) => {
      rows += await insertPart(server, loading, key, part, store)
    })
    await server.query(`ALTER TABLE ${quoteTable(table)} REPLACE PARTITION ${partition} FROM ${quoteTable(loading)}`)
  } finally {
    // After an interrupt too, and without hiding the error that ended the export.
    await server.cleanUp(`DROP TABLE IF EXISTS ${quoteTable(loading)}`)
  }
  return rows
}

async function insertPart(
  server: ClickHouse,
  table: string,
  key: SeriesKey,
  part: string,
  store: Store,
): Promise<number> {
  const { records, damaged } = await store.load(key, partBounds(part))
  const problem = damaged[0]
  if (problem)
    throw new DataError(`${CALLER}: ${problem.file}: ${problem.reason}; "liqnb data verify" lists what is damaged`)
  const { time } = records
  const columns: RowColumn[] = [
    key.exchange,
    key.symbol,
    BigInt64Array.from(time, ms => BigInt(Math.floor(ms))),
    ...Object.keys(SERIES_SCHEMAS[key.series].columns).map(name => records.columns[name]!),
    isEvents(key.series) ? BigInt64Array.from(time, (_, row) => BigInt(row)) : key.timeframe,
  ]
  for (let from = 0; from < time.length; from += INSERT_ROWS) {
    const rows = encodeRows(columns, from, Math.min(time.length, from + INSERT_ROWS))
    await server.query(`INSERT INTO ${quoteTable(table)} FORMAT RowBinary`, rows)
  }
  return time.length
}

import { durationMs } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { createMarket, FLOW_FIELDS, type Market, type MarketColumns, notesToKeep } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { TradeFlowBuilder } from '../market/trade-flow/build.ts'
import { mergeCandles } from './import/candles.ts'
import { candlesShift, clockAdvice, recordsShift } from './import/compare.ts'
import { type FileEntry, type FileOptions, type Files, findFiles } from './import/files.ts'
import { alignRecords, mergeRecords, type Records } from './import/records.ts'
import { type FileRows, named, namesOf, type OpenFile, openFile, readRows } from './import/rows.ts'
import { openTrades } from './trades/from-file.ts'

export interface FileSource extends FileOptions {
  /**
   * Files of candles (or trades, with `timeframe`), and of records of the same market: CSV and JSON (also .gz and .zip), Parquet, Arrow. One name, several,
   * `*` for any text, or entries with options of their own: `['candles-*.zip', { file: 'oi.csv', shift: '1h' }]`.
   */
  file: Files
  /** ccxt's unified symbol. Default: the file's name. */
  symbol?: string
  /** e.g. `4h`; finer data is put together into such bars. Default: as in the file. */
  timeframe?: string
  /** First and last moment to keep (ISO date or epoch ms; `until` exclusive). */
  since?: string | number
  until?: string | number
  /** Another market of the same coin: a clock that is off against it is said, or set right with `shift: 'auto'`. */
  against?: Market
}

/**
 * A market from files. What they hold is found out by the names of their columns; see `recognise`. Bars of several files are put
 * together; records (open interest, funding, long/short ratio, liquidations) are aligned to the bars, see `alignRecords`.
 *
 * @throws DataError when a file is not there or not readable, or naming the file, row, column and value that is wrong
 */
export async function readMarketFile(source: FileSource): Promise<Market> {
  const { file, symbol, timeframe, since: _, until: __, against, ...common } = source
  const entries = await findFiles(file, common)
  const barMs = timeframe === undefined ? undefined : durationMs(timeframe, 'timeframe')
  const candles: FileRows[] = []
  const trades: OpenFile[] = []
  const others = new Map<string, FileRows[]>()
  for (const entry of entries) {
    const open = await openFile(entry)
    if (open.plan.kind === 'trades') {
      trades.push(open)
      continue
    }
    const rows = await readRows(open)
    if (rows.kind === 'candles') candles.push(rows)
    else {
      // Files that hold the same fields are parts of one series.
      const key = `${rows.kind} ${open.plan.fields.join()} ${entry.shift}`
      others.set(key, [...(others.get(key) ?? []), rows])
    }
  }
  const name =
    entries.length === 1 ? nameOf(entries[0]!.file) : `${nameOf(entries[0]!.file)} and ${entries.length - 1} more`
  if (candles.length > 0 && trades.length > 0)
    throw new DataError(
      `${trades[0]!.name} holds trades and ${candles[0]!.name} candles: name the ones that the market is to be made of`,
    )
  if (against === undefined && others.size === 0 && entries.some(({ shift }) => shift === 'auto'))
    throw new DataError(
      `${name}: shift: 'auto' needs something to compare with: a file of records beside the candles, or another market of the same coin as against: …`,
    )
  const meta = { symbol: symbol ?? symbolOf(entries[0]!.file), source: name }
  const made =
    trades.length > 0 ? await marketOfTrades(trades, timeframe, meta) : await marketOfCandles(candles, barMs, meta)
  const market = against === undefined ? made : comparedWith(made, against, entries[0]!)
  const whole = withRecords(market, [...others.values()])
  return barMs === undefined ? whole : named(name, async () => resample(whole, barMs))
}

interface Meta {
  symbol: string
  source: string
}

function marketOfCandles(candles: readonly FileRows[], barMs: number | undefined, meta: Meta): Promise<Market> {
  return named(candles.length === 0 ? meta.source : namesOf(candles), async () => {
    if (candles.length === 0)
      throw new DataError(
        'There are records, but no candles to align them to: name a file with open, high, low, close and volume as well',
      )
    const { columns, notes } = mergeCandles(candles, barMs)
    const oneBar = columns.time.length === 1 && barMs !== undefined ? { barMs } : {}
    return createMarket(columns, { ...meta, notes, ...oneBar })
  })
}

async function marketOfTrades(files: readonly OpenFile[], timeframe: string | undefined, meta: Meta): Promise<Market> {
  if (timeframe === undefined)
    throw new DataError(`${files[0]!.name}: holds trades; say how long their bars shall be, e.g. timeframe: '1h'`)
  const builder = new TradeFlowBuilder({ timeframe })
  for (const open of files) for await (const chunk of openTrades(open)) builder.add(chunk)
  return builder.finish(meta).market()
}

function comparedWith(market: Market, against: Market, file: FileEntry): Market {
  const compared = `its returns and those of ${against.symbol} (${against.source})`
  const { shiftMs: shift, note } = clockAdvice(nameOf(file.file), compared, file.shift, candlesShift(market, against))
  if (shift === 0 && note === null) return market
  return remade(market, { time: market.time.map(ms => ms + shift) }, note === null ? [] : [note])
}

function withRecords(market: Market, groups: readonly FileRows[][]): Market {
  const series: Partial<MarketColumns> = {}
  const notes: string[] = []
  for (const group of groups) {
    const records = shifted(mergeRecords(group), market, group[0]!, notes)
    for (const [field, values] of Object.entries(alignRecords(records, market)) as [
      keyof MarketColumns,
      Float64Array,
    ][]) {
      if (market[field] ?? series[field])
        throw new DataError(
          `${records.name}: ${field} comes from another file too; leave one out, or its column with columns: { … }`,
        )
      series[field] = values
      const known = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0)
      if (known === 0)
        throw new DataError(`${records.name}: none of its ${records.time.length} rows lies in the time of the candles`)
      if (known < values.length)
        notes.push(`${field}: ${values.length - known} of ${values.length} bars have no record in ${records.name}`)
    }
  }
  return groups.length === 0 ? market : remade(market, series, notes)
}

function shifted(records: Records, market: Market, file: FileRows, notes: string[]): Records {
  notes.push(...records.notes)
  const result = recordsShift(records, market)
  const compared = result === null ? 'its records and the candles' : describeComparison(result.field)
  const { shiftMs: shift, note } = clockAdvice(records.name, compared, file.entry.shift, result?.found ?? null)
  if (note !== null) notes.push(note)
  if (shift === 0) return records
  return {
    ...records,
    time: records.time.map(ms => ms + shift),
    covered: records.covered.map(([from, to]) => [from + shift, to + shift]),
  }
}

function describeComparison(field: string): string {
  if (field === 'openInterest') return 'the changes of its open interest and the volume'
  if (field === 'longShortRatio') return 'the changes of its long/short ratio and the size of the moves'
  return 'its liquidations and the size of the moves'
}

function remade(market: Market, change: Partial<MarketColumns>, notes: readonly string[]): Market {
  const columns = { ...change } as MarketColumns
  for (const field of ['time', 'open', 'high', 'low', 'close', 'volume', ...FLOW_FIELDS] as const) {
    const values = change[field] ?? market[field]
    if (values) columns[field] = values
  }
  return createMarket(columns, { ...market, notes: [...notesToKeep(market), ...notes] })
}

function nameOf(path: string): string {
  return path.replace(/^.*[\\/]/, '')
}

function symbolOf(path: string): string {
  return nameOf(path)
    .replace(/\.(gz|zip)$/i, '')
    .replace(/\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather)$/i, '')
}

/** Loads a market from files. */

import { basename } from 'node:path'
import { durationMs } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { momentMs } from '../common/iso-time.ts'
import { countText } from '../common/number-text.ts'
import {
  assertKnownOptions,
  defineOptions,
  duration,
  invalidOption,
  moment,
  optional,
  text,
  valueThat,
} from '../common/options.ts'
import { type FundingEvents, fundingEvents } from '../market/funding.ts'
import { type Instrument, unifiedSymbol } from '../market/instrument.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type FlowField,
  inheritedNotes,
  type Market,
  type MarketColumns,
} from '../market/market.ts'
import { checkedOpenInterest } from '../market/open-interest.ts'
import { resample } from '../market/resample.ts'
import { TradeFlowBuilder } from '../market/trade-flow/trade-flow-builder.ts'
import { alignRecords, type FileRecords, mergeRecords } from './import/align-records.ts'
import { candlesShift, clockAdvice, recordsShift } from './import/clock-check.ts'
import { type FileOptions, fileOptions } from './import/file-options.ts'
import { type FileEntry, type FileSelection, findFiles, summarizeNames, symbolFromFile } from './import/find-files.ts'
import { fundingPayments, hasHourlyFunding } from './import/funding-records.ts'
import { mergeCandles } from './import/merge-candles.ts'
import { marketOf, openFiles } from './import/open-files.ts'
import { implausibleNote } from './import/plausible-amounts.ts'
import { besideFiles, type FileRows, type OpenFile, readRows, withFileName } from './import/read-rows.ts'
import { assertSameMarket } from './import/same-market.ts'
import { tradeNotes, tradesOf } from './trades/file-trades.ts'

export interface FileSource extends FileOptions {
  /**
   * Files of candles (or trades, with `timeframe`), and of records of the same market: CSV and JSON (also .gz and .zip), Parquet,
   * Arrow. One name, several, `*` for any text, or entries with their own options:
   * `['candles-*.zip', { file: 'oi.csv', shift: '1h' }]`.
   */
  file: FileSelection
  /**
   * ccxt's unified symbol, which also says what the contract is. Default: that of the instrument that columns, name and folders
   * name, else the file's name.
   */
  symbol?: string
  /** e.g. `4h`; finer data is resampled to such bars. Default: as in the file. */
  timeframe?: string
  /** Start of the first bar to load (ISO date or epoch ms). Default: all. */
  since?: string | number
  /** End, exclusive. Default: all. */
  until?: string | number
  /** Another market of the same coin: a clock that is off against it is reported, or corrected with `shift: 'auto'`. */
  against?: Market
}

type MarketOptions = Omit<FileSource, keyof FileOptions | 'file'>

const CALLER = 'liq.market'

const marketOptions = defineOptions<MarketOptions, keyof MarketOptions>(CALLER, {
  symbol: optional(text),
  timeframe: optional(duration()),
  since: optional(moment),
  until: optional(moment),
  against: optional(valueThat('a market, as liq.market returns it', isMarket)),
})

function isMarket(value: unknown): boolean {
  return (value as Partial<Market> | null)?.time instanceof Float64Array
}

/**
 * A market from files. Their content is detected by their layout. Bars of several files are merged; records (open interest,
 * funding, long/short ratio, liquidations) are aligned to the bars, see {@link alignRecords}. All amounts become coins. Files of
 * different markets are refused.
 *
 * @throws OptionError for an unknown option or a value that is not allowed
 * @throws DataError when a file is missing or not readable, or naming the file, row, column and value that is wrong
 */
export async function readMarketFile(source: FileSource): Promise<Market> {
  assertKnownOptions(source, ['file', ...marketOptions.names, ...fileOptions.names], CALLER)
  const options = marketOptions.resolve(marketOptions.pick(source))
  const { timeframe, against, since, until } = options
  const entries = await findFiles(source.file, fileOptions.pick(source), CALLER)
  const barMs = timeframe === undefined ? undefined : durationMs(timeframe, 'timeframe')
  const { candles, trades, records } = await readFiles(entries, options.symbol)
  const notes = assertSameMarket([...candles, ...trades], records.flat())
  const names = entries.map(({ file }) => basename(file))
  const name = summarizeNames(names)
  if (trades[0] !== undefined && candles[0] !== undefined)
    throw new DataError(`${trades[0].name} holds trades and ${candles[0].name} candles: load one kind of the two`)
  if (against === undefined && records.length === 0 && entries.some(({ shift }) => shift === 'auto'))
    throw invalidOption(
      CALLER,
      'shift',
      'auto',
      'something to compare with: a file of records beside the candles, or another market of the same coin as against',
    )
  const instrument = (candles[0] ?? trades[0] ?? records[0]?.[0])?.plan.instrument ?? { kind: 'unknown' as const }
  const symbol = options.symbol ?? unifiedSymbol(instrument) ?? instrument.symbol ?? symbolFromFile(names[0] ?? name)
  const meta = { symbol, source: name, instrument, notes }
  const bars =
    trades.length > 0 ? await marketFromTrades(trades, timeframe, meta) : await marketFromCandles(candles, barMs, meta)
  const shift = entries[0]?.shift ?? fileOptions.defaults.shift
  const shifted = against === undefined ? bars : checkClock(bars, against, names[0] ?? name, shift)
  const complete = addRecords(shifted, records)
  const market =
    barMs === undefined ? complete : await withFileName(name, async () => resample(complete, barMs, CALLER))
  return barsBetween(market, since, until)
}

type RecordGroup = [FileRows, ...FileRows[]]

async function readFiles(entries: readonly FileEntry[], symbol: string | undefined) {
  const opened = await openFiles(entries, symbol)
  const candles = new Map<OpenFile, FileRows>()
  for (const { open } of opened) if (open.plan.kind === 'candles') candles.set(open, await readRows(open))
  const trades = opened.map(({ open }) => open).filter(({ plan }) => plan.kind === 'trades')
  const beside = marketOf(
    opened.map(({ open }) => open),
    [...candles.values()],
  )
  const groups = new Map<string, RecordGroup>()
  for (const { open, path } of opened) {
    if (candles.has(open) || open.plan.kind === 'trades') continue
    const rows = await readRows(beside === null ? open : await besideFiles(open, path, beside))
    // Files that hold the same fields are parts of one series.
    const { plan, options, kind } = rows
    const key = `${kind} ${plan.fields.join()} ${options.shift} ${JSON.stringify(plan.conversions)}`
    const group = groups.get(key)
    if (group) group.push(rows)
    else groups.set(key, [rows])
  }
  return { candles: [...candles.values()], trades, records: [...groups.values()] }
}

interface Meta {
  symbol: string
  source: string
  instrument: Instrument
  notes: readonly string[]
}

function marketFromCandles(candles: readonly FileRows[], barMs: number | undefined, meta: Meta): Promise<Market> {
  const name = candles.length === 0 ? meta.source : summarizeNames(candles.map(file => file.name))
  return withFileName(name, async () => {
    if (candles.length === 0)
      throw new DataError(
        'There are records, but no candles to align them to: add a file with open, high, low, close and volume',
      )
    const { columns, notes } = mergeCandles(candles, barMs)
    const singleBar = columns.time.length === 1 && barMs !== undefined ? { barMs } : {}
    const payments = paymentsOfBars(columns, candles, notes)
    const openInterest = columns.openInterest && checkedOpenInterest(columns.openInterest, columns.time, notes)
    return createMarket(
      { ...columns, ...(openInterest && { openInterest }), ...(payments && { fundingRate: payments.perBar }) },
      { ...meta, notes: [...meta.notes, ...notes], ...singleBar, ...(payments && { funding: payments.funding }) },
    )
  })
}

/** The payments in a column of the candles, whose rate may be one that was polled. */
function paymentsOfBars(
  columns: MarketColumns,
  candles: readonly FileRows[],
  notes: string[],
): { funding: FundingEvents; perBar: Float64Array } | null {
  const due = fundingEvents(columns)
  if (due === null) return null
  const [{ name, options, plan } = candles[0]!] = candles
  const interval = options.fundingInterval
  const payments = plan.layout?.payments === true || hasHourlyFunding(plan.instrument)
  const records = { name, time: due.time, rate: due.rate, payments, ...(interval !== undefined && { interval }) }
  const { payments: funding } = fundingPayments(records, notes)
  if (funding.time.length === due.time.length) return null
  const perBar = columns.fundingRate!.map(rate => (Number.isNaN(rate) ? rate : 0))
  let bar = 0
  for (const [k, time] of funding.time.entries()) {
    while (bar + 1 < columns.time.length && columns.time[bar + 1]! <= time) bar++
    perBar[bar] = (perBar[bar] || 0) + funding.rate[k]!
  }
  return { funding, perBar }
}

async function marketFromTrades(
  files: readonly OpenFile[],
  timeframe: string | undefined,
  meta: Meta,
): Promise<Market> {
  if (timeframe === undefined)
    throw invalidOption(CALLER, 'timeframe', timeframe, `the length of the bars, e.g. 1h: ${meta.source} holds trades`)
  const builder = new TradeFlowBuilder({ timeframe })
  for await (const chunk of tradesOf(files, CALLER)) builder.add(chunk)
  return withFileName(meta.source, async () =>
    builder.finish({ ...meta, notes: [...meta.notes, ...tradeNotes(files)] }).market(),
  )
}

/** The market with its clock compared with another one's. */
function checkClock(market: Market, against: Market, name: string, shift: string | number): Market {
  const comparison = `its returns and those of ${against.symbol} (${against.source})`
  const { shiftMs, note } = clockAdvice(name, comparison, shift, candlesShift(market, against))
  if (shiftMs === 0 && note === null) return market
  return withColumns(market, { time: market.time.map(ms => ms + shiftMs) }, note === null ? [] : [note])
}

function addRecords(market: Market, groups: readonly RecordGroup[]): Market {
  const series: Partial<MarketColumns> = {}
  const notes: string[] = []
  let payments: FundingEvents | null = null
  for (const group of groups) {
    const records = correctClock(mergeRecords(group), market, group[0].options.shift, notes)
    const aligned = alignRecords(records, market)
    notes.push(...aligned.notes)
    payments ??= aligned.funding
    for (const [field, read] of Object.entries(aligned.values) as [FlowField, Float64Array][]) {
      const values = field === 'openInterest' ? checkedOpenInterest(read, market.time, notes) : read
      if (market[field] ?? series[field])
        throw new DataError(
          `${records.name}: ${field} comes from another file too; leave one out, or its column with columns: { … }`,
        )
      series[field] = values
      const odd = implausibleNote(field, values, market)
      if (odd !== null) notes.push(`${records.name}: ${odd}`)
      const count = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0)
      if (count === 0)
        throw new DataError(
          `${records.name}: ${records.time.length === 1 ? 'its only row is not' : `none of its ${records.time.length} rows is`} within the time of the candles`,
        )
      if (count < values.length)
        notes.push(
          `${field}: ${values.length - count} of ${countText(values.length, 'bar')} have no record in ${records.name}`,
        )
    }
  }
  return groups.length === 0 ? market : withColumns(market, series, notes, payments)
}

/** Records with their clock compared with the candles. */
function correctClock(records: FileRecords, market: Market, shift: string | number, notes: string[]): FileRecords {
  notes.push(...records.notes)
  const result = recordsShift(records, market)
  const comparison = result === null ? 'its records and the candles' : describeComparison(result.field)
  const { shiftMs, note } = clockAdvice(records.name, comparison, shift, result?.estimate ?? null)
  if (note !== null) notes.push(note)
  if (shiftMs === 0) return records
  return {
    ...records,
    time: records.time.map(ms => ms + shiftMs),
    ...(records.fundingTime && { fundingTime: records.fundingTime.map(ms => ms + shiftMs) }),
    coverage: records.coverage.map(([from, to]) => [from + shiftMs, to + shiftMs]),
  }
}

function describeComparison(field: FlowField): string {
  if (field === 'openInterest') return 'the changes of its open interest and the volume'
  if (field === 'longShortRatio') return 'the changes of its long/short ratio and the size of the moves'
  return 'its liquidations and the size of the moves'
}

/** The bars that open in [since, until). */
function barsBetween(market: Market, since?: string | number, until?: string | number): Market {
  if (since === undefined && until === undefined) return market
  const from = since === undefined ? -Infinity : momentMs(since, 'since')
  const to = until === undefined ? Infinity : momentMs(until, 'until')
  const first = market.time.findIndex(time => time >= from)
  const last = market.time.findLastIndex(time => time < to)
  if (first < 0 || last < first)
    throw new DataError(`There are no bars between since ${since ?? '…'} and until ${until ?? '…'}`)
  const columns = { time: market.time.slice(first, last + 1) } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const series = market[field]
    if (series) columns[field] = series.slice(first, last + 1)
  }
  return createMarket(columns, { ...market, notes: inheritedNotes(market) })
}

/** The market with some columns replaced or added. */
function withColumns(
  market: Market,
  changes: Partial<MarketColumns>,
  notes: readonly string[],
  funding: FundingEvents | null = null,
): Market {
  const columns = { ...changes } as MarketColumns
  for (const field of ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS] as const) {
    const values = changes[field] ?? market[field]
    if (values) columns[field] = values
  }
  return createMarket(columns, {
    ...market,
    notes: [...inheritedNotes(market), ...notes],
    ...(funding && { funding }),
  })
}

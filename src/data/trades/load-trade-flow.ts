/** Loads a trade flow from files, an exchange, chunks of trades or a database. */
import { basename } from 'node:path'
import { currentTask } from '../../common/host.ts'
import { momentMs } from '../../common/iso-time.ts'
import { assertKnownOptions, defineOptions, moment, optional } from '../../common/options.ts'
import { unifiedSymbol } from '../../market/instrument.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import type { TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import {
  TradeFlowBuilder,
  type TradeFlowOptions,
  tradeFlowOptions,
} from '../../market/trade-flow/trade-flow-builder.ts'
import { type ClickHouseSource, clickHouseOptions, clickHouseTradeFlow } from '../clickhouse/trade-flow.ts'
import { exchangeTrades, type TradeSource, tradeOptions } from '../exchange/trades.ts'
import { type FileSelection, summarizeNames, symbolFromFile } from '../import/find-files.ts'
import type { OpenFile } from '../import/read-rows.ts'
import { selectSource } from '../select-source.ts'
import { openTradeFiles, TRADE_FILE_OPTIONS, type TradeFileSource, tradeNotes, tradesOf } from './file-trades.ts'

/** Trades in memory or from a generator, as chunks. */
export interface TradeChunkSource {
  trades: Iterable<TradeChunk> | AsyncIterable<TradeChunk>
  /** Default `trades`. */
  symbol?: string
}

export interface TimeRange {
  /** Start of the trades to count (ISO date or epoch ms). Default: all. */
  since?: string | number
  /** End, exclusive. Default: all. */
  until?: string | number
}

/** What can be read trade by trade. */
export type TradeReadSource = (TradeFileSource | TradeSource | TradeChunkSource) & TradeFlowOptions & TimeRange

export type TradeFlowSource = TradeReadSource | (ClickHouseSource & TradeFlowOptions & TimeRange)

const CALLER = 'liq.tradeFlow'

const rangeOptions = defineOptions<TimeRange, 'since' | 'until'>(CALLER, {
  since: optional(moment),
  until: optional(moment),
})

/** By kind of source: the names of its options. */
const SOURCE_OPTIONS = {
  file: TRADE_FILE_OPTIONS,
  exchange: tradeOptions.names,
  trades: ['trades', 'symbol'],
  clickhouse: clickHouseOptions.names,
} as const

/** Chunks between two progress messages, where the reader itself reports none. */
const PROGRESS_CHUNKS = 64

/**
 * Sums trades of files, of an exchange, of a cell or of a table in ClickHouse by bar, price bin and taker side, and builds their
 * candles, in memory that does not grow with their number.
 *
 * @example const flow = await liq.tradeFlow({ file: 'BTCUSDT-aggTrades-2024-*.zip', timeframe: '1h' })
 * @throws OptionError without exactly one kind of source, for an unknown option, and for a value that is not allowed
 * @throws DataError naming file, row, field and value of a trade that cannot be right
 */
export async function loadTradeFlow(options: TradeFlowSource): Promise<TradeFlow> {
  const { kind, options: sourceOptions } = selectSource(options, ['file', 'exchange', 'trades', 'clickhouse'], CALLER)
  assertKnownOptions(sourceOptions, [...SOURCE_OPTIONS[kind], ...tradeFlowOptions.names, ...rangeOptions.names], CALLER)
  const { since, until } = rangeOptions.resolve(rangeOptions.pick(sourceOptions))
  const from = since === undefined ? -Infinity : momentMs(since, 'since')
  const to = until === undefined ? Infinity : momentMs(until, 'until')
  const wanted = sourceOptions as TradeFlowSource
  if ('clickhouse' in wanted) return clickHouseTradeFlow(wanted, from, to)
  const source: TradeReadSource = wanted
  const builder = new TradeFlowBuilder(source)
  const task = currentTask()
  let chunks = 0
  const files = 'file' in source ? await openTradeFiles(source) : []
  const notes: string[] = []
  for await (const chunk of openTrades(source, files, notes)) {
    task.signal.throwIfAborted()
    builder.add(chunk, from, to)
    if (++chunks % PROGRESS_CHUNKS === 0 && !('file' in source)) task.progress(`Adding trades: ${chunks} chunks`)
  }
  const name = sourceName(source)
  const instrument = files[0]?.plan.instrument
  const recognized = instrument && (unifiedSymbol(instrument) ?? instrument.symbol)
  const symbol = source.symbol ?? recognized ?? symbolFromFile(name)
  notes.push(...tradeNotes(files))
  return builder.finish({ symbol, source: name, notes, ...(instrument && { instrument }) })
}

function openTrades(
  source: TradeReadSource,
  files: readonly OpenFile[],
  notes: string[],
): Iterable<TradeChunk> | AsyncIterable<TradeChunk> {
  if ('trades' in source) return source.trades
  if ('file' in source) return tradesOf(files)
  return exchangeTrades(source, undefined, undefined, CALLER, note => void notes.push(note))
}

function sourceName(source: TradeReadSource): string {
  if ('trades' in source) return 'trades'
  if ('exchange' in source) return source.exchange
  return summarizeNames(filePaths(source.file).map(path => basename(path)))
}

function filePaths(files: FileSelection): string[] {
  if (typeof files === 'string') return [files]
  return 'file' in files ? [files.file] : files.flatMap(filePaths)
}

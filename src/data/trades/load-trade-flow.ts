import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { momentMs } from '../../common/iso-time.ts'
import { dropUndefined } from '../../common/options.ts'
import { currentTask } from '../../common/task.ts'
import { TradeFlowBuilder, type TradeFlowOptions } from '../../market/trade-flow/build.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import type { TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import type { TradeSource } from '../exchange/trades.ts'
import type { FileEntry } from '../import/files.ts'
import { fileTrades, type TradeFileSource } from './from-file.ts'

/** Trades that a cell has itself: chunks, or something that gives them one after the other. */
export interface TradeChunkSource {
  trades: Iterable<TradeChunk> | AsyncIterable<TradeChunk>
  symbol?: string
}

export type TradeFlowSource = (TradeFileSource | TradeSource | TradeChunkSource) &
  TradeFlowOptions & {
    /** First and last moment of trades to count (ISO date or epoch ms; `until` exclusive). */
    since?: string | number
    until?: string | number
  }

const KINDS = ['file', 'exchange', 'trades'] as const
/** Chunks between two words about the progress, where the reader itself says none. */
const WORD_EVERY = 64

/**
 * Adds up trades of files, of an exchange or of a cell's own by bar, price bin and taker side, in memory that does not grow with
 * their number, and makes their candles on the way.
 *
 * @example const flow = await liq.tradeFlow({ file: 'BTCUSDT-aggTrades-2024-*.zip', timeframe: '1h' })
 * @throws DataError when it is not clear which trades are meant, or naming file, row, field and value of one that cannot be right
 */
export async function loadTradeFlow(options: TradeFlowSource): Promise<TradeFlow> {
  const source = dropUndefined(options ?? {})
  const kinds = KINDS.filter(kind => (source as unknown as Record<string, unknown>)[kind])
  if (kinds.length !== 1) {
    const what = kinds.length === 0 ? 'names none' : `names ${kinds.join(' and ')}`
    throw new DataError(`liq.tradeFlow needs exactly one of file, exchange or trades; this call ${what}`)
  }
  if (typeof source.timeframe !== 'string') throw new DataError('liq.tradeFlow needs a timeframe, e.g. timeframe: "1h"')
  const from = source.since === undefined ? -Infinity : momentMs(source.since, 'since')
  const until = source.until === undefined ? Infinity : momentMs(source.until, 'until')
  const builder = new TradeFlowBuilder(source)
  const task = currentTask()
  let chunks = 0
  for await (const chunk of await tradesOf(source)) {
    task.signal.throwIfAborted()
    builder.add(chunk, from, until)
    if (++chunks % WORD_EVERY === 0 && !('file' in source)) task.progress(`Adding up trades: ${chunks} pieces`)
  }
  return builder.finish({ symbol: symbolOf(source), source: nameOf(source) })
}

async function tradesOf(source: TradeFlowSource): Promise<Iterable<TradeChunk> | AsyncIterable<TradeChunk>> {
  if ('trades' in source) return source.trades
  if ('file' in source) return fileTrades(withoutFlowOptions(source))
  const { exchangeTrades } = await import('../exchange/trades.ts')
  return exchangeTrades(source)
}

/** What is left says how to read files. */
function withoutFlowOptions(
  source: TradeFileSource & Partial<TradeFlowOptions> & { since?: unknown; until?: unknown },
) {
  const { timeframe, binWidth, minUsd, maxUsd, reorder, since, until, ...files } = source
  return files
}

function nameOf(source: TradeFlowSource): string {
  if ('trades' in source) return 'trades'
  if ('exchange' in source) return source.exchange
  const files = (Array.isArray(source.file) ? source.file : [source.file]) as (string | FileEntry)[]
  const first = files[0]
  const name = first === undefined ? '' : basename(typeof first === 'string' ? first : first.file)
  return files.length > 1 ? `${name} and ${files.length - 1} more` : name
}

function symbolOf(source: TradeFlowSource): string {
  return (
    source.symbol ??
    nameOf(source)
      .replace(/\.(gz|zip)$/i, '')
      .replace(/\.(csv|json|jsonl|parquet|arrow|feather)$/i, '')
  )
}

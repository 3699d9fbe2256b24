import { DataError } from '../../common/errors.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { type FileOptions, type Files, findFiles, shiftMs } from '../import/files.ts'
import { type OpenFile, openFile } from '../import/rows.ts'

export interface TradeFileOptions extends FileOptions {
  /** Coins (USD of an inverse contract) that one unit of the file's amount stands for, where it counts contracts. Default 1. */
  contractSize?: number
  /** True where the amounts are of inverse contracts, which count dollars: coins are amount × contractSize / price. */
  inverse?: boolean
}

export interface TradeFileSource extends TradeFileOptions {
  /**
   * Files of single or aggregated trades in order of time: Binance's and Bybit's archives as they are (.zip, .csv, .csv.gz),
   * any other CSV, JSON, Parquet or Arrow with time, price, amount and side. `*` stands for any text.
   */
  file: Files
  /** ccxt's unified symbol. Default: the file's name. */
  symbol?: string
}

/**
 * Trades of files, piece by piece in the order of the files; memory holds one piece.
 *
 * @throws DataError naming file, row, column and value
 */
export async function* fileTrades(source: TradeFileSource): AsyncGenerator<TradeChunk, void, undefined> {
  const { file, symbol: _, contractSize = 1, inverse = false, ...common } = source
  if (!(contractSize > 0 && contractSize < Infinity))
    throw new DataError(`contractSize: ${contractSize}, but expected a number above 0`)
  for (const entry of await findFiles(file, common)) {
    const open = await openFile(entry)
    if (open.plan.kind !== 'trades')
      throw new DataError(
        `${open.name}: holds ${open.plan.kind}, not trades (${open.table.names.join(', ')}). If it holds trades, say kind: 'trades', and which columns are their price, amount and side`,
      )
    yield* openTrades(open, contractSize, inverse)
  }
}

/** Trades of a file that is known to hold some. */
export async function* openTrades(
  { entry, name, table, plan }: OpenFile,
  contractSize = 1,
  inverse = false,
): AsyncGenerator<TradeChunk, void, undefined> {
  const place = (field: string) => plan.fields.indexOf(field as (typeof plan.fields)[number])
  const [time, price, amount] = [place('time'), place('price'), place('amount')]
  const side = Math.max(place('side'), place('buyerMaker'))
  const shift = shiftMs(entry.shift)
  if (entry.shift === 'auto') throw new DataError(`${name}: shift: 'auto' is for candles and records; say by how much`)
  let row = 1
  try {
    for await (const { length, values } of table.rows(plan.columns)) {
      const chunk: Required<TradeChunk> = {
        time: values[time]!.slice(0, length),
        price: values[price]!.slice(0, length),
        amount: values[amount]!.slice(0, length),
        buy: Uint8Array.from(values[side]!.subarray(0, length)),
        source: name,
        row,
      }
      if (shift !== 0) for (let i = 0; i < length; i++) chunk.time[i]! += shift
      if (inverse) for (let i = 0; i < length; i++) chunk.amount[i]! *= contractSize / chunk.price[i]!
      else if (contractSize !== 1) for (let i = 0; i < length; i++) chunk.amount[i]! *= contractSize
      row += length
      yield chunk
    }
  } catch (error) {
    if (error instanceof DataError && !error.message.startsWith(`${name}: `))
      throw new DataError(`${name}: ${error.message}`)
    throw error
  }
}

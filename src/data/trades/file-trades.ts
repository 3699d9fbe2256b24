/** Reads trades from files. */
import { DataError } from '../../common/errors.ts'
import { defineOptions, invalidOption, numberThat, option, trueOrFalse } from '../../common/options.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { type FileOptions, fileOptions, shiftMs } from '../import/file-options.ts'
import { type FileSelection, findFiles } from '../import/find-files.ts'
import { addFileName, type OpenFile, openFile } from '../import/read-rows.ts'

export interface ContractOptions {
  /** Coins (USD for an inverse contract) per unit of the file's amount, where it counts contracts. Default 1. */
  contractSize?: number
  /** Whether amounts are of inverse contracts, which count dollars: coins are amount × contractSize / price. Default false. */
  inverse?: boolean
}

export interface TradeFileSource extends FileOptions, ContractOptions {
  /**
   * Files of single or aggregated trades in order of time: Binance's and Bybit's archives as they are (.zip, .csv, .csv.gz),
   * any other CSV, JSON, Parquet or Arrow with time, price, amount and side. `*` stands for any text.
   */
  file: FileSelection
  /** ccxt's unified symbol. Default: the file's name. */
  symbol?: string
}

const CALLER = 'liq.tradeFlow'

const contractOptions = defineOptions<ContractOptions>(CALLER, {
  contractSize: option(
    1,
    numberThat('a number above 0', size => size > 0 && size < Infinity),
  ),
  inverse: option(false, trueOrFalse),
})

export const TRADE_FILE_OPTIONS: readonly string[] = ['file', 'symbol', ...contractOptions.names, ...fileOptions.names]

/**
 * Trades of files, chunk by chunk in the order of the files; memory holds one chunk. Ignores properties that are not its options.
 *
 * @throws OptionError for a value that is not allowed
 * @throws DataError naming file, row, column and value
 */
export async function* fileTrades(source: TradeFileSource): AsyncGenerator<TradeChunk, void, undefined> {
  const contracts = contractOptions.resolve(contractOptions.pick(source))
  for (const entry of await findFiles(source.file, fileOptions.pick(source), CALLER)) {
    const open = await openFile(entry)
    if (open.plan.kind !== 'trades')
      throw new DataError(
        `${open.name}: holds ${open.plan.kind}, not trades (${open.table.names.join(', ')}). If it holds trades, use kind: 'trades', and name the columns of price, amount and side`,
      )
    yield* readTrades(open, contracts)
  }
}

/**
 * Trades of an open file of kind `trades`.
 * @param caller the public function
 * @throws OptionError for `shift: 'auto'`
 * @throws DataError naming file, row, column and value
 */
export async function* readTrades(
  { options, name, table, plan }: OpenFile,
  { contractSize, inverse }: Required<ContractOptions> = contractOptions.defaults,
  caller = CALLER,
): AsyncGenerator<TradeChunk, void, undefined> {
  if (options.shift === 'auto')
    throw invalidOption(caller, 'shift', 'auto', 'a duration such as 1h: auto is for candles and records')
  const timeIndex = plan.fields.indexOf('time')
  const priceIndex = plan.fields.indexOf('price')
  const amountIndex = plan.fields.indexOf('amount')
  const sideIndex = plan.fields.findIndex(field => field === 'side' || field === 'buyerMaker')
  const shift = shiftMs(options.shift)
  let row = 1
  try {
    for await (const { length, values } of table.rows(plan.columns)) {
      const time = values[timeIndex]
      const price = values[priceIndex]
      const amount = values[amountIndex]
      const side = values[sideIndex]
      if (!time || !price || !amount || !side)
        throw new DataError('Trades need columns for time, price, amount and side')
      const chunk: Required<TradeChunk> = {
        time: time.slice(0, length),
        price: price.slice(0, length),
        amount: amount.slice(0, length),
        buy: Uint8Array.from(side.subarray(0, length)),
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
    throw addFileName(name, error)
  }
}

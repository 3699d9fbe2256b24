/** Reads trades from files. */
import { DataError } from '../../common/errors.ts'
import { invalidOption } from '../../common/options.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { convertAmounts, describeConversion } from '../import/amount-units.ts'
import { unusedContractSize } from '../import/detect-units.ts'
import { type FileOptions, fileOptions, shiftMs } from '../import/file-options.ts'
import { type FileSelection, findFiles } from '../import/find-files.ts'
import { openFiles } from '../import/open-files.ts'
import { addFileName, type OpenFile } from '../import/read-rows.ts'
import { assertSameMarket } from '../import/same-market.ts'
import { assertSameSeries, type Seam } from '../import/same-series.ts'

export interface TradeFileSource extends FileOptions {
  /**
   * Files of single or aggregated trades in order of time: Binance's, Bybit's, OKX's and BitMEX's archives as they are (.zip,
   * .csv, .csv.gz), Tardis's and Kaiko's, any other CSV, JSON, Parquet or Arrow with time, price, amount and side. `*` stands for
   * any text.
   */
  file: FileSelection
  /** ccxt's unified symbol. Default: that of the instrument that columns, name and folders name, else the file's name. */
  symbol?: string
}

const CALLER = 'liq.tradeFlow'

export const TRADE_FILE_OPTIONS: readonly string[] = ['file', 'symbol', ...fileOptions.names]

/**
 * Opens files of trades, in their order. Ignores properties that are not its options.
 *
 * @throws OptionError for a value that is not allowed
 * @throws DataError for a file of something else, or of another market than the others
 */
export async function openTradeFiles(source: TradeFileSource): Promise<OpenFile[]> {
  const files: OpenFile[] = []
  const entries = await findFiles(source.file, fileOptions.pick(source), CALLER)
  for (const { open } of await openFiles(entries, source.symbol)) {
    if (open.plan.kind !== 'trades')
      throw new DataError(
        `${open.name}: holds ${open.plan.kind}, not trades (${open.table.names.join(', ')}). If it holds trades, use kind: 'trades', and name the columns of price, amount and side`,
      )
    files.push(open)
  }
  assertSameMarket(files, [])
  return files
}

/** What was done to the amounts of trades: one note per way. */
export function tradeNotes(files: readonly OpenFile[]): string[] {
  const notes = files.flatMap(({ plan, options }) => {
    const conversion = plan.conversions.amount
    const converted = conversion
      ? `amounts count ${describeConversion(conversion, plan.instrument)} and were converted to coins`
      : null
    const maker = plan.columns[plan.fields.indexOf('buyerMaker')]?.name
    const makerSide =
      plan.layout !== null && maker !== undefined && /side/i.test(maker)
        ? `${maker} was read as the side of the maker, as ${plan.layout.name} have it; if it is the taker's, set columns: { side: '${maker}' }`
        : null
    return [converted, unusedContractSize(plan.fields, plan.conversions, options), makerSide].filter(
      note => note !== null,
    )
  })
  return [...new Set(notes)]
}

/** Trades of files, chunk by chunk in the order of the files; memory holds one chunk. */
export async function* fileTrades(source: TradeFileSource): AsyncGenerator<TradeChunk, void, undefined> {
  yield* tradesOf(await openTradeFiles(source))
}

/**
 * Trades of open files, one after the other.
 * @param caller the public function
 * @throws DataError when they join at prices of two markets, and as {@link readTrades}
 */
export async function* tradesOf(
  files: readonly OpenFile[],
  caller = CALLER,
): AsyncGenerator<TradeChunk, void, undefined> {
  let end: Seam | null = null
  for (const file of files) {
    let first = true
    for await (const chunk of readTrades(file, caller)) {
      const seam = (row: number): Seam => ({ file, price: chunk.price[row]!, time: chunk.time[row]! })
      if (first && end !== null && chunk.time.length > 0) assertSameSeries(end, seam(0))
      first &&= chunk.time.length === 0
      if (chunk.time.length > 0) end = seam(chunk.time.length - 1)
      yield chunk
    }
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
      const conversion = plan.conversions.amount
      if (conversion) convertAmounts(chunk.amount, conversion, i => chunk.price[i]!)
      row += length
      yield chunk
    }
  } catch (error) {
    throw addFileName(name, error)
  }
}

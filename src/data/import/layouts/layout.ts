/** What a layout of files is: its columns, and what they mean. */
import type { Instrument } from '../../../market/instrument.ts'
import type { MarketKind } from '../../../market/instrument-words.ts'
import type { ImportField } from '../column-names.ts'

/**
 * What the rows of a file are:
 * - `candles` bars with open, high, low, close and volume, and other series of a market
 * - `records` of open interest, funding, long/short ratio or liquidated amounts, at their own times
 * - `liquidations` single forced orders
 * - `trades` single or aggregated trades
 */
export type FileKind = 'candles' | 'records' | 'liquidations' | 'trades'

/** What an amount counts: coins, the quote currency, or contracts of a size that must be known. */
export type Unit = 'coins' | 'quote' | 'contracts'

/** A layout in which a venue or a tool publishes files. Adding one is one entry in a table. */
export interface Layout {
  /** For people, e.g. `Binance candles`. */
  name: string
  venue?: string
  /** The markets whose files have this layout, where it is one kind of them. */
  market?: MarketKind
  /** Where the venue documents it. */
  documentation: string
  kind: FileKind
  /**
   * Columns that such a file has, among others unless `exact`. `{base}` and `{quote}` stand for the coins of the instrument. A
   * name counts in any case and with any punctuation, unless the file has two that differ in nothing else.
   */
  columns?: readonly string[]
  exact?: true
  /**
   * For a file without column names, the cells of its first row: `n` a number, `t` a time, `w` a whole number, `b` a truth value,
   * `c` a time of day, `s` a side, `x` anything.
   */
  cells?: string
  /** What the path must match too, where columns alone do not tell. */
  path?: RegExp
  /**
   * The contracts to which the layout applies. Default: all. `direct` is what is not inverse, `derivative` what is not spot. A
   * contract that is not known may be any of these, but not a `contract`.
   */
  contract?: 'inverse' | 'direct' | 'spot' | 'derivative' | 'contract'
  /** The venues of its rows, where they differ. */
  venues?: readonly string[]
  /** A column that names the market by another name than usual. */
  symbolColumn?: string
  /** Our field → its column. In a file without names columns are called `1`, `2`, … */
  fields: Partial<Record<ImportField, string>>
  /** By column: the unit of an amount. Default coins. */
  units?: Readonly<Record<string, Unit>>
  /** Whether amounts are those of the venue, whatever they count. */
  unitVaries?: true
  /** Whether amounts are the sum of both sides of each trade, twice what others state. */
  bothSides?: true
  /** Size of a contract, where the venue's rule or a column of the file states it; else it must be asked for. */
  contractSize?: (instrument: Instrument) => number | undefined
  contractSizeColumn?: string
  /**
   * The same trades as an amount in coins and in the quote currency (times one of `sizes`): their ratio must be a price of the
   * row. It tells layouts with the same columns apart, and shows where a unit is not what it is taken for.
   */
  sameTrades?: { coins: string; quote: string; sizes?: readonly number[] }
  /** A column that holds a mean price of the bar, or 0 without trades, which tells cells without names apart. */
  meanPrice?: string
  /** Whether times are those of the open or the close: of a bar, or of the time that a record covers. Default: the kind's. */
  stamp?: 'open' | 'close'
  /** Whether funding rates are in %. */
  percent?: true
  /** Whether each record of a funding rate is a payment, not a rate that was looked up at some time. */
  payments?: true
  /** Leaves out rows in which this column, if there is one, is 0: bars that are not complete, or without trades. */
  skipZero?: string
  /** The same of a column of truth values. */
  skipFalse?: string
  /** Whether `side` is that of the closed position, not of the order that closes it. */
  positionSide?: true
  /** Whether `amount` is what has been filled of an order so far, and its rows may be several. */
  cumulative?: true
  /** Whether an amount below 0 was sold; `side` is then the same column. */
  signedAmount?: true
  /** How `side` is written, where it is no word. */
  sides?: { buy: string; sell: string }
  /** Why such a file cannot be read, and what to do. */
  refusal?: string
  /** Columns that do not belong to the identity of a row, such as the time of its arrival. */
  notIdentity?: readonly string[]
}

/** Binance: contracts of BTC are of 100 USD, all others of 10 USD. */
export function binanceCoinSize({ base }: Instrument): number | undefined {
  return base === undefined ? undefined : base === 'BTC' ? 100 : 10
}

/** Contracts of 1 USD. */
export const ONE_USD = (): number => 1

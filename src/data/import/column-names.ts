/** The columns that files have: their names in the files of exchanges and tools, and layouts without usable names. */
import type { CandleField, FlowField } from '../../market/market.ts'

/** What a column of a file may hold. */
export type ImportField = 'time' | CandleField | FlowField | 'price' | 'amount' | 'side' | 'buyerMaker'

/** Our name → the file's name of a column; `'1'`, `'2'`, … in a file without names. */
export type ColumnMapping = Partial<Record<ImportField, string>>

/** Column names that exchanges and tools use, normalized; earlier ones take precedence. */
export const COLUMN_NAMES: Record<ImportField, readonly string[]> = {
  time: [
    'opentime',
    'time',
    'timestamp',
    'date',
    'datetime',
    'unix',
    't',
    'createtime',
    'transacttime',
    'calctime',
    'fundingtime',
    'createdtime',
    'ts',
  ],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice', 'max'],
  low: ['low', 'l', 'lowprice', 'min'],
  close: ['close', 'c', 'closeprice'],
  volume: ['volume', 'vol', 'v', 'basevolume'],
  takerBuyVolume: ['takerbuyvolume', 'takerbuybaseassetvolume', 'takerbuybasevolume', 'takerbuybase', 'bv'],
  openInterest: ['openinterest', 'oi', 'sumopeninterest'],
  longLiquidations: ['longliquidations'],
  shortLiquidations: ['shortliquidations'],
  longShortRatio: ['longshortratio', 'countlongshortratio'],
  fundingRate: ['fundingrate', 'lastfundingrate'],
  price: ['price', 'averageprice', 'p', 'px'],
  // Bybit's homeNotional is in coins even where its size is in dollars; Binance's liquidations give the filled quantity.
  amount: ['accumulatedfillquantity', 'homenotional', 'quantity', 'qty', 'amount', 'size', 'q', 'sz'],
  side: ['side', 'takerside'],
  buyerMaker: ['isbuyermaker', 'buyermaker', 'm'],
}

/** Columns that name a row's market. */
export const MARKET_COLUMN_NAMES = ['symbol', 'pair', 'instrument', 'instrumentname', 'instid', 'market', 'ticker']

/** A column name in lower case, without blanks and punctuation. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Layouts whose columns would be mistaken by name: recognized when a file has exactly these. */
export const EXACT_LAYOUTS: readonly { names: readonly string[]; fields: ColumnMapping }[] = [
  // Coinalyze: liquidations, accounts long and short.
  { names: ['t', 'l', 's'], fields: { time: 't', longLiquidations: 'l', shortLiquidations: 's' } },
  { names: ['t', 'r', 'l', 's'], fields: { time: 't', longShortRatio: 'r' } },
]

const CANDLE: ColumnMapping = { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' }

/**
 * Layouts of files without column names, by the cells of the first row: n a number, t an epoch, b a truth value. Candles of ccxt
 * and freqtrade; of Kraken's archive; of Binance's archive; aggregated and single trades of Binance's archive, futures and spot.
 */
export const HEADERLESS_LAYOUTS: readonly { cells: string; fields: ColumnMapping }[] = [
  { cells: 'tnnnnn', fields: CANDLE },
  { cells: 'tnnnnnn', fields: CANDLE },
  { cells: 'tnnnnntnnnnn', fields: { ...CANDLE, takerBuyVolume: '10' } },
  { cells: 'nnnnntb', fields: { time: '6', price: '2', amount: '3', buyerMaker: '7' } },
  { cells: 'nnnnntbb', fields: { time: '6', price: '2', amount: '3', buyerMaker: '7' } },
  { cells: 'nnnntb', fields: { time: '5', price: '2', amount: '3', buyerMaker: '6' } },
  { cells: 'nnnntbb', fields: { time: '5', price: '2', amount: '3', buyerMaker: '6' } },
]

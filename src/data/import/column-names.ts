/** The fields that files have, and the names of their columns in files of no known layout. */
import type { CandleField, FlowField } from '../../market/market.ts'

/**
 * What a column of a file may hold. Besides the series of a market and the parts of a trade:
 * - `clock` the time of day, where `time` is a date
 * - `fundingTime` when a funding rate is due, where `time` is when it was recorded
 * - `longAccounts`, `shortAccounts` whose ratio is the long/short ratio
 * - `orderId`, `orderAmount`, `limitPrice`, `status` of a forced order
 */
export type ImportField =
  | 'time'
  | CandleField
  | FlowField
  | 'price'
  | 'amount'
  | 'side'
  | 'buyerMaker'
  | 'clock'
  | 'fundingTime'
  | 'longAccounts'
  | 'shortAccounts'
  | 'orderId'
  | 'orderAmount'
  | 'limitPrice'
  | 'status'

/** Our name → the file's name of a column; `'1'`, `'2'`, … in a file without names. */
export type ColumnMapping = Partial<Record<ImportField, string>>

/**
 * Column names that exchanges and tools use, normalized; earlier ones take precedence: of two amounts that in coins before one
 * that may count anything. They serve files of no known layout.
 */
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
    'starttime',
    'fundingratetimestamp',
  ],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice', 'max'],
  low: ['low', 'l', 'lowprice', 'min'],
  close: ['close', 'c', 'closeprice'],
  volume: ['homenotional', 'basevolume', 'volccy', 'volumefrom', 'volume', 'vol', 'v'],
  takerBuyVolume: ['takerbuyvolume', 'takerbuybaseassetvolume', 'takerbuybasevolume', 'takerbuybase', 'bv'],
  openInterest: ['openinterest', 'oi', 'sumopeninterest'],
  longLiquidations: ['longliquidations'],
  shortLiquidations: ['shortliquidations'],
  longShortRatio: ['longshortratio', 'countlongshortratio'],
  fundingRate: ['fundingrate', 'lastfundingrate'],
  price: ['price', 'averageprice', 'p', 'px'],
  amount: ['homenotional', 'baseqty', 'sizebase', 'quantity', 'qty', 'amount', 'size', 'q', 'sz'],
  side: ['side', 'takerside'],
  buyerMaker: ['isbuyermaker', 'buyermaker', 'takersidesell', 'm'],
  clock: [],
  fundingTime: ['fundingtimestamp', 'nextfundingtime'],
  longAccounts: ['buyratio', 'longaccount'],
  shortAccounts: ['sellratio', 'shortaccount'],
  orderId: ['orderid'],
  orderAmount: [],
  limitPrice: [],
  status: ['status', 'orderstatus'],
}

/** Normalized names of columns that hold the volume in the quote currency. */
export const QUOTE_VOLUME_NAMES = [
  'quotevolume',
  'quoteassetvolume',
  'volumequote',
  'volquote',
  'volccyquote',
  'turnover',
  'foreignnotional',
  'dollarvolume',
  'usdvolume',
  'volumeusd',
  'volumeusdt',
  'volusd',
]

/** Columns that name a row's market. */
export const MARKET_COLUMN_NAMES = [
  'symbol',
  'pair',
  'instrument',
  'instrumentname',
  'instid',
  'market',
  'ticker',
  'coin',
  'productid',
  'contract',
  'contractcode',
  'currencypair',
]

/** Columns that name the exchange. */
export const EXCHANGE_COLUMN_NAMES = ['exchange', 'exchangecode', 'venue']

/** A column name in lower case, without blanks and punctuation. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

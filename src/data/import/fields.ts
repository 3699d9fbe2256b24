import type { CandleField, FlowField } from '../../market/market.ts'

/** What a column of a file may be. */
export type Field = 'time' | CandleField | FlowField | 'price' | 'amount' | 'side' | 'buyerMaker'

/** For a column whose name is not known by itself: our name → the file's; `'1'`, `'2'`, … in a file without names. */
export type ColumnMapping = Partial<Record<Field, string>>

/** Column names as exchanges and tools write them, without case, blanks and punctuation; those first in a list go first. */
export const NAMES: Record<Field, readonly string[]> = {
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
  // Bybit's homeNotional is in coins also where its size is in dollars; Binance's archive of liquidations has what was filled.
  amount: ['accumulatedfillquantity', 'homenotional', 'quantity', 'qty', 'amount', 'size', 'q', 'sz'],
  side: ['side', 'takerside'],
  buyerMaker: ['isbuyermaker', 'buyermaker', 'm'],
}

/** Columns that say of which market a row is. */
export const MARKET_NAMES = ['symbol', 'pair', 'instrument', 'instrumentname', 'instid', 'market', 'ticker']

/** A name without case, blanks and punctuation. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Files whose names alone would be taken for something else: recognised when they have exactly these. */
export const EXACT_NAMES: readonly { names: readonly string[]; fields: ColumnMapping }[] = [
  // Coinalyze: liquidations, accounts long and short.
  { names: ['t', 'l', 's'], fields: { time: 't', longLiquidations: 'l', shortLiquidations: 's' } },
  { names: ['t', 'r', 'l', 's'], fields: { time: 't', longShortRatio: 'r' } },
]

const CANDLE: ColumnMapping = { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' }

/**
 * Files without names, by what stands in their first row: n a number, t an epoch, b a truth value. Candles of ccxt and freqtrade; of
 * Kraken's archive; of Binance's; aggregated and single trades of Binance's, futures and spot.
 */
export const NAMELESS: readonly { cells: string; fields: ColumnMapping }[] = [
  { cells: 'tnnnnn', fields: CANDLE },
  { cells: 'tnnnnnn', fields: CANDLE },
  { cells: 'tnnnnntnnnnn', fields: { ...CANDLE, takerBuyVolume: '10' } },
  { cells: 'nnnnntb', fields: { time: '6', price: '2', amount: '3', buyerMaker: '7' } },
  { cells: 'nnnnntbb', fields: { time: '6', price: '2', amount: '3', buyerMaker: '7' } },
  { cells: 'nnnntb', fields: { time: '5', price: '2', amount: '3', buyerMaker: '6' } },
  { cells: 'nnnntbb', fields: { time: '5', price: '2', amount: '3', buyerMaker: '6' } },
]

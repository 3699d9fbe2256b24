/** Files of tools: ccxt, freqtrade, TradingView, MetaTrader; and of Kraken's archive, whose layout others have too. */
import {
  CCXT_BOTH_SIDES,
  CCXT_CANDLES_IN_CONTRACTS,
  CCXT_INTEREST_IN_CONTRACTS,
  CCXT_INVERSE_IN_COINS,
} from '../../../market/ccxt-units.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { binanceCoinSize, type Layout, ONE_USD } from './layout.ts'

const CCXT = 'https://github.com/ccxt/ccxt/wiki/Manual'
const FREQTRADE = 'https://www.freqtrade.io/en/stable/data-download/'
const METATRADER = 'https://www.metatrader5.com/en/terminal/help/trading_advanced/custom_instruments'
const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const
const BY_NUMBER = { time: '1', open: '2', high: '3', low: '4', close: '5' } as const

/** Candles of ccxt, whose `volume` counts what the venue counts. */
function ccxtCandles(layout: Omit<Layout, 'kind' | 'fields'> & { fields: Layout['fields'] }): Layout[] {
  const common = { ...layout, kind: 'candles' } as const
  const contracts = { [layout.fields.volume ?? '']: 'contracts' } as const
  return [
    {
      ...common,
      name: `${layout.name}, in contracts`,
      contract: 'derivative',
      venues: CCXT_CANDLES_IN_CONTRACTS,
      units: contracts,
      contractSize: bitmexSize,
    },
    // HTX states the sum of both sides of its contracts' trades, which its spot markets do not.
    { ...common, contract: 'contract', venues: CCXT_BOTH_SIDES, bothSides: true },
    { ...common, contract: 'derivative', venues: CCXT_BOTH_SIDES, unitVaries: true },
    { ...common, contract: 'direct' },
    { ...common, contract: 'inverse', venues: CCXT_INVERSE_IN_COINS },
    {
      ...common,
      name: `${layout.name}, in contracts`,
      contract: 'inverse',
      venues: ['kraken'],
      units: contracts,
      contractSize: ONE_USD,
    },
    { ...common, contract: 'inverse', unitVaries: true },
  ]
}

function bitmexSize({ venue, kind, base }: Instrument): number | undefined {
  return venue === 'bitmex' && kind === 'inverse' && base === 'BTC' ? 1 : undefined
}

export const TOOL_LAYOUTS: readonly Layout[] = [
  {
    name: 'freqtrade funding',
    documentation: FREQTRADE,
    kind: 'records',
    columns: ['date', ...Object.values(OHLC), 'volume'],
    path: /-funding_rate\./,
    fields: { time: 'date', fundingRate: 'open' },
    payments: true,
  },
  {
    name: 'freqtrade funding',
    documentation: FREQTRADE,
    kind: 'records',
    cells: 'tnnnnn',
    path: /-funding_rate\./,
    fields: { time: '1', fundingRate: '2' },
    payments: true,
  },
  {
    name: 'Kraken candles without names',
    venue: 'kraken',
    documentation: 'https://support.kraken.com/articles/360047124832',
    kind: 'candles',
    cells: 'tnnnnnw',
    fields: { time: '1', open: '2', high: '3', low: '4', close: '5', volume: '6' },
  },
  ...ccxtCandles({
    name: 'ccxt candles, also of freqtrade',
    documentation: `${CCXT}#ohlcv-structure`,
    cells: 'tnnnnn',
    fields: { ...BY_NUMBER, volume: '6' },
  }),
  {
    // HTX states the sum of both sides; `cost` is what was paid for them.
    name: 'ccxt trades of HTX contracts',
    documentation: `${CCXT}#trade-structure`,
    kind: 'trades',
    columns: ['timestamp', 'datetime', 'symbol', 'side', 'price', 'amount', 'cost'],
    contract: 'contract',
    venues: CCXT_BOTH_SIDES,
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'amount' },
    units: { amount: 'contracts', cost: 'quote' },
    bothSides: true,
  },
  {
    name: 'ccxt trades',
    documentation: `${CCXT}#trade-structure`,
    kind: 'trades',
    columns: ['timestamp', 'datetime', 'symbol', 'side', 'price', 'amount', 'cost'],
    contract: 'direct',
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'amount' },
    units: { cost: 'quote' },
    sameTrades: { coins: 'amount', quote: 'cost' },
  },
  {
    // Of contracts that are not of one coin: `cost` is what was paid for them.
    name: 'ccxt trades of contracts',
    documentation: `${CCXT}#trade-structure`,
    kind: 'trades',
    columns: ['timestamp', 'datetime', 'symbol', 'side', 'price', 'amount', 'cost'],
    contract: 'direct',
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'cost' },
    units: { amount: 'contracts', cost: 'quote' },
  },
  {
    // What was paid for inverse contracts is in coins.
    name: 'ccxt trades of inverse contracts',
    documentation: `${CCXT}#trade-structure`,
    kind: 'trades',
    columns: ['timestamp', 'datetime', 'symbol', 'side', 'price', 'amount', 'cost'],
    contract: 'inverse',
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'cost' },
    units: { amount: 'contracts' },
    sameTrades: { coins: 'cost', quote: 'amount', sizes: [1, 10, 100] },
  },
  {
    name: 'ccxt open interest',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'baseVolume', 'openInterestAmount', 'openInterestValue', 'timestamp'],
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'baseVolume' },
    units: { openInterestValue: 'quote' },
  },
  {
    // What ccxt calls the amount is in contracts at these venues.
    name: 'ccxt open interest in the quote currency',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'openInterestAmount', 'openInterestValue', 'timestamp'],
    venues: CCXT_INTEREST_IN_CONTRACTS,
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'openInterestValue' },
    units: { openInterestAmount: 'contracts', openInterestValue: 'quote' },
  },
  {
    name: 'ccxt open interest in contracts',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'openInterestAmount', 'timestamp'],
    venues: CCXT_INTEREST_IN_CONTRACTS,
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'openInterestAmount' },
    units: { openInterestAmount: 'contracts' },
  },
  {
    name: 'ccxt open interest',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'openInterestAmount', 'openInterestValue', 'timestamp'],
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'openInterestAmount' },
    units: { openInterestValue: 'quote' },
    sameTrades: { coins: 'openInterestAmount', quote: 'openInterestValue' },
  },
  {
    name: 'ccxt open interest in contracts',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'openInterestAmount', 'openInterestValue', 'timestamp'],
    contract: 'inverse',
    fields: { time: 'timestamp', openInterest: 'openInterestAmount' },
    units: { openInterestAmount: 'contracts' },
    contractSize: instrument => (instrument.venue === 'binance' ? binanceCoinSize(instrument) : undefined),
  },
  {
    name: 'ccxt open interest in the quote currency',
    documentation: `${CCXT}#open-interest-history`,
    kind: 'records',
    columns: ['symbol', 'openInterestValue', 'timestamp'],
    fields: { time: 'timestamp', openInterest: 'openInterestValue' },
    units: { openInterestValue: 'quote', openInterestAmount: 'contracts' },
  },
  {
    name: 'ccxt liquidations',
    documentation: `${CCXT}#liquidations`,
    kind: 'liquidations',
    columns: ['symbol', 'contracts', 'contractSize', 'price', 'side', 'timestamp'],
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'contracts' },
    units: { contracts: 'contracts', quoteValue: 'quote' },
    contractSizeColumn: 'contractSize',
  },
  {
    name: 'ccxt account ratio',
    documentation: `${CCXT}#long-short-ratio`,
    kind: 'records',
    columns: ['symbol', 'timestamp', 'datetime', 'longShortRatio'],
    fields: { time: 'timestamp', longShortRatio: 'longShortRatio' },
  },
  {
    name: 'ccxt funding',
    documentation: `${CCXT}#funding-rate-history`,
    kind: 'records',
    columns: ['symbol', 'fundingRate', 'timestamp', 'datetime'],
    // Only rates of the future have the time at which they are due.
    fields: { time: 'timestamp', fundingRate: 'fundingRate', fundingTime: 'fundingTimestamp' },
    payments: true,
  },
  ...ccxtCandles({
    name: 'freqtrade candles',
    documentation: FREQTRADE,
    columns: ['date', ...Object.values(OHLC), 'volume'],
    exact: true,
    fields: { time: 'date', ...OHLC, volume: 'volume' },
  }),
  {
    name: 'TradingView export',
    documentation: 'https://www.tradingview.com/support/solutions/43000537255/',
    kind: 'candles',
    columns: ['time', ...Object.values(OHLC), 'Volume'],
    exact: true,
    unitVaries: true,
    fields: { time: 'time', ...OHLC, volume: 'Volume' },
  },
  {
    name: 'MetaTrader 5 export',
    documentation: METATRADER,
    kind: 'candles',
    columns: ['<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>'],
    unitVaries: true,
    fields: {
      time: '<DATE>',
      clock: '<TIME>',
      open: '<OPEN>',
      high: '<HIGH>',
      low: '<LOW>',
      close: '<CLOSE>',
      volume: '<VOL>',
    },
  },
  {
    name: 'MetaTrader 4 history',
    documentation: METATRADER,
    kind: 'candles',
    cells: 'tcnnnnn',
    unitVaries: true,
    fields: { time: '1', clock: '2', open: '3', high: '4', low: '5', close: '6', volume: '7' },
  },
]

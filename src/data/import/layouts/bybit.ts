/** Files of Bybit (public.bybit.com) and Bitget, and responses of their APIs. */
import { type Layout, ONE_USD } from './layout.ts'

const API = 'https://bybit-exchange.github.io/docs/v5'
const ARCHIVE = 'https://public.bybit.com'
const BY_NUMBER = { time: '1', open: '2', high: '3', low: '4', close: '5' } as const

export const BYBIT_LAYOUTS: readonly Layout[] = [
  {
    name: 'Bybit trades',
    venue: 'bybit',
    market: 'perpetual',
    documentation: `${ARCHIVE}/trading`,
    kind: 'trades',
    columns: ['timestamp', 'symbol', 'side', 'size', 'price', 'trdMatchID', 'homeNotional', 'foreignNotional'],
    // In coins even where `size` is in dollars.
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'homeNotional' },
    units: { size: 'contracts', foreignNotional: 'quote' },
    contractSize: ONE_USD,
    sameTrades: { coins: 'homeNotional', quote: 'foreignNotional' },
  },
  {
    name: 'Bybit spot trades',
    venue: 'bybit',
    market: 'spot',
    documentation: `${ARCHIVE}/spot`,
    kind: 'trades',
    columns: ['id', 'timestamp', 'price', 'volume', 'side'],
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'volume' },
  },
  // Both of these venues send [time, open, high, low, close, amount, amount in the other currency].
  {
    name: 'candles of Bybit or Bitget without names',
    documentation: `${API}/market/kline`,
    kind: 'candles',
    cells: 'tnnnnnn',
    contract: 'direct',
    fields: { ...BY_NUMBER, volume: '6' },
    units: { 7: 'quote' },
    sameTrades: { coins: '6', quote: '7' },
  },
  {
    name: 'Bybit inverse candles without names',
    venue: 'bybit',
    documentation: `${API}/market/kline`,
    kind: 'candles',
    cells: 'tnnnnnn',
    contract: 'inverse',
    fields: { ...BY_NUMBER, volume: '7' },
    units: { 6: 'contracts' },
    contractSize: ONE_USD,
    sameTrades: { coins: '7', quote: '6' },
  },
  ...(['startTime', 'start', 'timestamp', 'time'] as const).flatMap((time): Layout[] => {
    const columns = [time, 'open', 'high', 'low', 'close', 'volume', 'turnover']
    const ohlc = { time, open: 'open', high: 'high', low: 'low', close: 'close' }
    const common = { venue: 'bybit', documentation: `${API}/market/kline`, kind: 'candles', columns } as const
    return [
      {
        ...common,
        name: 'Bybit candles',
        contract: 'direct',
        fields: { ...ohlc, volume: 'volume' },
        units: { turnover: 'quote' },
        sameTrades: { coins: 'volume', quote: 'turnover' },
      },
      {
        ...common,
        name: 'Bybit inverse candles',
        contract: 'inverse',
        fields: { ...ohlc, volume: 'turnover' },
        units: { volume: 'contracts' },
        contractSize: ONE_USD,
        sameTrades: { coins: 'turnover', quote: 'volume' },
      },
    ]
  }),
  {
    name: 'Bybit candles for MetaTrader',
    venue: 'bybit',
    documentation: `${ARCHIVE}/kline_for_metatrader4`,
    kind: 'candles',
    cells: 'tnnnnn',
    path: /kline_for_metatrader4|bybit/i,
    contract: 'inverse',
    fields: { ...BY_NUMBER, volume: '6' },
    units: { 6: 'contracts' },
    contractSize: ONE_USD,
  },
  {
    name: 'Bybit open interest',
    venue: 'bybit',
    market: 'perpetual',
    documentation: `${API}/market/open-interest`,
    kind: 'records',
    columns: ['openInterest', 'timestamp'],
    exact: true,
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'openInterest' },
  },
  {
    name: 'Bybit inverse open interest',
    venue: 'bybit',
    venues: ['bybit'],
    documentation: `${API}/market/open-interest`,
    kind: 'records',
    columns: ['openInterest', 'timestamp'],
    exact: true,
    contract: 'inverse',
    fields: { time: 'timestamp', openInterest: 'openInterest' },
    units: { openInterest: 'quote' },
  },
  {
    name: 'Bybit account ratio',
    venue: 'bybit',
    market: 'perpetual',
    documentation: `${API}/market/long-short-ratio`,
    kind: 'records',
    columns: ['buyRatio', 'sellRatio', 'timestamp'],
    fields: { time: 'timestamp', longAccounts: 'buyRatio', shortAccounts: 'sellRatio' },
  },
  {
    name: 'Bybit funding',
    venue: 'bybit',
    market: 'perpetual',
    documentation: `${API}/market/history-fund-rate`,
    kind: 'records',
    columns: ['symbol', 'fundingRate', 'fundingRateTimestamp'],
    fields: { time: 'fundingRateTimestamp', fundingRate: 'fundingRate' },
    payments: true,
  },
  {
    name: 'Bybit liquidations',
    venue: 'bybit',
    market: 'perpetual',
    documentation: `${API}/websocket/public/all-liquidation`,
    kind: 'liquidations',
    columns: ['T', 's', 'S', 'v', 'p'],
    exact: true,
    contract: 'direct',
    symbolColumn: 's',
    fields: { time: 'T', side: 'S', price: 'p', amount: 'v' },
    positionSide: true,
  },
  {
    name: 'Bybit inverse liquidations',
    venue: 'bybit',
    documentation: `${API}/websocket/public/all-liquidation`,
    kind: 'liquidations',
    columns: ['T', 's', 'S', 'v', 'p'],
    exact: true,
    contract: 'inverse',
    symbolColumn: 's',
    fields: { time: 'T', side: 'S', price: 'p', amount: 'v' },
    units: { v: 'contracts' },
    contractSize: ONE_USD,
    positionSide: true,
  },
  ...(
    [
      [['T', 's', 'S', 'v', 'p', 'i'], { time: 'T', side: 'S', price: 'p', amount: 'v' }, 'websocket/public/trade'],
      [
        ['execId', 'symbol', 'price', 'size', 'side', 'time'],
        { time: 'time', side: 'side', price: 'price', amount: 'size' },
        'market/recent-trade',
      ],
    ] as const
  ).flatMap(([columns, fields, page]): Layout[] => {
    const documentation = `${API}/${page}`
    const common = { venue: 'bybit', documentation, kind: 'trades', columns, fields, symbolColumn: columns[1] } as const
    return [
      { ...common, name: 'Bybit trades of the API', contract: 'direct' },
      {
        ...common,
        name: 'Bybit inverse trades of the API',
        contract: 'inverse',
        units: { [fields.amount]: 'contracts' },
        contractSize: ONE_USD,
      },
    ]
  }),
  {
    name: 'Bitget trades',
    venue: 'bitget',
    documentation: 'https://www.bitget.com/data-download',
    kind: 'trades',
    columns: ['timestamp', 'price', 'side', 'volume(quote)', 'size(base)'],
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'size(base)' },
    units: { 'volume(quote)': 'quote' },
    sameTrades: { coins: 'size(base)', quote: 'volume(quote)' },
  },
  {
    name: 'Bitget candles',
    venue: 'bitget',
    documentation: 'https://www.bitget.com/api-doc/contract/market/Get-Candle-Data',
    kind: 'candles',
    columns: ['timestamp', 'open', 'high', 'low', 'close', 'baseVolume', 'quoteVolume'],
    fields: { time: 'timestamp', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'baseVolume' },
    units: { quoteVolume: 'quote' },
    sameTrades: { coins: 'baseVolume', quote: 'quoteVolume' },
  },
]

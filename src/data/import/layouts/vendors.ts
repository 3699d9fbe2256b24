/** Files of data vendors: Tardis, Kaiko, Coinalyze, Coinglass, CryptoDataDownload. */
import type { Instrument } from '../../../market/instrument.ts'
import { binanceCoinSize, type Layout } from './layout.ts'

const TARDIS = 'https://docs.tardis.dev/downloadable-csv-files'
const KAIKO = 'https://docs.kaiko.com/kaiko-csv-data'
const COINALYZE = 'https://api.coinalyze.net/v1/doc/'
const COINGLASS = 'https://docs.coinglass.com/reference'
const CDD = 'https://www.cryptodatadownload.com/data/'
const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const

/** Tardis keeps the amounts of the venues. These count contracts, whatever their settlement. */
const COUNTING_CONTRACTS = ['okx', 'bitmex', 'huobi', 'gate', 'kucoin', 'mexc']

function tardisSize(instrument: Instrument): number | undefined {
  const { venue, kind, base } = instrument
  if (venue === 'binance') return binanceCoinSize(instrument)
  if (venue === 'bybit' || venue === 'kraken') return 1
  // Deribit states amounts of inverse contracts in USD.
  if (venue === 'deribit' || (venue === 'bitmex' && base === 'BTC')) return kind === 'linear' ? undefined : 1
  return undefined
}

function tardis(name: string, kind: 'trades' | 'liquidations', path: RegExp): Layout[] {
  const common = {
    documentation: `${TARDIS}#${name}`,
    kind,
    path,
    columns: ['exchange', 'symbol', 'timestamp', 'local_timestamp', 'id', 'side', 'price', 'amount'],
    fields: {
      time: 'timestamp',
      side: 'side',
      price: 'price',
      amount: 'amount',
      ...(kind === 'liquidations' && { orderId: 'id' }),
    },
    notIdentity: ['local_timestamp'],
  } as const
  return [
    {
      // HTX states the sum of both sides of a trade.
      ...common,
      name: `Tardis ${name} in contracts`,
      contract: 'contract',
      venues: ['huobi'],
      units: { amount: 'contracts' },
      ...(kind === 'trades' && { bothSides: true }),
    },
    {
      ...common,
      name: `Tardis ${name} in contracts`,
      contract: 'derivative',
      venues: COUNTING_CONTRACTS,
      units: { amount: 'contracts' },
      contractSize: tardisSize,
    },
    {
      ...common,
      name: `Tardis ${name} in contracts`,
      contract: 'inverse',
      units: { amount: 'contracts' },
      contractSize: tardisSize,
    },
    { ...common, name: `Tardis ${name}`, contract: 'direct' },
  ]
}

/** Bars of trades that its clients make, whose `timestamp` is that of the last message. */
function tardisBars(): Layout[] {
  const common = {
    documentation: 'https://docs.tardis.dev/api/tardis-machine#trade_bar_-interval-suffix-',
    kind: 'candles',
    columns: ['symbol', 'exchange', ...Object.values(OHLC), 'volume', 'buyVolume', 'openTimestamp', 'closeTimestamp'],
    fields: { time: 'openTimestamp', ...OHLC, volume: 'volume', takerBuyVolume: 'buyVolume' },
  } as const
  const contracts = {
    ...common,
    units: { volume: 'contracts', buyVolume: 'contracts' },
    contractSize: tardisSize,
  } as const
  return [
    { ...contracts, name: 'Tardis bars in contracts', contract: 'derivative', venues: COUNTING_CONTRACTS },
    { ...contracts, name: 'Tardis bars in contracts', contract: 'inverse' },
    { ...common, name: 'Tardis bars', contract: 'direct' },
  ]
}

/** Coinalyze's amounts are in the base asset for contracts settled in the quote currency, and in the quote asset for others. */
function coinalyze(layout: Omit<Layout, 'documentation' | 'stamp'>, amounts: readonly string[]): Layout[] {
  const common = { ...layout, documentation: COINALYZE, stamp: 'open' } as const
  return [
    { ...common, contract: 'direct' },
    { ...common, contract: 'inverse', units: Object.fromEntries(amounts.map(name => [name, 'quote' as const])) },
  ]
}

const OI_PATH = /open.?interest|(^|[^a-z])oi([^a-z]|$)/i
const FUNDING_PATH = /funding/i

/** CryptoDataDownload calls amounts after their currencies. */
function cdd(time: string): Layout[] {
  const fields = { time, ...OHLC }
  const common = { documentation: CDD, kind: 'candles' } as const
  return [
    {
      ...common,
      name: 'CryptoDataDownload candles',
      columns: [time, ...Object.values(OHLC), 'Volume {base}', 'Volume {quote}'],
      fields: { ...fields, volume: 'Volume {base}' },
      units: { 'Volume {quote}': 'quote' },
      sameTrades: { coins: 'Volume {base}', quote: 'Volume {quote}' },
    },
    {
      ...common,
      name: 'CryptoDataDownload candles',
      columns: [time, ...Object.values(OHLC), 'Volume {base}'],
      fields: { ...fields, volume: 'Volume {base}' },
    },
  ]
}

export const VENDOR_LAYOUTS: readonly Layout[] = [
  ...tardis('liquidations', 'liquidations', /liquidation/i),
  ...tardis('trades', 'trades', /^(?!.*liquidation)/i),
  ...tardisBars(),
  {
    name: 'Tardis derivative ticker in contracts',
    documentation: `${TARDIS}#derivative_ticker`,
    kind: 'records',
    columns: ['exchange', 'symbol', 'timestamp', 'funding_timestamp', 'funding_rate', 'open_interest', 'mark_price'],
    contract: 'derivative',
    venues: COUNTING_CONTRACTS,
    fields: {
      time: 'timestamp',
      fundingTime: 'funding_timestamp',
      fundingRate: 'funding_rate',
      openInterest: 'open_interest',
    },
    units: { open_interest: 'contracts' },
    contractSize: tardisSize,
  },
  {
    name: 'Tardis derivative ticker',
    documentation: `${TARDIS}#derivative_ticker`,
    kind: 'records',
    columns: ['exchange', 'symbol', 'timestamp', 'funding_timestamp', 'funding_rate', 'open_interest', 'mark_price'],
    contract: 'direct',
    fields: {
      time: 'timestamp',
      fundingTime: 'funding_timestamp',
      fundingRate: 'funding_rate',
      openInterest: 'open_interest',
    },
  },
  {
    name: 'Tardis derivative ticker in contracts',
    documentation: `${TARDIS}#derivative_ticker`,
    kind: 'records',
    columns: ['exchange', 'symbol', 'timestamp', 'funding_timestamp', 'funding_rate', 'open_interest', 'mark_price'],
    contract: 'inverse',
    fields: {
      time: 'timestamp',
      fundingTime: 'funding_timestamp',
      fundingRate: 'funding_rate',
      openInterest: 'open_interest',
    },
    units: { open_interest: 'contracts' },
    contractSize: tardisSize,
  },
  {
    // "can be in base_asset, quote_asset or the number of contracts"
    name: 'Kaiko trades of contracts',
    documentation: `${KAIKO}/data-feeds/level-1-tick-level/all-trades`,
    kind: 'trades',
    columns: ['id', 'exchange', 'symbol', 'date', 'price', 'amount', 'sell'],
    contract: 'inverse',
    fields: { time: 'date', price: 'price', amount: 'amount', buyerMaker: 'sell' },
    units: { amount: 'contracts' },
    contractSize: instrument => (instrument.venue === 'binance' ? binanceCoinSize(instrument) : undefined),
  },
  {
    name: 'Kaiko trades of contracts',
    documentation: `${KAIKO}/data-feeds/level-1-tick-level/all-trades`,
    kind: 'trades',
    columns: ['id', 'exchange', 'symbol', 'date', 'price', 'amount', 'sell'],
    contract: 'derivative',
    venues: ['okx', 'bitmex', 'huobi', 'kucoin', 'gate', 'deribit', 'kraken'],
    fields: { time: 'date', price: 'price', amount: 'amount', buyerMaker: 'sell' },
    units: { amount: 'contracts' },
  },
  {
    name: 'Kaiko trades',
    documentation: `${KAIKO}/data-feeds/level-1-tick-level/all-trades`,
    kind: 'trades',
    columns: ['id', 'exchange', 'symbol', 'date', 'price', 'amount', 'sell'],
    contract: 'direct',
    fields: { time: 'date', price: 'price', amount: 'amount', buyerMaker: 'sell' },
  },
  {
    name: 'Kaiko candles without names',
    documentation: `${KAIKO}/market-data/trades/trade-count-ohlcv-candlesticks-and-vwap`,
    kind: 'candles',
    cells: 'tnnnnnnn',
    contract: 'direct',
    fields: { time: '1', open: '3', high: '4', low: '5', close: '6', volume: '7' },
    skipZero: '2',
  },
  ...coinalyze(
    {
      name: 'Coinalyze liquidations',
      kind: 'records',
      columns: ['t', 'l', 's'],
      exact: true,
      fields: { time: 't', longLiquidations: 'l', shortLiquidations: 's' },
    },
    ['l', 's'],
  ),
  {
    name: 'Coinalyze account ratio',
    documentation: COINALYZE,
    kind: 'records',
    columns: ['t', 'r', 'l', 's'],
    exact: true,
    fields: { time: 't', longShortRatio: 'r' },
    stamp: 'open',
  },
  ...coinalyze(
    {
      name: 'Coinalyze candles',
      kind: 'candles',
      columns: ['t', 'o', 'h', 'l', 'c', 'v', 'bv', 'tx', 'btx'],
      exact: true,
      fields: { time: 't', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v', takerBuyVolume: 'bv' },
    },
    ['v', 'bv'],
  ),
  ...coinalyze(
    {
      name: 'Coinalyze open interest',
      kind: 'records',
      columns: ['t', 'o', 'h', 'l', 'c'],
      exact: true,
      path: OI_PATH,
      fields: { time: 't', openInterest: 'c' },
    },
    ['c'],
  ),
  {
    name: 'Coinalyze funding',
    documentation: COINALYZE,
    kind: 'records',
    columns: ['t', 'o', 'h', 'l', 'c'],
    exact: true,
    path: FUNDING_PATH,
    fields: { time: 't', fundingRate: 'c' },
    stamp: 'open',
    percent: true,
  },
  ...(
    [
      ['aggregated_long_liquidation_usd', 'aggregated_short_liquidation_usd'],
      ['long_liquidation_usd', 'short_liquidation_usd'],
      ['longLiquidationUsd', 'shortLiquidationUsd'],
    ] as const
  ).flatMap(([long, short]) =>
    ['time', 't', 'createTime'].map(
      (time): Layout => ({
        name: 'Coinglass liquidations',
        documentation: `${COINGLASS}/aggregated-liquidation-history`,
        kind: 'records',
        columns: [time, long, short],
        fields: { time, longLiquidations: long, shortLiquidations: short },
        units: { [long]: 'quote', [short]: 'quote' },
        stamp: 'open',
      }),
    ),
  ),
  {
    // `unit` of the request is usd unless it was set.
    name: 'Coinglass open interest',
    documentation: `${COINGLASS}/oi-ohlc-aggregated-history`,
    kind: 'records',
    columns: ['time', ...Object.values(OHLC)],
    exact: true,
    path: OI_PATH,
    fields: { time: 'time', openInterest: 'close' },
    units: { close: 'quote' },
    stamp: 'open',
  },
  {
    name: 'Coinglass funding',
    documentation: `${COINGLASS}/fr-ohlc-histroy`,
    kind: 'records',
    columns: ['time', ...Object.values(OHLC)],
    exact: true,
    path: FUNDING_PATH,
    fields: { time: 'time', fundingRate: 'close' },
    stamp: 'open',
    percent: true,
  },
  {
    name: 'Coinglass candles',
    documentation: `${COINGLASS}/price-ohlc-history`,
    kind: 'candles',
    columns: ['time', ...Object.values(OHLC), 'volume_usd'],
    fields: { time: 'time', ...OHLC, volume: 'volume_usd' },
    units: { volume_usd: 'quote' },
  },
  {
    name: 'Coinglass account ratio',
    documentation: `${COINGLASS}/global-longshort-account-ratio`,
    kind: 'records',
    columns: ['time', 'global_account_long_percent', 'global_account_short_percent', 'global_account_long_short_ratio'],
    fields: { time: 'time', longShortRatio: 'global_account_long_short_ratio' },
    stamp: 'open',
  },
  ...cdd('unix'),
  ...cdd('date'),
  {
    // Of coins the volume is in the quote currency.
    name: 'Yahoo Finance',
    documentation: 'https://finance.yahoo.com/quote/BTC-USD/history/',
    kind: 'candles',
    columns: ['Date', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume'],
    fields: { time: 'Date', open: 'Open', high: 'High', low: 'Low', close: 'Close', volume: 'Volume' },
    units: { Volume: 'quote' },
  },
  {
    name: 'CoinMarketCap',
    documentation: 'https://coinmarketcap.com/api/documentation/v1/#operation/getV2CryptocurrencyOhlcvHistorical',
    kind: 'candles',
    columns: ['timeOpen', 'timeClose', ...Object.values(OHLC), 'volume', 'marketCap'],
    fields: { time: 'timeOpen', ...OHLC, volume: 'volume' },
    units: { volume: 'quote' },
  },
]

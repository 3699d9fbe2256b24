/** Files of Binance: its archive (data.binance.vision), and responses of its API. */
import { binanceCoinSize, type Layout } from './layout.ts'

const README = 'https://github.com/binance/binance-public-data#data-information'
const COIN_API = 'https://developers.binance.com/docs/derivatives/coin-margined-futures/market-data/rest-api'
const API = 'https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api'

const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const

/** Candles with names: of spot and USD-M, whose `volume` is in coins, and of COIN-M, whose `volume` is in contracts. */
function candles(
  time: string,
  quote: string,
  takerBuy: string,
  takerBuyQuote: string,
  extra: Partial<Layout> = {},
): Layout[] {
  const columns = [time, ...Object.values(OHLC), 'volume', quote, takerBuy, takerBuyQuote]
  const common = { venue: 'binance', documentation: README, kind: 'candles', columns, ...extra } as const
  return [
    {
      ...common,
      name: 'Binance candles',
      contract: 'direct',
      fields: { time, ...OHLC, volume: 'volume', takerBuyVolume: takerBuy },
      units: { [quote]: 'quote', [takerBuyQuote]: 'quote' },
      sameTrades: { coins: 'volume', quote },
    },
    {
      ...common,
      name: 'Binance COIN-M candles',
      contract: 'inverse',
      fields: { time, ...OHLC, volume: quote, takerBuyVolume: takerBuyQuote },
      units: { volume: 'contracts', [takerBuy]: 'contracts' },
      contractSize: binanceCoinSize,
      sameTrades: { coins: quote, quote: 'volume', sizes: [100, 10] },
    },
  ]
}

const BY_NUMBER = { time: '1', open: '2', high: '3', low: '4', close: '5' } as const

/** Trades with names: `quantity` is in coins, for COIN-M in contracts. */
function trades(name: string, fields: Layout['fields'], extra: Partial<Layout> = {}): Layout[] {
  const columns = Object.values(fields)
  const amount = fields.amount ?? ''
  const common = { venue: 'binance', documentation: README, kind: 'trades', columns, fields, ...extra } as const
  return [
    { ...common, name: `Binance ${name}`, contract: 'direct' },
    {
      ...common,
      name: `Binance COIN-M ${name}`,
      contract: 'inverse',
      units: { [amount]: 'contracts' },
      contractSize: binanceCoinSize,
    },
  ]
}

const forcedOrders = {
  venue: 'binance',
  market: 'perpetual',
  kind: 'liquidations',
  cumulative: true,
} as const

/** Forced orders, in coins or, for COIN-M, in contracts. */
function forced(
  name: string,
  documentation: string,
  columns: readonly string[],
  fields: Layout['fields'],
  extra: Partial<Layout> = {},
): Layout[] {
  const amount = fields.amount ?? ''
  const common = { ...forcedOrders, documentation, columns, fields, ...extra } as const
  return [
    { ...common, name: `Binance ${name}`, contract: 'direct' },
    {
      ...common,
      name: `Binance COIN-M ${name}`,
      contract: 'inverse',
      units: { [amount]: 'contracts' },
      contractSize: binanceCoinSize,
    },
  ]
}

const STREAMS = 'https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams'

/** Trades and candles of streams, whose names are single letters. `s` is the market. */
function streams(): Layout[] {
  const common = { venue: 'binance', symbolColumn: 's' } as const
  const times = { time: 'T', price: 'p', amount: 'q', buyerMaker: 'm' } as const
  const tradeColumns = [
    ['e', 'E', 's', 'a', 'p', 'q', 'T', 'm'],
    ['e', 'E', 's', 't', 'p', 'q', 'T', 'm'],
    ['a', 'p', 'q', 'f', 'l', 'T', 'm'],
  ] as const
  return [
    ...tradeColumns.flatMap((columns): Layout[] => [
      {
        ...common,
        name: 'Binance trade stream',
        documentation: `${STREAMS}/Aggregate-Trade-Streams`,
        kind: 'trades',
        columns,
        contract: 'direct',
        fields: times,
      },
      {
        ...common,
        name: 'Binance COIN-M trade stream',
        documentation: `${STREAMS}/Aggregate-Trade-Streams`,
        kind: 'trades',
        columns,
        contract: 'inverse',
        fields: times,
        units: { q: 'contracts' },
        contractSize: binanceCoinSize,
      },
    ]),
    {
      ...common,
      name: 'Binance candle stream',
      documentation: `${STREAMS}/Kline-Candlestick-Streams`,
      kind: 'candles',
      columns: ['e', 's', 't', 'T', 'o', 'h', 'l', 'c', 'v', 'x', 'q', 'V', 'Q'],
      contract: 'direct',
      fields: { time: 't', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v', takerBuyVolume: 'V' },
      units: { q: 'quote', Q: 'quote' },
      sameTrades: { coins: 'v', quote: 'q' },
      skipFalse: 'x',
    },
    {
      ...common,
      name: 'Binance COIN-M candle stream',
      documentation: `${STREAMS}/Kline-Candlestick-Streams`,
      kind: 'candles',
      columns: ['e', 's', 't', 'T', 'o', 'h', 'l', 'c', 'v', 'x', 'q', 'V', 'Q'],
      contract: 'inverse',
      fields: { time: 't', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'q', takerBuyVolume: 'Q' },
      units: { v: 'contracts', V: 'contracts' },
      contractSize: binanceCoinSize,
      sameTrades: { coins: 'q', quote: 'v', sizes: [100, 10] },
      skipFalse: 'x',
    },
    {
      ...common,
      name: 'Binance mark price stream',
      market: 'perpetual',
      documentation: `${STREAMS}/Mark-Price-Stream`,
      kind: 'records',
      columns: ['e', 'E', 's', 'p', 'r', 'T'],
      fields: { time: 'E', fundingRate: 'r', fundingTime: 'T' },
    },
  ]
}

const AGGREGATED = { price: '2', amount: '3', time: '6', buyerMaker: '7' } as const
const SINGLE = { price: '2', amount: '3', time: '5', buyerMaker: '6' } as const

export const BINANCE_LAYOUTS: readonly Layout[] = [
  ...streams(),
  // The archive of spot candles has no names.
  ...candles('open_time', 'quote_volume', 'taker_buy_volume', 'taker_buy_quote_volume', { market: 'perpetual' }),
  ...candles('open_time', 'quote_asset_volume', 'taker_buy_base_asset_volume', 'taker_buy_quote_asset_volume'),
  {
    name: 'Binance candles without names',
    venue: 'binance',
    documentation: README,
    kind: 'candles',
    cells: 'tnnnnntnnnnn',
    contract: 'direct',
    fields: { ...BY_NUMBER, volume: '6', takerBuyVolume: '10' },
    units: { 8: 'quote', 11: 'quote' },
    sameTrades: { coins: '6', quote: '8' },
  },
  {
    name: 'Binance COIN-M candles without names',
    venue: 'binance',
    documentation: README,
    kind: 'candles',
    cells: 'tnnnnntnnnnn',
    contract: 'inverse',
    fields: { ...BY_NUMBER, volume: '8', takerBuyVolume: '11' },
    units: { 6: 'contracts', 10: 'contracts' },
    contractSize: binanceCoinSize,
    sameTrades: { coins: '8', quote: '6', sizes: [100, 10] },
  },
  ...trades('aggregated trades', {
    time: 'transact_time',
    price: 'price',
    amount: 'quantity',
    buyerMaker: 'is_buyer_maker',
  }),
  {
    name: 'Binance COIN-M trades',
    venue: 'binance',
    documentation: README,
    kind: 'trades',
    columns: ['time', 'price', 'qty', 'base_qty', 'is_buyer_maker'],
    fields: { time: 'time', price: 'price', amount: 'base_qty', buyerMaker: 'is_buyer_maker' },
    units: { qty: 'contracts' },
    contractSize: binanceCoinSize,
  },
  {
    name: 'Binance trades',
    venue: 'binance',
    documentation: README,
    kind: 'trades',
    columns: ['time', 'price', 'qty', 'quote_qty', 'is_buyer_maker'],
    fields: { time: 'time', price: 'price', amount: 'qty', buyerMaker: 'is_buyer_maker' },
    units: { quote_qty: 'quote' },
    sameTrades: { coins: 'qty', quote: 'quote_qty' },
  },
  ...trades('aggregated trades without names', AGGREGATED, { columns: [], cells: 'nnnnntb' }),
  ...trades('aggregated trades without names', AGGREGATED, { columns: [], cells: 'nnnnntbb' }),
  ...(['nnnntb', 'nnnntbb'] as const).flatMap((cells): Layout[] => [
    {
      name: 'Binance trades without names',
      venue: 'binance',
      documentation: README,
      kind: 'trades',
      cells,
      contract: 'direct',
      fields: SINGLE,
      units: { 4: 'quote' },
      sameTrades: { coins: '3', quote: '4' },
    },
    {
      name: 'Binance COIN-M trades without names',
      venue: 'binance',
      documentation: README,
      kind: 'trades',
      cells,
      contract: 'inverse',
      fields: { ...SINGLE, amount: '4' },
      units: { 3: 'contracts' },
      contractSize: binanceCoinSize,
      sameTrades: { coins: '4', quote: '3', sizes: [100, 10] },
    },
  ]),
  {
    name: 'Binance metrics',
    venue: 'binance',
    market: 'perpetual',
    documentation: `${API}/Open-Interest-Statistics`,
    kind: 'records',
    columns: ['create_time', 'sum_open_interest', 'sum_open_interest_value', 'count_long_short_ratio'],
    contract: 'direct',
    fields: { time: 'create_time', openInterest: 'sum_open_interest', longShortRatio: 'count_long_short_ratio' },
    units: { sum_open_interest_value: 'quote' },
    sameTrades: { coins: 'sum_open_interest', quote: 'sum_open_interest_value' },
  },
  {
    name: 'Binance COIN-M metrics',
    venue: 'binance',
    documentation: `${COIN_API}/Open-Interest-Statistics`,
    kind: 'records',
    columns: ['create_time', 'sum_open_interest', 'sum_open_interest_value', 'count_long_short_ratio'],
    contract: 'inverse',
    fields: { time: 'create_time', openInterest: 'sum_open_interest_value', longShortRatio: 'count_long_short_ratio' },
    units: { sum_open_interest: 'contracts' },
    contractSize: binanceCoinSize,
    sameTrades: { coins: 'sum_open_interest_value', quote: 'sum_open_interest', sizes: [100, 10] },
  },
  {
    name: 'Binance open interest statistics',
    venue: 'binance',
    market: 'perpetual',
    documentation: `${API}/Open-Interest-Statistics`,
    kind: 'records',
    columns: ['sumOpenInterest', 'sumOpenInterestValue', 'timestamp'],
    contract: 'direct',
    fields: { time: 'timestamp', openInterest: 'sumOpenInterest' },
    units: { sumOpenInterestValue: 'quote' },
    sameTrades: { coins: 'sumOpenInterest', quote: 'sumOpenInterestValue' },
  },
  {
    name: 'Binance COIN-M open interest statistics',
    venue: 'binance',
    documentation: `${COIN_API}/Open-Interest-Statistics`,
    kind: 'records',
    columns: ['sumOpenInterest', 'sumOpenInterestValue', 'timestamp'],
    contract: 'inverse',
    fields: { time: 'timestamp', openInterest: 'sumOpenInterestValue' },
    units: { sumOpenInterest: 'contracts' },
    contractSize: binanceCoinSize,
    sameTrades: { coins: 'sumOpenInterestValue', quote: 'sumOpenInterest', sizes: [100, 10] },
  },
  {
    name: 'Binance account ratio',
    venue: 'binance',
    market: 'perpetual',
    documentation: `${API}/Long-Short-Ratio`,
    kind: 'records',
    columns: ['longShortRatio', 'longAccount', 'shortAccount', 'timestamp'],
    fields: { time: 'timestamp', longShortRatio: 'longShortRatio' },
  },
  {
    name: 'Binance funding',
    venue: 'binance',
    market: 'perpetual',
    documentation: `${API}/Get-Funding-Rate-History`,
    kind: 'records',
    columns: ['calc_time', 'last_funding_rate'],
    fields: { time: 'calc_time', fundingRate: 'last_funding_rate' },
    payments: true,
  },
  {
    name: 'Binance funding history',
    venue: 'binance',
    market: 'perpetual',
    documentation: `${API}/Get-Funding-Rate-History`,
    kind: 'records',
    columns: ['symbol', 'fundingTime', 'fundingRate'],
    fields: { time: 'fundingTime', fundingRate: 'fundingRate' },
    payments: true,
  },
  ...forced(
    'liquidation snapshots',
    README,
    [
      'time',
      'side',
      'original_quantity',
      'average_price',
      'order_status',
      'last_fill_quantity',
      'accumulated_fill_quantity',
    ],
    {
      time: 'time',
      side: 'side',
      price: 'average_price',
      amount: 'accumulated_fill_quantity',
      orderAmount: 'original_quantity',
      limitPrice: 'price',
      status: 'order_status',
    },
  ),
  ...forced(
    'force orders',
    `${API}/Force-Orders`,
    ['time', 'side', 'origQty', 'executedQty', 'averagePrice', 'status'],
    {
      time: 'time',
      side: 'side',
      price: 'averagePrice',
      amount: 'executedQty',
      orderAmount: 'origQty',
      limitPrice: 'price',
      status: 'status',
    },
  ),
  ...forced(
    'force orders with ids',
    'https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Users-Force-Orders',
    ['orderId', 'time', 'side', 'origQty', 'executedQty', 'avgPrice', 'status'],
    {
      time: 'time',
      side: 'side',
      price: 'avgPrice',
      amount: 'executedQty',
      orderAmount: 'origQty',
      limitPrice: 'price',
      status: 'status',
      orderId: 'orderId',
    },
  ),
  ...forced(
    'force order stream',
    'https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Liquidation-Order-Streams',
    ['s', 'S', 'o', 'f', 'q', 'p', 'ap', 'X', 'l', 'z', 'T'],
    { time: 'T', side: 'S', price: 'ap', amount: 'z', orderAmount: 'q', limitPrice: 'p', status: 'X' },
    { symbolColumn: 's' },
  ),
]

/** Responses of spot markets: Coinbase, Bitfinex, KuCoin, Gate, Kraken, Bitget, MEXC, HTX, Upbit. */
import type { Layout } from './layout.ts'

const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const
const HTX_SPOT = 'https://huobiapi.github.io/docs/spot/v1/en'
const HTX_LINEAR = 'https://huobiapi.github.io/docs/usdt_swap/v1/en'
const HTX_INVERSE = 'https://huobiapi.github.io/docs/coin_margined_swap/v1/en'
const BY_NUMBER = { time: '1', open: '2', high: '3', low: '4', close: '5' } as const

/** Candles with the two amounts of Chinese venues, `vol` and `amount`, of which either may be the coins. */
function volAndAmount(time: string): Layout[] {
  const ohlc = { time, ...OHLC }
  const columns = [time, ...Object.values(OHLC), 'vol', 'amount']
  return [
    {
      // Of contracts `vol` counts contracts, but `amount` coins too. "Sum of both buy and sell sides"
      name: 'HTX candles of contracts',
      venue: 'huobi',
      market: 'perpetual',
      documentation: `${HTX_LINEAR}/#general-get-kline-data`,
      bothSides: true,
      kind: 'candles',
      columns: [...columns, 'trade_turnover'],
      fields: { ...ohlc, volume: 'amount' },
      units: { vol: 'contracts', trade_turnover: 'quote' },
      sameTrades: { coins: 'amount', quote: 'trade_turnover' },
    },
    {
      name: 'HTX candles',
      venue: 'huobi',
      documentation: `${HTX_SPOT}/#get-klines-candles`,
      kind: 'candles',
      columns,
      contract: 'direct',
      fields: { ...ohlc, volume: 'amount' },
      units: { vol: 'quote' },
      sameTrades: { coins: 'amount', quote: 'vol' },
    },
    {
      name: 'HTX candles of inverse contracts',
      venue: 'huobi',
      documentation: `${HTX_INVERSE}/#get-kline-data`,
      bothSides: true,
      kind: 'candles',
      columns,
      contract: 'inverse',
      fields: { ...ohlc, volume: 'amount' },
      units: { vol: 'contracts' },
      sameTrades: { coins: 'amount', quote: 'vol', sizes: [100, 10] },
    },
    {
      name: 'candles with vol in coins and amount in the quote currency',
      documentation: 'https://www.mexc.com/api-docs/futures/market-endpoints#get-candlestick-data',
      kind: 'candles',
      columns,
      contract: 'direct',
      fields: { ...ohlc, volume: 'vol' },
      units: { amount: 'quote' },
      sameTrades: { coins: 'vol', quote: 'amount' },
    },
  ]
}

export const SPOT_VENUE_LAYOUTS: readonly Layout[] = [
  {
    name: 'Coinbase candles',
    venue: 'coinbase',
    documentation: 'https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles',
    kind: 'candles',
    cells: 'tnnnnn',
    fields: { time: '1', low: '2', high: '3', open: '4', close: '5', volume: '6' },
  },
  {
    // "side: the maker order side"
    name: 'Coinbase trades',
    venue: 'coinbase',
    venues: ['coinbase'],
    documentation: 'https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-trades',
    kind: 'trades',
    columns: ['trade_id', 'side', 'size', 'price', 'time'],
    // Others have these columns too, among more.
    exact: true,
    fields: { time: 'time', price: 'price', amount: 'size', buyerMaker: 'side' },
  },
  {
    name: 'Coinbase trades with products',
    venue: 'coinbase',
    venues: ['coinbase'],
    documentation:
      'https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-market-trades',
    kind: 'trades',
    columns: ['trade_id', 'product_id', 'side', 'size', 'price', 'time'],
    fields: { time: 'time', price: 'price', amount: 'size' },
    refusal:
      "side: Coinbase states the side of the maker in some of its answers and that of the taker in others, and the file does not say which it is. Set columns: { buyerMaker: 'side' } for the maker's, or columns: { side: 'side' } for the taker's",
  },
  {
    name: 'Gemini trades',
    venue: 'gemini',
    market: 'spot',
    documentation: 'https://docs.gemini.com/rest/market-data#list-trades',
    kind: 'trades',
    columns: ['timestamp', 'timestampms', 'tid', 'price', 'amount', 'type'],
    fields: { time: 'timestampms', side: 'type', price: 'price', amount: 'amount' },
  },
  {
    name: 'Bitfinex candles',
    venue: 'bitfinex',
    documentation: 'https://docs.bitfinex.com/reference/rest-public-candles',
    kind: 'candles',
    cells: 'tnnnnn',
    fields: { time: '1', open: '2', close: '3', high: '4', low: '5', volume: '6' },
  },
  {
    name: 'KuCoin candles of a spot market',
    venue: 'kucoin',
    documentation: 'https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-klines',
    kind: 'candles',
    cells: 'tnnnnnn',
    fields: { time: '1', open: '2', close: '3', high: '4', low: '5', volume: '6' },
    units: { 7: 'quote' },
    sameTrades: { coins: '6', quote: '7' },
  },
  {
    name: 'Gate candles of a spot market',
    venue: 'gate',
    market: 'spot',
    documentation: 'https://www.gate.com/docs/developers/apiv4/#market-candlesticks',
    kind: 'candles',
    cells: 'tnnnnnnb',
    fields: { time: '1', close: '3', high: '4', low: '5', open: '6', volume: '7' },
    units: { 2: 'quote' },
    sameTrades: { coins: '7', quote: '2' },
  },
  {
    name: 'Kraken candles of its API',
    venue: 'kraken',
    market: 'spot',
    documentation: 'https://docs.kraken.com/api/docs/rest-api/get-ohlc-data',
    kind: 'candles',
    cells: 'tnnnnnnw',
    fields: { ...BY_NUMBER, volume: '7' },
    meanPrice: '6',
  },
  {
    name: 'Bitget candles of a spot market without names',
    venue: 'bitget',
    documentation: 'https://www.bitget.com/api-doc/spot/market/Get-Candle-Data',
    kind: 'candles',
    cells: 'tnnnnnnn',
    fields: { ...BY_NUMBER, volume: '6' },
    units: { 7: 'quote', 8: 'quote' },
    sameTrades: { coins: '6', quote: '8' },
  },
  {
    name: 'candles of MEXC or BingX of a spot market',
    documentation: 'https://www.mexc.com/api-docs/spot-v3/market-data-endpoints#klinecandlestick-data',
    kind: 'candles',
    cells: 'tnnnnntn',
    contract: 'direct',
    fields: { ...BY_NUMBER, volume: '6' },
    units: { 8: 'quote' },
    sameTrades: { coins: '6', quote: '8' },
  },
  ...['id', 'time', 'timestamp', 'date', 'ts'].flatMap(volAndAmount),
  {
    // Of contracts there is an amount in coins beside the number of contracts. "Sum of both buy and sell sides"
    name: 'HTX trades of contracts',
    venue: 'huobi',
    market: 'perpetual',
    documentation: `${HTX_LINEAR}/#general-query-a-batch-of-trade-records-of-a-contract`,
    kind: 'trades',
    columns: ['ts', 'price', 'direction', 'amount', 'quantity'],
    fields: { time: 'ts', side: 'direction', price: 'price', amount: 'quantity' },
    units: { amount: 'contracts', trade_turnover: 'quote' },
    bothSides: true,
  },
  {
    name: 'HTX trades of a spot market',
    venue: 'huobi',
    market: 'spot',
    documentation: `${HTX_SPOT}/#get-the-most-recent-trades`,
    kind: 'trades',
    columns: ['ts', 'price', 'direction', 'amount', 'trade-id'],
    contract: 'direct',
    fields: { time: 'ts', side: 'direction', price: 'price', amount: 'amount' },
  },
  {
    name: 'Gate trades of a spot market',
    venue: 'gate',
    market: 'spot',
    documentation: 'https://www.gate.com/docs/developers/apiv4/#query-market-transaction-records',
    kind: 'trades',
    columns: ['id', 'create_time', 'create_time_ms', 'currency_pair', 'side', 'amount', 'price'],
    fields: { time: 'create_time_ms', side: 'side', price: 'price', amount: 'amount' },
  },
  ...(['nntsxx', 'nntsxxw'] as const).map(
    (cells): Layout => ({
      name: 'Kraken trades of its API',
      venue: 'kraken',
      market: 'spot',
      documentation: 'https://docs.kraken.com/api/docs/rest-api/get-recent-trades',
      kind: 'trades',
      cells,
      fields: { price: '1', amount: '2', time: '3', side: '4' },
    }),
  ),
  {
    // "AMOUNT: how much was bought (positive) or sold (negative)"
    name: 'Bitfinex trades',
    venue: 'bitfinex',
    documentation: 'https://docs.bitfinex.com/reference/rest-public-trades',
    kind: 'trades',
    cells: 'wtnn',
    venues: ['bitfinex'],
    fields: { time: '2', side: '3', amount: '3', price: '4' },
    signedAmount: true,
  },
  {
    name: 'Upbit candles',
    venue: 'upbit',
    market: 'spot',
    documentation: 'https://docs.upbit.com/kr/reference/list-candles-minutes',
    kind: 'candles',
    columns: [
      'candle_date_time_utc',
      'opening_price',
      'high_price',
      'low_price',
      'trade_price',
      'candle_acc_trade_price',
      'candle_acc_trade_volume',
    ],
    fields: {
      time: 'candle_date_time_utc',
      open: 'opening_price',
      high: 'high_price',
      low: 'low_price',
      close: 'trade_price',
      volume: 'candle_acc_trade_volume',
    },
    units: { candle_acc_trade_price: 'quote' },
    sameTrades: { coins: 'candle_acc_trade_volume', quote: 'candle_acc_trade_price' },
  },
]

/** Files of BitMEX, Kraken, Hyperliquid and Deribit. */
import { type Layout, ONE_USD } from './layout.ts'

const BITMEX = 'https://www.bitmex.com/api/explorer/'
const KRAKEN_FUTURES = 'https://docs.kraken.com/api/docs/futures-api'
const HYPERLIQUID = 'https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint'
const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const

/** Amounts of Kraken's inverse contracts, which its others count in coins. */
function krakenFutures(columns: readonly string[], fields: Layout['fields'], name: string): Layout[] {
  const common = {
    venue: 'kraken',
    documentation: `${KRAKEN_FUTURES}/charts/candles`,
    kind: 'candles',
    columns,
    fields,
    path: /(^|[^a-z])(pi|pf|fi|ff)_[a-z0-9]+|kraken.?futures/i,
  } as const
  return [
    { ...common, name, contract: 'direct' },
    {
      ...common,
      name: `${name} of an inverse contract`,
      contract: 'inverse',
      units: { volume: 'contracts' },
      contractSize: ONE_USD,
    },
  ]
}

export const VENUE_LAYOUTS: readonly Layout[] = [
  {
    name: 'BitMEX candles',
    venue: 'bitmex',
    documentation: `${BITMEX}#!/Trade/Trade_getBucketed`,
    kind: 'candles',
    columns: [
      'timestamp',
      'symbol',
      ...Object.values(OHLC),
      'trades',
      'volume',
      'vwap',
      'homeNotional',
      'foreignNotional',
    ],
    fields: { time: 'timestamp', ...OHLC, volume: 'homeNotional' },
    units: { volume: 'contracts', foreignNotional: 'quote' },
    sameTrades: { coins: 'homeNotional', quote: 'foreignNotional' },
    stamp: 'close',
  },
  {
    name: 'BitMEX trades',
    venue: 'bitmex',
    documentation: 'https://public.bitmex.com',
    kind: 'trades',
    columns: [
      'timestamp',
      'symbol',
      'side',
      'size',
      'price',
      'tickDirection',
      'homeNotional',
      'foreignNotional',
      'trdType',
    ],
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'homeNotional' },
    units: { size: 'contracts', foreignNotional: 'quote' },
    sameTrades: { coins: 'homeNotional', quote: 'foreignNotional' },
  },
  {
    name: 'BitMEX funding',
    venue: 'bitmex',
    documentation: `${BITMEX}#!/Funding/Funding_get`,
    kind: 'records',
    columns: ['timestamp', 'symbol', 'fundingInterval', 'fundingRate', 'fundingRateDaily'],
    fields: { time: 'timestamp', fundingRate: 'fundingRate' },
    payments: true,
  },
  {
    name: 'BitMEX liquidations',
    venue: 'bitmex',
    documentation: `${BITMEX}#!/Liquidation/Liquidation_get`,
    kind: 'liquidations',
    columns: ['orderID', 'symbol', 'side', 'price', 'leavesQty', 'timestamp'],
    fields: { time: 'timestamp', side: 'side', price: 'price', amount: 'leavesQty', orderId: 'orderID' },
    // What is left falls while the order is filled: its largest value is the order.
    cumulative: true,
    units: { leavesQty: 'contracts' },
    contractSize: ({ kind, base }) => (kind === 'inverse' && base === 'BTC' ? 1 : undefined),
  },
  {
    // Its rate is in USD; relativeFundingRate is the share of the notional.
    name: 'Kraken Futures funding',
    venue: 'kraken',
    documentation: `${KRAKEN_FUTURES}/trading/historical-funding-rates`,
    kind: 'records',
    columns: ['timestamp', 'fundingRate', 'relativeFundingRate'],
    fields: { time: 'timestamp', fundingRate: 'relativeFundingRate' },
    payments: true,
  },
  ...krakenFutures(
    ['time', ...Object.values(OHLC), 'volume'],
    { time: 'time', ...OHLC, volume: 'volume' },
    'Kraken Futures candles',
  ),
  ...(['inverse', 'direct'] as const).map(
    (contract): Layout => ({
      name: contract === 'inverse' ? 'Kraken Futures trades of an inverse contract' : 'Kraken Futures trades',
      venue: 'kraken',
      documentation: `${KRAKEN_FUTURES}/trading/get-history`,
      kind: 'trades',
      columns: ['time', 'trade_id', 'price', 'size', 'side', 'type', 'uid'],
      contract,
      fields: { time: 'time', side: 'side', price: 'price', amount: 'size' },
      ...(contract === 'inverse' && { units: { size: 'contracts' }, contractSize: ONE_USD }),
    }),
  ),
  {
    name: 'Hyperliquid candles',
    venue: 'hyperliquid',
    documentation: `${HYPERLIQUID}#candle-snapshot`,
    kind: 'candles',
    columns: ['t', 'T', 's', 'i', 'o', 'c', 'h', 'l', 'v', 'n'],
    exact: true,
    symbolColumn: 's',
    fields: { time: 't', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
  },
  {
    name: 'Hyperliquid node fills',
    venue: 'hyperliquid',
    documentation: 'https://hyperliquid.gitbook.io/hyperliquid-docs/historical-data',
    kind: 'liquidations',
    columns: ['coin', 'side', 'px', 'sz', 'time', 'tid', 'liquidatedUser', 'markPx', 'method'],
    fields: { time: 'time', side: 'side', price: 'px', amount: 'sz' },
  },
  {
    name: 'Hyperliquid trades',
    venue: 'hyperliquid',
    documentation: 'https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions',
    kind: 'trades',
    columns: ['coin', 'side', 'px', 'sz', 'time', 'hash', 'tid'],
    fields: { time: 'time', side: 'side', price: 'px', amount: 'sz' },
  },
  {
    name: 'Hyperliquid funding',
    venue: 'hyperliquid',
    documentation: `${HYPERLIQUID}/perpetuals#retrieve-historical-funding-rates`,
    kind: 'records',
    columns: ['coin', 'fundingRate', 'premium', 'time'],
    fields: { time: 'time', fundingRate: 'fundingRate' },
    payments: true,
  },
]

/** Files of OKX: its historical data (okx.com/historical-data), and responses of its API. */
import type { Layout } from './layout.ts'

const API = 'https://www.okx.com/docs-v5/en'
const CANDLES = `${API}/#order-book-trading-market-data-get-candlesticks-history`
const OHLC = { open: 'open', high: 'high', low: 'low', close: 'close' } as const

/**
 * Candles. Of a contract `vol` counts contracts and `volCcy` coins; of a spot market `vol` counts coins and `volCcy` the quote
 * currency.
 */
function candles(time: string, vol: string, volCcy: string, quote: string, extra: Partial<Layout> = {}): Layout[] {
  const columns = [time, ...Object.values(OHLC), vol, volCcy, quote]
  const common = { venue: 'okx', documentation: CANDLES, kind: 'candles', columns, ...extra } as const
  return [
    {
      ...common,
      name: 'OKX candles of a contract',
      contract: 'derivative',
      fields: { time, ...OHLC, volume: volCcy, ...extra.fields },
      units: { [vol]: 'contracts', [quote]: 'quote' },
      sameTrades: { coins: volCcy, quote },
    },
    {
      ...common,
      name: 'OKX candles of a spot market',
      contract: 'spot',
      fields: { time, ...OHLC, volume: vol, ...extra.fields },
      units: { [volCcy]: 'quote', [quote]: 'quote' },
      sameTrades: { coins: vol, quote: volCcy },
    },
  ]
}

const BY_NUMBER = { time: '1', open: '2', high: '3', low: '4', close: '5' } as const

/** Trades, whose `size` counts contracts, of a spot market coins. */
function trades(fields: Layout['fields'], columns: readonly string[]): Layout[] {
  const amount = fields.amount ?? ''
  const common = {
    venue: 'okx',
    documentation: `${API}/#order-book-trading-market-data-get-trades-history`,
    kind: 'trades',
    columns,
    fields,
  } as const
  return [
    { ...common, name: 'OKX trades of contracts', contract: 'derivative', units: { [amount]: 'contracts' } },
    { ...common, name: 'OKX trades of a spot market', contract: 'spot' },
  ]
}

export const OKX_LAYOUTS: readonly Layout[] = [
  ...['open_time', 'ts', 'timestamp', 'time'].flatMap(time =>
    ['vol_quote', 'vol_usd', 'volCcyQuote'].flatMap(quote =>
      candles(time, 'vol', 'vol_ccy', quote, { skipZero: 'confirm' }),
    ),
  ),
  ...candles('1', '6', '7', '8', { cells: 'tnnnnnnnn', columns: [], fields: BY_NUMBER, skipZero: '9' }),
  ...trades({ time: 'created_time', side: 'side', price: 'price', amount: 'size' }, [
    'trade_id',
    'side',
    'size',
    'price',
    'created_time',
  ]),
  ...trades({ time: 'ts', side: 'side', price: 'px', amount: 'sz' }, ['instId', 'side', 'sz', 'px', 'ts', 'tradeId']),
  {
    name: 'OKX liquidations',
    venue: 'okx',
    documentation: `${API}/#public-data-rest-api-get-liquidation-orders`,
    kind: 'liquidations',
    columns: ['side', 'posSide', 'bkPx', 'sz', 'ts'],
    fields: { time: 'ts', side: 'side', price: 'bkPx', amount: 'sz' },
    units: { sz: 'contracts' },
  },
  {
    name: 'OKX open interest',
    venue: 'okx',
    documentation: `${API}/#public-data-rest-api-get-open-interest`,
    kind: 'records',
    columns: ['oi', 'oiCcy', 'ts'],
    fields: { time: 'ts', openInterest: 'oiCcy' },
    units: { oi: 'contracts', oiUsd: 'quote' },
    sameTrades: { coins: 'oiCcy', quote: 'oiUsd' },
  },
  {
    name: 'OKX open interest history',
    venue: 'okx',
    documentation: `${API}/#trading-statistics-rest-api-get-contract-open-interest-history`,
    kind: 'records',
    cells: 'tnnn',
    path: /open.?interest|(^|[^a-z])oi([^a-z]|$)/i,
    fields: { time: '1', openInterest: '3' },
    units: { 2: 'contracts', 4: 'quote' },
  },
  {
    name: 'OKX account ratio',
    venue: 'okx',
    documentation: `${API}/#trading-statistics-rest-api-get-contract-long-short-ratio`,
    kind: 'records',
    cells: 'tn',
    path: /ratio/i,
    fields: { time: '1', longShortRatio: '2' },
  },
  {
    name: 'OKX funding',
    venue: 'okx',
    documentation: `${API}/#public-data-rest-api-get-funding-rate-history`,
    kind: 'records',
    columns: ['instId', 'realizedRate', 'fundingTime'],
    fields: { time: 'fundingTime', fundingRate: 'realizedRate' },
    payments: true,
  },
]

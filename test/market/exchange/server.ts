import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A candle as Binance USD-M sends it: times as numbers, prices and volumes as text. */
export type Kline = [
  openTime: number,
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
  ...rest: unknown[],
]

export interface LocalExchange {
  /** `urls.api` for ccxt's binanceusdm. */
  api: Record<string, string>
  requests: URL[]
  close(): Promise<void>
}

/** Answers one request for candles; null leaves it to the honest answer. */
export type Fault = (request: number, response: ServerResponse) => boolean

const SYMBOL = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: 'COIN',
  orderTypes: ['LIMIT', 'MARKET'],
  timeInForce: ['GTC'],
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '1000000', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  ],
}

/**
 * A loopback server that speaks Binance USD-M's REST: `/fapi/v1/exchangeInfo` and `/fapi/v1/klines` with
 * `startTime`, `endTime` and `limit`. `fault` may answer a request for candles itself.
 */
export async function startExchange(klines: readonly Kline[], fault: Fault = () => false): Promise<LocalExchange> {
  const requests: URL[] = []
  let pages = 0
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    requests.push(url)
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url.pathname === '/fapi/v1/exchangeInfo')
      return json({ timezone: 'UTC', serverTime: Date.now(), rateLimits: [], symbols: [SYMBOL] })
    if (url.pathname !== '/fapi/v1/klines') return json({ code: -1, msg: `No ${url.pathname} here` }, 404)
    if (fault(pages++, response)) return
    const start = Number(url.searchParams.get('startTime') ?? 0)
    const end = Number(url.searchParams.get('endTime') ?? Infinity)
    const limit = Number(url.searchParams.get('limit') ?? 500)
    json(klines.filter(kline => kline[0] >= start && kline[0] <= end).slice(0, limit))
  }
  const server = createServer(handle)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    api: { fapiPublic: `${base}/fapi/v1`, public: `${base}/api/v3`, sapi: `${base}/sapi/v1` },
    requests,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

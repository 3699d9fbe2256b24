/** A local exchange: an HTTP and WebSocket server that speaks a venue's wire formats. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Endpoint, type Fault, findFault, sendResponse } from './faults.ts'
import { type TestCandle, type TestLiquidation, TestMarket, type TestMarketOptions, type TestTrade } from './market.ts'
import { Sockets } from './sockets.ts'
import { timeframeMs, type Venue } from './venue.ts'
import { binance } from './venues/binance.ts'
import { bitget } from './venues/bitget.ts'
import { bybit } from './venues/bybit.ts'
import { hyperliquid } from './venues/hyperliquid.ts'
import { krakenfutures } from './venues/krakenfutures.ts'
import { okx } from './venues/okx.ts'

const VENUES = { binanceusdm: binance, bybit, okx, hyperliquid, bitget, krakenfutures } as const
export type VenueId = keyof typeof VENUES

export interface ExchangeOptions {
  /** Default: binanceusdm. */
  venue?: VenueId
  market?: TestMarket | TestMarketOptions
  faults?: readonly Fault[]
  /** The exchange's clock. Default: this machine's, plus `clockSkewMs`. */
  now?: () => number
  clockSkewMs?: number
  port?: number
}

export interface ReceivedRequest {
  endpoint: Endpoint | null
  path: string
  query: Record<string, unknown>
  /** The query as it was sent, without the question mark. */
  queryText: string
  headers: IncomingMessage['headers']
  /** Time of the request by this machine's clock. */
  at: number
}

export interface LocalExchange {
  readonly venue: VenueId
  /** ccxt's unified symbol of the one market here. */
  readonly symbol: string
  readonly url: string
  /** `urls.api` for ccxt, REST and WebSocket. */
  readonly api: Record<string, unknown>
  /** The `ccxt` option of an exchange source: the hosts, and no delay between requests. */
  readonly ccxt: Record<string, unknown>
  readonly market: TestMarket
  /** May be changed at any time. */
  faults: Fault[]
  now: () => number
  /** All requests, in order. */
  readonly requests: ReceivedRequest[]
  requestsTo(endpoint: Endpoint): ReceivedRequest[]
  readonly sockets: Sockets
  /** Pushes the market's own candle that holds `time`, closed or as it is by now. Returns the number of receivers. */
  pushCandle(timeframe: string, time: number, changes?: Partial<TestCandle> & { closed?: boolean }): number
  /** Pushes the market's own trades in [from, to). */
  pushTrades(from: number, to: number): number
  pushTrades(trades: readonly TestTrade[]): number
  pushLiquidations(liquidations: readonly TestLiquidation[]): number
  close(): Promise<void>
}

/**
 * Starts an HTTP and WebSocket server on loopback that speaks a venue's wire formats, with faults on demand.
 *
 * @example
 * const exchange = await startExchange({ venue: 'bybit', faults: [{ at: 1, fault: { kind: 'status', status: 429 } }] })
 * await liq.market({ exchange: exchange.venue, symbol: exchange.symbol, timeframe: '1h', since, ccxt: exchange.ccxt })
 */
export async function startExchange(options: ExchangeOptions = {}): Promise<LocalExchange> {
  const id = options.venue ?? 'binanceusdm'
  const venue: Venue = VENUES[id]
  const market = options.market instanceof TestMarket ? options.market : new TestMarket(options.market)
  const requests: ReceivedRequest[] = []
  const counts = new Map<Endpoint, number>()

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const query = request.method === 'POST' ? await readBody(request) : Object.fromEntries(url.searchParams)
    const venueResponse = venue.respond({
      path: url.pathname,
      query,
      headers: request.headers,
      market,
      now: exchange.now(),
    })
    requests.push({
      endpoint: venueResponse?.endpoint ?? null,
      path: url.pathname,
      query,
      queryText: url.search.slice(1),
      headers: request.headers,
      at: Date.now(),
    })
    if (venueResponse === null) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ code: -1, msg: `No ${request.method} ${url.pathname} here` }))
      return
    }
    const number = counts.get(venueResponse.endpoint) ?? 0
    counts.set(venueResponse.endpoint, number + 1)
    sendResponse(response, venueResponse, findFault(exchange.faults, venueResponse.endpoint, number), venue.maintenance)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => response.writeHead(500).end(error.stack))
  })
  const sockets = new Sockets(server, venue.stream)
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const api = venue.api(`http://${host}`, `ws://${host}`)

  const stream = () => {
    if (venue.stream === undefined) throw new Error(`The local ${id} has no WebSocket`)
    return venue.stream
  }
  const exchange: LocalExchange = {
    venue: id,
    symbol: venue.symbol,
    url: `http://${host}`,
    api,
    ccxt: { urls: { api }, rateLimit: 1 },
    market,
    faults: [...(options.faults ?? [])],
    now: options.now ?? (() => Date.now() + (options.clockSkewMs ?? 0)),
    requests,
    requestsTo: endpoint => requests.filter(request => request.endpoint === endpoint),
    sockets,
    pushCandle(timeframe, time, { closed, ...changes } = {}) {
      const barMs = timeframeMs(timeframe)
      const now = exchange.now()
      const candle = market.candles(time - barMs + 1, time, barMs, now)[0]
      if (candle === undefined) throw new Error(`There is no ${timeframe} candle at ${new Date(time).toISOString()}`)
      const isClosed = closed ?? candle.time + barMs <= now
      return sockets.push(stream().candle({ ...candle, ...changes }, timeframe, isClosed, now))
    },
    pushTrades(...args: [number, number] | [readonly TestTrade[]]) {
      const trades = args.length === 2 ? market.trades(...args) : args[0]
      return stream()
        .trades(trades, exchange.now())
        .reduce((sent, push) => sent + sockets.push(push), 0)
    },
    pushLiquidations: liquidations =>
      stream()
        .liquidations(liquidations, exchange.now())
        .reduce((sent, push) => sent + sockets.push(push), 0),
    close() {
      sockets.close()
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
  return exchange
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
}

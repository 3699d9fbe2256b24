/** One WebSocket connection for one topic, through ccxt. */
import { gunzipSync, inflateRawSync } from 'node:zlib'
import type { Exchange } from 'ccxt'
import type { Connection } from '../exchange/connect.ts'
import { venueNumber } from '../exchange/venue-number.ts'
import type { FollowedMarket, LiveTopic } from './types.ts'

/** Receives what one connection brings. */
export interface SocketHandlers {
  /** Something came: data, an answer or a pong. The first time, the subscription is active. */
  onActivity(): void
  /** Data as ccxt parses it, each row once, in order of arrival. */
  onRows(rows: readonly unknown[]): void
  /** The connection is over. */
  onError(error: Error): void
}

/** An open connection. */
export interface Socket {
  /** Closes at once, even if the other side no longer answers. */
  close(): void
  /** Sends a ping. */
  probe(): void
}

/** The parts of ccxt's WebSocket client between the socket and its promises, which its public types leave out. */
interface Client {
  connection?: { terminate?(): void }
  error?: unknown
  close(): unknown
  onMessage(event: unknown): void
  onPong(): void
  onError(error: Error): void
  onClose(event: unknown): void
  onPingInterval(): void
  resolve(result: unknown, hash?: string): unknown
  /** How the venue packs its messages. */
  gunzip?: boolean
  inflate?: boolean
  clearPingInterval(): void
  clearConnectionTimeout(): void
}
interface ProExchange {
  clients: Record<string, Client>
  client(url: string): Client
  has: Record<string, unknown>
  number(value: unknown): number
  loadHttpProxyAgent(): Promise<unknown>
  httpAgent?: { destroy(): void }
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown[]>
  watchTrades(symbol: string): Promise<unknown>
  watchLiquidations(symbol: string): Promise<unknown>
}
type ProClass = new (config: object) => ProExchange

/** The largest message, unpacked: a venue's snapshot of trades takes less than 1 MB. */
const MAX_MESSAGE_BYTES = 16 * 2 ** 20

const METHODS = { candles: 'watchOHLCV', trades: 'watchTrades', liquidations: 'watchLiquidations' } as const

/** Whether ccxt can stream a topic from an exchange. */
export async function canWatch(exchange: string, topic: LiveTopic): Promise<boolean> {
  const ProExchange = await findProClass(exchange)
  return ProExchange !== undefined && Boolean(new ProExchange({}).has[METHODS[topic]])
}

async function findProClass(exchange: string): Promise<ProClass | undefined> {
  const { pro } = (await import('../ccxt.ts')).default as unknown as { pro: Record<string, ProClass> }
  return pro[exchange]
}

/**
 * Opens a connection for one topic of one symbol. Listens at ccxt's client itself for what its promises leave out: rows that
 * come in one burst (a promise holds only the last), activity, and the end of the connection.
 */
export async function openSocket(
  source: FollowedMarket,
  connection: Connection,
  topic: LiveTopic,
  keepAliveMs: number,
  handlers: SocketHandlers,
): Promise<Socket> {
  const { exchange, symbol, timeframe } = source
  const ProExchange = await findProClass(exchange)
  if (ProExchange === undefined) throw new Error(`ccxt has no WebSocket client for ${exchange}`)
  const userOptions = (source.ccxt?.options ?? {}) as Record<string, unknown>
  const wsOptions = (userOptions.ws as { options?: object } | undefined)?.options
  const pro = new ProExchange({
    enableRateLimit: true,
    ...source.ccxt,
    options: {
      ...connection.exchange.options,
      ...userOptions,
      ...watchOptions(exchange),
      ws: { ...(userOptions.ws as object | undefined), options: { ...wsOptions, maxPayload: MAX_MESSAGE_BYTES } },
    },
    // Silence is measured by runFeed, with a clock that does not jump.
    streaming: { keepAlive: keepAliveMs, maxPingPongMisses: 1e9 },
  })
  pro.number = venueNumber
  shareMarkets(connection.exchange, pro as unknown as Exchange)
  // ccxt requires it for ws:// addresses.
  await pro.loadHttpProxyAgent()

  let isClosed = false
  const fail = (error: unknown) => {
    if (!isClosed) handlers.onError(error instanceof Error ? error : new Error(String(error)))
  }
  const newRows = createRowFilter(symbol)
  const getClient = pro.client.bind(pro)
  pro.client = url => {
    const isNew = pro.clients?.[url] === undefined
    const client = getClient(url)
    if (!isNew) return client
    const { onMessage, onPong, onError, onClose, resolve } = client
    client.onMessage = event => {
      if (isClosed) return
      try {
        onMessage.call(client, unpackMessage(client, event))
      } catch (error) {
        return fail(error)
      }
      handlers.onActivity()
    }
    client.onPong = () => {
      onPong.call(client)
      handlers.onActivity()
    }
    client.onError = error => {
      onError.call(client, error)
      fail(client.error ?? error)
    }
    client.onClose = event => {
      onClose.call(client, event)
      fail(new Error(`the exchange closed the connection${closeCode(event)}`))
    }
    if (topic !== 'candles')
      client.resolve = (result, hash) => {
        const rows = newRows(result)
        if (rows.length > 0) handlers.onRows(rows)
        return resolve.call(client, result, hash)
      }
    return client
  }

  if (topic === 'candles') void watchCandles()
  else pro[METHODS[topic]](symbol).catch(fail)
  async function watchCandles() {
    try {
      while (!isClosed) {
        const rows = await pro.watchOHLCV(symbol, timeframe)
        if (!isClosed) handlers.onRows(rows)
      }
    } catch (error) {
      fail(error)
    }
  }

  const clients = () => Object.values(pro.clients ?? {})
  return {
    close() {
      isClosed = true
      for (const client of clients()) {
        client.error = new Error('closed')
        client.clearPingInterval()
        client.clearConnectionTimeout()
        // A close that waits for the other side's answer may take half a minute.
        client.connection?.terminate?.()
        client.close()
      }
      pro.httpAgent?.destroy()
    },
    // ccxt's own ping: some venues have one of their own instead of the protocol's.
    probe() {
      for (const client of clients()) if (client.connection) client.onPingInterval()
    },
  }
}

/** ccxt would unpack a message of any size. @throws Error when it is too large or damaged */
function unpackMessage({ gunzip, inflate }: Client, event: unknown): unknown {
  const { data } = event as { data: unknown }
  if (!(data instanceof Uint8Array) || !(gunzip || inflate)) return event
  const unpack = gunzip ? gunzipSync : inflateRawSync
  return { data: unpack(data, { maxOutputLength: MAX_MESSAGE_BYTES }).toString('utf8') }
}

/** Binance numbers single and aggregated trades differently, and serves only aggregated ones as past trades. */
const watchOptions = (exchange: string) =>
  exchange.startsWith('binance') ? { watchTrades: { name: 'aggTrade' }, tradesLimit: 5000 } : { tradesLimit: 5000 }

const MARKET_FIELDS = ['markets', 'markets_by_id', 'symbols', 'ids', 'currencies', 'currencies_by_id', 'codes'] as const

/** Copies the list of markets, which would cost a request for each connection. */
function shareMarkets(from: Exchange, to: Exchange): void {
  for (const field of MARKET_FIELDS)
    (to as unknown as Record<string, unknown>)[field] = (from as unknown as Record<string, unknown>)[field]
}

/**
 * Creates a filter for the new rows in ccxt's results: a result is a list of one row, or ccxt's cache of the newest rows,
 * which grows at its end.
 */
function createRowFilter(symbol: string): (result: unknown) => unknown[] {
  let last: unknown
  return result => {
    if (!Array.isArray(result)) return []
    let from = result.length
    while (from > 0 && result[from - 1] !== last && result[from - 1]?.symbol === symbol) from--
    if (from < result.length) last = result.at(-1)
    return result.slice(from)
  }
}

function closeCode(event: unknown): string {
  const { code } = (event ?? {}) as { code?: unknown }
  return code === undefined ? '' : ` (code ${code})`
}

import type { Exchange } from 'ccxt'
import type { Address, Connection } from '../exchange/connect.ts'

export const TOPICS = ['candles', 'trades', 'liquidations'] as const
export type Topic = (typeof TOPICS)[number]

/** What is told of one connection. */
export interface Hearing {
  /** Something came: data, an answer, a pong. The first time, the subscription holds. */
  life(): void
  /** Data as ccxt reads it, each piece once, in the order in which they came. */
  rows(rows: readonly unknown[]): void
  /** It is over. */
  fail(error: Error): void
}

/** An open connection. */
export interface Socket {
  /** Ends it at once, also where the other side says nothing any more. */
  close(): void
  /** Asks for a sign of life. */
  probe(): void
}

/** The parts of ccxt's WebSocket client that stand between the wire and its promises, and are not in its public types. */
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
  clearPingInterval(): void
  clearConnectionTimeout(): void
}
interface ProExchange {
  clients: Record<string, Client>
  client(url: string): Client
  has: Record<string, unknown>
  loadHttpProxyAgent(): Promise<unknown>
  httpAgent?: { destroy(): void }
  watchOHLCV(symbol: string, timeframe: string): Promise<unknown[]>
  watchTrades(symbol: string): Promise<unknown>
  watchLiquidations(symbol: string): Promise<unknown>
}

const METHODS = { candles: 'watchOHLCV', trades: 'watchTrades', liquidations: 'watchLiquidations' } as const

/** Whether ccxt can watch this at that exchange. */
export async function watches(exchange: string, topic: Topic): Promise<boolean> {
  const Pro = await proClass(exchange)
  return Pro !== undefined && Boolean(new Pro({}).has[METHODS[topic]])
}

async function proClass(exchange: string): Promise<(new (config: object) => ProExchange) | undefined> {
  const { pro } = (await import('../ccxt.ts')).default as unknown as {
    pro: Record<string, new (config: object) => ProExchange>
  }
  return pro[exchange]
}

/**
 * Opens a connection of its own for one topic of one symbol. What ccxt's promises leave out is heard at the client itself:
 * pieces that come in one burst (a promise only tells the last), signs of life, the end of a connection.
 */
export async function openSocket(
  address: Address,
  connection: Connection,
  topic: Topic,
  timeframe: string,
  keepAliveMs: number,
  hearing: Hearing,
): Promise<Socket> {
  const Pro = (await proClass(address.exchange))!
  const own = (address.ccxt?.options ?? {}) as Record<string, unknown>
  const pro = new Pro({
    enableRateLimit: true,
    ...address.ccxt,
    options: { ...connection.exchange.options, ...own, ...optionsOf(address.exchange) },
    // Silence is measured here, by a clock that does not jump.
    streaming: { keepAlive: keepAliveMs, maxPingPongMisses: 1e9 },
  })
  shareMarkets(connection.exchange, pro as unknown as Exchange)
  // ccxt asks for it before it takes a ws:// address.
  await pro.loadHttpProxyAgent()

  let over = false
  const fail = (error: unknown) => {
    if (!over) hearing.fail(error instanceof Error ? error : new Error(String(error)))
  }
  const fresh = freshRows()
  const create = pro.client.bind(pro)
  pro.client = url => {
    const isNew = pro.clients?.[url] === undefined
    const client = create(url)
    if (!isNew) return client
    const { onMessage, onPong, onError, onClose, resolve } = client
    client.onMessage = event => {
      if (over) return
      onMessage.call(client, event)
      hearing.life()
    }
    client.onPong = () => {
      onPong.call(client)
      hearing.life()
    }
    client.onError = error => {
      onError.call(client, error)
      fail(client.error ?? error)
    }
    client.onClose = event => {
      onClose.call(client, event)
      fail(new Error(`the exchange closed the connection${codeOf(event)}`))
    }
    if (topic !== 'candles')
      client.resolve = (result, hash) => {
        const rows = fresh(result, address.symbol)
        if (rows.length > 0) hearing.rows(rows)
        return resolve.call(client, result, hash)
      }
    return client
  }

  if (topic === 'candles') void watchCandles()
  else pro[METHODS[topic]](address.symbol).catch(fail)
  async function watchCandles() {
    try {
      while (!over) {
        const rows = await pro.watchOHLCV(address.symbol, timeframe)
        if (!over) hearing.rows(rows)
      }
    } catch (error) {
      fail(error)
    }
  }

  const clients = () => Object.values(pro.clients ?? {})
  return {
    close() {
      over = true
      for (const client of clients()) {
        client.error = new Error('closed')
        client.clearPingInterval()
        client.clearConnectionTimeout()
        // A close that waits for the other side's answer may wait for half a minute.
        client.connection?.terminate?.()
        client.close()
      }
      pro.httpAgent?.destroy()
    },
    // In the venue's own way of asking, which is not always that of the protocol.
    probe() {
      for (const client of clients()) if (client.connection) client.onPingInterval()
    },
  }
}

/** Binance numbers single trades and aggregated ones differently, and serves only these as past trades. */
const optionsOf = (exchange: string) =>
  exchange.startsWith('binance') ? { watchTrades: { name: 'aggTrade' }, tradesLimit: 5000 } : { tradesLimit: 5000 }

const MARKET_FIELDS = ['markets', 'markets_by_id', 'symbols', 'ids', 'currencies', 'currencies_by_id', 'codes'] as const

/** A second list of markets would cost a request for each connection. */
function shareMarkets(from: Exchange, to: Exchange): void {
  for (const field of MARKET_FIELDS)
    (to as unknown as Record<string, unknown>)[field] = (from as unknown as Record<string, unknown>)[field]
}

/** What is new in what ccxt hands on: a list with one piece, or its memory of the newest ones, which grows at its end. */
function freshRows(): (result: unknown, symbol: string) => unknown[] {
  let last: unknown
  return (result, symbol) => {
    if (!Array.isArray(result)) return []
    let from = result.length
    while (from > 0 && result[from - 1] !== last && result[from - 1]?.symbol === symbol) from--
    if (from < result.length) last = result.at(-1)
    return result.slice(from)
  }
}

function codeOf(event: unknown): string {
  const { code } = (event ?? {}) as { code?: unknown }
  return code === undefined ? '' : ` (code ${code})`
}

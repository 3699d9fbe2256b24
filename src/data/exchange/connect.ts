import type { Exchange, Market as Listing } from 'ccxt'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import { type Patience, retry } from './retry.ts'
import { Shared } from './shared-work.ts'
import { hardenWire } from './wire.ts'

export interface Address {
  /** A ccxt id. */
  exchange: string
  /** ccxt's unified symbol. */
  symbol: string
  /** For ccxt's constructor. */
  ccxt?: Record<string, unknown>
}

/** An exchange that is ready to be asked, with its rate limits, and its market of a symbol. */
export interface Connection {
  exchange: Exchange
  listing: NonNullable<Listing>
  /** The exchange's own clock, epoch ms. */
  now(): number
  /** What the user should know. */
  notes: string[]
  /** A request with retries; `what` is for messages. */
  ask<T>(request: () => Promise<T>, what: string): Promise<T>
}

interface Open {
  exchange: Exchange
  /** The exchange's clock minus this machine's, and when that was found out; null where it does not tell. */
  clock: { offsetMs: number; at: number } | null
  /** The list of markets on its way once more. */
  listing: Shared<unknown> | null
}

/** The venues that every feature is tried with, best first. */
export const USUAL = ['binanceusdm', 'bybit', 'okx', 'bitget', 'hyperliquid', 'krakenfutures'] as const

/** Markets that a perpetual is not among cost requests and seconds on every start. */
const MARKET_TYPES: Record<string, object> = {
  bybit: { fetchMarkets: { types: ['linear', 'inverse'] } },
  okx: { fetchMarkets: { types: ['swap'] } },
  bitget: { fetchMarkets: { types: ['swap'] } },
  hyperliquid: { fetchMarkets: { types: ['swap'] } },
}

/** Clocks drift; a second in five minutes would be a lot. */
const CLOCK_MS = 5 * 60_000
/** A difference of clocks that is worth a word. */
const SKEW_MS = 30_000

/** By configuration object (a literal in a cell is the same for all requests of its call), then by exchange. */
const opened = new WeakMap<object, Map<string, Shared<Open>>>()
const DEFAULTS = {}

/**
 * Connects to an exchange once and keeps the connection, with its list of markets and its rate limits, for later calls.
 *
 * @throws DataError when ccxt does not know the exchange or the exchange does not know the symbol, naming near ones
 */
export async function connect(address: Address, task: Task, patience: Patience): Promise<Connection> {
  const config = address.ccxt ?? DEFAULTS
  const byId = opened.get(config) ?? new Map<string, Shared<Open>>()
  opened.set(config, byId)
  let opening = byId.get(address.exchange)
  if (opening === undefined || opening.state === 'lost') {
    task.progress(`${address.exchange}: connecting`)
    opening = new Shared(own => open(address, own, patience))
    byId.set(address.exchange, opening)
  }
  const connection = await opening.wait(task)
  const { exchange } = connection
  exchange.timeout = patience.timeoutMs
  const ask = <T>(request: () => Promise<T>, what: string) =>
    retry(request, `${address.exchange}: ${what}`, task, patience)

  // A symbol that is not there may have been listed since. ccxt gives all who ask at once the same request.
  if (exchange.markets?.[address.symbol] === undefined) {
    if (connection.listing?.state !== 'going')
      connection.listing = new Shared(own => loadMarkets(exchange, address, own, patience))
    await connection.listing.wait(task)
  }
  const listing = exchange.markets?.[address.symbol]
  if (!listing) throw noSymbol(address, Object.keys(exchange.markets ?? {}))

  const notes: string[] = []
  if (exchange.has.fetchTime && (connection.clock === null || Date.now() - connection.clock.at > CLOCK_MS)) {
    const before = Date.now()
    const theirs = await ask(() => exchange.fetchTime() as Promise<number | undefined>, 'clock')
    const after = Date.now()
    if (theirs !== undefined) connection.clock = { offsetMs: theirs - (before + after) / 2, at: after }
  }
  const offsetMs = connection.clock?.offsetMs ?? 0
  if (Math.abs(offsetMs) > SKEW_MS)
    notes.push(
      `This machine's clock is ${Math.round(Math.abs(offsetMs) / 1000)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} ${address.exchange}'s, which was used`,
    )
  return { exchange, listing, now: () => Date.now() + offsetMs, notes, ask }
}

async function open(address: Address, task: Task, patience: Patience): Promise<Open> {
  const ccxt = (await import('../ccxt.ts')).default
  if (!ccxt.exchanges.includes(address.exchange))
    throw new DataError(
      `exchange: ${quoteValue(address.exchange)} is not a ccxt id. Usual ones: ${USUAL.join(', ')}; all: https://docs.ccxt.com`,
    )
  const Venue = (ccxt as unknown as Record<string, new (config: object) => Exchange>)[address.exchange]!
  const exchange = new Venue({
    enableRateLimit: true,
    ...address.ccxt,
    options: { ...MARKET_TYPES[address.exchange], ...(address.ccxt?.options as object | undefined) },
  })
  // Nothing here needs the list of coins, which costs a request, with a key a private one. Hyperliquid's names need it.
  if (exchange.id !== 'hyperliquid') exchange.has.fetchCurrencies = false
  await hardenWire(exchange)
  exchange.timeout = patience.timeoutMs
  // Later on a lost network is waited for; nobody wants to wait a minute to hear that there is none.
  await loadMarkets(exchange, address, task, { ...patience, offlineTries: 2 })
  return { exchange, clock: null, listing: null }
}

function loadMarkets(exchange: Exchange, address: Address, task: Task, patience: Patience): Promise<unknown> {
  // true: ccxt would give every later call the first one's failure.
  return retry(() => exchange.loadMarkets(true), `${address.exchange}: list of markets`, task, patience)
}

function noSymbol({ exchange, symbol }: Address, known: string[]): DataError {
  const base = symbol.split('/')[0]!.toUpperCase()
  const near = known.filter(name => name.startsWith(`${base}/`)).slice(0, 8)
  const hint = near.length > 0 ? near.join(', ') : 'none for that coin'
  return new DataError(`symbol: ${exchange} has no ${quoteValue(symbol)}. Near ones: ${hint}`)
}

/** Connects to an exchange through ccxt, once per exchange and configuration. */
import type { Market as CcxtMarket, Exchange } from 'ccxt'
import { oneLine } from '../../common/errors.ts'
import { keyLabel, keyName } from '../../common/exchange-key.ts'
import type { Task } from '../../common/host.ts'
import { didYouMean, invalidOption, listWords, optional, required, valueThat } from '../../common/options.ts'
import { hardenRequests } from './http.ts'
import { type RetryPolicy, retry } from './retry.ts'
import { SharedTask } from './shared-task.ts'
import { venueNumber } from './venue-number.ts'

/** A market at an exchange. */
export interface MarketAddress {
  /** A ccxt id. */
  exchange: string
  /** ccxt's unified symbol. */
  symbol: string
  /** Options for ccxt's constructor. */
  ccxt?: Record<string, unknown>
}

/** The options of {@link MarketAddress}, for the option sets of functions that take one. */
export const addressOptions = {
  exchange: required(valueThat('a ccxt id such as binanceusdm', isName)),
  symbol: required(valueThat("a symbol such as 'BTC/USDT:USDT'", isName)),
  ccxt: optional(valueThat('an object of options for ccxt', value => typeof value === 'object' && value !== null)),
}

/** The name is part of file names in the store, and of messages. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[^\p{Cc}\u2028\u2029]{1,100}$/u.test(value)
}

export interface ConnectRequest extends MarketAddress {
  /** The function that the user called, for errors about its options. Default `liq.market`. */
  caller?: string
}

/** The trading instrument of a symbol, with ccxt's fields. */
export type Instrument = NonNullable<CcxtMarket>

/** A connected exchange with its rate limits, and the instrument of a symbol. */
export interface Connection {
  exchange: Exchange
  instrument: Instrument
  /** Where requests go, if not to the exchange's own servers. */
  server?: string
  /** The exchange's own clock, epoch ms. */
  now(): number
  /** What the user should know. */
  notes: string[]
  /** Sends a request, with retries; `label` names it in messages. */
  request<T>(send: () => Promise<T>, label: string): Promise<T>
}

interface OpenExchange {
  exchange: Exchange
  /** The exchange's clock minus this machine's, and when it was measured; null if the exchange does not tell its time. */
  clock: { offsetMs: number; measuredAt: number } | null
  /** The last reload of the list of markets. */
  reload: SharedTask<unknown> | null
}

export const DEFAULT_CALLER = 'liq.market'

/** The venues that every feature is tested with, best first. */
export const MAIN_VENUES = ['binanceusdm', 'bybit', 'okx', 'bitget', 'hyperliquid', 'krakenfutures'] as const

/** Loading market types other than perpetuals costs requests and seconds on every start. */
const MARKET_TYPES: Record<string, object> = {
  bybit: { fetchMarkets: { types: ['linear', 'inverse'] } },
  okx: { fetchMarkets: { types: ['swap'] } },
  bitget: { fetchMarkets: { types: ['swap'] } },
  hyperliquid: { fetchMarkets: { types: ['swap'] } },
}

/** Clocks drift, but hardly by a second in five minutes. */
const CLOCK_MAX_AGE_MS = 5 * 60_000
/** A larger difference between the clocks is reported. */
const MAX_SILENT_SKEW_MS = 30_000
/** Similar symbols that an error lists at most. */
const MAX_SUGGESTIONS = 8

/** Exchanges with tens of thousands of options list them in some ten megabytes. */
const MAX_MARKETS_BYTES = 128 * 2 ** 20

/** By configuration object (a literal in a cell is the same for all requests of its call), then by exchange. */
const openExchanges = new WeakMap<object, Map<string, SharedTask<OpenExchange>>>()
const DEFAULT_CONFIG = {}

/**
 * Connects to an exchange and keeps the connection, with its list of markets and its rate limits, for later calls.
 *
 * @throws OptionError if ccxt does not know the exchange, or the exchange does not know the symbol
 */
export async function connect(request: ConnectRequest, task: Task, retryPolicy: RetryPolicy): Promise<Connection> {
  const config = request.ccxt ?? DEFAULT_CONFIG
  const byId = openExchanges.get(config) ?? new Map<string, SharedTask<OpenExchange>>()
  openExchanges.set(config, byId)
  let opening = byId.get(request.exchange)
  if (opening === undefined || opening.state === 'failed') {
    task.progress(`${request.exchange}: connecting`)
    opening = new SharedTask(sharedTask => openExchange(request, sharedTask, retryPolicy))
    byId.set(request.exchange, opening)
  }
  hideKeys(request, task)
  const open = await opening.wait(task)
  const { exchange } = open
  exchange.timeout = retryPolicy.timeoutMs
  const send = <T>(call: () => Promise<T>, label: string) =>
    retry(call, `${request.exchange}: ${label}`, task, retryPolicy)

  // An unknown symbol may have been listed since. ccxt shares one request among concurrent callers.
  if (exchange.markets?.[request.symbol] === undefined) {
    if (open.reload?.state !== 'running')
      open.reload = new SharedTask(sharedTask => loadMarkets(exchange, request, sharedTask, retryPolicy))
    await open.reload.wait(task)
  }
  const instrument = exchange.markets?.[request.symbol]
  if (!instrument) throw unknownSymbol(request, (exchange.markets ?? {}) as { [symbol: string]: Instrument })

  const notes: string[] = []
  if (exchange.has.fetchTime && (open.clock === null || Date.now() - open.clock.measuredAt > CLOCK_MAX_AGE_MS)) {
    const before = Date.now()
    const exchangeTime = await send(() => exchange.fetchTime() as Promise<number | undefined>, 'clock')
    const after = Date.now()
    if (exchangeTime !== undefined) open.clock = { offsetMs: exchangeTime - (before + after) / 2, measuredAt: after }
  }
  const offsetMs = open.clock?.offsetMs ?? 0
  if (Math.abs(offsetMs) > MAX_SILENT_SKEW_MS)
    notes.push(
      `This machine's clock is ${Math.round(Math.abs(offsetMs) / 1000)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the clock of ${request.exchange}, which is used instead`,
    )
  const server = isProduction(request.ccxt) ? {} : { server: hostOf(exchange.urls.api) }
  return { exchange, instrument, ...server, now: () => Date.now() + offsetMs, notes, request: send }
}

async function openExchange(request: ConnectRequest, task: Task, retryPolicy: RetryPolicy): Promise<OpenExchange> {
  const ccxt = (await import('../ccxt.ts')).default
  const classes = ccxt as unknown as Record<string, new (config: object) => Exchange>
  const ExchangeClass = ccxt.exchanges.includes(request.exchange) ? classes[request.exchange] : undefined
  if (ExchangeClass === undefined)
    throw invalidOption(
      request.caller ?? DEFAULT_CALLER,
      'exchange',
      request.exchange,
      `a ccxt id such as ${MAIN_VENUES.join(', ')}${venueHint(request.exchange, ccxt.exchanges)}; all ids: https://docs.ccxt.com`,
    )
  const exchange = new ExchangeClass({
    enableRateLimit: true,
    ...request.ccxt,
    options: { ...MARKET_TYPES[request.exchange], ...(request.ccxt?.options as object | undefined) },
  })
  // The list of coins costs a request (a private one if there is a key), and only Hyperliquid's symbols need it.
  if (exchange.id !== 'hyperliquid')
    exchange.has.fetchCurrencies = false
    // ccxt would read 0x64 as 100.
  ;(exchange as unknown as { number: unknown }).number = venueNumber
  await hardenRequests(exchange)
  exchange.timeout = retryPolicy.timeoutMs
  // Without a network the first request fails soon. Later requests wait for the network to come back.
  await loadMarkets(exchange, request, task, { ...retryPolicy, maxOfflineAttempts: 2 })
  return { exchange, clock: null, reload: null }
}

function loadMarkets(
  exchange: Exchange,
  address: MarketAddress,
  task: Task,
  retryPolicy: RetryPolicy,
): Promise<unknown> {
  // true (reload): without it ccxt repeats the first call's failure for ever.
  const policy = { ...retryPolicy, maxResponseBytes: MAX_MARKETS_BYTES }
  return retry(() => exchange.loadMarkets(true), `${address.exchange}: list of markets`, task, policy)
}

/** Options of ccxt that may send requests to another server than the exchange's production one. */
const NON_PRODUCTION_OPTIONS = ['urls', 'hostname', 'sandbox', 'test', 'testnet', 'demo']

/** Whether options of ccxt send requests to the exchange's own production servers. */
export function isProduction(ccxt: Record<string, unknown> | undefined): boolean {
  return !NON_PRODUCTION_OPTIONS.some(name => ccxt?.[name])
}

/** The first host in ccxt's `urls.api`, a URL or an object of them. */
function hostOf(api: unknown): string {
  if (typeof api === 'string') return URL.canParse(api) ? new URL(api).host : api
  const [first] = typeof api === 'object' && api !== null ? Object.values(api) : []
  return first === undefined ? 'another server' : hostOf(first)
}

/** Keys that a cell gives itself must not be shown either. */
function hideKeys({ exchange, ccxt }: ConnectRequest, task: Task): void {
  for (const field of ['apiKey', 'secret', 'password', 'privateKey', 'token'])
    if (typeof ccxt?.[field] === 'string') task.hide?.(ccxt[field], keyLabel(keyName(exchange)))
}

/** The id that was meant: that of the venue's perpetuals if the venue is named, else the nearest one. */
function venueHint(name: string, ids: readonly string[]): string {
  const brand = (id: string) => id.replace(/(?:usdm|futures)$/, '')
  const venue = MAIN_VENUES.find(id => name.toLowerCase().includes(brand(id)))
  return venue === undefined ? didYouMean(name, ids) : ` (did you mean ${venue}?)`
}

function unknownSymbol(
  { exchange, symbol, caller = DEFAULT_CALLER }: ConnectRequest,
  markets: { readonly [symbol: string]: { id?: string | undefined } | undefined },
) {
  const symbols = Object.keys(markets)
  const meant = symbols.filter(name => isSameSymbol(symbol, name, markets[name]?.id))
  const base = oneLine((symbol.split(/[/:-]/)[0] ?? symbol).toUpperCase(), 20)
  const similar = symbols.filter(name => name.startsWith(`${base}/`))
  const near = meant.length > 0 || similar.length > 0 ? '' : didYouMean(symbol, symbols)
  const hint =
    meant.length > 0
      ? ` (did you mean ${listWords(meant.slice(0, MAX_SUGGESTIONS))}?)`
      : similar.length > 0
        ? `; similar ones: ${similar.slice(0, MAX_SUGGESTIONS).join(', ')}`
        : near || `; it has none of ${base}`
  return invalidOption(caller, 'symbol', symbol, `a symbol of ${exchange}${hint}`)
}

/** Whether a text names a perpetual in another way: `BTC/USDT`, `BTC-USDT`, `btcusdt` or the venue's own id for `BTC/USDT:USDT`. */
function isSameSymbol(text: string, symbol: string, id: string | undefined): boolean {
  const letters = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const [pair = '', settle] = symbol.split(':')
  // A dated future has its expiry behind the settlement coin.
  if (settle === undefined || settle.includes('-')) return false
  const meant = letters(text)
  return meant === letters(pair) || meant === letters(id ?? '') || meant === letters(symbol)
}

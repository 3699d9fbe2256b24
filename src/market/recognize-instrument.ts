/** Recognizes an instrument by the spellings of venues and of files. */
import type { Instrument, InstrumentKind, ReferencePrice } from './instrument.ts'

/** What may name an instrument, the most reliable first. */
export interface InstrumentHints {
  /** Texts that name the market: an option, or the values of a file's columns. */
  symbols?: readonly string[]
  /** Values of a file's column for the exchange, or the id of an exchange. */
  exchange?: string
  /** The venue, where a file's columns show it and nothing else names one. */
  venue?: string
  /** Path of a file. */
  path?: string
  /** What a file's columns say about its market, where nothing else does. */
  market?: MarketKind
}

/** A perpetual is linear or inverse by its quote currency and its venue. */
export type MarketKind = 'spot' | 'linear' | 'inverse' | 'perpetual'

type Known = Partial<Instrument>

const QUOTE = '(USDT|USDC|FDUSD|BUSD|TUSD|USDE|USD|EUR|GBP|TRY|JPY|KRW|BRL|AUD|DAI|BTC|XBT|ETH|BNB)'
/** With a letter: a date is no coin. */
const BASE = '((?=[0-9]*[A-Z])[A-Z0-9]{2,15}?)'
const DATE = '(\\d{6})'
/** `28JUN24`. */
const DAY = '(\\d{1,2}[A-Z]{3}\\d{2})'
/** The code of a quarter: `M24`. */
const QUARTER = '([FGHJKMNQUVXZ]\\d{2})'

const linear = (base = '', quote = '', settle = quote): Known => ({ kind: 'linear', base, quote, settle })
const inverse = (base = '', quote = '', settle = base): Known => ({ kind: 'inverse', base, quote, settle })
const spot = (base = '', quote = ''): Known => ({ kind: 'spot', base, quote })
const future = (base = '', quote = '', settle = '', expiry = ''): Known => ({
  kind: 'future',
  base,
  quote,
  settle,
  expiry,
})
/** USD is not a coin that can settle a contract at these venues: what is quoted in it is settled in the coin. */
const byQuote = (base = '', quote = ''): Known => (quote === 'USD' ? inverse(base, quote) : linear(base, quote))
const futureByQuote = (base = '', quote = '', expiry = ''): Known =>
  future(base, quote, quote === 'USD' ? base : quote, expiry)

/** One spelling: what a whole symbol in capitals looks like, where it is used, and what it says. */
interface Spelling {
  pattern: RegExp
  /** Used by these alone; any, if not given. */
  venues?: readonly string[]
  /** Sets the venue: nobody else writes like that. */
  venue?: string
  read(...parts: string[]): Known
}

const whole = (pattern: string) => new RegExp(`^${pattern}$`)

/** From the most specific. */
const SPELLINGS: readonly Spelling[] = [
  // ccxt: BTC/USDT, BTC/USDT:USDT, BTC/USD:BTC, BTC/USD:BTC-240628
  {
    pattern: whole(`([A-Z0-9]+)/([A-Z0-9]+):([A-Z0-9]+)-${DATE}`),
    read: (base, quote, settle, expiry) => future(base, quote, settle, expiry),
  },
  {
    pattern: whole('([A-Z0-9]+)/([A-Z0-9]+):([A-Z0-9]+)'),
    read: (base, quote, settle) => (base === settle ? inverse(base, quote) : linear(base, quote, settle)),
  },
  { pattern: whole('([A-Z0-9]+)/([A-Z0-9]+)'), read: spot },
  // Coinalyze: BTCUSDT_PERP.A, BTCUSD.6
  { pattern: whole(`${BASE}${QUOTE}_PERP\\.([A-Z0-9])`), read: (base, quote) => byQuote(base, quote) },
  { pattern: whole(`${BASE}${QUOTE}\\.(6)`), read: (base, quote) => ({ ...byQuote(base, quote), venue: 'bybit' }) },
  {
    pattern: whole(`${BASE}${QUOTE}\\.[A-OQ-Z0-9]`),
    read: (base, quote) => ({ base: base ?? '', quote: quote ?? '' }),
  },
  // Binance: BTCUSD_PERP, BTCUSD_240628, BTCUSDT_240628
  { pattern: whole(`${BASE}(USD)_PERP`), venue: 'binance', read: (base, quote) => inverse(base, quote) },
  { pattern: whole(`${BASE}(USDT|USDC|BUSD)_PERP`), read: (base, quote) => linear(base, quote) },
  {
    pattern: whole(`${BASE}(USD|USDT|USDC|BUSD)_${DATE}`),
    venue: 'binance',
    read: (base, quote, expiry) => futureByQuote(base, quote, expiry),
  },
  // Bitget: BTCUSDT_UMCBL, BTCPERP_CMCBL, BTCUSD_DMCBL, BTCUSDT_SPBL
  { pattern: whole(`${BASE}${QUOTE}_S?UMCBL`), venue: 'bitget', read: (base, quote) => linear(base, quote) },
  { pattern: whole(`${BASE}PERP_S?CMCBL`), venue: 'bitget', read: base => linear(base, 'USDC') },
  { pattern: whole(`${BASE}(USD)_S?DMCBL`), venue: 'bitget', read: (base, quote) => inverse(base, quote) },
  {
    pattern: whole(`${BASE}(USD)_S?DMCBL_${DATE}`),
    venue: 'bitget',
    read: (base, quote, expiry) => futureByQuote(base, quote, expiry),
  },
  { pattern: whole(`${BASE}${QUOTE}_SPBL`), venue: 'bitget', read: spot },
  // OKX: BTC-USDT-SWAP, BTC-USD-SWAP, BTC-USD-240628
  { pattern: whole(`${BASE}-(USDT|USDC|USD)-SWAP`), venue: 'okx', read: (base, quote) => byQuote(base, quote) },
  { pattern: whole(`${BASE}-USD_UM-SWAP`), venue: 'okx', read: base => linear(base, 'USD') },
  {
    pattern: whole(`${BASE}-(USDT|USDC|USD)-${DATE}`),
    venue: 'okx',
    read: (base, quote, expiry) => futureByQuote(base, quote, expiry),
  },
  // Kraken Futures: PI_XBTUSD, PF_XBTUSD, FI_XBTUSD_240628, FF_XBTUSD_240628
  { pattern: whole(`PI_${BASE}(USD)`), venue: 'kraken', read: (base, quote) => inverse(base, quote) },
  { pattern: whole(`PF_${BASE}(USD)`), venue: 'kraken', read: (base, quote) => linear(base, quote) },
  {
    pattern: whole(`FI_${BASE}(USD)_${DATE}`),
    venue: 'kraken',
    read: (base, quote, expiry) => future(base, quote, base, expiry),
  },
  {
    pattern: whole(`FF_${BASE}(USD)_${DATE}`),
    venue: 'kraken',
    read: (base, quote, expiry) => future(base, quote, quote, expiry),
  },
  // Deribit: BTC-PERPETUAL, BTC_USDC-PERPETUAL
  { pattern: whole(`${BASE}-PERPETUAL`), venue: 'deribit', read: base => inverse(base, 'USD') },
  { pattern: whole(`${BASE}_(USDC|USDT)-PERPETUAL`), venue: 'deribit', read: (base, quote) => linear(base, quote) },
  {
    pattern: whole(`${BASE}-${DAY}`),
    venues: ['deribit'],
    read: (base, expiry) => future(base, 'USD', base, expiry),
  },
  // Bybit: BTCPERP, BTCUSDT-28JUN24, BTC-28JUN24, BTCUSDM24
  { pattern: whole(`${BASE}PERP`), venues: ['bybit', 'bitget'], read: base => linear(base, 'USDC') },
  {
    pattern: whole(`${BASE}(USDT)-${DAY}`),
    venue: 'bybit',
    read: (base, quote, expiry) => future(base, quote, quote, expiry),
  },
  {
    pattern: whole(`${BASE}-${DAY}`),
    venues: ['bybit'],
    read: (base, expiry) => future(base, 'USDC', 'USDC', expiry),
  },
  {
    pattern: whole(`${BASE}(USD)${QUARTER}`),
    venues: ['bybit'],
    read: (base, quote, expiry) => future(base, quote, base, expiry),
  },
  // BitMEX: XBTUSD, XBTUSDT, XBT_USDT, XBTM24. Its other contracts in USD are settled in bitcoin (quanto).
  { pattern: whole('XBT(USD)(?:\\.P)?'), venues: ['bitmex'], read: quote => inverse('XBT', quote) },
  {
    pattern: whole(`${BASE}(USD)`),
    venues: ['bitmex'],
    read: (base, quote) => ({ base: base ?? '', quote: quote ?? '', settle: 'BTC' }),
  },
  { pattern: whole(`${BASE}(USDT)`), venues: ['bitmex'], read: (base, quote) => linear(base, quote) },
  { pattern: whole(`${BASE}_(USDT)`), venues: ['bitmex'], read: spot },
  { pattern: whole(`XBT${QUARTER}`), venue: 'bitmex', read: expiry => future('XBT', 'USD', 'XBT', expiry) },
  // Bybit's archive of contracts, and its coin-margined perpetuals
  { pattern: whole(`${BASE}(USD)`), venues: ['bybit'], read: (base, quote) => inverse(base, quote) },
  // TradingView: BTCUSDT.P, BTCUSDTPERP
  {
    pattern: whole(`${BASE}(USD)(?:\\.P|PERP)`),
    venues: ['binance', 'bybit', 'okx', 'bitget', 'deribit', 'kraken', 'huobi'],
    read: (base, quote) => inverse(base, quote),
  },
  { pattern: whole(`${BASE}(USDT|USDC)(?:\\.P|PERP)`), read: (base, quote) => linear(base, quote) },
  { pattern: whole(`${BASE}${QUOTE}(?:\\.P|PERP)`), read: (base, quote) => ({ base: base ?? '', quote: quote ?? '' }) },
  // Spot with a hyphen
  {
    pattern: whole(`([A-Z0-9]+)-${QUOTE}`),
    venues: ['okx', 'coinbase', 'kucoin', 'kaiko'],
    read: (base, quote) => spot(base, quote),
  },
  { pattern: whole(`${BASE}-${QUOTE}`), read: (base, quote) => ({ base: base ?? '', quote: quote ?? '' }) },
  // Kraken's archive: XXBTZUSD
  { pattern: whole('X([A-Z]{3})Z([A-Z]{3})'), venue: 'kraken', read: spot },
  // A pair in one word says nothing about the contract.
  { pattern: whole(`${BASE}_?${QUOTE}`), read: (base, quote) => ({ base: base ?? '', quote: quote ?? '' }) },
]

/** Names of venues in ids, folders and files. */
const VENUES: readonly [pattern: RegExp, venue: string][] = [
  [/^binance/, 'binance'],
  [/^bybit/, 'bybit'],
  [/^(okx|okex)/, 'okx'],
  [/^bitget/, 'bitget'],
  [/^bitmex/, 'bitmex'],
  [/^(kraken|cryptofacilities)/, 'kraken'],
  [/^deribit/, 'deribit'],
  [/^hyperliquid/, 'hyperliquid'],
  [/^coinbase/, 'coinbase'],
  [/^bitstamp/, 'bitstamp'],
  [/^bitfinex/, 'bitfinex'],
  [/^gemini/, 'gemini'],
  [/^kucoin/, 'kucoin'],
  [/^(huobi|htx)/, 'huobi'],
  [/^(gate|gateio)$/, 'gate'],
  [/^dydx/, 'dydx'],
]

const SPOT_ONLY = new Set(['coinbase', 'bitstamp', 'gemini'])

/** Ids of exchanges that state the kind of their markets: Tardis's and ccxt's. */
const EXCHANGE_KINDS: Record<string, MarketKind> = {
  binance: 'spot',
  'binance-futures': 'linear',
  binanceusdm: 'linear',
  'binance-delivery': 'inverse',
  binancecoinm: 'inverse',
  'bybit-spot': 'spot',
  'okex-swap': 'perpetual',
  'okex-futures': 'perpetual',
  okex: 'spot',
  'huobi-dm-swap': 'inverse',
  'huobi-dm-linear-swap': 'linear',
  kraken: 'spot',
  coinbase: 'spot',
  bitstamp: 'spot',
  gemini: 'spot',
  bitget: 'spot',
  hyperliquid: 'linear',
  cryptofacilities: 'perpetual',
  krakenfutures: 'perpetual',
}

/** Words of folders and file names that state the kind of market. */
const MARKET_WORDS: Record<string, MarketKind> = {
  spot: 'spot',
  um: 'linear',
  usdm: 'linear',
  usdtm: 'linear',
  linear: 'linear',
  cm: 'inverse',
  coinm: 'inverse',
  delivery: 'inverse',
  inverse: 'inverse',
  futures: 'perpetual',
  perp: 'perpetual',
  perpetual: 'perpetual',
  swap: 'perpetual',
}

/** Words of folders and file names for prices that are not those of trades. */
const PRICE_WORDS: readonly [pattern: RegExp, price: ReferencePrice][] = [
  [/^mark(price)?(klines)?$/, 'mark'],
  [/^index(price)?(klines)?$/, 'index'],
  [/^premium(index)?(klines)?$/, 'premium'],
]

/** Coins that a file may be named after, if it names no pair. Words of other meanings (LINK, NEAR, DOT) are left out. */
const COINS = new Set(
  'BTC XBT ETH SOL XRP BNB DOGE ADA AVAX LTC TRX BCH XMR XLM ETC FIL APT ARB PEPE SHIB UNI AAVE ATOM SUI WIF TIA HYPE'.split(
    ' ',
  ),
)

const COIN_NAMES: Record<string, string> = { XBT: 'BTC', XDG: 'DOGE' }
const coinName = (coin: string | undefined) => (coin === undefined ? undefined : (COIN_NAMES[coin] ?? coin))

/**
 * The instrument that names describe. A column or an option counts before the file's name, that before its folders. Whatever
 * they do not state stays unknown: `BTCUSDT` alone may be spot or a perpetual.
 *
 * @example recognizeInstrument({ path: 'BTCUSD_PERP-1h-2024-06.csv' }) // { kind: 'inverse', base: 'BTC', quote: 'USD', … }
 */
export function recognizeInstrument({ symbols = [], exchange, path = '', ...byColumns }: InstrumentHints): Instrument {
  const context = readPath(path)
  const id = exchange?.trim().toLowerCase()
  const venue = (id === undefined ? undefined : venueOf(id)) ?? context.venue ?? byColumns.venue
  const market = (id === undefined ? undefined : EXCHANGE_KINDS[id]) ?? context.market ?? byColumns.market
  const fromSymbol = first(symbols, symbol => readSymbol(symbol, venue))
  const fromName = first(context.names, name => {
    const known = readSymbol(name, venue)
    return known !== undefined && isLikelyName(name, known) ? known : undefined
  })
  const named = completed(fromSymbol, fromName) ?? coinOnly([...symbols, ...context.names], venue) ?? {}
  // A file of one market in a column may be in a folder of another one; its bars are still of the folder's kind.
  const merged: Known = { ...(venue !== undefined && { venue }), ...named }
  const { timeframe, price } = context
  return {
    ...withKind(merged, market, context.settle),
    ...(timeframe !== undefined && { timeframe }),
    ...(price !== undefined && { price }),
  }
}

/** Quote currencies that no word ends with. */
const DOLLARS = new Set(['USDT', 'USDC', 'FDUSD'])

/**
 * Whether a part of a file's name is a pair, and not a word beside a coin, as in `candles-btc`: in small letters, and for pairs
 * quoted in a coin, the base must be a well-known one.
 */
function isLikelyName(text: string, { kind, base = '', quote = '' }: Known): boolean {
  if (kind !== undefined && kind !== 'spot' && text === text.toUpperCase()) return true
  if (COINS.has(base) || COINS.has(coinName(base) ?? '')) return true
  if (COINS.has(quote)) return false
  return text === text.toUpperCase() || /[:]/.test(text) || (DOLLARS.has(quote) && /^[a-z0-9]+$/.test(text))
}

/** What a column says, completed by the file's name where that is of the same pair and says more. */
function completed(symbol: Known | undefined, name: Known | undefined): Known | undefined {
  if (symbol === undefined || name === undefined || symbol.kind !== undefined) return symbol ?? name
  return symbol.base === name.base && symbol.quote === name.quote ? { ...name, ...symbol } : symbol
}

function first<T>(texts: readonly string[], read: (text: string) => T | undefined): T | undefined {
  for (const text of texts) {
    const result = read(text)
    if (result !== undefined) return result
  }
  return undefined
}

/** Reads one symbol: also with its venue before it, as TradingView writes it. */
function readSymbol(text: string, venue: string | undefined): Known | undefined {
  const symbol = text.trim()
  const prefixed = /^([A-Z0-9]+):([A-Z0-9.]+)$/i.exec(symbol)
  const prefix = prefixed ? venueOf(prefixed[1]!.toLowerCase()) : undefined
  if (prefixed && prefix !== undefined) {
    const known = readSymbol(prefixed[2]!, prefix)
    if (known === undefined) return undefined
    // TradingView marks perpetuals, so what has no mark is spot.
    const kind = known.kind ?? (/\.P$/i.test(symbol) || prefix === 'bitmex' ? 'unknown' : 'spot')
    return { ...known, kind, venue: prefix }
  }
  const capitals = symbol.toUpperCase()
  for (const { pattern, venues, venue: own, read } of SPELLINGS) {
    if (venues !== undefined && (venue === undefined || !venues.includes(venue))) continue
    const match = pattern.exec(capitals)
    if (match === null) continue
    const known = splitPair(read(...match.slice(1)))
    const coins = { ...known }
    for (const name of ['base', 'quote', 'settle'] as const) {
      const coin = coinName(known[name])
      if (coin !== undefined) Object.assign(coins, { [name]: coin })
    }
    return { ...coins, symbol, ...(own !== undefined && { venue: own }) }
  }
  return undefined
}

/** Coins whose last letter makes another currency of the USD behind it: XBTUSD is not XB in TUSD. */
const BEFORE_USD = new Set('XBT DOT BAT BNT GRT APT ANT LPT FTT BIT BNB ARB SHIB TRB HNB'.split(' '))

function splitPair(known: Known): Known {
  const { base = '', quote = '' } = known
  const longer = base + quote.charAt(0)
  return /^[TB]USD$/.test(quote) && BEFORE_USD.has(longer) ? { ...known, base: longer, quote: 'USD' } : known
}

/** A coin by itself: Hyperliquid's symbols, and files named after a coin. */
function coinOnly(texts: readonly string[], venue: string | undefined): Known | undefined {
  const coin = texts.map(text => text.trim().toUpperCase()).find(text => COINS.has(text))
  if (coin !== undefined && venue === 'hyperliquid') return { ...linear(coin, 'USD', 'USDC'), symbol: coin }
  return coin === undefined ? undefined : { base: coinName(coin) ?? coin, symbol: coin }
}

/** Completes the kind from the market that a folder or an exchange states. */
function withKind(known: Known, market: MarketKind | undefined, settle: string | undefined): Instrument {
  const { kind, venue, base, quote } = known
  if (kind !== undefined && kind !== 'unknown') return { ...known, kind }
  if (kind === undefined && base !== undefined && quote !== undefined && known.settle === undefined) {
    const certain = kindOfMarket(market, quote, settle, base, venue)
    if (certain !== undefined) {
      const currency = certain === 'spot' ? undefined : certain === 'inverse' ? base : (settle ?? quote)
      return { ...known, kind: certain, ...(currency !== undefined && { settle: currency }) }
    }
  }
  return { ...known, kind: 'unknown' }
}

function kindOfMarket(
  market: MarketKind | undefined,
  quote: string,
  settle: string | undefined,
  base: string,
  venue: string | undefined,
): InstrumentKind | undefined {
  if (market === 'perpetual') {
    if (settle !== undefined) return settle === base ? 'inverse' : 'linear'
    return quote === 'USD' ? (venue === undefined ? undefined : 'inverse') : 'linear'
  }
  if (market !== undefined) return market
  return venue !== undefined && SPOT_ONLY.has(venue) ? 'spot' : undefined
}

function venueOf(word: string): string | undefined {
  return VENUES.find(([pattern]) => pattern.test(word))?.[1]
}

interface PathContext {
  venue?: string
  market?: MarketKind
  settle?: string
  timeframe?: string
  price?: ReferencePrice
  /** Texts that may be a symbol, the most likely first. */
  names: string[]
}

/** How many folders above a file may say what is in it. */
const FOLDERS = 6

function readPath(path: string): PathContext {
  const parts = path.split(/[/\\]+/).filter(part => part !== '' && part !== '.')
  const fileName = (parts.at(-1) ?? '').replace(/\.(gz|zip)$/i, '')
  const name = fileName.replace(/\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather)$/i, '')
  const folders = parts.slice(0, -1).slice(-FOLDERS).reverse()
  const context: PathContext = { names: [] }
  // freqtrade: BTC_USDT_USDT-1h-futures
  const freqtrade =
    /^([A-Z0-9]+)_([A-Z0-9]+)_([A-Z0-9]+)-(\d+[a-zA-Z]+)-(futures|mark|index|premiumIndex|funding_rate)$/.exec(name)
  if (freqtrade) {
    const [, base = '', quote = '', settle = '', timeframe = '', candles = ''] = freqtrade
    context.names.push(`${base}/${quote}:${settle}`)
    context.timeframe = timeframe
    const price = priceOf(candles.toLowerCase())
    if (price !== undefined) context.price = price
  }
  const freqtradeSpot = new RegExp(`^([A-Z0-9]{2,})_${QUOTE}-\\d+[a-zA-Z]$`).exec(name)
  if (freqtradeSpot) context.names.push(`${freqtradeSpot[1]}/${freqtradeSpot[2]}`)
  // TradingView: BINANCE_BTCUSDT.P, 60
  const tradingView = /^([A-Z]+)_([A-Z0-9.]+?)(?:, ?([0-9A-Z]+)(?:_[0-9a-f]+)?| \(\d+\))?$/.exec(name)
  // CryptoDataDownload: Binance_BTCUSDT_1h, which is spot
  const download = /^([A-Z][a-z]+)_([A-Z0-9]+)_(?:d|h|\d+h|\d+d|minute|hour|day)$/.exec(name)
  for (const match of [tradingView, download])
    if (match && venueOf(match[1]!.toLowerCase()) !== undefined) context.names.push(`${match[1]}:${match[2]}`)
  // The longest run of parts first, so that BTC-USDT-SWAP is not taken for BTC-USDT.
  const words = name.split(/(?=[-_., ])|(?<=[-_., ])/)
  for (let length = Math.min(words.length, 7); length > 0; length--)
    for (let from = 0; from + length <= words.length; from++) {
      const text = words.slice(from, from + length).join('')
      if (/^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text)) context.names.push(text)
    }
  // Bybit's archive writes the date without a separator: BTCUSD2024-06-01
  const glued = /^([A-Z0-9]*?[A-Z])(\d{4}-\d{2}-\d{2})/.exec(name)
  if (glued) context.names.unshift(glued[1]!)
  for (const folder of folders) if (/^[A-Z0-9_-]+$/.test(folder)) context.names.push(folder)
  const nameWords = name
    .replace(/([a-z])([A-Z])/g, '$1$2')
    .split(/[-_., ()]+/)
    .map(word => word.toLowerCase())
  // Of folders, only what is no name of a person: futures/um, markPriceKlines.
  const folderWords = folders
    .flatMap((folder, k) => {
      const word = folder.toLowerCase()
      if (/^(um|cm)$/.test(word) && folders[k + 1] !== 'futures') return []
      return [word, ...word.split(/[-_., ]+/)]
    })
    .filter(word => !/^(mark|index|premium)$/.test(word))
  for (const word of [name.toLowerCase().split('_')[0] ?? '', ...nameWords, ...folderWords]) {
    const venue = venueOf(word)
    if (venue !== undefined) context.venue ??= venue
    const market = MARKET_WORDS[word]
    if (market !== undefined) context.market = moreSpecific(context.market, market)
    const price = priceOf(word)
    if (price !== undefined) context.price ??= price
    const timeframe = /^(\d+)(s|m|h|d|w)$/.exec(word)
    if (timeframe) context.timeframe ??= timeframe[0]
  }
  const exchange = EXCHANGE_KINDS[name.split('_')[0] ?? '']
  if (exchange !== undefined && name.includes('_') && /^[a-z]+-[a-z]+/.test(name)) context.market = exchange
  // Bybit's archive has a folder for each kind: trading and premium_index are of contracts.
  if (context.venue === 'bybit' && folders.includes('trading')) context.market ??= 'perpetual'
  if (context.venue === undefined && parts.includes('public.bybit.com')) context.venue = 'bybit'
  return context
}

/** `futures/um` says more than `futures`. */
function moreSpecific(known: MarketKind | undefined, market: MarketKind): MarketKind {
  return known === undefined || known === 'perpetual' ? market : known
}

function priceOf(word: string): ReferencePrice | undefined {
  return PRICE_WORDS.find(([pattern]) => pattern.test(word))?.[1]
}

/** How venues and tools spell the symbols of their instruments. */
import type { Instrument } from './instrument.ts'
import { venueOf } from './instrument-words.ts'

/** What a name says of an instrument. */
export type Known = Partial<Instrument> & {
  /** The kind that it is by convention, where nothing else says it: many write `BTC-USDT` for a swap too. */
  usually?: 'spot'
}

export const QUOTE = '(USDT|USDC|FDUSD|BUSD|TUSD|USDE|USD|EUR|GBP|TRY|JPY|KRW|BRL|AUD|DAI|BTC|XBT|ETH|BNB)'
/** With a letter: a date is no coin. */
const BASE = '([A-Z][A-Z0-9]{1,14}?|[0-9]+[A-Z][A-Z0-9]{0,13}?)'
const DATE = '(\\d{6})'
/** `28JUN24`. */
const DAY = '(\\d{1,2}[A-Z]{3}\\d{2})'
/** The code of a quarter: `M24`. */
const QUARTER = '([FGHJKMNQUVXZ]\\d{2})'

const linear = (base = '', quote = '', settle = quote): Known => ({ kind: 'linear', base, quote, settle })
const inverse = (base = '', quote = '', settle = base): Known => ({ kind: 'inverse', base, quote, settle })
const spot = (base = '', quote = ''): Known => ({ kind: 'spot', base, quote })
const pair = (base = '', quote = ''): Known => ({ base, quote })
const usuallySpot = (base = '', quote = ''): Known => ({ base, quote, usually: 'spot' })
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
  { pattern: whole('([A-Z0-9]+)/([A-Z0-9]+)'), read: usuallySpot },
  // Coinalyze: BTCUSDT_PERP.A, BTCUSD.6
  { pattern: whole(`${BASE}${QUOTE}_PERP\\.([A-Z0-9])`), read: (base, quote) => byQuote(base, quote) },
  { pattern: whole(`${BASE}${QUOTE}\\.(6)`), read: (base, quote) => ({ ...byQuote(base, quote), venue: 'bybit' }) },
  { pattern: whole(`${BASE}${QUOTE}\\.[A-OQ-Z0-9]`), read: pair },
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
  // KuCoin: XBTUSDTM, XBTUSDM. Gate's contracts are called as its spot markets.
  { pattern: whole(`${BASE}(USDT|USDC)M`), venue: 'kucoin', read: (base, quote) => linear(base, quote) },
  { pattern: whole(`${BASE}(USD)M`), venue: 'kucoin', read: (base, quote) => inverse(base, quote) },
  // Bybit's archive of contracts, and its coin-margined perpetuals
  { pattern: whole(`${BASE}(USD)`), venues: ['bybit'], read: (base, quote) => inverse(base, quote) },
  // TradingView: BTCUSDT.P, BTCUSDTPERP
  {
    pattern: whole(`${BASE}(USD)(?:\\.P|PERP)`),
    venues: ['binance', 'bybit', 'okx', 'bitget', 'deribit', 'kraken', 'huobi'],
    read: (base, quote) => inverse(base, quote),
  },
  { pattern: whole(`${BASE}(USDT|USDC)(?:\\.P|PERP)`), read: (base, quote) => linear(base, quote) },
  { pattern: whole(`${BASE}${QUOTE}(?:\\.P|PERP)`), read: pair },
  // Upbit names the currency first.
  { pattern: whole('(KRW)-([A-Z0-9]+)'), venue: 'upbit', read: (quote, base) => spot(base, quote) },
  // Spot with a hyphen
  {
    pattern: whole(`([A-Z0-9]+)-${QUOTE}`),
    venues: ['okx', 'coinbase', 'kucoin', 'kaiko'],
    read: (base, quote) => usuallySpot(base, quote),
  },
  { pattern: whole(`${BASE}-${QUOTE}`), read: pair },
  // Kraken's archive: XXBTZUSD
  { pattern: whole('X([A-Z]{3})Z([A-Z]{3})'), venue: 'kraken', read: spot },
  // A pair in one word says nothing about the contract.
  { pattern: whole(`${BASE}_?${QUOTE}`), read: pair },
]

const COIN_NAMES: Record<string, string> = { XBT: 'BTC', XDG: 'DOGE' }

/** The usual name of a coin. */
export function coinName(coin: string): string {
  return COIN_NAMES[coin] ?? coin
}

/** Reads one symbol: also with its venue before it, as TradingView writes it. */
export function readSymbol(text: string, venue: string | undefined): Known | undefined {
  const symbol = text.trim()
  const prefixed = /^([A-Z0-9]+):([A-Z0-9.]+)$/i.exec(symbol)
  const prefix = prefixed ? venueOf(prefixed[1]!.toLowerCase()) : undefined
  if (prefixed && prefix !== undefined) {
    const known = readSymbol(prefixed[2]!, prefix)
    if (known === undefined) return undefined
    // TradingView marks perpetuals, so what has no mark is spot.
    const marked = /\.P$/i.test(symbol) || prefix === 'bitmex'
    return {
      ...known,
      venue: prefix,
      ...(known.kind === undefined && (marked ? { kind: 'unknown' } : { usually: 'spot' })),
    }
  }
  const capitals = symbol.toUpperCase()
  for (const { pattern, venues, venue: own, read } of SPELLINGS) {
    if (venues !== undefined && (venue === undefined || !venues.includes(venue))) continue
    const match = pattern.exec(capitals)
    if (match === null) continue
    const known = splitPair(read(...match.slice(1)))
    const coins = { ...known }
    for (const name of ['base', 'quote', 'settle'] as const) {
      const coin = known[name]
      if (coin !== undefined) Object.assign(coins, { [name]: coinName(coin) })
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

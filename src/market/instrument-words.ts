/** Words in ids, folders and names of files that say something of an instrument. */
import type { ReferencePrice } from './instrument.ts'

/** A perpetual is linear or inverse by its quote currency and its venue. */
export type MarketKind = 'spot' | 'linear' | 'inverse' | 'perpetual'

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
  [/^gate(io|-io)?(-futures)?$/, 'gate'],
  [/^mexc/, 'mexc'],
  [/^bingx/, 'bingx'],
  [/^phemex/, 'phemex'],
  [/^poloniex/, 'poloniex'],
  [/^bitmart/, 'bitmart'],
  [/^crypto-?com/, 'cryptocom'],
  [/^dydx/, 'dydx'],
]

/** Venues without contracts. */
export const SPOT_ONLY = new Set(['coinbase', 'bitstamp', 'gemini'])

/** Ids of exchanges that state the kind of their markets: Tardis's and ccxt's. */
export const EXCHANGE_KINDS: Record<string, MarketKind> = {
  binance: 'spot',
  'binance-futures': 'linear',
  binanceusdm: 'linear',
  'binance-delivery': 'inverse',
  binancecoinm: 'inverse',
  'bybit-spot': 'spot',
  'gate-io': 'spot',
  'gate-io-futures': 'perpetual',
  kucoin: 'spot',
  'kucoin-futures': 'perpetual',
  kucoinfutures: 'perpetual',
  'bitget-futures': 'perpetual',
  'okex-swap': 'perpetual',
  'okex-futures': 'perpetual',
  okex: 'spot',
  huobi: 'spot',
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
export const MARKET_WORDS: Record<string, MarketKind> = {
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
export const COINS = new Set(
  'BTC XBT ETH SOL XRP BNB DOGE ADA AVAX LTC TRX BCH XMR XLM ETC FIL APT ARB PEPE SHIB UNI AAVE ATOM SUI WIF TIA HYPE'.split(
    ' ',
  ),
)

/** The venue that a word in small letters begins with. */
export function venueOf(word: string): string | undefined {
  return VENUES.find(([pattern]) => pattern.test(word))?.[1]
}

/** The kind of price that a word in small letters names. */
export function priceOf(word: string): ReferencePrice | undefined {
  return PRICE_WORDS.find(([pattern]) => pattern.test(word))?.[1]
}

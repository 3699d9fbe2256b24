/** Recognizes an instrument by the spellings of venues and of files. */
import type { Instrument, InstrumentKind } from './instrument.ts'
import { readPath } from './instrument-path.ts'
import { coinName, type Known, readSymbol } from './instrument-spellings.ts'
import { COINS, EXCHANGE_KINDS, type MarketKind, SPOT_ONLY, venueOf } from './instrument-words.ts'

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
  const fromSymbol = mostSpecific(symbols.map(symbol => readSymbol(symbol, venue)))
  const fromName = mostSpecific(context.names.map(name => readName(name, venue)))
  const named = completed(fromSymbol, fromName) ?? coinOnly([...symbols, ...context.names], venue) ?? {}
  const merged: Known = { ...(venue !== undefined && { venue }), ...named }
  const { timeframe, price } = context
  return {
    ...withKind(merged, market),
    ...(timeframe !== undefined && { timeframe }),
    ...(price !== undefined && { price }),
  }
}

/**
 * What a column and the path of a file say of its instrument, where they contradict each other: another coin, or another
 * contract of it. Null if they agree, as far as they say anything.
 */
export function contradictoryNames({
  symbols = [],
  exchange,
  path = '',
  venue: other,
}: InstrumentHints): string[] | null {
  const context = readPath(path)
  const id = exchange?.trim().toLowerCase()
  const venue = (id === undefined ? undefined : venueOf(id)) ?? context.venue ?? other
  const symbol = mostSpecific(symbols.map(text => readSymbol(text, venue)))
  if (symbol?.base === undefined) return null
  const names = context.names.flatMap(name => readName(name, venue) ?? [])
  const ofCoin = names.filter(({ base }) => base === symbol.base)
  const contradicts = ({ kind, base = '', expiry }: Known) =>
    ofCoin.length === 0
      ? kind !== undefined || COINS.has(base)
      : isKnown(kind) && isKnown(symbol.kind) && (kind !== symbol.kind || expiry !== symbol.expiry)
  const name = (ofCoin.length === 0 ? names : ofCoin).find(contradicts)
  return name === undefined ? null : [symbol.symbol ?? '', name.symbol ?? '']
}

function isKnown(kind: InstrumentKind | undefined): boolean {
  return kind !== undefined && kind !== 'unknown'
}

/** What a part of a path says, if it is likely to be a symbol. */
function readName(name: string, venue: string | undefined): Known | undefined {
  const known = readSymbol(name, venue)
  return known !== undefined && isLikelyName(name, known) ? known : undefined
}

/** Quote currencies that no word ends with. */
const DOLLARS = new Set(['USDT', 'USDC', 'FDUSD'])

/**
 * Whether a part of a file's name is a pair, and not a word beside a coin, as in `candles-btc`: in small letters, and for pairs
 * quoted in a coin, the base must be a well-known one.
 */
function isLikelyName(text: string, { kind, base = '', quote = '' }: Known): boolean {
  if (kind !== undefined && kind !== 'spot' && text === text.toUpperCase()) return true
  if (COINS.has(base) || COINS.has(coinName(base))) return true
  if (COINS.has(quote)) return false
  return text === text.toUpperCase() || /[:]/.test(text) || (DOLLARS.has(quote) && /^[a-z0-9]+$/.test(text))
}

/** What a column says, completed by the file's name where that is of the same pair and says more. */
function completed(symbol: Known | undefined, name: Known | undefined): Known | undefined {
  if (symbol === undefined || name === undefined) return symbol ?? name
  return mostSpecific([symbol, name])
}

/** The first of several names, completed by those of the same pair that say more of the contract. */
function mostSpecific(names: readonly (Known | undefined)[]): Known | undefined {
  const [first, ...others] = names.filter(name => name !== undefined)
  if (first === undefined || isKnown(first.kind)) return first
  const samePair = others.filter(({ base, quote }) => base === first.base && quote === first.quote)
  const specific = samePair.find(({ kind }) => isKnown(kind))
  if (specific !== undefined) return { ...specific, ...first, kind: specific.kind! }
  return { ...samePair.find(({ usually }) => usually !== undefined), ...first }
}

/** A coin by itself: Hyperliquid's symbols, and files named after a coin. */
function coinOnly(texts: readonly string[], venue: string | undefined): Known | undefined {
  const coin = texts.map(text => text.trim().toUpperCase()).find(text => COINS.has(text))
  if (coin !== undefined && venue === 'hyperliquid')
    return { kind: 'linear', base: coin, quote: 'USD', settle: 'USDC', symbol: coin }
  return coin === undefined ? undefined : { base: coinName(coin), symbol: coin }
}

/** Completes the kind from the market that a folder or an exchange states. */
function withKind({ usually, ...known }: Known, market: MarketKind | undefined): Instrument {
  const { kind, venue, base, quote } = known
  if (kind !== undefined && kind !== 'unknown') return { ...known, kind }
  if (kind === undefined && base !== undefined && quote !== undefined && known.settle === undefined) {
    const certain = market === undefined && usually !== undefined ? usually : kindOfMarket(market, quote, venue)
    if (certain !== undefined) {
      const currency = certain === 'spot' ? undefined : certain === 'inverse' ? base : quote
      return { ...known, kind: certain, ...(currency !== undefined && { settle: currency }) }
    }
  }
  return { ...known, kind: 'unknown' }
}

function kindOfMarket(
  market: MarketKind | undefined,
  quote: string,
  venue: string | undefined,
): InstrumentKind | undefined {
  if (market === 'perpetual') return quote === 'USD' ? (venue === undefined ? undefined : 'inverse') : 'linear'
  if (market !== undefined) return market
  return venue !== undefined && SPOT_ONLY.has(venue) ? 'spot' : undefined
}

/** What the path of a file says of the instrument in it. */
import type { ReferencePrice } from './instrument.ts'
import { QUOTE } from './instrument-spellings.ts'
import { EXCHANGE_KINDS, MARKET_WORDS, type MarketKind, priceOf, venueOf } from './instrument-words.ts'

export interface PathContext {
  venue?: string
  market?: MarketKind
  timeframe?: string
  price?: ReferencePrice
  /** Texts that may be a symbol, the most likely first. */
  names: string[]
}

/** How many folders above a file may say what is in it. */
const FOLDERS = 6

/** Reads the name of a file and of the folders above it. */
export function readPath(path: string): PathContext {
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

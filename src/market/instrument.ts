/** What a market trades: the venue's contract, as far as it is known. */

/**
 * - `spot` coins against a currency
 * - `linear` a perpetual settled in the quote currency
 * - `inverse` a perpetual settled in the coin, whose contracts count the quote currency
 * - `future` a dated future; `settle` says in what
 */
export type InstrumentKind = 'spot' | 'linear' | 'inverse' | 'future' | 'unknown'

export const INSTRUMENT_KINDS: readonly InstrumentKind[] = ['spot', 'linear', 'inverse', 'future', 'unknown']

/** Prices other than those of trades, which no order was filled at. */
export type ReferencePrice = 'mark' | 'index' | 'premium'

export interface Instrument {
  readonly kind: InstrumentKind
  /** e.g. `binance`. */
  readonly venue?: string
  /** As the venue writes it, e.g. `BTCUSD_PERP`. */
  readonly symbol?: string
  readonly base?: string
  readonly quote?: string
  /** The currency in which results are paid. */
  readonly settle?: string
  /** Of a dated future: `YYMMDD`, or the venue's code. */
  readonly expiry?: string
  /** Length of the bars, e.g. `1h`, where a name states it. */
  readonly timeframe?: string
  /** Where the prices are not those of trades. */
  readonly price?: ReferencePrice
}

/** Whether results are paid in the coin; undefined where that is not known. Spot is bought with the quote currency. */
export function isInverse({ kind, base, settle }: Instrument): boolean | undefined {
  if (kind === 'inverse') return true
  if (kind === 'spot' || kind === 'linear') return false
  if (kind === 'future' && base !== undefined && settle !== undefined) return settle === base
  return undefined
}

/** ccxt's unified symbol, e.g. `BTC/USD:BTC`; undefined unless the contract is known. */
export function unifiedSymbol({ kind, base, quote, settle, expiry }: Instrument): string | undefined {
  if (kind === 'unknown' || base === undefined || quote === undefined) return undefined
  if (kind === 'spot') return `${base}/${quote}`
  const currency = settle ?? (kind === 'inverse' ? base : quote)
  return `${base}/${quote}:${currency}${kind === 'future' && expiry !== undefined ? `-${expiry}` : ''}`
}

const KIND_WORDS: Record<InstrumentKind, string> = {
  spot: 'spot',
  linear: 'linear perpetual',
  inverse: 'inverse perpetual',
  future: 'dated future',
  unknown: 'contract unknown',
}

/** In words: `BTC/USD:BTC, inverse perpetual, binance`. */
export function describeInstrument(instrument: Instrument): string {
  const { kind, venue, symbol, base, quote, price } = instrument
  const inverse = isInverse(instrument)
  const settled = kind !== 'future' ? '' : inverse === undefined ? '' : inverse ? ', inverse' : ', linear'
  const pair = base === undefined ? symbol : quote === undefined ? base : `${base}/${quote}`
  return [
    unifiedSymbol(instrument) ?? pair,
    `${KIND_WORDS[kind]}${settled}`,
    venue,
    price === undefined ? undefined : `${price} price`,
  ]
    .filter(part => part !== undefined)
    .join(', ')
}

/** Properties in which two instruments differ although both are known; none if they may be the same. */
export function instrumentConflicts(a: Instrument, b: Instrument): (keyof Instrument)[] {
  const kindOf = ({ kind }: Instrument) => (kind === 'unknown' ? undefined : kind)
  return (['base', 'quote', 'kind', 'expiry', 'venue'] as const).filter(name => {
    const [one, other] = name === 'kind' ? [kindOf(a), kindOf(b)] : [a[name], b[name]]
    return one !== undefined && other !== undefined && one !== other
  })
}

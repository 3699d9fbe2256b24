/** Which venue serves which series, and how. */
import { durationMs } from '../../common/duration.ts'
import type { OptionError } from '../../common/errors.ts'
import { invalidOption } from '../../common/options.ts'
import { type Connection, MAIN_VENUES } from './connect.ts'
import type { SeriesEndpoint, VenueEndpoints } from './endpoint.ts'
import type { SeriesKind } from './series.ts'
import { BINANCE } from './venues/binance.ts'
import { BYBIT, BYBIT_INVERSE } from './venues/bybit.ts'
import { HYPERLIQUID } from './venues/hyperliquid.ts'
import { OKX } from './venues/okx.ts'
import { BITGET, KRAKEN, unifiedEndpoints } from './venues/unified.ts'

/** The main venues that serve a series. */
const PROVIDERS: Record<SeriesKind, readonly string[]> = {
  candles: MAIN_VENUES,
  funding: MAIN_VENUES,
  openInterest: ['binanceusdm', 'bybit', 'okx'],
  longShortRatio: ['binanceusdm', 'bybit', 'okx', 'bitget'],
}

const HISTORY_LABELS: Record<SeriesKind, string> = {
  candles: 'candles',
  funding: 'funding history',
  openInterest: 'open-interest history',
  longShortRatio: 'long/short-ratio history',
}

/** How this venue serves a series of this instrument. @throws OptionError if it does not */
export function findEndpoint({ exchange, instrument }: Connection, kind: SeriesKind, caller: string): SeriesEndpoint {
  const endpoints = venueEndpoints(exchange.id, instrument.inverse === true) ?? unifiedEndpoints(exchange)
  const endpoint = endpoints[kind]
  if (endpoint !== undefined) return endpoint
  if (kind === 'candles') throw invalidOption(caller, 'exchange', exchange.id, 'an exchange that serves candles')
  const scope = exchange.id === 'bybit' ? ' in coins for inverse contracts' : ''
  throw notServed(caller, kind, exchange.id, `${HISTORY_LABELS[kind]}${scope}`, PROVIDERS[kind])
}

/** The error for a value of `with` that the exchange does not serve. */
export function notServed(
  caller: string,
  value: string,
  exchange: string,
  series: string,
  providers: readonly string[],
): OptionError {
  const expected = `what ${exchange} serves: it has no ${series}, unlike ${providers.join(', ')}`
  return invalidOption(caller, 'with', value, expected)
}

/**
 * The step of a venue's records that fits bars of a timeframe best: the longest step that divides the bar, else the
 * shortest one. The timeframe itself if the venue's steps are not known.
 */
export function seriesStep(exchange: string, kind: SeriesKind, timeframe: string): string {
  const steps = venueEndpoints(exchange, false)?.[kind]?.steps ?? []
  const barMs = durationMs(timeframe, 'timeframe')
  return steps.filter(step => barMs % durationMs(step) === 0).at(-1) ?? steps[0] ?? timeframe
}

function venueEndpoints(id: string, inverse: boolean): VenueEndpoints | undefined {
  switch (id) {
    case 'binanceusdm':
      return BINANCE
    case 'bybit':
      return inverse ? BYBIT_INVERSE : BYBIT
    case 'okx':
      return OKX
    case 'hyperliquid':
      return HYPERLIQUID
    case 'krakenfutures':
      return KRAKEN
    case 'bitget':
      return BITGET
    default:
      return undefined
  }
}

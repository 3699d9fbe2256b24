import { durationMs } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { type Connection, USUAL } from './connect.ts'
import type { SeriesRule, VenueRules } from './rule.ts'
import type { SeriesKind } from './series.ts'
import { BINANCE } from './venues/binance.ts'
import { BYBIT, BYBIT_INVERSE } from './venues/bybit.ts'
import { HYPERLIQUID } from './venues/hyperliquid.ts'
import { OKX } from './venues/okx.ts'
import { BITGET, KRAKEN, unifiedRules } from './venues/unified.ts'

/** Of the usual venues, those that serve a series. */
const WHO: Record<SeriesKind, readonly string[]> = {
  candles: USUAL,
  funding: USUAL,
  openInterest: ['binanceusdm', 'bybit', 'okx'],
  longShortRatio: ['binanceusdm', 'bybit', 'okx', 'bitget'],
}

const NAMES: Record<SeriesKind, string> = {
  candles: 'candles',
  funding: 'funding history',
  openInterest: 'open-interest history',
  longShortRatio: 'long/short-ratio history',
}

/** How this venue serves a series of this market. @throws DataError where it does not, naming those that do */
export function ruleFor({ exchange, listing }: Connection, kind: SeriesKind): SeriesRule {
  const rule = rulesFor(exchange.id, listing.inverse === true)?.[kind] ?? fallback(exchange.id, kind, exchange)
  if (rule !== undefined) return rule
  const what = exchange.id === 'bybit' ? ' in coins for inverse contracts' : ''
  throw new DataError(`with: ${exchange.id} serves no ${NAMES[kind]}${what}. ${whoServes(WHO[kind])}`)
}

/**
 * The step of a venue's records that comes closest to bars of a timeframe: the longest that divides the bar, else the
 * shortest there is. Where nothing is known, the timeframe itself.
 */
export function seriesStep(exchange: string, kind: SeriesKind, timeframe: string): string {
  const steps = rulesFor(exchange, false)?.[kind]?.steps
  if (steps === undefined) return timeframe
  const barMs = durationMs(timeframe, 'timeframe')
  return steps.filter(step => barMs % durationMs(step) === 0).at(-1) ?? steps[0]!
}

export function whoServes(venues: readonly string[]): string {
  return `These do: ${venues.join(', ')}`
}

function rulesFor(id: string, inverse: boolean): VenueRules | undefined {
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

function fallback(id: string, kind: SeriesKind, exchange: Connection['exchange']): SeriesRule | undefined {
  return (USUAL as readonly string[]).includes(id) ? undefined : unifiedRules(exchange)[kind]
}

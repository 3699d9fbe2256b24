import type { Exchange } from 'ccxt'
import { at, CANDLE_ROW, DAY_MS, type ExchangeContext, key, type SeriesRule, type VenueRules } from '../rule.ts'

/** What one answer holds at least at all venues. Less would be filled up by asking for the rest, but not before a listing. */
const PAGE = 100

const candles: SeriesRule = {
  page: PAGE,
  short: true,
  ask: ({ exchange, listing }, { from, limit, timeframe }) =>
    exchange.fetchOHLCV(listing.symbol, timeframe, from, limit),
  time: at(0, 'time'),
  columns: { ...CANDLE_ROW, volume: at(5, 'volume') },
}

const openInterest: SeriesRule = {
  page: PAGE,
  short: true,
  ask: ({ exchange, listing }, { from, limit, timeframe }) =>
    exchange.fetchOpenInterestHistory(listing.symbol, timeframe, from, limit),
  time: key('timestamp'),
  columns: { openInterest: key('openInterestAmount') },
}

/** Served as one list of recent records, whatever is asked for. */
const longShortRatio: SeriesRule = {
  page: Number.POSITIVE_INFINITY,
  ask: ({ exchange, listing }, { timeframe }) => exchange.fetchLongShortRatioHistory(listing.symbol, timeframe),
  time: key('timestamp'),
  columns: { longShortRatio: key('longShortRatio') },
}

const funding: SeriesRule = {
  page: PAGE,
  short: true,
  ask: ({ exchange, listing }, { from, limit }) => exchange.fetchFundingRateHistory(listing.symbol, from, limit),
  time: key('timestamp'),
  columns: { fundingRate: key('fundingRate') },
}

/** What ccxt's unified methods give, for exchanges without rules of their own. */
export function unifiedRules({ has }: Exchange): VenueRules {
  return {
    candles: has.fetchOHLCV ? candles : undefined,
    openInterest: has.fetchOpenInterestHistory ? openInterest : undefined,
    longShortRatio: has.fetchLongShortRatioHistory ? longShortRatio : undefined,
    funding: has.fetchFundingRateHistory ? funding : undefined,
  }
}

/** Kraken serves all funding at once, and drops what a limit cuts off at the new end. */
export const KRAKEN: VenueRules = {
  candles: { ...candles, page: 2000 },
  funding: {
    ...funding,
    page: Number.POSITIVE_INFINITY,
    ask: ({ exchange, listing }) => exchange.fetchFundingRateHistory(listing.symbol),
  },
}

/** Bitget's funding is paged by number from the newest on, and knows no dates. */
export const BITGET: VenueRules = {
  candles: { ...candles, page: 200, reachMs: 90 * DAY_MS },
  longShortRatio: { ...longShortRatio, steps: ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] },
  funding: { ...funding, page: Number.POSITIVE_INFINITY, ask: askBitgetFunding },
}

async function askBitgetFunding(
  { exchange, listing }: ExchangeContext,
  { from }: { from: number },
): Promise<unknown[]> {
  const rows: unknown[] = []
  for (let pageNo = 1; ; pageNo++) {
    const page = await exchange.fetchFundingRateHistory(listing.symbol, undefined, 100, { pageNo })
    rows.push(...page)
    if (page.length < 100 || Number(page[0]?.timestamp) < from) return rows
  }
}

/** Venues that are read through ccxt's unified methods. */
import type { Exchange } from 'ccxt'
import { DAY } from '../../../common/duration.ts'
import { coinsOf, interestInCoins } from '../ccxt-amounts.ts'
import {
  type ExchangeContext,
  itemField,
  keyField,
  OHLC_FIELDS,
  type SeriesEndpoint,
  type VenueEndpoints,
} from '../endpoint.ts'

/** Every venue's response holds at least this many. A shorter one is completed, except before the listing. */
const PAGE_SIZE = 100

const candles: SeriesEndpoint = {
  pageSize: PAGE_SIZE,
  ignoresEnd: true,
  fetchPage: async ({ exchange, instrument }, { from, limit, timeframe }) => {
    const coins = coinsOf('candles', exchange.id, instrument)
    const rows = await exchange.fetchOHLCV(instrument.symbol, timeframe, from, limit)
    return coins === null ? rows : rows.map(row => row.with(5, coins(row[5], row[4])))
  },
  time: itemField(0, 'time'),
  columns: { ...OHLC_FIELDS, volume: itemField(5, 'volume') },
}

const openInterest: SeriesEndpoint = {
  pageSize: PAGE_SIZE,
  ignoresEnd: true,
  fetchPage: async ({ exchange, instrument }, { from, limit, timeframe }) => {
    const rows = await exchange.fetchOpenInterestHistory(instrument.symbol, timeframe, from, limit)
    return interestInCoins(exchange.id, instrument, rows)
  },
  time: keyField('timestamp'),
  columns: { openInterest: keyField('openInterestAmount') },
}

/** Served as one list of recent records, whatever range is requested. */
const longShortRatio: SeriesEndpoint = {
  pageSize: Number.POSITIVE_INFINITY,
  fetchPage: ({ exchange, instrument }, { timeframe }) =>
    exchange.fetchLongShortRatioHistory(instrument.symbol, timeframe),
  time: keyField('timestamp'),
  columns: { longShortRatio: keyField('longShortRatio') },
}

const funding: SeriesEndpoint = {
  pageSize: PAGE_SIZE,
  ignoresEnd: true,
  fetchPage: ({ exchange, instrument }, { from, limit }) =>
    exchange.fetchFundingRateHistory(instrument.symbol, from, limit),
  time: keyField('timestamp'),
  columns: { fundingRate: keyField('fundingRate') },
}

/** What ccxt's unified methods offer, for exchanges without endpoints of their own. */
export function unifiedEndpoints({ has }: Exchange): VenueEndpoints {
  return {
    candles: has.fetchOHLCV ? candles : undefined,
    openInterest: has.fetchOpenInterestHistory ? openInterest : undefined,
    longShortRatio: has.fetchLongShortRatioHistory ? longShortRatio : undefined,
    funding: has.fetchFundingRateHistory ? funding : undefined,
  }
}

/** Kraken serves all funding at once; a limit would cut off the newest. */
export const KRAKEN: VenueEndpoints = {
  candles: { ...candles, pageSize: 2000 },
  funding: {
    ...funding,
    pageSize: Number.POSITIVE_INFINITY,
    fetchPage: ({ exchange, instrument }) => exchange.fetchFundingRateHistory(instrument.symbol),
  },
}

/** Bitget pages its funding by number, newest first, and takes no dates. */
export const BITGET: VenueEndpoints = {
  candles: { ...candles, pageSize: 200, maxSpanMs: 90 * DAY },
  longShortRatio: { ...longShortRatio, steps: ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] },
  funding: { ...funding, pageSize: Number.POSITIVE_INFINITY, fetchPage: fetchBitgetFunding },
}

async function fetchBitgetFunding(
  { exchange, instrument }: ExchangeContext,
  { from }: { from: number },
): Promise<unknown[]> {
  const rows: unknown[] = []
  let oldest = Infinity
  for (let pageNo = 1; ; pageNo++) {
    const page = await exchange.fetchFundingRateHistory(instrument.symbol, undefined, 100, { pageNo })
    rows.push(...page)
    const first = Number(page[0]?.timestamp)
    // A page that goes no further back is a repetition.
    if (page.length < 100 || !(first >= from && first < oldest)) return rows
    oldest = first
  }
}

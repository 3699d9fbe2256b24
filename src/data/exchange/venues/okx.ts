import { durationMs, HOUR } from '../../../common/duration.ts'
import { at, CANDLE_ROW, DAY_MS, key, listIn, raw, type SeriesRule, type VenueRules } from '../rule.ts'

const STEPS = ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] as const
/** Statistics keep so many records of each step. */
const KEPT_RECORDS = 1440

/** `1h` → `1H`; bars of six hours and more are aligned to UTC only when they say so. */
function bar(timeframe: string): string {
  const name = timeframe.replace(/[hdw]$/, unit => unit.toUpperCase())
  return durationMs(timeframe) >= 6 * HOUR ? `${name}utc` : name
}

const statistics = (method: string, columns: SeriesRule['columns']): SeriesRule => ({
  page: 100,
  steps: STEPS,
  keepsMs: stepMs => (KEPT_RECORDS - 1) * stepMs,
  ask: async (place, { from, to, limit, timeframe }) => {
    const range = { period: bar(timeframe), begin: from, end: to - 1, limit }
    return listIn(await raw(place, method, { instId: place.listing.id, ...range }), 'data')
  },
  time: at(0, 'ts'),
  columns,
})

/**
 * OKX v5. Newest first; `before` and `after` are exclusive and mean what is newer and older. Volume and open interest in
 * coins, not contracts. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks
 */
export const OKX: VenueRules = {
  candles: {
    page: 300,
    ask: async (place, { from, to, limit, timeframe }) => {
      // The recent endpoint knows the newest 1440 bars; the other one may lag behind for the last few.
      const recent = from > place.now() - 1439 * durationMs(timeframe)
      const method = recent ? 'publicGetMarketCandles' : 'publicGetMarketHistoryCandles'
      const range = { bar: bar(timeframe), before: from - 1, after: to, limit }
      return listIn(await raw(place, method, { instId: place.listing.id, ...range }), 'data')
    },
    time: at(0, 'ts'),
    columns: { ...CANDLE_ROW, volume: at(6, 'volCcy') },
  },
  openInterest: statistics('publicGetRubikStatContractsOpenInterestHistory', { openInterest: at(2, 'oiCcy') }),
  longShortRatio: statistics('publicGetRubikStatContractsLongShortAccountRatioContract', {
    longShortRatio: at(1, 'longShortAcctRatio'),
  }),
  funding: {
    page: 100,
    keepsMs: () => 92 * DAY_MS,
    ask: async (place, { from, to, limit }) => {
      const range = { before: from - 1, after: to, limit }
      const answer = await raw(place, 'publicGetPublicFundingRateHistory', { instId: place.listing.id, ...range })
      return listIn(answer, 'data')
    },
    time: key('fundingTime'),
    columns: { fundingRate: key('realizedRate') },
  },
}

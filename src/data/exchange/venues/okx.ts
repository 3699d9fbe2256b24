/** OKX v5 swaps. */
import { DAY, durationMs, HOUR } from '../../../common/duration.ts'
import {
  callApi,
  itemField,
  keyField,
  listAt,
  OHLC_FIELDS,
  type SeriesEndpoint,
  type VenueEndpoints,
} from '../endpoint.ts'

const STEPS = ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] as const
/** Records that statistics keep for each step. */
const MAX_STATISTICS = 1440

/** `1h` → `1H`; bars of six hours and more are aligned to UTC only with the suffix `utc`. */
function toBar(timeframe: string): string {
  const name = timeframe.replace(/[hdw]$/, unit => unit.toUpperCase())
  return durationMs(timeframe) >= 6 * HOUR ? `${name}utc` : name
}

const statistics = (method: string, columns: SeriesEndpoint['columns']): SeriesEndpoint => ({
  pageSize: 100,
  steps: STEPS,
  retentionMs: stepMs => (MAX_STATISTICS - 1) * stepMs,
  fetchPage: async (context, { from, to, limit, timeframe }) => {
    const range = { period: toBar(timeframe), begin: from, end: to - 1, limit }
    return listAt(await callApi(context, method, { instId: context.instrument.id, ...range }), 'data')
  },
  time: itemField(0, 'ts'),
  columns,
})

/**
 * OKX v5. Responses are newest first; `before` and `after` are exclusive and mean newer and older. Volume and open interest
 * are in coins, not contracts. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks
 */
export const OKX: VenueEndpoints = {
  candles: {
    pageSize: 300,
    fetchPage: async (context, { from, to, limit, timeframe }) => {
      // The endpoint of recent candles serves the newest 1440; the history endpoint may lag behind.
      const recent = from > context.now() - 1439 * durationMs(timeframe)
      const method = recent ? 'publicGetMarketCandles' : 'publicGetMarketHistoryCandles'
      const range = { bar: toBar(timeframe), before: from - 1, after: to, limit }
      return listAt(await callApi(context, method, { instId: context.instrument.id, ...range }), 'data')
    },
    time: itemField(0, 'ts'),
    columns: { ...OHLC_FIELDS, volume: itemField(6, 'volCcy') },
  },
  openInterest: statistics('publicGetRubikStatContractsOpenInterestHistory', { openInterest: itemField(2, 'oiCcy') }),
  longShortRatio: statistics('publicGetRubikStatContractsLongShortAccountRatioContract', {
    longShortRatio: itemField(1, 'longShortAcctRatio'),
  }),
  funding: {
    pageSize: 100,
    retentionMs: () => 92 * DAY,
    fetchPage: async (context, { from, to, limit }) => {
      const params = { instId: context.instrument.id, before: from - 1, after: to, limit }
      return listAt(await callApi(context, 'publicGetPublicFundingRateHistory', params), 'data')
    },
    time: keyField('fundingTime'),
    columns: { fundingRate: keyField('realizedRate') },
  },
}

/** Binance USD-M futures. */
import { DAY } from '../../../common/duration.ts'
import {
  callApi,
  type ExchangeContext,
  itemField,
  keyField,
  listAt,
  OHLC_FIELDS,
  type SeriesEndpoint,
  type VenueEndpoints,
} from '../endpoint.ts'

const STEPS = ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] as const

/** Statistics: "Only the data of the latest 1 month is available"; an earlier start is refused. */
const STATISTICS_RETENTION_MS = 30 * DAY - 10 * 60_000

const statistics = (method: string, column: string, key: string): SeriesEndpoint => ({
  pageSize: 500,
  steps: STEPS,
  retentionMs: () => STATISTICS_RETENTION_MS,
  fetchPage: async (context, { from, to, limit, timeframe }) => {
    const params = { ...symbolParam(context), period: timeframe, startTime: from, endTime: to - 1, limit }
    return listAt(await callApi(context, method, params))
  },
  time: keyField('timestamp'),
  columns: { [column]: keyField(key) },
})

const symbolParam = ({ instrument }: ExchangeContext) => ({ symbol: instrument.id })

/**
 * Binance USD-M. Its raw candles hold the taker's buy volume (index 9), which ccxt's unified ones leave out.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api
 */
export const BINANCE: VenueEndpoints = {
  candles: {
    pageSize: 1000,
    fetchPage: async (context, { from, to, limit, timeframe }) => {
      const interval = context.exchange.timeframes[timeframe]
      const range = { startTime: from, endTime: to - 1, limit }
      return listAt(await callApi(context, 'fapiPublicGetKlines', { ...symbolParam(context), interval, ...range }))
    },
    time: itemField(0, 'openTime'),
    columns: {
      ...OHLC_FIELDS,
      volume: itemField(5, 'volume'),
      takerBuyVolume: itemField(9, 'takerBuyBaseAssetVolume'),
    },
  },
  openInterest: statistics('fapiDataGetOpenInterestHist', 'openInterest', 'sumOpenInterest'),
  longShortRatio: statistics('fapiDataGetGlobalLongShortAccountRatio', 'longShortRatio', 'longShortRatio'),
  funding: {
    pageSize: 1000,
    fetchPage: async (context, { from, to, limit }) => {
      const range = { startTime: from, endTime: to - 1, limit }
      return listAt(await callApi(context, 'fapiPublicGetFundingRate', { ...symbolParam(context), ...range }))
    },
    time: keyField('fundingTime'),
    columns: { fundingRate: keyField('fundingRate') },
  },
}

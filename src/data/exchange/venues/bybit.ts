/** Bybit v5, linear and inverse perpetuals. */
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
import { venueNumber } from '../venue-number.ts'

const STEPS = ['5m', '15m', '30m', '1h', '4h', '1d'] as const

const instrumentParams = ({ instrument }: ExchangeContext) => ({
  category: instrument.inverse ? 'inverse' : 'linear',
  symbol: instrument.id,
})

/** `15m` → `15min`, while `1h` stays. */
const toInterval = (timeframe: string) => timeframe.replace(/m$/, 'min')

const statistics = (
  method: string,
  stepParam: string,
  pageSize: number,
): Pick<SeriesEndpoint, 'pageSize' | 'steps' | 'fetchPage'> => ({
  pageSize,
  steps: STEPS,
  fetchPage: async (context, { from, to, limit, timeframe }) => {
    const range = { [stepParam]: toInterval(timeframe), startTime: from, endTime: to - 1, limit }
    return listAt(await callApi(context, method, { ...instrumentParams(context), ...range }), 'result', 'list')
  },
})

const candles: SeriesEndpoint = {
  pageSize: 1000,
  fetchPage: async (context, { from, to, limit, timeframe }) => {
    const range = { interval: context.exchange.timeframes[timeframe], start: from, end: to - 1, limit }
    const response = await callApi(context, 'publicGetV5MarketKline', { ...instrumentParams(context), ...range })
    return listAt(response, 'result', 'list')
  },
  time: itemField(0, 'startTime'),
  columns: { ...OHLC_FIELDS, volume: itemField(5, 'volume') },
}

/**
 * Bybit v5. Responses are newest first, and a limit cuts off the start of the range. Its candles hold no taker volume.
 * https://bybit-exchange.github.io/docs/v5/market/kline
 */
export const BYBIT: VenueEndpoints = {
  candles,
  openInterest: {
    ...statistics('publicGetV5MarketOpenInterest', 'intervalTime', 200),
    time: keyField('timestamp'),
    columns: { openInterest: keyField('openInterest') },
  },
  longShortRatio: {
    ...statistics('publicGetV5MarketAccountRatio', 'period', 500),
    time: keyField('timestamp'),
    columns: {
      longShortRatio: {
        name: 'buyRatio / sellRatio',
        read: row => {
          const { buyRatio, sellRatio } = row as { buyRatio: unknown; sellRatio: unknown }
          return venueNumber(buyRatio) / venueNumber(sellRatio)
        },
      },
    },
  },
  funding: {
    pageSize: 200,
    fetchPage: async (context, { from, to, limit }) => {
      const params = { ...instrumentParams(context), startTime: from, endTime: to - 1, limit }
      return listAt(await callApi(context, 'publicGetV5MarketFundingHistory', params), 'result', 'list')
    },
    time: keyField('fundingRateTimestamp'),
    columns: { fundingRate: keyField('fundingRate') },
  },
}

/** Inverse contracts: the candle's volume is in USD and its turnover in coins; open interest is in USD and so left out. */
export const BYBIT_INVERSE: VenueEndpoints = {
  ...BYBIT,
  candles: { ...candles, columns: { ...OHLC_FIELDS, volume: itemField(6, 'turnover') } },
  openInterest: undefined,
}

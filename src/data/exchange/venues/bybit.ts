import { at, CANDLE_ROW, type ExchangeContext, key, listIn, raw, type SeriesRule, type VenueRules } from '../rule.ts'

const STEPS = ['5m', '15m', '30m', '1h', '4h', '1d'] as const

const symbolOf = ({ listing }: ExchangeContext) => ({
  category: listing.inverse ? 'inverse' : 'linear',
  symbol: listing.id,
})

/** Bybit writes minutes out: `5min`, but `1h`. */
const interval = (timeframe: string) => timeframe.replace(/m$/, 'min')

const records = (method: string, step: string, page: number): Pick<SeriesRule, 'page' | 'steps' | 'ask'> => ({
  page,
  steps: STEPS,
  ask: async (place, { from, to, limit, timeframe }) => {
    const range = { [step]: interval(timeframe), startTime: from, endTime: to - 1, limit }
    return listIn(await raw(place, method, { ...symbolOf(place), ...range }), 'result', 'list')
  },
})

/**
 * Bybit v5. Newest first: where a stretch holds more than the limit, its end comes. Its candles carry no taker volume.
 * https://bybit-exchange.github.io/docs/v5/market/kline
 */
export const BYBIT: VenueRules = {
  candles: {
    page: 1000,
    ask: async (place, { from, to, limit, timeframe }) => {
      const range = { interval: place.exchange.timeframes[timeframe], start: from, end: to - 1, limit }
      return listIn(await raw(place, 'publicGetV5MarketKline', { ...symbolOf(place), ...range }), 'result', 'list')
    },
    time: at(0, 'startTime'),
    columns: { ...CANDLE_ROW, volume: at(5, 'volume') },
  },
  openInterest: {
    ...records('publicGetV5MarketOpenInterest', 'intervalTime', 200),
    time: key('timestamp'),
    columns: { openInterest: key('openInterest') },
  },
  longShortRatio: {
    ...records('publicGetV5MarketAccountRatio', 'period', 500),
    time: key('timestamp'),
    columns: {
      longShortRatio: {
        name: 'buyRatio / sellRatio',
        of: row => {
          const { buyRatio, sellRatio } = row as { buyRatio: unknown; sellRatio: unknown }
          return Number(buyRatio) / Number(sellRatio)
        },
      },
    },
  },
  funding: {
    page: 200,
    ask: async (place, { from, to, limit }) => {
      const range = { startTime: from, endTime: to - 1, limit }
      const answer = await raw(place, 'publicGetV5MarketFundingHistory', { ...symbolOf(place), ...range })
      return listIn(answer, 'result', 'list')
    },
    time: key('fundingRateTimestamp'),
    columns: { fundingRate: key('fundingRate') },
  },
}

/** Inverse contracts: the candle's volume is in USD and its turnover in coins; open interest is in USD. */
export const BYBIT_INVERSE: VenueRules = {
  ...BYBIT,
  candles: { ...BYBIT.candles!, columns: { ...CANDLE_ROW, volume: at(6, 'turnover') } },
  openInterest: undefined,
}

import {
  at,
  CANDLE_ROW,
  DAY_MS,
  type ExchangeContext,
  key,
  listIn,
  raw,
  type SeriesRule,
  type VenueRules,
} from '../rule.ts'

const STEPS = ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'] as const

/** Statistics: "Only the data of the latest 1 month is available"; a start before that is refused. */
const KEPT_MS = 30 * DAY_MS - 10 * 60_000

const statistics = (method: string, column: string, field: string): SeriesRule => ({
  page: 500,
  steps: STEPS,
  keepsMs: () => KEPT_MS,
  ask: async (place, { from, to, limit, timeframe }) =>
    listIn(
      await raw(place, method, { ...symbolOf(place), period: timeframe, startTime: from, endTime: to - 1, limit }),
    ),
  time: key('timestamp'),
  columns: { [column]: key(field) },
})

const symbolOf = ({ listing }: ExchangeContext) => ({ symbol: listing.id })

/**
 * Binance USD-M. Its raw candles carry the taker's buy volume (index 9), which ccxt's unified ones drop.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api
 */
export const BINANCE: VenueRules = {
  candles: {
    page: 1000,
    ask: async (place, { from, to, limit, timeframe }) => {
      const interval = place.exchange.timeframes[timeframe]
      const range = { startTime: from, endTime: to - 1, limit }
      return listIn(await raw(place, 'fapiPublicGetKlines', { ...symbolOf(place), interval, ...range }))
    },
    time: at(0, 'openTime'),
    columns: { ...CANDLE_ROW, volume: at(5, 'volume'), takerBuyVolume: at(9, 'takerBuyBaseAssetVolume') },
  },
  openInterest: statistics('fapiDataGetOpenInterestHist', 'openInterest', 'sumOpenInterest'),
  longShortRatio: statistics('fapiDataGetGlobalLongShortAccountRatio', 'longShortRatio', 'longShortRatio'),
  funding: {
    page: 1000,
    ask: async (place, { from, to, limit }) => {
      const range = { startTime: from, endTime: to - 1, limit }
      return listIn(await raw(place, 'fapiPublicGetFundingRate', { ...symbolOf(place), ...range }))
    },
    time: key('fundingTime'),
    columns: { fundingRate: key('fundingRate') },
  },
}

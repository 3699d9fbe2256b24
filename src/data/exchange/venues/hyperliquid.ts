import { HOUR } from '../../../common/duration.ts'
import { type ExchangeContext, key, listIn, raw, type VenueRules } from '../rule.ts'

/** "Only the most recent 5000 candles are available" */
const KEPT_CANDLES = 5000

const coin = ({ listing }: ExchangeContext) => (listing as unknown as { baseName: string }).baseName

/** Hyperliquid. https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint */
export const HYPERLIQUID: VenueRules = {
  candles: {
    page: KEPT_CANDLES,
    keepsMs: stepMs => (KEPT_CANDLES - 1) * stepMs,
    ask: async (place, { from, to, timeframe }) => {
      const req = {
        coin: coin(place),
        interval: place.exchange.timeframes[timeframe],
        startTime: from,
        endTime: to - 1,
      }
      return listIn(await raw(place, 'publicPostInfo', { type: 'candleSnapshot', req }))
    },
    time: key('t'),
    columns: { open: key('o'), high: key('h'), low: key('l'), close: key('c'), volume: key('v') },
  },
  funding: {
    page: 500,
    everyMs: HOUR,
    ask: async (place, { from, to }) => {
      const range = { coin: coin(place), startTime: from, endTime: to - 1 }
      return listIn(await raw(place, 'publicPostInfo', { type: 'fundingHistory', ...range }))
    },
    time: key('time'),
    columns: { fundingRate: key('fundingRate') },
  },
}

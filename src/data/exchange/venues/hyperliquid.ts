/** Hyperliquid perpetuals. */
import { HOUR } from '../../../common/duration.ts'
import { callApi, type ExchangeContext, keyField, listAt, type VenueEndpoints } from '../endpoint.ts'

/** "Only the most recent 5000 candles are available" */
const MAX_CANDLES = 5000

const coinOf = ({ instrument }: ExchangeContext) => (instrument as unknown as { baseName: string }).baseName

/** Hyperliquid. https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint */
export const HYPERLIQUID: VenueEndpoints = {
  candles: {
    pageSize: MAX_CANDLES,
    retentionMs: stepMs => (MAX_CANDLES - 1) * stepMs,
    fetchPage: async (context, { from, to, timeframe }) => {
      const req = {
        coin: coinOf(context),
        interval: context.exchange.timeframes[timeframe],
        startTime: from,
        endTime: to - 1,
      }
      return listAt(await callApi(context, 'publicPostInfo', { type: 'candleSnapshot', req }))
    },
    time: keyField('t'),
    columns: {
      open: keyField('o'),
      high: keyField('h'),
      low: keyField('l'),
      close: keyField('c'),
      volume: keyField('v'),
    },
  },
  funding: {
    pageSize: 500,
    intervalMs: HOUR,
    fetchPage: async (context, { from, to }) => {
      const params = { type: 'fundingHistory', coin: coinOf(context), startTime: from, endTime: to - 1 }
      return listAt(await callApi(context, 'publicPostInfo', params))
    },
    time: keyField('time'),
    columns: { fundingRate: keyField('fundingRate') },
  },
}

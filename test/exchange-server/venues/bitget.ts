/** The wire format of Bitget. */
import { DAY, HOUR } from '../../../src/common/duration.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import { BRACKETS, timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const FUNDING = 8 * HOUR
const ID = 'BTCUSDT'

const INSTRUMENT = {
  symbol: ID,
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  supportMarginCoins: ['USDT'],
  minTradeNum: '0.001',
  priceEndStep: '1',
  volumePlace: '3',
  pricePlace: '1',
  sizeMultiplier: '0.001',
  symbolType: 'perpetual',
  minTradeUSDT: '5',
  symbolStatus: 'normal',
  launchTime: '',
  fundInterval: '8',
  minLever: '1',
  maxLever: '125',
  posLimit: '0.05',
}

function respond({ path, query, market, now }: VenueRequest): VenueResponse | null {
  const list = (endpoint: Endpoint, rows: unknown[]): VenueResponse => ({
    endpoint,
    rows,
    wrap: all => ({ code: '00000', msg: 'success', requestTime: now, data: all }),
  })
  switch (path) {
    case '/api/v2/public/time':
      return { endpoint: 'time', rows: [], wrap: () => ({ code: '00000', data: { serverTime: String(now) } }) }
    case '/api/v2/mix/market/contracts':
      return list('markets', query.productType === 'USDT-FUTURES' ? [INSTRUMENT] : [])
    case '/api/v2/mix/market/candles':
    case '/api/v2/mix/market/history-candles': {
      const barMs = timeframeMs(String(query.granularity).replace('utc', ''))
      const count = Math.min(path.endsWith('history-candles') ? 200 : 1000, toNumber(query.limit, 100))
      // The end is exclusive.
      const end = Math.min(now, toNumber(query.endTime, now) - 1)
      const candles = market.candles(toNumber(query.startTime, end - count * barMs), end, barMs, now).slice(-count)
      return list(
        'candles',
        candles.map(({ time, open, high, low, close, volume, turnover }) => [
          String(time),
          ...[open, high, low, close].map(price => price.toFixed(1)),
          volume.toFixed(3),
          turnover.toFixed(4),
        ]),
      )
    }
    case '/api/v2/mix/market/history-fund-rate': {
      // Newest first, by page number; times cannot be requested.
      const size = Math.min(100, toNumber(query.pageSize, 20))
      const newest = market.steps(now - 270 * DAY, now, FUNDING).reverse()
      const page = newest.slice((toNumber(query.pageNo, 1) - 1) * size).slice(0, size)
      return list(
        'funding',
        page.map(time => ({
          symbol: ID,
          fundingRate: market.fundingRate(time).toFixed(8),
          fundingTime: String(time),
        })),
      )
    }
    case '/api/v2/mix/market/account-long-short': {
      const step = timeframeMs(String(query.period ?? '5m'))
      return list(
        'longShortRatio',
        market.steps(now - 30 * step, now, step).map(time => {
          const long = market.longAccounts(time)
          return {
            ts: String(time),
            longAccountRatio: long.toFixed(4),
            shortAccountRatio: (1 - long).toFixed(4),
            longShortAccountRatio: (long / (1 - long)).toFixed(4),
          }
        }),
      )
    }
    case '/api/v2/mix/market/query-position-lever':
      return list(
        'brackets',
        BRACKETS.map(({ floor, cap, rate, leverage }, i) => ({
          symbol: ID,
          level: String(i + 1),
          startUnit: String(floor),
          endUnit: String(cap),
          leverage: String(leverage),
          keepMarginRate: String(rate),
        })),
      )
    default:
      return null
  }
}

export const bitget: Venue = {
  id: 'bitget',
  symbol: 'BTC/USDT:USDT',
  api: http => ({ spot: http, mix: http, common: http, margin: http, uta: http }),
  respond,
  maintenance: { status: 503, body: { code: '40725', msg: 'service return an error', data: null } },
}

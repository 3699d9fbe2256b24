import type { Answer, Endpoint } from '../faults.ts'
import { type Ask, LADDER, numberOf, timeframeMs, type Venue } from '../venue.ts'

const FUNDING = 8 * 3_600_000
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

function answer({ path, query, market, now }: Ask): Answer | null {
  const list = (endpoint: Endpoint, rows: unknown[]): Answer => ({
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
      const most = Math.min(path.endsWith('history-candles') ? 200 : 1000, numberOf(query.limit, 100))
      // The end is exclusive.
      const end = Math.min(now, numberOf(query.endTime, now) - 1)
      const candles = market.candles(numberOf(query.startTime, end - most * barMs), end, barMs, now).slice(-most)
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
      // Newest first, by number of page, with no way to name a time.
      const size = Math.min(100, numberOf(query.pageSize, 20))
      const newest = market.steps(now - 270 * 86_400_000, now, FUNDING).reverse()
      const page = newest.slice((numberOf(query.pageNo, 1) - 1) * size).slice(0, size)
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
        LADDER.map(({ floor, cap, rate, leverage }, i) => ({
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
  answer,
  maintenance: { status: 503, body: { code: '40725', msg: 'service return an error', data: null } },
}

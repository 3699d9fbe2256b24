/** The wire format of Hyperliquid. */
import { HOUR } from '../../../src/common/duration.ts'
import { accountAddress, assetPositions, clearinghouseState, openOrders } from '../accounts.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import type { TestCandle } from '../market.ts'
import { timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const COIN = 'BTC'
/** The venue serves only the newest candles. */
const MAX_CANDLES = 5000
/** Funding is stamped a few milliseconds after the hour, as at the real venue. */
const LATE = 42

const META = {
  universe: [{ szDecimals: 5, name: COIN, maxLeverage: 40, marginTableId: 56 }],
  marginTables: [
    [
      56,
      {
        description: 'tiered 40x',
        marginTiers: [
          { lowerBound: '0.0', maxLeverage: 40 },
          { lowerBound: '150000000.0', maxLeverage: 20 },
        ],
      },
    ],
  ],
  collateralToken: 0,
}

const candleRow = (candle: TestCandle, interval: string) => ({
  t: candle.time,
  T: candle.time + timeframeMs(interval) - 1,
  s: COIN,
  i: interval,
  o: candle.open.toFixed(1),
  c: candle.close.toFixed(1),
  h: candle.high.toFixed(1),
  l: candle.low.toFixed(1),
  v: candle.volume.toFixed(5),
  n: candle.trades,
})

function respond({ path, query, market, now }: VenueRequest): VenueResponse | null {
  if (path !== '/info') return null
  const object = (endpoint: Endpoint, body: unknown): VenueResponse => ({ endpoint, rows: [], wrap: () => body })
  const list = (endpoint: Endpoint, rows: unknown[]): VenueResponse => ({ endpoint, rows, wrap: all => all })
  switch (query.type) {
    case 'meta':
      return object('brackets', META)
    case 'metaAndAssetCtxs': {
      const price = market.price(now).toFixed(1)
      const context = {
        funding: market.fundingRate(now).toFixed(8),
        openInterest: market.openInterest(now).toFixed(5),
        markPx: price,
        midPx: price,
        oraclePx: price,
      }
      return object('markets', [META, [context]])
    }
    case 'spotMeta':
      return object('markets', { tokens: [], universe: [] })
    case 'spotMetaAndAssetCtxs':
      return object('markets', [{ tokens: [], universe: [] }, []])
    case 'perpDexs':
      return object('markets', [null])
    case 'exchangeStatus':
      return object('time', { specialStatuses: null, time: now })
    case 'candleSnapshot': {
      const { interval, startTime, endTime } = query.req as { interval: string; startTime: number; endTime: number }
      const barMs = timeframeMs(interval)
      const oldest = now - MAX_CANDLES * barMs
      const rows = (from: number) =>
        market
          .candles(Math.max(from, oldest), endTime, barMs, now)
          .slice(-MAX_CANDLES)
          .map(candle => candleRow(candle, interval))
      return { ...list('candles', rows(startTime)), overlap: count => rows(startTime - count * barMs) }
    }
    case 'fundingHistory': {
      const end = Math.min(now, toNumber(query.endTime, now))
      const times = market.steps(toNumber(query.startTime, 0) - LATE, end - LATE, HOUR).slice(0, 500)
      return list(
        'funding',
        times.map(time => ({
          coin: COIN,
          fundingRate: market.fundingRate(time).toFixed(8),
          premium: '0.0',
          time: time + LATE,
        })),
      )
    }
    case 'clearinghouseState': {
      const rows = assetPositions(String(query.user), market.price(now), now)
      return { endpoint: 'positions', rows, wrap: all => clearinghouseState(all, now) }
    }
    case 'frontendOpenOrders':
      return list('orders', openOrders(String(query.user), market.price(now), now))
    default:
      return null
  }
}

export const hyperliquid: Venue = {
  id: 'hyperliquid',
  symbol: 'BTC/USDC:USDC',
  api: (http, ws) => ({ public: http, private: http, ws: { public: `${ws}/ws` } }),
  respond,
  maintenance: { status: 502, body: 'error code: 502' },
  stream: {
    receive({ method, subscription }) {
      const { type, coin } = (subscription ?? {}) as { type?: string; coin?: string }
      if (method === 'ping') return { reply: { channel: 'pong' } }
      const reply = { channel: 'subscriptionResponse', data: { method, subscription } }
      const topics = [`${type}:${coin}`]
      if (method === 'subscribe') return { subscribe: topics, reply }
      return method === 'unsubscribe' ? { unsubscribe: topics, reply } : {}
    },
    candle: (candle, timeframe) => ({
      topics: [`candle:${COIN}`],
      message: { channel: 'candle', data: candleRow(candle, timeframe) },
    }),
    trades: trades => [
      {
        topics: [`trades:${COIN}`],
        message: {
          channel: 'trades',
          data: trades.map(({ id, time, price, amount, buy }) => ({
            coin: COIN,
            side: buy ? 'B' : 'A',
            px: price.toFixed(1),
            sz: amount.toFixed(5),
            time,
            hash: `0x${Number(id).toString(16).padStart(64, '0')}`,
            tid: Number(id),
            // Buyer and seller.
            users: [accountAddress(2 * Number(id)), accountAddress(2 * Number(id) + 1)],
          })),
        },
      },
    ],
    liquidations: () => [],
  },
}

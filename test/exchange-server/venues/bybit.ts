/** The wire format of Bybit v5. */
import { DAY, HOUR, WEEK } from '../../../src/common/duration.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import type { TestCandle } from '../market.ts'
import { BRACKETS, MAINTENANCE_AMOUNTS, timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const FUNDING = 8 * HOUR
const ID = 'BTCUSDT'

const INSTRUMENT = {
  symbol: ID,
  contractType: 'LinearPerpetual',
  status: 'Trading',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  launchTime: '1585526400000',
  deliveryTime: '0',
  priceScale: '2',
  leverageFilter: { minLeverage: '1', maxLeverage: '125.00', leverageStep: '0.01' },
  priceFilter: { minPrice: '0.10', maxPrice: '1999999.80', tickSize: '0.10' },
  lotSizeFilter: { maxOrderQty: '1190', minOrderQty: '0.001', qtyStep: '0.001', minNotionalValue: '5' },
  unifiedMarginTrade: true,
  fundingInterval: 480,
}

/** `1`, `60`, `D` → ms. */
const intervalMs = (interval: string) => (interval === 'D' ? DAY : interval === 'W' ? WEEK : Number(interval) * 60_000)
/** `1m`, `1h`, `1d` → `1`, `60`, `D`. */
const toInterval = (timeframe: string) => {
  const minutes = timeframeMs(timeframe) / 60_000
  return minutes === 1440 ? 'D' : minutes === 10_080 ? 'W' : String(minutes)
}

const kline = ({ time, open, high, low, close, volume, turnover }: TestCandle) => [
  String(time),
  ...[open, high, low, close].map(price => price.toFixed(2)),
  volume.toFixed(3),
  turnover.toFixed(4),
]

function respond({ path, query, market, now }: VenueRequest): VenueResponse | null {
  const limit = (max: number, defaultLimit: number) => Math.min(max, toNumber(query.limit, defaultLimit))
  const reply = (result: unknown) => ({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: now })
  /** Newest first; a limit keeps the newest. */
  const list = (endpoint: Endpoint, rows: unknown[]): VenueResponse => ({
    endpoint,
    rows: rows.reverse(),
    wrap: all => reply({ category: 'linear', symbol: ID, list: all, nextPageCursor: '' }),
  })
  const end = Math.min(now, toNumber(query.endTime ?? query.end, now))
  const records = (
    endpoint: Endpoint,
    step: number,
    max: number,
    defaultLimit: number,
    row: (time: number) => unknown,
  ) => {
    const count = limit(max, defaultLimit)
    const start = Math.max(toNumber(query.startTime, 0), end - count * step)
    return list(endpoint, market.steps(start, end, step).slice(-count).map(row))
  }
  switch (path) {
    case '/v5/market/time': {
      const body = { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` }
      return { endpoint: 'time', rows: [], wrap: () => reply(body) }
    }
    case '/v5/market/instruments-info': {
      const rows = query.category === 'linear' && query.status === undefined ? [INSTRUMENT] : []
      return { endpoint: 'markets', rows, wrap: all => reply({ category: query.category, list: all }) }
    }
    case '/v5/market/kline': {
      const barMs = intervalMs(String(query.interval))
      const count = limit(1000, 200)
      const start = Math.max(toNumber(query.start, 0), end - count * barMs)
      const candles = market.candles(start, end, barMs, now).slice(-count)
      return {
        ...list('candles', candles.map(kline)),
        overlap: rows =>
          market
            .candles(start - rows * barMs, end, barMs, now)
            .map(kline)
            .reverse(),
      }
    }
    case '/v5/market/open-interest':
      return records('openInterest', timeframeMs(String(query.intervalTime).replace('min', 'm')), 200, 50, time => ({
        openInterest: market.openInterest(time).toFixed(8),
        timestamp: String(time),
      }))
    case '/v5/market/account-ratio':
      return records('longShortRatio', timeframeMs(String(query.period).replace('min', 'm')), 500, 50, time => ({
        symbol: ID,
        buyRatio: market.longAccounts(time).toFixed(4),
        sellRatio: (1 - market.longAccounts(time)).toFixed(4),
        timestamp: String(time),
      }))
    case '/v5/market/funding/history':
      if (query.startTime !== undefined && query.endTime === undefined)
        return {
          endpoint: 'funding',
          rows: [],
          wrap: () => ({ retCode: 10001, retMsg: 'Passing only startTime returns an error', result: {}, time: now }),
        }
      return records('funding', FUNDING, 200, 200, time => ({
        symbol: ID,
        fundingRate: market.fundingRate(time).toFixed(8),
        fundingRateTimestamp: String(time),
      }))
    case '/v5/market/recent-trade':
      return list(
        'trades',
        market
          .trades(now - 6 * HOUR, now)
          .slice(-limit(1000, 500))
          .map(({ id, time, price, amount, buy }) => ({
            execId: String(id),
            symbol: ID,
            price: price.toFixed(2),
            size: amount.toFixed(3),
            side: buy ? 'Buy' : 'Sell',
            time: String(time),
            isBlockTrade: false,
          })),
      )
    case '/v5/market/risk-limit': {
      const rows = BRACKETS.map(({ cap, rate, leverage }, i) => ({
        id: i + 1,
        symbol: ID,
        riskLimitValue: String(cap),
        maintenanceMargin: String(rate),
        initialMargin: String(1 / leverage),
        isLowestRisk: i === 0 ? 1 : 0,
        maxLeverage: leverage.toFixed(2),
        mmDeduction: i === 0 ? '' : String(MAINTENANCE_AMOUNTS[i]),
      }))
      return { endpoint: 'brackets', rows, wrap: all => reply({ category: 'linear', list: all, nextPageCursor: '' }) }
    }
    default:
      return null
  }
}

export const bybit: Venue = {
  id: 'bybit',
  symbol: 'BTC/USDT:USDT',
  api: (http, ws) => ({
    public: http,
    private: http,
    ws: { public: { linear: `${ws}/v5/public/linear` } },
  }),
  respond,
  maintenance: { status: 200, body: { retCode: 10016, retMsg: 'Service is restarting', result: {}, retExtInfo: {} } },
  stream: {
    receive({ op, args, req_id }) {
      const topics = (args ?? []) as string[]
      const reply = { success: true, ret_msg: op === 'ping' ? 'pong' : '', conn_id: 'local', req_id, op }
      if (op === 'subscribe') return { subscribe: topics, reply }
      if (op === 'unsubscribe') return { unsubscribe: topics, reply }
      return op === 'ping' ? { reply } : {}
    },
    candle(candle, timeframe, closed, now) {
      const [start, open, high, low, close, volume, turnover] = kline(candle)
      const interval = toInterval(timeframe)
      const end = candle.time + timeframeMs(timeframe) - 1
      const data = [
        {
          start: Number(start),
          end,
          interval,
          open,
          close,
          high,
          low,
          volume,
          turnover,
          confirm: closed,
          timestamp: now,
        },
      ]
      const topic = `kline.${interval}.${ID}`
      return { topics: [topic], message: { topic, data, ts: now, type: 'snapshot' } }
    },
    trades(trades, now) {
      const topic = `publicTrade.${ID}`
      const data = trades.map(({ id, time, price, amount, buy }) => ({
        T: time,
        s: ID,
        S: buy ? 'Buy' : 'Sell',
        v: amount.toFixed(3),
        p: price.toFixed(2),
        L: 'PlusTick',
        i: String(id),
        BT: false,
      }))
      return [{ topics: [topic], message: { topic, type: 'snapshot', ts: now, data } }]
    },
    liquidations(liquidations, now) {
      const topic = `allLiquidation.${ID}`
      // Bybit names the side of the closed position, not the side of the order.
      const data = liquidations.map(({ time, side, price, amount }) => ({
        T: time,
        s: ID,
        S: side === 'sell' ? 'Buy' : 'Sell',
        v: amount.toFixed(3),
        p: price.toFixed(2),
      }))
      return [{ topics: [topic], message: { topic, type: 'snapshot', ts: now, data } }]
    },
  },
}

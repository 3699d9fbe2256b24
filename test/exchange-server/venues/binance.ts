/** The wire format of Binance USD-M. */
import { DAY, HOUR } from '../../../src/common/duration.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import type { TestCandle } from '../market.ts'
import { BRACKETS, MAINTENANCE_AMOUNTS, timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const FUNDING = 8 * HOUR
/** Funding is stamped a few milliseconds late, as at the real venue. */
const LATE = 3
const ID = 'BTCUSDT'

const INSTRUMENT = {
  symbol: ID,
  pair: ID,
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: 'COIN',
  orderTypes: ['LIMIT', 'MARKET'],
  timeInForce: ['GTC'],
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '1000000', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  ],
}

/** [open time, o, h, l, c, volume, close time, turnover, trades, taker buy volume, taker buy turnover, unused] */
export function kline(candle: TestCandle, barMs: number): unknown[] {
  const { time, open, high, low, close, volume, turnover, trades, takerBuyVolume } = candle
  const prices = [open, high, low, close].map(price => price.toFixed(2))
  const taker = [takerBuyVolume.toFixed(3), (takerBuyVolume * close).toFixed(5)]
  return [time, ...prices, volume.toFixed(3), time + barMs - 1, turnover.toFixed(5), trades, ...taker, '0']
}

const object = (endpoint: Endpoint, body: unknown, status = 200): VenueResponse => ({
  endpoint,
  status,
  rows: [],
  wrap: () => body,
})

function respond({ path, query, headers, market, now }: VenueRequest): VenueResponse | null {
  const limit = (max: number, defaultLimit: number) => Math.min(max, toNumber(query.limit, defaultLimit))
  const start = toNumber(query.startTime, 0)
  const end = Math.min(now, toNumber(query.endTime, now))
  const list = (endpoint: Endpoint, rows: unknown[]): VenueResponse => ({ endpoint, rows, wrap: all => all })
  /** Statistics are kept for 30 days, at steps of 5 minutes and more. */
  const statistics = (endpoint: Endpoint, row: (time: number) => unknown) => {
    if (query.startTime !== undefined && start < now - 30 * DAY)
      return object(endpoint, { code: -1130, msg: "parameter 'startTime' is invalid." }, 400)
    const period = timeframeMs(String(query.period))
    const times = market.steps(Math.max(start, now - 30 * DAY), end, period)
    const page = query.startTime === undefined ? times.slice(-limit(500, 30)) : times.slice(0, limit(500, 30))
    return list(endpoint, page.map(row))
  }
  switch (path) {
    case '/fapi/v1/exchangeInfo':
      return object('markets', { timezone: 'UTC', serverTime: now, rateLimits: [], symbols: [INSTRUMENT] })
    case '/fapi/v1/time':
      return object('time', { serverTime: now })
    case '/fapi/v1/klines': {
      const barMs = timeframeMs(String(query.interval))
      const count = limit(1500, 500)
      // For a start before the listing the venue serves its first candles.
      const first = Math.max(start, market.listed)
      const candles = market.candles(first, Math.min(end, first + count * barMs * 2), barMs, now).slice(0, count)
      return {
        ...list(
          'candles',
          candles.map(candle => kline(candle, barMs)),
        ),
        overlap: rows =>
          market
            .candles(start - rows * barMs, end, barMs, now)
            .slice(0, count)
            .map(c => kline(c, barMs)),
      }
    }
    case '/fapi/v1/aggTrades': {
      if (query.startTime !== undefined && query.endTime !== undefined && toNumber(query.endTime, 0) - start > HOUR) {
        const msg = 'The interval between startTime and endTime is more than 1 hour'
        return object('trades', { code: -4188, msg }, 400)
      }
      const startTime = query.startTime === undefined ? now - HOUR : start
      const from = query.fromId === undefined ? startTime : market.timeOfTrade(Number(query.fromId))
      const count = limit(1000, 500)
      const trades = market
        .trades(from, Math.min(end + 1, from + (query.fromId === undefined ? HOUR + 1 : 3 * HOUR + count * 15_000)))
        .filter(({ id }) => id >= toNumber(query.fromId, 0))
        .slice(0, count)
      return list(
        'trades',
        trades.map(({ id, time, price, amount, buy }) => ({
          a: id,
          p: price.toFixed(2),
          q: amount.toFixed(3),
          f: id,
          l: id,
          T: time,
          m: !buy,
        })),
      )
    }
    case '/fapi/v1/fundingRate':
      return list(
        'funding',
        market
          .steps(start - LATE, end - LATE, FUNDING)
          .slice(0, limit(1000, 100))
          .map(time => ({
            symbol: ID,
            fundingTime: time + LATE,
            fundingRate: market.fundingRate(time).toFixed(8),
            markPrice: market.price(time).toFixed(8),
          })),
      )
    case '/fapi/v1/leverageBracket':
      if (headers['x-mbx-apikey'] === undefined)
        return object('brackets', { code: -2014, msg: 'API-key format invalid.' }, 401)
      return list('brackets', [
        {
          symbol: ID,
          brackets: BRACKETS.map(({ floor, cap, rate, leverage }, i) => ({
            bracket: i + 1,
            initialLeverage: leverage,
            notionalCap: cap,
            notionalFloor: floor,
            maintMarginRatio: rate,
            cum: MAINTENANCE_AMOUNTS[i],
          })),
        },
      ])
    case '/futures/data/openInterestHist':
      return statistics('openInterest', time => ({
        symbol: ID,
        sumOpenInterest: market.openInterest(time).toFixed(8),
        sumOpenInterestValue: (market.openInterest(time) * market.price(time)).toFixed(8),
        timestamp: time,
      }))
    case '/futures/data/globalLongShortAccountRatio':
      return statistics('longShortRatio', time => {
        const long = market.longAccounts(time)
        return {
          symbol: ID,
          longAccount: long.toFixed(4),
          longShortRatio: (long / (1 - long)).toFixed(4),
          shortAccount: (1 - long).toFixed(4),
          timestamp: time,
        }
      })
    case '/futures/data/takerlongshortRatio':
      return statistics('takerVolume', time => {
        const barMs = timeframeMs(String(query.period))
        const candle = market.candles(time, time, barMs, now)[0]
        const buy = candle?.takerBuyVolume ?? 0
        const sell = (candle?.volume ?? 0) - buy
        return {
          buySellRatio: (buy / sell).toFixed(4),
          buyVol: buy.toFixed(4),
          sellVol: sell.toFixed(4),
          timestamp: time,
        }
      })
    default:
      return null
  }
}

export const binance: Venue = {
  id: 'binanceusdm',
  symbol: 'BTC/USDT:USDT',
  api: (http, ws) => ({
    fapiPublic: `${http}/fapi/v1`,
    fapiPrivate: `${http}/fapi/v1`,
    fapiData: `${http}/futures/data`,
    public: `${http}/api/v3`,
    sapi: `${http}/sapi/v1`,
    ws: { future: `${ws}/ws` },
  }),
  respond,
  maintenance: {
    status: 503,
    body: {
      code: -1008,
      msg: 'Server is currently overloaded with other requests. Please try again in a few minutes.',
    },
  },
  stream: {
    receive({ method, params, id }) {
      const topics = (params ?? []) as string[]
      if (method === 'SUBSCRIBE') return { subscribe: topics, reply: { result: null, id } }
      if (method === 'UNSUBSCRIBE') return { unsubscribe: topics, reply: { result: null, id } }
      return {}
    },
    candle(candle, timeframe, closed, now) {
      const [t, o, h, l, c, v, T, q, n, V, Q] = kline(candle, timeframeMs(timeframe))
      const k = { t, T, s: ID, i: timeframe, f: 1, L: 2, o, c, h, l, v, n, x: closed, q, V, Q, B: '0' }
      return { topics: [`btcusdt@kline_${timeframe}`], message: { e: 'kline', E: now, s: ID, k } }
    },
    trades: (trades, now) =>
      trades.flatMap(({ id, time, price, amount, buy }) => {
        const shared = { E: now, s: ID, p: price.toFixed(2), q: amount.toFixed(3), T: time, m: !buy }
        return [
          { topics: ['btcusdt@trade'], message: { e: 'trade', ...shared, t: id, X: 'MARKET' } },
          { topics: ['btcusdt@aggTrade'], message: { e: 'aggTrade', ...shared, a: id, f: id, l: id } },
        ]
      }),
    liquidations: (liquidations, now) =>
      liquidations.map(({ time, side, price, amount }) => ({
        topics: ['btcusdt@forceOrder', '!forceOrder@arr'],
        message: {
          e: 'forceOrder',
          E: now,
          o: {
            s: ID,
            S: side.toUpperCase(),
            o: 'LIMIT',
            f: 'IOC',
            q: amount.toFixed(3),
            p: price.toFixed(2),
            ap: price.toFixed(2),
            X: 'FILLED',
            l: amount.toFixed(3),
            z: amount.toFixed(3),
            T: time,
          },
        },
      })),
  },
}

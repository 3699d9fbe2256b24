/** The wire format of OKX v5. */
import { DAY, HOUR } from '../../../src/common/duration.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import type { TestCandle } from '../market.ts'
import { BRACKETS, timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const FUNDING = 8 * HOUR
const ID = 'BTC-USDT-SWAP'
/** Base coins of one contract. */
const CONTRACT = 0.01

const INSTRUMENT = {
  instType: 'SWAP',
  instId: ID,
  uly: 'BTC-USDT',
  instFamily: 'BTC-USDT',
  baseCcy: '',
  quoteCcy: '',
  settleCcy: 'USDT',
  ctVal: String(CONTRACT),
  ctMult: '1',
  ctValCcy: 'BTC',
  ctType: 'linear',
  lever: '125',
  state: 'live',
  listTime: '1573557408000',
  expTime: '',
  lotSz: '0.01',
  minSz: '0.01',
  tickSz: '0.1',
  maxLmtSz: '100000000',
  maxMktSz: '100000',
}

const barMsOf = (bar: string) => timeframeMs(bar.replace('utc', '').toLowerCase())

function candleRow(candle: TestCandle, barMs: number, now: number): string[] {
  const { time, open, high, low, close, volume, turnover } = candle
  return [
    String(time),
    ...[open, high, low, close].map(price => price.toFixed(1)),
    (volume / CONTRACT).toFixed(2),
    volume.toFixed(4),
    turnover.toFixed(4),
    time + barMs <= now ? '1' : '0',
  ]
}

function respond({ path, query, market, now }: VenueRequest): VenueResponse | null {
  const limit = (max: number, defaultLimit: number) => Math.min(max, toNumber(query.limit, defaultLimit))
  /** Newest first. */
  const list = (endpoint: Endpoint, rows: unknown[]): VenueResponse => ({
    endpoint,
    rows: rows.reverse(),
    wrap: all => ({ code: '0', msg: '', data: all }),
  })
  // `before` and `after` are exclusive and mean newer and older.
  const from = toNumber(query.before, 0) + 1
  const to = Math.min(now, toNumber(query.after, now + 1) - 1)
  /** Statistics: the newest 1440 records of a step. */
  const statistics = (endpoint: Endpoint, row: (time: number, step: number) => unknown) => {
    const step = barMsOf(String(query.period ?? '5m'))
    const begin = Math.max(toNumber(query.begin, 0), now - 1440 * step)
    const end = Math.min(now, toNumber(query.end, now))
    const times = market.steps(begin, end, step).slice(-limit(100, 100))
    return list(
      endpoint,
      times.map(time => row(time, step)),
    )
  }
  switch (path) {
    case '/api/v5/public/time':
      return list('time', [{ ts: String(now) }])
    case '/api/v5/public/instruments':
      return list('markets', query.instType === 'SWAP' ? [INSTRUMENT] : [])
    case '/api/v5/market/candles':
    case '/api/v5/market/history-candles': {
      const barMs = barMsOf(String(query.bar ?? '1m'))
      const count = limit(300, 100)
      const oldest = path.endsWith('history-candles') ? 0 : now - 1440 * barMs
      const start = Math.max(from, oldest, to - count * barMs)
      const rows = (first: number) => market.candles(first, to, barMs, now).map(candle => candleRow(candle, barMs, now))
      return { ...list('candles', rows(start).slice(-count)), overlap: extra => rows(start - extra * barMs).reverse() }
    }
    case '/api/v5/public/funding-rate-history': {
      const count = limit(100, 100)
      const start = Math.max(from, now - 92 * DAY, to - count * FUNDING)
      const times = market.steps(start, to, FUNDING).slice(-count)
      return list(
        'funding',
        times.map(time => ({
          instType: 'SWAP',
          instId: ID,
          fundingRate: market.fundingRate(time).toFixed(10),
          realizedRate: market.fundingRate(time).toFixed(10),
          fundingTime: String(time),
          method: 'current_period',
          formulaType: 'withRate',
        })),
      )
    }
    case '/api/v5/market/history-trades': {
      // By id (type 1), or by time (type 2): the newest ones before it.
      const byId = query.type !== '2'
      const before = byId ? market.timeOfTrade(toNumber(query.after, 0)) + 60_000 : to + 1
      const oldest = Math.max(now - 92 * DAY, before - HOUR)
      const trades = market
        .trades(oldest, Math.min(before, now + 1))
        .filter(({ id }) => !byId || id < toNumber(query.after, Number.POSITIVE_INFINITY))
        .slice(-limit(100, 100))
      return list(
        'trades',
        trades.map(({ id, time, price, amount, buy }) => ({
          instId: ID,
          side: buy ? 'buy' : 'sell',
          sz: (amount / CONTRACT).toFixed(1),
          px: price.toFixed(1),
          source: '0',
          tradeId: String(id),
          ts: String(time),
        })),
      )
    }
    case '/api/v5/rubik/stat/contracts/open-interest-history':
      return statistics('openInterest', time => {
        const coins = market.openInterest(time)
        return [String(time), (coins / CONTRACT).toFixed(2), coins.toFixed(4), (coins * market.price(time)).toFixed(4)]
      })
    case '/api/v5/rubik/stat/contracts/long-short-account-ratio-contract':
      return statistics('longShortRatio', time => {
        const long = market.longAccounts(time)
        return [String(time), (long / (1 - long)).toFixed(4)]
      })
    case '/api/v5/rubik/stat/taker-volume-contract':
      return statistics('takerVolume', (time, step) => {
        const candle = market.candles(time, time, step, now)[0]
        const buy = candle?.takerBuyVolume ?? 0
        return [String(time), ((candle?.volume ?? 0) - buy).toFixed(4), buy.toFixed(4)]
      })
    case '/api/v5/public/position-tiers': {
      // Whole contracts: the ladder at 40,000 a coin.
      const contracts = (notional: number) => notional / (CONTRACT * 40_000)
      const rows = BRACKETS.map(({ floor, cap, rate, leverage }, i) => ({
        instType: 'SWAP',
        instId: '',
        uly: 'BTC-USDT',
        instFamily: 'BTC-USDT',
        tier: String(i + 1),
        minSz: String(i === 0 ? 0 : contracts(floor) + 1),
        maxSz: String(contracts(cap)),
        mmr: String(rate),
        imr: String(1 / leverage),
        maxLever: String(leverage),
      }))
      return { endpoint: 'brackets', rows, wrap: all => ({ code: '0', msg: '', data: all }) }
    }
    default:
      return null
  }
}

export const okx: Venue = {
  id: 'okx',
  symbol: 'BTC/USDT:USDT',
  api: (http, ws) => ({ rest: http, ws: `${ws}/ws/v5` }),
  respond,
  maintenance: {
    status: 503,
    body: { code: '50001', msg: 'Service temporarily unavailable. Try again later', data: [] },
  },
  stream: {
    receive({ op, args }) {
      const channels = (args ?? []) as { channel: string; instId?: string }[]
      const topics = channels.map(({ channel, instId = '' }) => `${channel}:${instId}`)
      const reply = { event: op, arg: channels[0], connId: 'local' }
      if (op === 'subscribe') return { subscribe: topics, reply }
      return op === 'unsubscribe' ? { unsubscribe: topics, reply } : {}
    },
    candle(candle, timeframe, closed, now) {
      const channel = `candle${/[hdw]$/.test(timeframe) ? timeframe.toUpperCase() : timeframe}`
      const row = candleRow(candle, timeframeMs(timeframe), now)
      row[8] = closed ? '1' : '0'
      return { topics: [`${channel}:${ID}`], message: { arg: { channel, instId: ID }, data: [row] } }
    },
    trades: trades =>
      trades.map(({ id, time, price, amount, buy }) => {
        const data = {
          instId: ID,
          tradeId: String(id),
          px: price.toFixed(1),
          sz: (amount / CONTRACT).toFixed(1),
          side: buy ? 'buy' : 'sell',
          ts: String(time),
          count: '1',
        }
        return { topics: [`trades:${ID}`], message: { arg: { channel: 'trades', instId: ID }, data: [data] } }
      }),
    // One message holds several orders of an instrument; the channel covers all instruments.
    liquidations(liquidations) {
      const details = liquidations.map(({ time, side, price, amount }) => ({
        bkLoss: '0',
        bkPx: price.toFixed(1),
        ccy: '',
        posSide: side === 'sell' ? 'long' : 'short',
        side,
        sz: (amount / CONTRACT).toFixed(2),
        ts: String(time),
      }))
      const data = [{ details, instFamily: 'BTC-USDT', instId: ID, instType: 'SWAP', uly: 'BTC-USDT' }]
      return [
        {
          topics: ['liquidation-orders:'],
          message: { arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data },
        },
      ]
    },
  },
}

/** The wire format of Kraken Futures. */
import { HOUR } from '../../../src/common/duration.ts'
import type { Endpoint, VenueResponse } from '../faults.ts'
import { BRACKETS, timeframeMs, toNumber, type Venue, type VenueRequest } from '../venue.ts'

const ID = 'PF_XBTUSD'

const INSTRUMENT = {
  symbol: ID,
  type: 'flexible_futures',
  tickSize: 1,
  contractSize: 1,
  tradeable: true,
  impactMidSize: 0.5,
  maxPositionSize: 1_000_000,
  openingDate: '2022-03-22T14:06:00.000Z',
  marginLevels: BRACKETS.map(({ floor, rate, leverage }) => ({
    // In coins, at 40,000 each.
    numNonContractUnits: floor / 40_000,
    initialMargin: 1 / leverage,
    maintenanceMargin: rate,
  })),
  contractValueTradePrecision: 4,
}

function respond({ path, query, market, now }: VenueRequest): VenueResponse | null {
  const named = (endpoint: Endpoint, name: string, rows: unknown[]): VenueResponse => ({
    endpoint,
    rows,
    wrap: all => ({ result: 'success', serverTime: new Date(now).toISOString(), [name]: all }),
  })
  if (path === '/derivatives/api/v3/instruments') return named('markets', 'instruments', [INSTRUMENT])
  if (path === '/derivatives/api/v4/historicalfundingrates')
    return named(
      'funding',
      'rates',
      market.steps(now - 400 * HOUR, now, HOUR).map(time => ({
        timestamp: new Date(time).toISOString(),
        fundingRate: market.fundingRate(time) * market.price(time),
        relativeFundingRate: market.fundingRate(time),
      })),
    )
  const chart = /^\/api\/charts\/v1\/trade\/PF_XBTUSD\/(\w+)$/.exec(path)
  if (chart === null) return null
  const barMs = timeframeMs(chart[1]!)
  // Seconds, both ends inclusive; at most 2000 candles, the oldest ones.
  const to = Math.min(now, toNumber(query.to, now / 1000) * 1000)
  const candles = market.candles(toNumber(query.from, 0) * 1000, to, barMs, now).slice(0, 2000)
  return {
    endpoint: 'candles',
    rows: candles.map(({ time, open, high, low, close, volume }) => ({
      time,
      ...Object.fromEntries(Object.entries({ open, high, low, close }).map(([name, price]) => [name, String(price)])),
      volume: String(volume),
    })),
    wrap: all => ({ candles: all, more_candles: candles.length === 2000 }),
  }
}

export const krakenfutures: Venue = {
  id: 'krakenfutures',
  symbol: 'BTC/USD:USD',
  api: http => ({
    charts: `${http}/api/charts/`,
    history: `${http}/api/history/`,
    public: `${http}/derivatives/api/`,
  }),
  respond,
  maintenance: { status: 503, body: { result: 'error', error: 'Unavailable' } },
}

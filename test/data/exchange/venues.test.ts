import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/common/duration.ts'
import type { MarketExtra } from '../../../src/data/exchange/download-market.ts'
import type { VenueId } from '../../exchange-server/server.ts'
import { download, localExchange } from './helpers.ts'

const OFFERS: Record<VenueId, MarketExtra[]> = {
  binanceusdm: ['openInterest', 'funding', 'longShortRatio', 'taker'],
  bybit: ['openInterest', 'funding', 'longShortRatio', 'brackets'],
  okx: ['openInterest', 'funding', 'longShortRatio', 'brackets'],
  hyperliquid: ['funding', 'brackets'],
  bitget: ['funding', 'brackets'],
  krakenfutures: ['funding', 'brackets'],
}

/** Venues with hourly funding. */
const HOURLY: VenueId[] = ['hyperliquid', 'krakenfutures']

describe.each(Object.keys(OFFERS) as VenueId[])('%s', venue => {
  it('serves candles and all its extras', async () => {
    const exchange = await localExchange({ venue })
    const market = await download(exchange, 10 * 24, { with: OFFERS[venue] })
    const truth = exchange.market.candles(market.time[0]!, market.time.at(-1)!, HOUR, exchange.now())
    expect(market.length).toBe(240)
    expect(market.notes).toEqual([])
    for (const [i, candle] of truth.entries())
      for (const field of ['time', 'open', 'high', 'low', 'close', 'volume'] as const)
        expect(market[field][i]).toBeCloseTo(candle[field], 6)

    const close = (i: number) => market.time[i]! + HOUR
    for (let i = 0; i < market.length; i++) {
      if (market.takerBuyVolume) expect(market.takerBuyVolume[i]).toBe(truth[i]!.takerBuyVolume)
      if (market.openInterest) expect(market.openInterest[i]).toBe(exchange.market.openInterest(close(i)))
      const long = exchange.market.longAccounts(close(i))
      if (market.longShortRatio) expect(market.longShortRatio[i]).toBeCloseTo(long / (1 - long), 3)
      const due = HOURLY.includes(venue) || market.time[i]! % (8 * HOUR) === 0
      if (i >= 8) expect(market.fundingRate![i]).toBe(due ? exchange.market.fundingRate(market.time[i]!) : 0)
    }
    expect(
      [market.takerBuyVolume, market.openInterest, market.longShortRatio, market.fundingRate].map(Boolean),
    ).toEqual(
      (['taker', 'openInterest', 'longShortRatio', 'funding'] as const).map(extra => OFFERS[venue].includes(extra)),
    )
  })

  it('pages through many bars', async () => {
    const exchange = await localExchange({ venue })
    const until = Math.floor(Date.now() / HOUR) * HOUR
    const market = await download(exchange, 0, { timeframe: '1m', since: until - 2500 * MINUTE, until })
    expect(market.length).toBe(2500)
    expect(market.notes).toEqual([])
  })

  it('starts at the listing when since is a year before it', async () => {
    const listed = Date.UTC(2026, 0, 7)
    const exchange = await localExchange({ venue, market: { listed }, now: () => Date.UTC(2026, 2, 1) })
    const market = await download(exchange, 0, { timeframe: '1d', since: listed - 365 * DAY })
    expect([market.time[0], market.length]).toEqual([listed, 53])
    expect(exchange.requestsTo('candles').length).toBeLessThan(20)
  })
})

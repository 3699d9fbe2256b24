import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/common/duration.ts'
import type { ExchangeSource } from '../../../src/data/exchange/download-market.ts'
import { loadMarket } from '../../../src/data/load-market.ts'
import { bracketsFromTiers } from '../../../src/liquidation/margin/brackets-from-tiers.ts'
import type { VenueId } from '../../exchange-server/server.ts'
import { download, localExchange } from './helpers.ts'

describe('an option that the exchange cannot serve is an error that names what it offers', () => {
  const cases: [string, VenueId, Partial<ExchangeSource>, RegExp][] = [
    [
      'an exchange that ccxt does not know',
      'bybit',
      { exchange: 'nowhere' },
      /liq\.market: exchange: "nowhere", but expected a ccxt id such as binanceusdm/,
    ],
    [
      'a symbol that is not listed',
      'bybit',
      { symbol: 'BTC/EUR:EUR' },
      /symbol: "BTC\/EUR:EUR", but expected a symbol of bybit; similar ones: BTC\/USDT:USDT/,
    ],
    ['a timeframe', 'bybit', { timeframe: '7m' }, /timeframe: "7m", but expected one of bybit: .*1h/],
    ['an end before the start', 'bybit', { until: 1 }, /until: 1, but expected a time after since \(20/],
    ['an invalid date', 'bybit', { since: 'yesterday' }, /liq\.market: since: "yesterday", but expected a date/],
    [
      'an unknown extra',
      'bybit',
      { with: ['volume' as 'taker'] },
      /liq\.market: with\[0\]: "volume", but expected openInterest, .* or trades/,
    ],
    [
      'open interest',
      'hyperliquid',
      { with: ['openInterest'] },
      /with: "openInterest", .* it has no open-interest history, unlike binanceusdm, bybit, okx/,
    ],
    [
      'the long/short ratio',
      'hyperliquid',
      { with: ['longShortRatio'] },
      /no long\/short-ratio history, unlike .*bitget/,
    ],
    [
      'taker volume',
      'okx',
      { with: ['taker'] },
      /okx serves: it has no taker volume .*with: \['trades'\].*unlike binanceusdm/,
    ],
    [
      'past trades',
      'bybit',
      { with: ['trades'] },
      /exchange: "bybit", but expected one that serves past trades: binanceusdm, okx \(.*newest 1000\)/,
    ],
    [
      'brackets without a key',
      'binanceusdm',
      { with: ['brackets'] },
      /with: "brackets", but expected a key, .* unlike bybit, okx, .*liq\.brackets\.binance/,
    ],
  ]
  it.each(cases)('%s', async (_, venue, options, message) => {
    await expect(download(await localExchange({ venue }), 5, options)).rejects.toThrow(message)
  })
  it('a time without bars', async () => {
    const exchange = await localExchange({ market: { listed: Date.UTC(2026, 0, 1) } })
    const options = { since: '2025-01-01', until: '2025-01-02' }
    await expect(download(exchange, 1, options)).rejects.toThrow(
      'binanceusdm has no finished 1h bars of BTC/USDT:USDT from 2025-01-01 00:00 to 2025-01-02 00:00',
    )
  })
})

describe('a note says how far back a venue keeps a series', () => {
  it('30 days of open interest at Binance', async () => {
    const exchange = await localExchange({ now: () => Date.UTC(2026, 5, 1, 12, 5) })
    const market = await download(exchange, 40 * 24, { with: ['openInterest'] })
    const firstKnown = market.openInterest!.findIndex(Number.isFinite)
    expect(market.notes.join()).toMatch(/binanceusdm keeps open interest for 30d at 1h: there are none before 20/)
    expect(firstKnown).toBe(10 * 24)
    expect(market.openInterest!.slice(firstKnown).every(Number.isFinite)).toBe(true)
  })
  it('5000 candles at Hyperliquid', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const until = Math.floor(Date.now() / MINUTE) * MINUTE
    const market = await download(exchange, 0, { timeframe: '1m', since: until - 6000 * MINUTE, until })
    expect(market.length).toBeGreaterThan(4990)
    expect(market.length).toBeLessThanOrEqual(5000)
    expect(market.notes.join()).toMatch(/hyperliquid keeps candles for .* at 1m: there are none before/)
  })
})

it('requests statistics in the longest step that divides the bar', async () => {
  const exchange = await localExchange({ venue: 'bybit' })
  const market = await download(exchange, 10 * 24, { timeframe: '2h', with: ['openInterest'] })
  expect(exchange.requestsTo('openInterest').every(({ query }) => query.intervalTime === '1h')).toBe(true)
  expect([...market.openInterest!]).toEqual([...market.time].map(time => exchange.market.openInterest(time + 2 * HOUR)))
})

describe('leverage tiers convert to brackets', () => {
  it.each(['bybit', 'okx', 'hyperliquid', 'bitget', 'krakenfutures'] satisfies VenueId[])('of %s', async venue => {
    const exchange = await localExchange({ venue })
    const market = await download(exchange, 5, { with: ['brackets'] })
    const brackets = bracketsFromTiers(market.leverageTiers!)
    expect(brackets[0]).toMatchObject({ floor: 0, maintenanceAmount: 0 })
    expect(brackets.length).toBe(venue === 'hyperliquid' ? 2 : 4)
    // OKX counts contracts of 0.01 coins and Kraken coins: 125 and 1.25 of them in the first tier.
    const firstCap = 1.25 * market.close.at(-1)!
    const first = { bybit: 50_000, okx: firstCap, hyperliquid: 150_000_000, bitget: 50_000, krakenfutures: firstCap }[
      venue
    ]
    expect(brackets[0]!.cap).toBeCloseTo(first, 6)
  })
  it('of Binance with a key', async () => {
    const exchange = await localExchange()
    const ccxt = { ...exchange.ccxt, apiKey: 'key', secret: 'secret' }
    const market = await download(exchange, 5, { ccxt, with: ['brackets'] })
    expect(bracketsFromTiers(market.leverageTiers!)[1]).toMatchObject({ maintenanceRate: 0.005, maintenanceAmount: 50 })
  })
})

it('liq.market loads from an exchange by its id', async () => {
  const exchange = await localExchange({ venue: 'okx' })
  const since = Math.floor(Date.now() / DAY) * DAY - 3 * DAY
  const { venue, symbol, ccxt } = exchange
  const market = await loadMarket({ exchange: venue, symbol, timeframe: '1d', since, until: since + 3 * DAY, ccxt })
  expect([market.source, market.symbol, market.timeframe, market.length]).toEqual(['okx', symbol, '1d', 3])
})

import { describe, expect, it } from 'vitest'
import { live } from '../../../src/api/live.ts'
import type { Displayable } from '../../../src/charts/display.ts'
import { MINUTE } from '../../../src/common/duration.ts'
import { DISPLAY } from '../../../src/common/host.ts'
import { verifyStore } from '../../../src/data/store/manage.ts'
import { Store } from '../../../src/data/store/store.ts'
import type { VenueId } from '../../exchange-server/server.ts'
import { localExchange } from '../exchange/helpers.ts'
import { allConnected, followExchange, loadStored, useStore } from './helpers.ts'

const folder = useStore()
const ALL = ['trades', 'liquidations'] as const

describe.each(['binanceusdm', 'bybit', 'okx'] satisfies VenueId[])('%s', venue => {
  it('starts with the history and adds bars as they close', async () => {
    const live = await followExchange({ local: { venue } })
    const first = await allConnected(live)
    expect(live.updates[0]!.closed).toBe(true)
    expect([first.market.length, first.market.time.at(-1)]).toEqual([30, live.start - MINUTE])

    live.toMinute(1)
    const second = await live.until(({ market }) => market.length === 31, 'the first closed bar')
    expect(second.market.time.at(-1)).toBe(live.start)
    live.toMinute(3)
    const fourth = await live.until(({ market }) => market.length === 33, 'two more')

    const truth = live.exchange.market.candles(live.start, live.start + 2 * MINUTE, MINUTE, Date.now())
    expect(Array.from(fourth.market.close.slice(-3))).toEqual(truth.map(({ close }) => close))
    expect(live.updates.filter(({ closed }) => closed).length).toBeLessThanOrEqual(4)
    // A bar in the market never changes.
    for (const { market } of live.updates)
      expect(Array.from(market.volume)).toEqual(Array.from(fourth.market.volume.slice(0, market.length)))
  })

  it('shows the forming bar beside the market, never in it', async () => {
    const live = await followExchange({ local: { venue } })
    await allConnected(live)
    while (live.exchange.pushCandle('1m', Date.now()) === 0) await new Promise(resolve => setTimeout(resolve, 5))
    const { bar, market } = await live.until(update => update.bar !== null, 'the bar that is not over')
    const truth = live.exchange.market.candles(live.start, live.start, MINUTE, Date.now())[0]!
    expect(bar).toMatchObject({ time: live.start, close: truth.close, volume: truth.volume })
    expect(market.time.at(-1)).toBe(live.start - MINUTE)
  })

  it('records each trade and liquidation once and sums them by bar', async () => {
    const live = await followExchange({ local: { venue }, with: ALL, store: folder.path })
    await allConnected(live)
    live.toMinute(1, 1)
    await live.until(({ market }) => market.length === 31, 'the first bar')
    const bar = live.start + MINUTE
    const trades = live.exchange.market.trades(bar + 1, bar + MINUTE)
    // Duplicates, out of order.
    for (const [i, trade] of trades.entries()) {
      live.toMinute(1, trade.time - bar)
      if (i > 0) live.exchange.pushTrades([trades[i - 1]!])
      live.exchange.pushTrades([trade, trades[0]!])
    }
    const liquidations = [
      { time: bar + 50_000, side: 'sell', price: 40_000, amount: 2 },
      { time: bar + 50_000, side: 'buy', price: 41_000, amount: 0.5 },
      { time: bar + 50_001, side: 'sell', price: 40_001, amount: 1 },
    ] as const
    live.exchange.pushLiquidations(liquidations)
    live.exchange.pushLiquidations(liquidations.slice(1))
    await live.until(({ status }) => status.liquidations === 3 && status.trades === trades.length, 'all of them')
    live.toMinute(2)
    const { market, status } = await live.until(({ market }) => market.length === 32, 'the second bar')
    expect([market.longLiquidations!.at(-1), market.shortLiquidations!.at(-1)]).toEqual([3, 0.5])
    expect(market.longLiquidations!.at(-2)).toBeNaN()
    const bought = trades.reduce((sum, { buy, amount }) => sum + (buy ? amount : 0), 0)
    expect(market.takerBuyVolume!.at(-1)).toBeCloseTo(bought, 9)
    expect(status.duplicates).toBeGreaterThan(0)
    const { error } = await live.abort()
    expect((error as Error).message).toBe('interrupted')

    const stored = await loadStored(folder.path, live, 'trades', [bar, bar + MINUTE])
    expect(Array.from(stored.records.time)).toEqual(trades.map(({ time }) => time))
    expect(Array.from(stored.records.columns.amount!)).toEqual(trades.map(({ amount }) => amount))
    expect(Array.from(stored.records.columns.buy!, Boolean)).toEqual(trades.map(({ buy }) => buy))
    expect(stored.coverage).toEqual([[bar, bar + MINUTE]])
    const storedLiquidations = await loadStored(folder.path, live, 'liquidations', [bar, bar + MINUTE])
    expect(Array.from(storedLiquidations.records.columns.amount!)).toEqual([2, 0.5, 1])
    expect(Array.from(storedLiquidations.records.columns.long!)).toEqual([1, 0, 1])
    const key = { series: 'candles', exchange: venue, symbol: live.exchange.symbol, timeframe: '1m' } as const
    const candles = await new Store(folder.path).load(key, [0, live.start + 2 * MINUTE])
    expect(candles.records.time.length).toBe(32)
    expect(await verifyStore(folder.path)).toEqual([])
  })
})

it('calls a function with each update, whose market displays itself', async () => {
  const exchange = await localExchange()
  const shown: unknown[] = []
  await live(
    {
      exchange: exchange.venue,
      symbol: exchange.symbol,
      timeframe: '1m',
      history: '10m',
      for: 500,
      store: false,
      ccxt: exchange.ccxt,
    },
    ({ market }) => shown.push((market as unknown as Displayable)[DISPLAY]()['text/plain']),
  )
  expect(shown[0]).toMatch(/^BTC\/USDT:USDT/)
  expect(exchange.sockets.open).toBeLessThanOrEqual(1)
})

import ccxt from 'ccxt'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestTrade } from './market.ts'
import { type LocalExchange, startExchange, type VenueId } from './server.ts'

interface Watcher {
  loadMarkets(): Promise<unknown>
  loadHttpProxyAgent(): Promise<unknown>
  watchOHLCV(symbol: string, timeframe: string): Promise<number[][]>
  watchTrades(symbol: string): Promise<{ price: number; amount: number; side: string; timestamp: number }[]>
  watchLiquidations(symbol: string): Promise<{ price: number; contracts: number; timestamp: number }[]>
  close(): Promise<void>
}

let exchange: LocalExchange
let watcher: Watcher
afterEach(async () => {
  await watcher.close()
  await exchange.close()
})

async function watch(venue: VenueId): Promise<void> {
  exchange = await startExchange({ venue })
  const Venue = (ccxt.pro as unknown as Record<string, new (config: object) => Watcher>)[venue]!
  watcher = new Venue(exchange.ccxt)
  await watcher.loadMarkets()
  // ccxt requires it for ws:// addresses.
  await watcher.loadHttpProxyAgent()
}

/** Pushes until there is a subscriber; ccxt takes most of a second to reconnect. */
async function pushUntilSent(push: () => number): Promise<void> {
  for (let i = 0; i < 2000 && push() === 0; i++) await new Promise(resolve => setTimeout(resolve, 5))
}

describe.each(['binanceusdm', 'bybit', 'okx'] satisfies VenueId[])(
  '%s over WebSocket, through the real ccxt',
  venue => {
    it('sends candles, trades and liquidations', async () => {
      await watch(venue)
      const now = Date.now()
      // OKX counts contracts of a hundredth of a coin.
      const unit = venue === 'okx' ? 100 : 1

      const candles = watcher.watchOHLCV(exchange.symbol, '1m')
      await pushUntilSent(() => exchange.pushCandle('1m', now - 120_000))
      const candle = exchange.market.candles(now - 179_999, now - 120_000, 60_000, now)[0]!
      expect((await candles).at(-1)).toEqual([
        candle.time,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
      ])

      const trade: TestTrade = { id: 7, time: now, price: 40_000, amount: 0.5, buy: false }
      const trades = watcher.watchTrades(exchange.symbol)
      await pushUntilSent(() => exchange.pushTrades([trade]))
      expect((await trades).at(-1)).toMatchObject({ price: 40_000, amount: 0.5 * unit, side: 'sell', timestamp: now })

      const liquidations = watcher.watchLiquidations(exchange.symbol)
      await pushUntilSent(() => exchange.pushLiquidations([{ time: now, side: 'sell', price: 39_000, amount: 2 }]))
      expect((await liquidations)[0]).toMatchObject({ price: 39_000, contracts: 2 * unit, timestamp: now })
    })

    it('drops its sockets on demand and accepts new ones', async () => {
      await watch(venue)
      const before = watcher.watchTrades(exchange.symbol)
      while (exchange.sockets.topics.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
      exchange.sockets.drop()
      await expect(before).rejects.toThrow()
      const after = watcher.watchTrades(exchange.symbol)
      await pushUntilSent(() => exchange.pushTrades(Date.now() - 60_000, Date.now()))
      expect((await after).length).toBeGreaterThan(0)
      expect(exchange.sockets.opened).toBe(2)
    })

    it('falls silent on demand, with open sockets', async () => {
      await watch(venue)
      let received = false
      const trades = watcher.watchTrades(exchange.symbol).then(() => {
        received = true
      })
      while (exchange.sockets.topics.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
      exchange.sockets.silence(true)
      expect(exchange.pushTrades(Date.now() - 60_000, Date.now())).toBe(0)
      await new Promise(resolve => setTimeout(resolve, 50))
      expect([received, exchange.sockets.open]).toEqual([false, 1])
      exchange.sockets.silence(false)
      exchange.pushTrades(Date.now() - 60_000, Date.now())
      await trades
      expect(received).toBe(true)
    })
  },
)

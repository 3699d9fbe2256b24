/** The map of a live market: the same as of its bars loaded at once, and what its explorer hears between two bars. */
import { expect, it } from 'vitest'
import { heatmap } from '../../../src/api/heatmap.ts'
import { live } from '../../../src/api/live.ts'
import { EXPLORER_MIME, type ExplorerFeed, type ExplorerPayload } from '../../../src/charts/explorer-payload.ts'
import { MINUTE } from '../../../src/common/duration.ts'
import { type ChannelHandler, DISPLAY, publishChannelHost } from '../../../src/common/host.ts'
import { loadMarket } from '../../../src/data/load-market.ts'
import type { Market } from '../../../src/market/market.ts'
import { localExchange } from '../exchange/helpers.ts'
import { allConnected, followExchange, useStore } from './helpers.ts'

useStore()

/** What its map shows: the payload of the explorer, and the exact amounts. */
function shownMap(market: Market) {
  const map = heatmap(market, { leverage: 'retail' })
  const { [EXPLORER_MIME]: payload } = map[DISPLAY]() as Record<string, ExplorerPayload>
  return { payload, implied: map.impliedTable().objects(), clusters: map.clusters().objects() }
}

it('is the map of the same bars loaded at once, to the bit', async () => {
  const following = await followExchange({})
  await allConnected(following)
  for (const minute of [1, 2, 4]) {
    following.toMinute(minute)
    await following.until(({ market }) => market.length === 30 + minute, `minute ${minute}`)
  }
  const { market } = following.updates.at(-1)!
  const { exchange, start } = following
  const loaded = await loadMarket({
    exchange: exchange.venue,
    symbol: exchange.symbol,
    timeframe: '1m',
    since: start - 30 * MINUTE,
    until: start + 4 * MINUTE,
    store: false,
    ccxt: exchange.ccxt,
  })
  expect(market.length).toBe(34)
  for (const field of ['time', 'open', 'high', 'low', 'close', 'volume', 'takerBuyVolume'] as const)
    expect([field, market[field]]).toEqual([field, loaded[field]])
  expect(shownMap(market)).toEqual(shownMap(loaded))
})

it('tells its explorer the state of the feed and the price of the bar that is not over, until the cell ends', async () => {
  const handlers: ChannelHandler[] = []
  const stop = publishChannelHost(globalThis, {
    open: answer => `channel ${handlers.push(answer)}`,
    close() {},
  })
  const payloadOf = (market: Market) => (heatmap(market)[DISPLAY]() as Record<string, ExplorerPayload>)[EXPLORER_MIME]!
  const ask = () =>
    handlers.at(-1)!({ feed: true }, { signal: new AbortController().signal, progress() {} }) as ExplorerFeed
  try {
    const exchange = await localExchange()
    const source = { exchange: exchange.venue, symbol: exchange.symbol, timeframe: '1m', history: '10m' } as const
    const states = new Set<string>()
    let market: Market | undefined
    for await (const update of live({ ...source, every: 10, for: 60_000, store: false, ccxt: exchange.ccxt })) {
      if (market !== update.market) {
        expect(payloadOf(update.market).live).toBe(true)
        market = update.market
      }
      const { state, since } = update.status
      expect(ask()).toEqual({ state, since, bar: update.bar && { time: update.bar.time, close: update.bar.close } })
      states.add(state)
      // In the first seconds of a minute nothing is traded, so there is no bar yet.
      const now = Date.now()
      if (exchange.market.candles(now - MINUTE + 1, now, MINUTE, now).length > 0) exchange.pushCandle('1m', now)
      if (update.bar && states.has('live')) break
    }
    expect([...states]).toContain('live')
    expect(ask()).toMatchObject({ state: 'ended', bar: null })
    // A copy of the market, such as of another timeframe, does not go on.
    expect(payloadOf({ ...market! })).not.toHaveProperty('live')
  } finally {
    stop()
  }
})

import { describe, expect, it } from 'vitest'
import { loadMarket } from '../../../src/data/load-market.ts'
import { Store } from '../../../src/data/store/store.ts'
import { verifyStore } from '../../../src/data/store/survey.ts'
import type { VenueId } from '../../exchange-server/server.ts'
import { MINUTE } from '../exchange/helpers.ts'
import { connected, type Following, following, SOON_SILENT, useStore } from './helpers.ts'

const folder = useStore()
const ALL = ['trades', 'liquidations'] as const
const ALL_VENUES = ['binanceusdm', 'bybit', 'okx'] satisfies VenueId[]
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Timers come before messages then. */
async function beBusy(ms: number): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** The market's own trades of [from, to) as they happen. */
function trade(live: Following, from: number, to: number): void {
  for (const one of live.exchange.market.trades(from, to)) live.exchange.pushTrades([one])
}

const notes = ({ status }: { status: { notes: readonly string[] } }) => status.notes.join('\n')

describe.each(ALL_VENUES)('%s', venue => {
  it('a dropped socket in the middle of a bar: no bar and no trade is lost, and what nobody heard is said', async () => {
    // Long enough for the clock to go on before it connects again: what was traded until then is to be fetched.
    const pace = { waits: [200, 400] }
    const live = await following({ local: { venue }, with: ALL, store: folder.path, pace })
    await connected(live)
    const { market } = live.exchange
    live.minute(1, 1)
    await live.until(update => update.market.length === 31, 'the first bar')
    const bar = live.start + MINUTE
    live.minute(1, 20_000)
    trade(live, bar + 1, bar + 20_000)
    live.exchange.pushLiquidations([{ time: bar + 19_000, side: 'sell', price: 40_000, amount: 1 }])
    await live.until(({ status }) => status.trades > 0 && status.liquidations === 1, 'the first half')
    await pause(40)

    live.exchange.sockets.drop()
    await live.until(update => /trades: .*connecting again/.test(notes(update)), 'a word on it')
    live.minute(1, 45_000)
    await live.until(
      update => /trades: connected again; \d+ from .* were fetched/.test(notes(update)),
      'the trades in between',
    )
    await connected(live)
    live.minute(1, 59_990)
    trade(live, bar + 45_200, bar + 59_990)
    live.exchange.pushLiquidations([{ time: bar + 59_000, side: 'buy', price: 40_000, amount: 2 }])
    await live.until(({ status }) => status.liquidations === 2, 'the second half')
    live.minute(2)
    const last = await live.until(update => update.market.length === 32, 'the bar')
    expect(last.market.longLiquidations!.at(-1)).toBeNaN()
    expect(notes(last)).toMatch(/liquidations: .*connecting again/)
    expect(notes(last)).toMatch(/liquidations: connected again; nothing is known of .* serves no past ones/)
    const truth = market.candles(bar, bar, MINUTE, Date.now())[0]!
    expect(last.market.takerBuyVolume!.at(-1)).toBeCloseTo(truth.takerBuyVolume, 9)
    await live.abort()

    const key = { exchange: venue, symbol: live.exchange.symbol, timeframe: '' }
    const store = new Store(folder.path)
    const stored = await store.load({ ...key, series: 'trades' }, [bar, bar + MINUTE])
    expect(stored.coverage).toEqual([[bar, bar + MINUTE]])
    expect(Array.from(stored.records.time)).toEqual(market.trades(bar, bar + MINUTE).map(({ time }) => time))
    const forced = await store.load({ ...key, series: 'liquidations' }, [bar, bar + MINUTE])
    expect(Array.from(forced.records.columns.amount!)).toEqual([1, 2])
    // Heard before and after, and not in between.
    expect(forced.coverage.length).toBe(2)
    expect(forced.coverage[0]![1]).toBeLessThan(forced.coverage[1]![0])
    expect(await verifyStore(folder.path)).toEqual([])
  })

  it('a socket that falls silent is opened anew, which is said', async () => {
    const live = await following({ local: { venue }, with: ALL, pace: SOON_SILENT })
    await connected(live)
    live.exchange.sockets.silence(true)
    await live.until(update => /nothing came for/.test(notes(update)), 'a word on the silence')
    live.exchange.sockets.silence(false)
    await connected(live)
    live.exchange.pushLiquidations([{ time: Date.now(), side: 'sell', price: 40_000, amount: 1 }])
    await live.until(({ status }) => status.liquidations === 1, 'a liquidation after it')
    live.minute(1)
    await live.until(({ market }) => market.length === 31, 'a bar after it')
  })
})

it('an exchange that takes no connections for a while: bars come all the same, feeds come back', async () => {
  const live = await following({ with: ALL })
  await connected(live)
  live.exchange.sockets.refuse(9)
  live.exchange.sockets.drop()
  live.minute(2)
  const { market } = await live.until(update => update.market.length === 32, 'two bars without a stream')
  expect(market.time.at(-1)).toBe(live.start + MINUTE)
  const last = await connected(live)
  expect(last.status.notes.filter(note => /trades: no connection \(.*503.*\); trying on/.test(note)).length).toBe(1)
})

it('a candle that is revised after its close: the store has the new one, the market the one that was seen', async () => {
  const live = await following({ store: folder.path })
  await connected(live)
  live.minute(1)
  const { market } = await live.until(update => update.market.length === 31, 'the first bar')
  const seen = market.volume.at(-1)!
  live.exchange.faults = [
    {
      fault: {
        kind: 'rows',
        change: rows =>
          rows.map(row => ((row as unknown[])[0] === live.start ? (row as unknown[]).with(5, '9999.5') : row)),
      },
    },
  ]
  live.minute(2)
  const last = await live.until(update => update.market.length === 32, 'the next bar')
  expect(last.market.volume.at(-2)).toBe(seen)
  await live.until(update => /changed a bar after its close/.test(notes(update)), 'a word on it')
  await live.abort()
  const { exchange } = live
  const key = { series: 'candles', exchange: exchange.venue, symbol: exchange.symbol, timeframe: '1m' } as const
  const { records } = await new Store(folder.path).load(key, [live.start, live.start + MINUTE])
  expect(Array.from(records.columns.volume!)).toEqual([9999.5])
})

it('a bar that the exchange serves too early is asked for again', async () => {
  const live = await following({})
  await connected(live)
  const whole = live.exchange.market.candles(live.start, live.start, MINUTE, live.start + MINUTE)[0]!
  await live.until(() => live.exchange.pushCandle('1m', live.start, { ...whole, closed: true }) > 0, 'the stream')
  await live.until(({ bar }) => bar?.volume === whole.volume, 'the last word on the bar')
  const asked = live.exchange.asked('candles').length
  live.exchange.faults = [
    {
      at: [asked],
      fault: {
        kind: 'rows',
        change: rows =>
          rows.map(row =>
            (row as unknown[])[0] === live.start ? (row as unknown[]).with(4, (row as unknown[])[3]) : row,
          ),
      },
    },
  ]
  live.minute(1)
  const { market } = await live.until(update => update.market.length === 31, 'the bar')
  expect(market.close.at(-1)).toBe(whole.close)
})

it('REST that fails for a while at the end of a bar: the bar comes later, and the failure is said', async () => {
  const live = await following({ pace: { patience: { waits: [2], jitter: 0, longestMs: 1000, timeoutMs: 1000 } } })
  await connected(live)
  live.exchange.faults = [{ fault: { kind: 'status', status: 503 } }]
  live.minute(1)
  await live.until(update => /bars: .*503/.test(notes(update)), 'a word on it')
  live.exchange.faults = []
  const { market } = await live.until(update => update.market.length === 31, 'the bar')
  expect(market.time.at(-1)).toBe(live.start)
})

it('a burst of liquidations in one go: none is lost', async () => {
  const live = await following({ with: ['liquidations'], store: folder.path })
  await connected(live)
  const time = Date.now()
  const burst = Array.from(
    { length: 2500 },
    (_, i) => ({ time: time + (i % 7), side: 'sell', price: 40_000 + i, amount: 1 }) as const,
  )
  live.exchange.pushLiquidations(burst)
  const last = await live.until(({ status }) => status.liquidations === 2500, 'all of them')
  expect(last.liquidations.length).toBeLessThanOrEqual(1000)
  await live.abort()
  const key = { series: 'liquidations', exchange: 'binanceusdm', symbol: live.exchange.symbol, timeframe: '' } as const
  const { records } = await new Store(folder.path).load(key, [time, time + MINUTE])
  expect(new Set(records.columns.price!).size).toBe(2500)
  expect(records.time.length).toBe(2500)
})

it('a liquidation that comes much too late is stored in its place', async () => {
  const live = await following({ with: ['liquidations'], store: folder.path })
  await connected(live)
  // The exchange's clock may be some ms off: well after the connection began by any clock.
  live.minute(0, 20_000)
  const began = Date.now()
  const push = (time: number, price: number) =>
    live.exchange.pushLiquidations([{ time, side: 'sell', price, amount: 1 }])
  live.minute(0, 30_000)
  push(Date.now(), 2)
  await live.until(({ status }) => status.liquidations === 1, 'the first one')
  live.minute(0, 40_000)
  // Some pings, whose answers say that everything before has come.
  await pause(150)
  push(began + 5, 1)
  await live.until(({ status }) => status.liquidations === 2, 'both')
  await live.abort()
  const key = { series: 'liquidations', exchange: 'binanceusdm', symbol: live.exchange.symbol, timeframe: '' } as const
  const { records } = await new Store(folder.path).load(key, [began, began + MINUTE])
  expect(Array.from(records.columns.price!)).toEqual([1, 2])
})

it('a process that is busy for long: the connection is not taken for dead, and nothing is lost', async () => {
  const live = await following({ with: ['liquidations'], store: folder.path, pace: SOON_SILENT })
  // On a busy machine the first attempt to connect may have been too slow.
  const { status } = await connected(live)
  const { opened } = live.exchange.sockets
  const time = Date.now()
  live.exchange.pushLiquidations([{ time, side: 'sell', price: 40_000, amount: 1 }])
  await beBusy(1.5 * SOON_SILENT.silentMs)
  await live.until(({ status }) => status.liquidations === 1, 'the liquidation')
  await pause(100)
  expect(live.updates.at(-1)!.status.notes).toEqual(status.notes)
  expect(live.exchange.sockets.opened).toBe(opened)
})

it('a connection that is lost while the process is busy: that time is not taken for heard', async () => {
  const live = await following({ with: ['liquidations'], store: folder.path, pace: { lagMs: 30 } })
  await connected(live)
  await pause(150)
  const began = Date.now()
  live.exchange.pushLiquidations([{ time: began, side: 'sell', price: 40_000, amount: 1 }])
  live.exchange.sockets.drop()
  for (const end = performance.now() + 400; performance.now() < end; );
  await live.until(update => /connected again; nothing is known of/.test(notes(update)), 'a new connection')
  await live.abort()
  const key = { series: 'liquidations', exchange: 'binanceusdm', symbol: live.exchange.symbol, timeframe: '' } as const
  const { coverage } = await new Store(folder.path).load(key, [began + 40, began + 390])
  expect(coverage).toEqual([])
})

it('an end while the exchange is silent takes no longer, and leaves nothing open', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter(name => name.startsWith('TCP')).length
  await pause(30)
  const before = sockets()
  let fastest = Infinity
  // Of several, for machines that are busy with other things; to wait for the exchange's answer takes half a minute.
  for (let i = 0; i < 3 && fastest >= 100; i++) {
    const live = await following({ with: ALL, store: folder.path })
    await connected(live)
    live.exchange.sockets.silence(true)
    await pause(20)
    fastest = Math.min(fastest, (await live.abort()).ms)
    await live.exchange.close()
  }
  expect(fastest).toBeLessThan(3000)
  for (const end = performance.now() + 20_000; sockets() > before && performance.now() < end; ) await pause(5)
  expect(sockets()).toBeLessThanOrEqual(before)
})

it('a slow consumer gets the newest state and no queue', async () => {
  const live = await following({ with: ['trades'], slow: 200 })
  await connected(live)
  for (let i = 0; i < 60; i++) {
    live.exchange.pushTrades([{ id: 1000 + i, time: Date.now(), price: 40_000, amount: 1, buy: true }])
    await pause(3)
  }
  const before = live.updates.length
  const { status } = await live.until(update => update.status.trades === 60, 'all of them')
  expect(status.trades).toBe(60)
  expect(live.updates.length - before).toBeLessThanOrEqual(2)
})

it('ends by itself after `for`, and with an error where a feed is not to be had', async () => {
  const short = await following({ for: 300 })
  expect(await short.done).toBeUndefined()
  while (short.exchange.sockets.open > 0) await pause(2)
  const none = await following({ local: { venue: 'bitget' }, with: ['liquidations'] })
  expect(String(await none.done)).toMatch(/bitget streams no liquidations\. These do: binanceusdm, bybit, okx/)
  const bad = await following({ with: ['trade' as 'trades'] })
  expect(String(await bad.done)).toMatch(/with: "trade", but liq\.live takes trades and liquidations/)
})

it('a quiet connection: that there was no liquidation in a bar is known when the bar closes', async () => {
  const live = await following({ with: ['liquidations'], pace: { keepAliveMs: 60_000, silentMs: 60_000 } })
  await connected(live)
  live.minute(1, 1)
  await live.until(({ market }) => market.length === 31, 'the first bar')
  live.minute(2, 1)
  const { market } = await live.until(update => update.market.length === 32, 'the second bar')
  expect([market.longLiquidations!.at(-1), market.shortLiquidations!.at(-1)]).toEqual([0, 0])
  expect(market.longLiquidations!.at(-2)).toBeNaN()
})

it('an exchange that streams no candles: closed bars come all the same', async () => {
  const live = await following({ local: { venue: 'krakenfutures' } })
  await live.until(({ market }) => market.length > 0, 'the history')
  live.minute(1)
  const { status, bar } = await live.until(({ market }) => market.time.at(-1) === live.start, 'a bar')
  expect([status.connected, bar]).toEqual([{}, null])
})

it('what was recorded comes into the bars of liq.market, NaN where nobody listened', async () => {
  const live = await following({ with: ['liquidations'], store: folder.path })
  await connected(live)
  live.minute(1, 1)
  await live.until(({ market }) => market.length === 31, 'the first bar')
  live.minute(1, 30_000)
  live.exchange.pushLiquidations([{ time: live.start + MINUTE + 10_000, side: 'buy', price: 40_000, amount: 4 }])
  live.minute(2)
  await live.until(({ market }) => market.length === 32, 'the second bar')
  await live.abort()
  const source = {
    exchange: 'binanceusdm',
    symbol: live.exchange.symbol,
    timeframe: '1m',
    store: folder.path,
    ccxt: live.exchange.ccxt,
  }
  const market = await loadMarket({
    ...source,
    since: live.start - MINUTE,
    until: live.start + 2 * MINUTE,
    with: ['liquidations'],
  })
  expect(Array.from(market.shortLiquidations!)).toEqual([Number.NaN, Number.NaN, 4])
  expect(Array.from(market.longLiquidations!)).toEqual([Number.NaN, Number.NaN, 0])
  expect(market.notes.join()).toMatch(/recorded in 1 of 3 bars/)
  await expect(
    loadMarket({ ...source, since: live.start - 9 * MINUTE, until: live.start, with: ['liquidations'] }),
  ).rejects.toThrow(/no liquidations of BTC.* were recorded .* record them with liq\.live/)
})

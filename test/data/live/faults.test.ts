import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../../src/common/duration.ts'
import { loadMarket } from '../../../src/data/load-market.ts'
import { verifyStore } from '../../../src/data/store/manage.ts'
import { Store } from '../../../src/data/store/store.ts'
import type { VenueId } from '../../exchange-server/server.ts'
import { allConnected, type FollowedExchange, followExchange, loadStored, SHORT_SILENCE, useStore } from './helpers.ts'

const folder = useStore()
const ALL = ['trades', 'liquidations'] as const
const ALL_VENUES = ['binanceusdm', 'bybit', 'okx'] satisfies VenueId[]
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Blocks this process. Starts in the check phase, so that timers run before messages afterwards. */
async function block(ms: number): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** Streams the market's own trades of [from, to), one message each. */
function pushTrades(live: FollowedExchange, from: number, to: number): void {
  for (const trade of live.exchange.market.trades(from, to)) live.exchange.pushTrades([trade])
}

const notesOf = ({ status }: { status: { notes: readonly string[] } }) => status.notes.join('\n')

describe.each(ALL_VENUES)('%s', venue => {
  it('loses no bar and no trade when a socket drops within a bar, and notes the unrecorded liquidations', async () => {
    // Long enough to advance the clock before the reconnect, so that trades have to be fetched.
    const timing = { reconnectDelaysMs: [200, 400] }
    const live = await followExchange({ local: { venue }, with: ALL, store: folder.path, timing })
    await allConnected(live)
    const { market } = live.exchange
    live.toMinute(1, 1)
    await live.until(update => update.market.length === 31, 'the first bar')
    const bar = live.start + MINUTE
    live.toMinute(1, 20_000)
    pushTrades(live, bar + 1, bar + 20_000)
    live.exchange.pushLiquidations([{ time: bar + 19_000, side: 'sell', price: 40_000, amount: 1 }])
    await live.until(({ status }) => status.trades > 0 && status.liquidations === 1, 'the first half')
    await pause(40)

    live.exchange.sockets.drop()
    const { status } = await live.until(update => /trades: .*connecting again/.test(notesOf(update)), 'a note')
    expect([status.state, status.since >= bar]).toEqual(['broken', true])
    expect(status.text).toContain(': broken since 20')
    live.toMinute(1, 45_000)
    await live.until(
      update => /trades: connected again; \d+ from .* were fetched/.test(notesOf(update)),
      'the trades in between',
    )
    await allConnected(live)
    await live.until(({ status }) => status.state === 'live', 'being live again')
    live.toMinute(1, 59_990)
    pushTrades(live, bar + 45_200, bar + 59_990)
    live.exchange.pushLiquidations([{ time: bar + 59_000, side: 'buy', price: 40_000, amount: 2 }])
    await live.until(({ status }) => status.liquidations === 2, 'the second half')
    live.toMinute(2)
    const last = await live.until(update => update.market.length === 32, 'the bar')
    expect(last.market.longLiquidations!.at(-1)).toBeNaN()
    expect(notesOf(last)).toMatch(/liquidations: .*connecting again/)
    expect(notesOf(last)).toMatch(/liquidations: connected again; nothing is known of .* serves no past ones/)
    const truth = market.candles(bar, bar, MINUTE, Date.now())[0]!
    expect(last.market.takerBuyVolume!.at(-1)).toBeCloseTo(truth.takerBuyVolume, 9)
    await live.abort()

    const stored = await loadStored(folder.path, live, 'trades', [bar, bar + MINUTE])
    expect(stored.coverage).toEqual([[bar, bar + MINUTE]])
    expect(Array.from(stored.records.time)).toEqual(market.trades(bar, bar + MINUTE).map(({ time }) => time))
    const liquidations = await loadStored(folder.path, live, 'liquidations', [bar, bar + MINUTE])
    expect(Array.from(liquidations.records.columns.amount!)).toEqual([1, 2])
    // Recorded before and after the drop, not in between.
    expect(liquidations.coverage.length).toBe(2)
    expect(liquidations.coverage[0]![1]).toBeLessThan(liquidations.coverage[1]![0])
    expect(await verifyStore(folder.path)).toEqual([])
  })

  it('replaces a silent socket, with a note', async () => {
    const live = await followExchange({ local: { venue }, with: ALL, timing: SHORT_SILENCE })
    await allConnected(live)
    live.exchange.sockets.silence(true)
    await live.until(update => /nothing came for/.test(notesOf(update)), 'a note on the silence')
    live.exchange.sockets.silence(false)
    await allConnected(live)
    live.exchange.pushLiquidations([{ time: Date.now(), side: 'sell', price: 40_000, amount: 1 }])
    await live.until(({ status }) => status.liquidations === 1, 'a liquidation after it')
    live.toMinute(1)
    await live.until(({ market }) => market.length === 31, 'a bar after it')
  })
})

it('adds bars while the exchange refuses connections, and reconnects its feeds', async () => {
  const live = await followExchange({ with: ALL })
  await allConnected(live)
  live.exchange.sockets.refuse(9)
  live.exchange.sockets.drop()
  live.toMinute(2)
  const { market } = await live.until(update => update.market.length === 32, 'two bars without a stream')
  expect(market.time.at(-1)).toBe(live.start + MINUTE)
  const last = await allConnected(live)
  expect(last.status.notes.filter(note => /trades: no connection \(.*503.*\); still trying/.test(note)).length).toBe(1)
})

it('stores a candle that is revised after its close, and keeps the one it has shown in the market', async () => {
  const live = await followExchange({ store: folder.path })
  await allConnected(live)
  live.toMinute(1)
  const { market } = await live.until(update => update.market.length === 31, 'the first bar')
  const shown = market.volume.at(-1)!
  live.exchange.faults = [
    {
      fault: {
        kind: 'rows',
        change: rows =>
          rows.map(row => ((row as unknown[])[0] === live.start ? (row as unknown[]).with(5, '9999.5') : row)),
      },
    },
  ]
  live.toMinute(2)
  const last = await live.until(update => update.market.length === 32, 'the next bar')
  expect(last.market.volume.at(-2)).toBe(shown)
  await live.until(update => /changed a bar after its close/.test(notesOf(update)), 'a note')
  await live.abort()
  const { exchange } = live
  const key = { series: 'candles', exchange: exchange.venue, symbol: exchange.symbol, timeframe: '1m' } as const
  const { records } = await new Store(folder.path).load(key, [live.start, live.start + MINUTE])
  expect(Array.from(records.columns.volume!)).toEqual([9999.5])
})

it('fetches a bar again that the exchange served too early', async () => {
  const live = await followExchange({})
  await allConnected(live)
  const whole = live.exchange.market.candles(live.start, live.start, MINUTE, live.start + MINUTE)[0]!
  await live.until(() => live.exchange.pushCandle('1m', live.start, { ...whole, closed: true }) > 0, 'the stream')
  await live.until(({ bar }) => bar?.volume === whole.volume, 'the final state of the bar')
  const requests = live.exchange.requestsTo('candles').length
  live.exchange.faults = [
    {
      at: [requests],
      fault: {
        kind: 'rows',
        change: rows =>
          rows.map(row =>
            (row as unknown[])[0] === live.start ? (row as unknown[]).with(4, (row as unknown[])[3]) : row,
          ),
      },
    },
  ]
  live.toMinute(1)
  const { market } = await live.until(update => update.market.length === 31, 'the bar')
  expect(market.close.at(-1)).toBe(whole.close)
})

it('adds a bar later when REST fails at its end, with a note', async () => {
  const live = await followExchange({
    timing: { retryPolicy: { delaysMs: [2], jitter: 0, maxRetryAfterMs: 1000, timeoutMs: 1000 } },
  })
  await allConnected(live)
  live.exchange.faults = [{ fault: { kind: 'status', status: 503 } }]
  live.toMinute(1)
  await live.until(update => /bars: .*503/.test(notesOf(update)), 'a note')
  live.exchange.faults = []
  const { market } = await live.until(update => update.market.length === 31, 'the bar')
  expect(market.time.at(-1)).toBe(live.start)
})

it('loses nothing of a burst of liquidations', async () => {
  const live = await followExchange({ with: ['liquidations'], store: folder.path })
  await allConnected(live)
  const time = Date.now()
  const burst = Array.from(
    { length: 2500 },
    (_, i) => ({ time: time + (i % 7), side: 'sell', price: 40_000 + i, amount: 1 }) as const,
  )
  live.exchange.pushLiquidations(burst)
  const last = await live.until(({ status }) => status.liquidations === 2500, 'all of them')
  expect(last.liquidations.length).toBeLessThanOrEqual(1000)
  await live.abort()
  const { records } = await loadStored(folder.path, live, 'liquidations', [time, time + MINUTE])
  expect(new Set(records.columns.price!).size).toBe(2500)
  expect(records.time.length).toBe(2500)
})

it('stores a very late liquidation at its own time', async () => {
  const live = await followExchange({ with: ['liquidations'], store: folder.path })
  await allConnected(live)
  // Clocks may differ by some ms, so well after the start of the connection.
  live.toMinute(0, 20_000)
  const began = Date.now()
  const push = (time: number, price: number) =>
    live.exchange.pushLiquidations([{ time, side: 'sell', price, amount: 1 }])
  live.toMinute(0, 30_000)
  push(Date.now(), 2)
  await live.until(({ status }) => status.liquidations === 1, 'the first one')
  live.toMinute(0, 40_000)
  // Time for some pongs, which prove that everything before has come.
  await pause(150)
  push(began + 5, 1)
  await live.until(({ status }) => status.liquidations === 2, 'both')
  await live.abort()
  const { records } = await loadStored(folder.path, live, 'liquidations', [began, began + MINUTE])
  expect(Array.from(records.columns.price!)).toEqual([1, 2])
})

it('keeps the connection and loses nothing when the process is busy for long', async () => {
  const live = await followExchange({ with: ['liquidations'], store: folder.path, timing: SHORT_SILENCE })
  // On a busy machine the first attempt to connect may have been too slow.
  const { status } = await allConnected(live)
  const { opened } = live.exchange.sockets
  const time = Date.now()
  live.exchange.pushLiquidations([{ time, side: 'sell', price: 40_000, amount: 1 }])
  await block(1.5 * SHORT_SILENCE.silenceTimeoutMs)
  await live.until(({ status }) => status.liquidations === 1, 'the liquidation')
  await pause(100)
  expect(live.updates.at(-1)!.status.notes).toEqual(status.notes)
  expect(live.exchange.sockets.opened).toBe(opened)
})

it('does not count the time as recorded when the connection is lost while the process is busy', async () => {
  const live = await followExchange({ with: ['liquidations'], store: folder.path, timing: { maxLagMs: 30 } })
  await allConnected(live)
  await pause(150)
  const began = Date.now()
  live.exchange.pushLiquidations([{ time: began, side: 'sell', price: 40_000, amount: 1 }])
  live.exchange.sockets.drop()
  for (const end = performance.now() + 400; performance.now() < end; );
  await live.until(update => /connected again; nothing is known of/.test(notesOf(update)), 'a new connection')
  await live.abort()
  const { coverage } = await loadStored(folder.path, live, 'liquidations', [began + 40, began + 390])
  expect(coverage).toEqual([])
})

it('ends quickly while the exchange is silent, and leaves nothing open', async () => {
  const countSockets = () => process.getActiveResourcesInfo().filter(name => name.startsWith('TCP')).length
  await pause(30)
  const before = countSockets()
  let fastest = Infinity
  // The best of several, for busy machines. Waiting for the exchange's answer would take half a minute.
  for (let i = 0; i < 3 && fastest >= 100; i++) {
    const live = await followExchange({ with: ALL, store: folder.path })
    await allConnected(live)
    live.exchange.sockets.silence(true)
    await pause(20)
    fastest = Math.min(fastest, (await live.abort()).ms)
    await live.exchange.close()
  }
  expect(fastest).toBeLessThan(3000)
  for (const end = performance.now() + 20_000; countSockets() > before && performance.now() < end; ) await pause(5)
  expect(countSockets()).toBeLessThanOrEqual(before)
})

it('gives a slow consumer the newest state and no queue', async () => {
  const live = await followExchange({ with: ['trades'], consumerDelayMs: 200 })
  await allConnected(live)
  for (let i = 0; i < 60; i++) {
    live.exchange.pushTrades([{ id: 1000 + i, time: Date.now(), price: 40_000, amount: 1, buy: true }])
    await pause(3)
  }
  const before = live.updates.length
  const { status } = await live.until(update => update.status.trades === 60, 'all of them')
  expect(status.trades).toBe(60)
  expect(live.updates.length - before).toBeLessThanOrEqual(2)
})

it('ends after `for`, and with an error if the exchange does not stream a feed', async () => {
  const short = await followExchange({ for: 300 })
  expect(await short.done).toBeUndefined()
  while (short.exchange.sockets.open > 0) await pause(2)
  const none = await followExchange({ local: { venue: 'bitget' }, with: ['liquidations'] })
  expect(String(await none.done)).toMatch(
    /liq\.live: with: "liquidations", .* it has no stream of liquidations, unlike binanceusdm, bybit, okx/,
  )
  const bad = await followExchange({ with: ['trade' as 'trades'] })
  expect(String(await bad.done)).toMatch(/liq\.live: with\[0\]: "trade", but expected trades or liquidations/)
})

it('knows on a quiet connection that a bar had no liquidations when it closes', async () => {
  const live = await followExchange({
    with: ['liquidations'],
    timing: { keepAliveMs: 60_000, silenceTimeoutMs: 60_000 },
  })
  await allConnected(live)
  live.toMinute(1, 1)
  await live.until(({ market }) => market.length === 31, 'the first bar')
  live.toMinute(2, 1)
  const { market } = await live.until(update => update.market.length === 32, 'the second bar')
  expect([market.longLiquidations!.at(-1), market.shortLiquidations!.at(-1)]).toEqual([0, 0])
  expect(market.longLiquidations!.at(-2)).toBeNaN()
})

it('adds closed bars of an exchange that streams no candles', async () => {
  const live = await followExchange({ local: { venue: 'krakenfutures' } })
  await live.until(({ market }) => market.length > 0, 'the history')
  live.toMinute(1)
  const { status, bar } = await live.until(({ market }) => market.time.at(-1) === live.start, 'a bar')
  expect([status.connected, bar]).toEqual([{}, null])
})

it('adds recorded liquidations to the bars of liq.market, NaN if not recorded', async () => {
  const live = await followExchange({ with: ['liquidations'], store: folder.path })
  await allConnected(live)
  live.toMinute(1, 1)
  await live.until(({ market }) => market.length === 31, 'the first bar')
  live.toMinute(1, 30_000)
  live.exchange.pushLiquidations([{ time: live.start + MINUTE + 10_000, side: 'buy', price: 40_000, amount: 4 }])
  live.toMinute(2)
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
  expect(market.notes.join()).toMatch(
    /binanceusdm sends at most one liquidation a second and symbol, so .* a lower bound/,
  )
  expect(notesOf(live.updates[0]!)).toMatch(/binanceusdm sends at most one liquidation a second/)
  await expect(
    loadMarket({ ...source, since: live.start - 9 * MINUTE, until: live.start, with: ['liquidations'] }),
  ).rejects.toThrow(/no liquidations of BTC.* were recorded .* record them with liq\.live/)
})

it('drops a connection that sends a message of any size, and connects again', async () => {
  const live = await followExchange({ with: ['liquidations'] })
  await allConnected(live)
  const { sockets } = live.exchange
  const { opened } = sockets
  sockets.push({ topics: sockets.topics, message: { padding: 'x'.repeat(20 * 2 ** 20) } })
  await live.until(update => /Max payload size exceeded/i.test(notesOf(update)), 'a note on the message')
  await live.until(() => sockets.opened > opened, 'a new connection')
  await allConnected(live)
})

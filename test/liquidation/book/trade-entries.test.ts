/** Entries of positions from single trades. */
import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import { BarEntries } from '../../../src/liquidation/book/bar-entries.ts'
import type { TradeColumns } from '../../../src/liquidation/book/trade-entries.ts'
import { type LiquidationMap, liquidationMap } from '../../../src/liquidation/map.ts'
import { createMarket } from '../../../src/market/market.ts'
import type { TradeFlow } from '../../../src/market/trade-flow/trade-flow.ts'
import { random } from '../../../src/stats/random.ts'
import { HOUR, marketOf, prefix, START } from '../../market/fixtures.ts'
import { makeTrades } from '../../market/trade-flow/trades.ts'
import { seeds, snapshots, sum } from '../helpers.ts'

const QUIET = [100, 101, 99, 100]

describe('flow from single trades', () => {
  const rows = Array.from({ length: 24 }, (_, i) => [100, 102 + (i % 3), 97 - (i % 2), 101, 10])
  const market = marketOf(rows)

  function trades(seed: number, count = 400): TradeColumns {
    const rng = random(seed)
    const time = Float64Array.from({ length: count }, () => START + rng.uniform() * 25 * HOUR).sort()
    return {
      time,
      price: Float64Array.from(time, () => 97 + 6 * rng.uniform()),
      amount: Float64Array.from(time, () => rng.uniform() * 20),
      takerBuy: Uint8Array.from(time, () => rng.integer(2)),
    }
  }

  it('sums trades by bar, price bin and side, with a size filter', () => {
    const all = trades(3)
    const map = liquidationMap(market, { flow: { trades: all, minNotional: 500, maxNotional: 1500, openShare: 1 } })
    let long = 0
    let short = 0
    for (let i = 0; i < all.time.length; i++) {
      const notional = all.price[i]! * all.amount[i]!
      if (all.time[i]! >= START + 24 * HOUR || notional < 500 || notional >= 1500) continue
      // A coin bought in the middle of its bin, at the close of its bar.
      const middle = Math.exp((Math.floor(Math.log(all.price[i]!) / 0.001) + 0.5) * 0.001)
      const close = market.close[Math.floor((all.time[i]! - START) / HOUR)]!
      const value = (2 * notional * close) / middle
      if (all.takerBuy[i]) long += value
      else short += value
    }
    const notional = market.close.map((_, t) => map.flow.notional(t))
    expect(sum(notional.map((usd, t) => usd * map.flow.longShare(t))) / long).toBeCloseTo(1, 12)
    expect(sum(notional) / (long + short)).toBeCloseTo(1, 12)
    let entered = 0
    let enteredLong = 0
    const entries = new BarEntries()
    for (let t = 0; t < market.length; t++) {
      entries.start(market, t, map.options.binWidth)
      map.flow.entries(t, entries)
      for (let k = 0; k < entries.count; k++) {
        const usd = (entries.to[k]! - entries.from[k]! + 1) * entries.notional[k]!
        entered += usd
        enteredLong += usd * entries.longShare[k]!
      }
    }
    expect(entered / (long + short)).toBeCloseTo(1, 12)
    expect(enteredLong / long).toBeCloseTo(1, 12)
  })

  it('is prefix-invariant', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 23 }), (seed, cut) => {
        const flow = { trades: trades(seed) }
        const whole = snapshots(liquidationMap(market, { flow }))
        const part = snapshots(liquidationMap(prefix(market, cut), { flow }))
        deepStrictEqual(part, whole.slice(0, cut))
      }),
      { numRuns: 20 },
    )
  })

  it('is held until a price ends it, as other flows are', () => {
    const one: TradeColumns = {
      ...{ time: Float64Array.of(START + 1), price: Float64Array.of(100) },
      ...{ amount: Float64Array.of(10), takerBuy: Uint8Array.of(1) },
    }
    const bars = marketOf([QUIET, QUIET, QUIET])
    const map = liquidationMap(bars, { leverage: { 10: 1 }, halfLife: Infinity, flow: { trades: one, openShare: 1 } })
    const middle = Math.exp((Math.floor(Math.log(100) / 0.001) + 0.5) * 0.001)
    for (const book of snapshots(map)) expect(sum(book.values())).toBeCloseTo((2 * 10 * 100 * 100) / middle, 6)
    const decayed = liquidationMap(bars, { leverage: { 10: 1 }, halfLife: '1h', flow: { trades: one, openShare: 1 } })
    expect(sum(snapshots(decayed)[2]!.values())).toBeCloseTo((2 * 10 * 100 * 25) / middle, 6)
  })

  it('leaves out trades before the market, in its gaps and after it', () => {
    // Bars of hours 0, 1 and 3; a trade in each of hours −1 to 5, at the open and in the middle.
    const bars = createMarket(
      { ...marketOf([QUIET, QUIET, QUIET]), time: Float64Array.of(0, 1, 3).map(hour => START + hour * HOUR) },
      { symbol: 'X', source: 'test', barMs: HOUR },
    )
    const hours = Array.from({ length: 14 }, (_, i) => i / 2 - 1)
    const time = Float64Array.from(hours, hour => START + hour * HOUR)
    const single: TradeColumns = {
      time,
      price: time.map(() => 100),
      amount: time.map((_, i) => i + 1),
      takerBuy: Uint8Array.from(time, () => 1),
    }
    // Amounts by hour from −1 on: 1 + 2, 3 + 4, 5 + 6, 7 + 8, 9 + 10.
    const middle = Math.exp((Math.floor(Math.log(100) / 0.001) + 0.5) * 0.001)
    const flow = liquidationMap(bars, { flow: { trades: single, openShare: 0.5 } }).flow
    for (const [t, coins] of [7, 11, 19].entries())
      expect(flow.notional(t)).toBeCloseTo((100 * coins * 100) / middle, 6)
  })

  it('refuses invalid trades, naming the row', () => {
    const build = (change: Partial<TradeColumns>) => () =>
      liquidationMap(market, { flow: { trades: { ...trades(1, 3), ...change } } })
    expect(build({ time: Float64Array.of(3, 2, 1) })).toThrow(/flow.trades, row 2, time: 2/)
    expect(build({ price: Float64Array.of(1, -1, 1) })).toThrow(/row 2, price: -1/)
    expect(build({ price: Float64Array.of(0, 1, 1) })).toThrow(/row 1, price: 0/)
    expect(build({ price: Float64Array.of(1, 1, Infinity) })).toThrow(/row 3, price: Infinity/)
    expect(build({ amount: Float64Array.of(1, 1, Number.NaN) })).toThrow(/row 3, amount: NaN/)
    expect(build({ takerBuy: Uint8Array.of(0, 7, 1) })).toThrow(/row 2, takerBuy: 7/)
    expect(build({ amount: Float64Array.of(1) })).toThrow(/3 times, 3 prices, 1 amounts/)
  })
})

describe('flow from trades that were summed before', () => {
  const all = makeTrades(7, 3000)
  const market = marketOf(Array.from({ length: 3 }, (_, i) => [100, 104, 96, 100 + i / 2]))
  const single: TradeColumns = { time: all.time, price: all.price, amount: all.amount, takerBuy: all.buy }
  const summed = (settings: object = {}) =>
    loadTradeFlow({ trades: [all], timeframe: '5m', binWidth: 0.001, ...settings })
  /** What opens in each bar by bin, at the close of that bar. */
  const openedBy = (map: LiquidationMap) =>
    Array.from({ length: map.market.length }, (_, t) => {
      const entries = new BarEntries()
      entries.start(map.market, t, map.options.binWidth)
      map.flow.entries(t, entries)
      const bins = new Map<number, number[]>()
      for (let k = 0; k < entries.count; k++) {
        const [usd, long] = bins.get(entries.from[k]!) ?? [0, 0]
        const more = entries.notional[k]!
        bins.set(entries.from[k]!, [usd! + more, long! + more * entries.longShare[k]!])
      }
      return {
        notional: map.flow.notional(t),
        long: map.flow.notional(t) * map.flow.longShare(t),
        bins: [...bins].sort(([a], [b]) => a - b),
      }
    })
  const near = (value: unknown): unknown =>
    typeof value === 'number'
      ? expect.closeTo(value, 6)
      : Array.isArray(value)
        ? value.map(near)
        : Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, near(part)]))

  it('opens what the single trades open, in a market that begins later, has a gap and ends earlier', async () => {
    // The trades take some 2.5 hours from START on.
    const flow = await summed()
    expect(flow.time.at(-1)! - START).toBeGreaterThan(2.2 * HOUR)
    for (const [hours, barHours] of [
      [[0, 1, 2], 1],
      [[1, 2, 3], 1],
      [[0, 2, 4], 1],
      [[-1, 0, 1], 1],
      [[-2, 0, 2], 2],
      [[-1, 0, 1.5], 0.5],
    ] as const) {
      const bars = createMarket(
        { ...market, time: Float64Array.from(hours, hour => START + hour * HOUR) },
        { symbol: 'X', source: 'test', barMs: barHours * HOUR },
      )
      for (const split of ['taker', 'even'] as const) {
        const options = { openShare: 0.4, split }
        const expected = openedBy(liquidationMap(bars, { flow: { ...options, trades: single } }))
        expect(openedBy(liquidationMap(bars, { flow: { ...options, trades: flow } }))).toEqual(near(expected))
      }
    }
  })

  it('takes wider bins than those of the flow, and a size filter that the flow was summed with', async () => {
    const filter = { minNotional: 300, maxNotional: 700 }
    const flow = await summed({ minUsd: 300, maxUsd: 700, binWidth: 0.001 })
    const options = { binWidth: 0.003 }
    const expected = openedBy(liquidationMap(market, { ...options, flow: { trades: single, ...filter } }))
    const actual = openedBy(liquidationMap(market, { ...options, flow: { trades: flow, ...filter } }))
    expect(actual).toEqual(near(expected))
  })

  it('refuses a flow of other sizes, bars and bins, and one from another time', async () => {
    const build = (flow: TradeFlow, change: object = {}, bars = market) =>
      liquidationMap(bars, { flow: { trades: flow, ...change } })
    const flow = await summed({ minUsd: 300 })
    expect(build(flow).flow.options.minNotional).toBe(300)
    expect(() => build(flow, { minNotional: 0 })).toThrow(
      'flow.minNotional: 0, but expected 300, the minUsd that the trades were summed with',
    )
    expect(() => build(flow, { minNotional: 300, maxNotional: 5000 })).toThrow(
      'flow.maxNotional: 5000, but expected Infinity, the maxUsd that the trades were summed with',
    )
    const other = await summed({ timeframe: '7m' })
    expect(() => build(other)).toThrow('flow.trades.timeframe: "7m", but expected a timeframe that divides')
    const wide = await summed({ binWidth: 0.002 })
    expect(() => build(wide)).toThrow(
      "flow.trades.binWidth: 0.002, but expected a width that divides the map's binWidth",
    )
    expect(() => liquidationMap(market, { binWidth: 0.003, flow: { trades: wide } })).toThrow(
      'flow.trades.binWidth: 0.002',
    )
    const shifted = createMarket(
      { ...market, time: market.time.map(time => time + 60_000) },
      { symbol: 'X', source: 'test', barMs: HOUR },
    )
    expect(() => build(other, {}, shifted)).toThrow('flow.trades.timeframe')
    const fine = await summed()
    expect(() => build(fine, {}, shifted)).toThrow(/flow.trades.time: .* but expected bars aligned with the market's/)
    const years = createMarket(
      { ...market, time: market.time.map(time => time + 1000 * HOUR) },
      { symbol: 'X', source: 'test', barMs: HOUR },
    )
    expect(() => build(fine, {}, years)).toThrow('none of the trades')
  })
})

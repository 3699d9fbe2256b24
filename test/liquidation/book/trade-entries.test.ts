/** Entries of positions from single trades. */
import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BarEntries } from '../../../src/liquidation/book/bar-entries.ts'
import type { TradeColumns } from '../../../src/liquidation/book/trade-entries.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { random } from '../../../src/stats/random.ts'
import { HOUR, marketOf, prefix, START } from '../../market/fixtures.ts'
import { seeds, snapshots, sum } from '../helpers.ts'

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

  it('refuses invalid trades, naming the row', () => {
    const build = (change: Partial<TradeColumns>) => () =>
      liquidationMap(market, { flow: { trades: { ...trades(1, 3), ...change } } })
    expect(build({ time: Float64Array.of(3, 2, 1) })).toThrow(/flow.trades, row 2, time: 2/)
    expect(build({ price: Float64Array.of(1, -1, 1) })).toThrow(/row 2, price: -1/)
    expect(build({ amount: Float64Array.of(1, 1, Number.NaN) })).toThrow(/row 3, amount: NaN/)
    expect(build({ takerBuy: Uint8Array.of(0, 7, 1) })).toThrow(/row 2, takerBuy: 7/)
    expect(build({ amount: Float64Array.of(1) })).toThrow(/3 times, 3 prices, 1 amounts/)
  })
})

import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BarEntries } from '../../src/liquidation/book/bar-entries.ts'
import type { LevelBook } from '../../src/liquidation/book/level-book.ts'
import type { LeverageMix, LeveragePrior } from '../../src/liquidation/book/leverage.ts'
import type { TradeColumns } from '../../src/liquidation/book/trade-entries.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { random } from '../../src/stats/random.ts'
import { HOUR, marketOf, prefix, START } from '../market/fixtures.ts'
import { replayPositions, type Snapshot } from './positions.ts'

const MIXES: Record<string, LeverageMix | LeveragePrior> = {
  one: { 10: 1 },
  three: { 5: 0.2, 25: 0.5, 100: 0.3 },
  uneven: { 3: 1, 50: 2, 125: 1 },
  named: 'high',
}
const options: fc.Arbitrary<MapOptions> = fc
  .record({
    leverage: fc.constantFrom(...Object.values(MIXES)),
    halfLife: fc.constantFrom('6h', '7d', Infinity),
    maxAge: fc.constantFrom('10h', '2d', Infinity),
    triggerDepth: fc.constantFrom(0, 0, 0.0013, 0.004),
    binWidth: fc.constantFrom(0.0005, 0.001, 0.004),
    positionNotional: fc.constantFrom<NonNullable<MapOptions['positionNotional']>[]>(10_000, {
      20000: 0.5,
      300000: 0.5,
    }),
    extraMargin: fc.constantFrom<NonNullable<MapOptions['extraMargin']>[]>({ 0: 1 }, { 0: 0.5, 1: 0.25, 3: 0.25 }),
    flow: fc.record({
      from: fc.constantFrom('volume' as const, 'openInterest' as const, { volume: 0.25, openInterest: 2 }),
      split: fc.constantFrom('taker' as const, 'even' as const),
      openShare: fc.constantFrom(0.1, 0.5, 1),
      entry: fc.constantFrom('path' as const, 'range' as const, 'typical' as const, 'close' as const),
    }),
  })
  // The two do not go together.
  .map(all => (all.triggerDepth > 0 ? { ...all, maxAge: Infinity } : all))
const seeds = fc.integer({ min: 1, max: 1e6 })

/** Everything that the book holds at each bar, by `side:tier:bin`. */
function snapshots(map: LiquidationMap): Map<string, number>[] {
  const out: Map<string, number>[] = []
  const run = map.parts[0]!.start()
  while (run.step()) out.push(contents(run.book))
  return out
}

function contents(book: LevelBook): Map<string, number> {
  const levels = new Map<string, number>()
  const shifts = [...book.long.cohorts, ...book.short.cohorts].map(atom => atom.shift)
  const first = book.firstBin + Math.min(...shifts)
  const column = new Float64Array(book.binCount + Math.max(...shifts) - Math.min(...shifts))
  for (const side of ['long', 'short'] as const)
    for (let tier = 0; tier < book.tierCount; tier++) {
      book.column(side, first, column, tier)
      for (let i = 0; i < column.length; i++)
        if (column[i] !== 0) levels.set(`${side}:${tier}:${first + i}`, column[i]!)
    }
  return levels
}

/** The same map, by position objects. Sizes, margins and caps are spelled out anew. */
function slowly(market: Market, map: LiquidationMap, mapOptions: MapOptions): Snapshot[] {
  const { from, openShare, split, entry } = map.flow.options
  const { halfLifeMs, maxAgeMs, triggerDepth, binWidth, margin, positionNotional, extraMargin, tiers } = map.options
  const mix: LeverageMix =
    mapOptions.leverage === 'high'
      ? { 5: 0.1, 10: 0.2, 25: 0.3, 50: 0.25, 100: 0.15 }
      : (mapOptions.leverage as LeverageMix)
  const total = Object.values(mix).reduce((sum, weight) => sum + weight, 0)
  const kinds = Object.entries(positionNotional).flatMap(([size, sizeShare]) => {
    const most = margin.brackets.find(({ cap }) => Number(size) <= cap)!.maxLeverage
    const highest = Math.max(
      ...Object.keys(mix)
        .map(Number)
        .filter(leverage => leverage <= most),
    )
    return Object.entries(mix).flatMap(([key, weight]) =>
      Object.entries(extraMargin).map(([multiple, marginShare]) => {
        const leverage = Number(key) <= most ? Number(key) : highest
        const position = {
          entry: 1,
          size: Number(size),
          leverage,
          extraMargin: (Number(multiple) * Number(size)) / leverage,
          margin,
        }
        return {
          tier: tiers.findIndex(tier => tier.leverage === leverage),
          weight: (weight / total) * sizeShare * marginShare,
          long: liquidationPrice({ ...position, side: 'long' }),
          short: liquidationPrice({ ...position, side: 'short' }),
        }
      }),
    )
  })
  return replayPositions(market, { kinds, from, openShare, split, entry, halfLifeMs, maxAgeMs, triggerDepth, binWidth })
}

describe('liquidationMap', () => {
  it('one position, by hand: opens at the close, lives from the next bar on, is consumed when the low reaches it', () => {
    // 10 coins × share 1 × 2 legs, typical price 100: 2,000 USD, half of it long; 10x in bracket one: 100·0.9/0.996 = 90.36.
    const market = marketOf([
      [100, 100, 100, 100, 10],
      [100, 100, 91, 95, 0],
      [95, 96, 90.3, 95, 0],
      [95, 96, 80, 95, 0],
    ])
    const map = liquidationMap(market, {
      leverage: { 10: 1 },
      flow: { openShare: 1, entry: 'close' },
      halfLife: Infinity,
    })
    const { long, short } = impliedLiquidations(map)
    expect([...long]).toEqual([0, 0, 1000, 0])
    expect([...short]).toEqual([0, 0, 0, 0])
    // The entry counts as at the middle of its bin.
    const entry = Math.floor(Math.log(100) / 0.001) + 0.5
    const bin = Math.floor(entry + Math.log(0.9 / 0.996) / 0.001)
    expect([...snapshots(map)[1]!].find(([key]) => key.startsWith('long'))).toEqual([`long:0:${bin}`, 1000])
  })

  it('half of a position is gone after its half-life, all of it after its maximum age', () => {
    const market = marketOf([[100, 100, 100, 100, 10], ...Array.from({ length: 30 }, () => [100, 100, 100, 100, 0])])
    const map = liquidationMap(market, { leverage: { 10: 1 }, flow: { openShare: 1 }, halfLife: '1d', maxAge: '1d' })
    const all = snapshots(map)
    expect([...all[24]!.values()].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1000, 9)
    expect(all[25]!.size).toBe(0)
  })

  it('agrees with position objects, one by one, in every option', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const market = simulateMarket({ seed, bars: 20, volatility: 2 })
        const map = liquidationMap(market, mapOptions)
        const slow = slowly(market, map, mapOptions)
        const fast = snapshots(map)
        const implied = impliedLiquidations(map)
        // One look at the largest deviation: an expectation for each of a million levels would take a minute.
        let worst = 0
        for (let t = 0; t < market.length; t++) {
          // Levels far below the mean one are what rounding leaves of additions, subtractions and parts.
          const sizes = [...slow[t]!.levels.values()]
          const dust = Math.max(1, (0.01 * sizes.reduce((sum, value) => sum + value, 0)) / Math.max(1, sizes.length))
          for (const [key, value] of slow[t]!.levels)
            worst = Math.max(worst, Math.abs((fast[t]!.get(key) ?? 0) - value) / Math.max(value, dust))
          for (const [key, value] of fast[t]!) if (!slow[t]!.levels.has(key)) worst = Math.max(worst, value / dust)
          for (const side of ['long', 'short'] as const) {
            const { consumed, sameBar } = slow[t]!
            worst = Math.max(worst, Math.abs(implied[side][t]! - consumed[side]) / Math.max(dust, consumed[side]))
            worst = Math.max(
              worst,
              Math.abs(implied[`${side}SameBar`][t]! - sameBar[side]) / Math.max(dust, sameBar[side]),
            )
          }
        }
        expect(worst).toBeLessThan(1e-9)
      }),
      { numRuns: 30 },
    )
  })

  it('conservation: opened = outstanding + consumed + decayed + closed', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const market = simulateMarket({ seed, bars: 20, volatility: 2 })
        const map = liquidationMap(market, mapOptions)
        const slow = slowly(market, map, mapOptions)
        const implied = impliedLiquidations(map)
        const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)
        // A long with more margin than notional cannot be liquidated: it is in no level.
        const opened = sum(
          [...market.close.keys()].map(
            t => map.flow.notional(t) * (1 - map.flow.longShare(t) * map.positionCohorts.safe.long),
          ),
        )
        const outstanding = sum(snapshots(map).at(-1)!.values())
        const consumed = sum(implied.long) + sum(implied.short)
        const lost = sum(slow.map(snapshot => snapshot.decayed + snapshot.closed))
        expect(Math.abs((outstanding + consumed + lost) / opened - 1)).toBeLessThan(1e-9)
        const byTier = sum(implied.longByTier.map(sum)) + sum(implied.shortByTier.map(sum))
        expect(Math.abs(byTier - consumed)).toBeLessThanOrEqual(1e-9 * consumed)
      }),
      { numRuns: 30 },
    )
  })

  it('prefix invariance: what is known of bar t is the same to the last bit whether or not the data goes on', () => {
    fc.assert(
      fc.property(seeds, options, fc.integer({ min: 1, max: 49 }), (seed, mapOptions, cut) => {
        const market = simulateMarket({ seed, bars: 50, volatility: 2 })
        const whole = liquidationMap(market, mapOptions)
        const part = liquidationMap(prefix(market, cut), mapOptions)
        const wholeSnapshots = snapshots(whole)
        // An expectation would walk a map of levels a hundred times as long.
        deepStrictEqual(snapshots(part), wholeSnapshots.slice(0, cut))
        expect(impliedLiquidations(part).long).toEqual(impliedLiquidations(whole).long.slice(0, cut))
        expect(impliedLiquidations(part).short).toEqual(impliedLiquidations(whole).short.slice(0, cut))
        const rule = { brightness: 1.5, at: cut - 1 }
        expect(clusterTable(part, rule).objects()).toEqual(clusterTable(whole, rule).objects())
      }),
      { numRuns: 25 },
    )
  })

  it('renormalising the scale changes nothing that can be seen', () => {
    // A half-life of a minute over hourly bars makes the scale fall by 2^-60 a bar.
    const market = simulateMarket({ seed: 4, bars: 60 })
    const map = liquidationMap(market, { halfLife: '1m', leverage: { 10: 1 } })
    const last = snapshots(map).at(-1)!
    expect([...last.values()].every(value => Number.isFinite(value))).toBe(true)
    expect([...last.values()].reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0)
  })

  it('is linear in the leverage weights: layers of tiers mix to any map', () => {
    const market = simulateMarket({ seed: 9, bars: 200 })
    const frame = { columns: 20, rows: 50 }
    const [ten, fifty] = tierGrids(liquidationMap(market, { leverage: { 10: 1, 50: 1 } }), frame)
    const both = heatGrid(liquidationMap(market, { leverage: { 10: 0.25, 50: 0.75 } }), frame)
    expect(both.long.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0)
    for (const side of ['long', 'short'] as const)
      for (let i = 0; i < both.long.length; i++) {
        const mixed = 0.5 * ten![side][i]! + 1.5 * fifty![side][i]!
        expect(Math.abs(both[side][i]! - mixed)).toBeLessThanOrEqual(1e-5 * mixed)
      }
  })

  it('leverage that the bracket of a size does not allow moves down to the highest tier that is', () => {
    const market = simulateMarket({ seed: 1, bars: 10 })
    const map = liquidationMap(market, {
      leverage: { 10: 0.5, 100: 0.5 },
      positionNotional: { 10000: 0.5, 1000000: 0.5 },
    })
    expect(map.options.tiers).toEqual([
      { leverage: 10, weight: 0.75 },
      { leverage: 100, weight: 0.25 },
    ])
    expect(map.positionCohorts.capped).toBeCloseTo(0.25, 12)
    expect(map.assumptions.join()).toMatch(/25 % of it moved down/)
    const bySize = liquidationMap(market, {
      leverage: (notional): LeverageMix => (notional > 5e5 ? { 5: 1 } : { 50: 1 }),
      positionNotional: { 1e4: 1, 1e6: 3 },
    })
    expect(bySize.options.tiers).toEqual([
      { leverage: 5, weight: 0.75 },
      { leverage: 50, weight: 0.25 },
    ])
  })

  it('added margin moves levels away from the price', () => {
    const market = marketOf([[100, 100, 100, 100, 10]])
    const bare = liquidationMap(market, { leverage: { 10: 1 } }).positionCohorts.cohorts
    const spread = liquidationMap(market, { leverage: { 10: 1 }, extraMargin: { 1: 1 } }).positionCohorts.cohorts
    // Twice the margin of 10x is that of 5x.
    expect(spread.long[0]!.shift).toBe(Math.floor(0.5 + Math.log(0.8 / 0.996) / 0.001))
    expect(bare.long[0]!.shift).toBe(Math.floor(0.5 + Math.log(0.9 / 0.996) / 0.001))
  })

  it('prints its assumptions', () => {
    const text = liquidationMap(simulateMarket({ bars: 10 }), {
      extraMargin: { 0: 3, 1: 1 },
      maxAge: '30d',
      flow: { from: { volume: 1, openInterest: 2 } },
    }).assumptions.join('\n')
    for (const word of [
      'not a real market',
      '10x 30 %',
      'open interest',
      'taker volume',
      '7 days',
      'isolated',
      '1× 25 %',
      'all closed after 30 days',
    ])
      expect(text).toContain(word)
  })

  const bad: [string, MapOptions, RegExp][] = [
    ['weights that are all zero', { leverage: { 10: 0, 20: 0 } }, /all weights are 0/],
    ['a leverage of 0', { leverage: { 0: 1 } }, /tier 0, but expected a leverage above 1/],
    ['a leverage of 1', { leverage: { 1: 1 } }, /tier 1, /],
    ['a leverage of 1000 and nothing else', { leverage: { 1000: 1 } }, /positions of 10000 USD may have at most 125x/],
    ['a negative weight', { leverage: { 10: -1 } }, /weight -1 of tier 10x/],
    ['a prior that is none', { leverage: 'degen' as 'retail' }, /leverage: degen, but the priors are retail/],
    ['a half-life that is none', { halfLife: 'a while' }, /halfLife: "a while"/],
    ['a maximum age that is none', { maxAge: -5 }, /maxAge: -5/],
    ['a bin width of 0', { binWidth: 0 }, /binWidth: 0/],
    ['a size above all brackets', { positionNotional: 1e12 }, /positionNotional: 1000000000000 USD is above/],
    ['a size of 0', { positionNotional: 0 }, /positionNotional: 0 is out of range/],
    ['shares that are all zero', { extraMargin: { 1: 0 } }, /extraMargin: all shares are 0/],
    ['open interest where there is none', { flow: { from: 'openInterest' } }, /has no openInterest series/],
    ['a blend of nothing', { flow: { from: {} } }, /flow.from: all weights are 0/],
    ['a source that is none', { flow: { from: 'moon' as 'volume' } }, /flow.from: moon/],
    ['trades that are not there', { flow: { from: 'trades' } }, /flow.trades holds none/],
    ['taker volume where there is none', { flow: { split: 'taker' } }, /has no takerBuyVolume series/],
    ['an open share above 1', { flow: { openShare: 1.5 } }, /flow.openShare: 1.5/],
    [
      'parts of levels with a maximum age',
      { triggerDepth: 0.001, maxAge: '1d' },
      /triggerDepth: levels that go in parts/,
    ],
    ['a negative trigger depth', { triggerDepth: -1 }, /triggerDepth: -1/],
    ['an entry that is none', { flow: { entry: 'open' as 'close' } }, /flow.entry: open/],
  ]
  for (const [what, mapOptions, message] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => liquidationMap(marketOf([[1, 1, 1, 1]]), mapOptions)).toThrow(message)
    })
  }
})

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

  it('adds trades up by bar, price bin and side, with a size filter', () => {
    const all = trades(3)
    const map = liquidationMap(market, { flow: { trades: all, minNotional: 500, maxNotional: 1500, openShare: 1 } })
    let long = 0
    let short = 0
    for (let i = 0; i < all.time.length; i++) {
      const notional = all.price[i]! * all.amount[i]!
      if (all.time[i]! >= START + 24 * HOUR || notional < 500 || notional >= 1500) continue
      if (all.takerBuy[i]) long += 2 * notional
      else short += 2 * notional
    }
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
    const notional = market.close.map((_, t) => map.flow.notional(t))
    expect(sum(notional.map((usd, t) => usd * map.flow.longShare(t))) / long).toBeCloseTo(1, 12)
    expect(sum(notional) / (long + short)).toBeCloseTo(1, 12)
    let seen = 0
    const entries = new BarEntries()
    for (let t = 0; t < market.length; t++) {
      entries.start(market, t, map.options.binWidth)
      map.flow.entries(t, entries)
      for (let k = 0; k < entries.count; k++) seen += (entries.to[k]! - entries.from[k]! + 1) * entries.notional[k]!
    }
    expect(seen / (long + short)).toBeCloseTo(1, 12)
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

  it('refuses trades that cannot be right, naming the row', () => {
    const make = (change: Partial<TradeColumns>) => () =>
      liquidationMap(market, { flow: { trades: { ...trades(1, 3), ...change } } })
    expect(make({ time: Float64Array.of(3, 2, 1) })).toThrow(/flow.trades, row 2, time: 2/)
    expect(make({ price: Float64Array.of(1, -1, 1) })).toThrow(/row 2, price: -1/)
    expect(make({ amount: Float64Array.of(1, 1, Number.NaN) })).toThrow(/row 3, amount: NaN/)
    expect(make({ takerBuy: Uint8Array.of(0, 7, 1) })).toThrow(/row 2, takerBuy: 7/)
    expect(make({ amount: Float64Array.of(1) })).toThrow(/3 times, 3 prices, 1 amounts/)
  })
})

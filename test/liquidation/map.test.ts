/** The liquidation map against hand calculations and a slow reference implementation. */
import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LeverageMix, LeveragePrior } from '../../src/liquidation/book/leverage.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { existing, seeds, snapshots, sum } from './helpers.ts'
import { replayPositions, type Snapshot } from './replay-positions.ts'

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
    scale: fc.constantFrom(1, 1, 0.02),
    ending: fc.constantFrom<Pick<MapOptions, 'survival' | 'layer'>[]>(
      {},
      { survival: { 0.3: 0.8, 1: 0.5 } },
      { survival: { 0.3: 0.8, 1: 0.5 }, layer: 'stops' },
      { survival: { 0.6: 0.25 }, layer: 'both' },
    ),
    flow: fc.record({
      from: fc.constantFrom('turnover' as const, 'volume' as const, 'openInterest' as const, {
        volume: 0.25,
        openInterest: 2,
      }),
      split: fc.constantFrom('taker' as const, 'even' as const),
      openShare: fc.constantFrom(0.1, 0.5, 1),
      entry: fc.constantFrom('path' as const, 'range' as const, 'typical' as const, 'close' as const),
    }),
  })
  // A trigger depth cannot be combined with a maximum age.
  .map(({ ending, ...all }) => ({ ...all, ...ending, ...(all.triggerDepth > 0 ? { maxAge: Infinity } : {}) }))

/** The map of a simulated market, and the same map from position objects. */
function withReference(seed: number, mapOptions: MapOptions) {
  const market = simulateMarket({ seed, bars: 20, volatility: 2 })
  const map = liquidationMap(market, mapOptions)
  const reference = referenceSnapshots(market, map, mapOptions)
  return { market, map, reference, implied: impliedLiquidations(map) }
}

/** The same map from position objects, with its own calculation of sizes, margins and caps. */
function referenceSnapshots(market: Market, map: LiquidationMap, mapOptions: MapOptions): Snapshot[] {
  const { from, openShare, split, entry } = map.flow.options
  const { halfLifeMs, maxAgeMs, triggerDepth, binWidth, margin, positionNotional, extraMargin, tiers } = map.options
  const { survival, layer, scale } = map.options
  const mix: LeverageMix =
    mapOptions.leverage === 'high'
      ? { 5: 0.1, 10: 0.2, 25: 0.3, 50: 0.25, 100: 0.15 }
      : (mapOptions.leverage as LeverageMix)
  const total = Object.values(mix).reduce((sum, weight) => sum + weight, 0)
  const kinds = Object.entries(positionNotional)
    .flatMap(([size, sizeShare]) => {
      const max = existing(margin.brackets.find(({ cap }) => Number(size) <= cap)).maxLeverage
      const highest = Math.max(
        ...Object.keys(mix)
          .map(Number)
          .filter(leverage => leverage <= max),
      )
      return Object.entries(mix).flatMap(([key, weight]) =>
        Object.entries(extraMargin).map(([multiple, marginShare]) => {
          const leverage = Number(key) <= max ? Number(key) : highest
          const position = {
            entry: 1,
            size: Number(size),
            leverage,
            extraMargin: (Number(multiple) * Number(size)) / leverage,
            margin,
          }
          return {
            tier: tiers.findIndex(tier => tier.leverage === leverage),
            weight: (weight / total) * sizeShare * marginShare * scale,
            long: liquidationPrice({ ...position, side: 'long' }),
            short: liquidationPrice({ ...position, side: 'short' }),
          }
        }),
      )
    })
    .flatMap(kind => {
      // What ends at a part p of the way, in ln(price), ends at the ratio to the power p.
      // Whole numbers come first in an object, whatever the order in which it was written.
      const points = Object.entries(survival)
        .map(([part, share]) => [Number(part), share] as const)
        .sort(([a], [b]) => a - b)
      const stops = points.map(([part, share], i) => [part, (i === 0 ? 1 : points[i - 1]![1]) - share] as const)
      const liquidated = [[1, points.at(-1)?.[1] ?? 1] as const]
      const ends = layer === 'stops' ? stops : layer === 'both' ? [...stops, ...liquidated] : liquidated
      return ends.map(([part, share]) => ({
        ...kind,
        weight: kind.weight * share,
        long: kind.long ** part,
        short: kind.short ** part,
      }))
    })
  return replayPositions(market, { kinds, from, openShare, split, entry, halfLifeMs, maxAgeMs, triggerDepth, binWidth })
}

describe('liquidationMap', () => {
  it('one position by hand: opens at the close, is live from the next bar on, is consumed when the low reaches it', () => {
    // 10 coins × share 1 × 2 legs, half of them long; 10x in bracket one: 100·0.9/0.996 = 90.36. At the close of 95: 950 USD.
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
      triggerDepth: 0,
    })
    const { long, short } = impliedLiquidations(map)
    expect(long[2]).toBeCloseTo(950, 9)
    expect([...long].filter(usd => usd > 0).length).toBe(1)
    expect([...short]).toEqual([0, 0, 0, 0])
    // The entry counts as at the middle of its bin.
    const entry = Math.floor(Math.log(100) / 0.001) + 0.5
    const bin = Math.floor(entry + Math.log(0.9 / 0.996) / 0.001)
    expect([...existing(snapshots(map)[1])].find(([key]) => key.startsWith('long'))).toEqual([
      `long:0:${bin}`,
      expect.closeTo(950, 9),
    ])
  })

  it('closes half of a position after its half-life, all of it after its maximum age', () => {
    const market = marketOf([[100, 100, 100, 100, 10], ...Array.from({ length: 30 }, () => [100, 100, 100, 100, 0])])
    const map = liquidationMap(market, { leverage: { 10: 1 }, flow: { openShare: 1 }, halfLife: '1d', maxAge: '1d' })
    const all = snapshots(map)
    expect(sum(existing(all[24]).values())).toBeCloseTo(1000, 9)
    expect(existing(all[25]).size).toBe(0)
  })

  it('agrees with a replay of single positions, in every option', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const { market, map, reference, implied } = withReference(seed, mapOptions)
        const actual = snapshots(map)
        // One expectation for the largest deviation: one for each of a million levels would take a minute.
        let worst = 0
        for (let t = 0; t < market.length; t++) {
          const { levels: expected, consumed, sameBar } = existing(reference[t])
          const levels = existing(actual[t])
          // Levels far below the mean one are rounding of additions, subtractions and parts.
          const dust = Math.max(1, (0.01 * sum(expected.values())) / Math.max(1, expected.size))
          for (const [key, value] of expected)
            worst = Math.max(worst, Math.abs((levels.get(key) ?? 0) - value) / Math.max(value, dust))
          for (const [key, value] of levels) if (!expected.has(key)) worst = Math.max(worst, value / dust)
          for (const side of ['long', 'short'] as const) {
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

  it('knows when what is left in a level opened, as a replay of single positions does', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const { market, map, reference } = withReference(seed, mapOptions)
        const run = existing(map.parts[0]).start({ ages: true })
        let worst = 0
        for (let t = 0; run.step(); t++) {
          const { levels, openedTime } = existing(reference[t])
          const dust = Math.max(1, (0.01 * sum(levels.values())) / Math.max(1, levels.size)) * market.time[t]!
          for (const [key, expected] of openedTime) {
            const [side, bin] = key.split(':') as ['long' | 'short', string]
            const difference = Math.abs(run.book.openedTime(side, Number(bin), Number(bin)) - expected)
            worst = Math.max(worst, difference / Math.max(expected, dust))
          }
        }
        expect(worst).toBeLessThan(1e-9)
      }),
      { numRuns: 30 },
    )
  })

  it('conserves coins: opened = outstanding + consumed + decayed + closed', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const { market, map, reference, implied } = withReference(seed, mapOptions)
        const coins = (usd: (t: number) => number) => sum([...market.close.keys()].map(t => usd(t) / market.close[t]!))
        const opened = sum(reference.map(snapshot => snapshot.opened))
        const { survival, layer } = map.options
        if (layer === 'both' || Object.keys(survival).length === 0)
          expect(
            coins(t => map.flow.notional(t) * (1 - map.flow.longShare(t) * map.positionCohorts.safe.long)) / opened,
          ).toBeCloseTo(1, 9)
        const outstanding = sum(existing(snapshots(map).at(-1)).values()) / existing(market.close.at(-1))
        const consumed = coins(t => implied.long[t]! + implied.short[t]!)
        const lost = sum(reference.map(snapshot => snapshot.decayed + snapshot.closed))
        expect(Math.abs((outstanding + consumed + lost) / opened - 1)).toBeLessThan(1e-9)
        const byTier = sum(implied.longByTier.map(sum)) + sum(implied.shortByTier.map(sum))
        const all = sum(implied.long) + sum(implied.short)
        expect(Math.abs(byTier - all)).toBeLessThanOrEqual(1e-9 * all)
      }),
      { numRuns: 30 },
    )
  })

  it('gives the same bits for bar t whether or not the data continues (prefix invariance)', () => {
    fc.assert(
      fc.property(seeds, options, fc.integer({ min: 1, max: 49 }), (seed, mapOptions, cut) => {
        const market = simulateMarket({ seed, bars: 50, volatility: 2 })
        const whole = liquidationMap(market, mapOptions)
        const part = liquidationMap(prefix(market, cut), mapOptions)
        const wholeSnapshots = snapshots(whole)
        // deepStrictEqual compares maps a hundred times faster than an expectation.
        deepStrictEqual(snapshots(part), wholeSnapshots.slice(0, cut))
        expect(impliedLiquidations(part).long).toEqual(impliedLiquidations(whole).long.slice(0, cut))
        expect(impliedLiquidations(part).short).toEqual(impliedLiquidations(whole).short.slice(0, cut))
        const rule = { brightness: 1.5, at: cut - 1 }
        expect(clusterTable(part, rule).objects()).toEqual(clusterTable(whole, rule).objects())
      }),
      { numRuns: 25 },
    )
  })

  it('stays finite when the scale is renormalised', () => {
    // A half-life of a minute over hourly bars makes the scale fall by 2^-60 a bar.
    const market = simulateMarket({ seed: 4, bars: 60 })
    const map = liquidationMap(market, { halfLife: '1m', leverage: { 10: 1 } })
    const last = existing(snapshots(map).at(-1))
    expect([...last.values()].every(value => Number.isFinite(value))).toBe(true)
    expect(sum(last.values())).toBeGreaterThan(0)
  })

  it('closes positions above the maximum age also after the scale was renormalised', () => {
    // The scale falls by 2^-60 a bar; what opened ten bars ago has gone, what opened two bars ago is 2^-120 of it.
    const options = { halfLife: '1m', maxAge: '2h', leverage: { 10: 1 } } as const
    const { market, map, reference } = withReference(4, {
      ...options,
      flow: { entry: 'close', from: 'volume' },
      triggerDepth: 0,
    })
    const all = snapshots(map)
    for (let t = 0; t < market.length; t++)
      for (const [key, usd] of existing(reference[t]).levels) expect(existing(all[t]).get(key)! / usd).toBeCloseTo(1, 6)
  })

  it('closes above the maximum age what is left of a bar that liquidated a part of its own entries', () => {
    const options = {
      maxAge: '2h',
      halfLife: Infinity,
      leverage: { 100: 1 },
      flow: { from: 'volume', entry: 'path' },
    } as const
    const own = { long: 0, short: 0 }
    for (let seed = 1; seed <= 12; seed++) {
      const { market, map, reference } = withReference(seed, { ...options, triggerDepth: 0 })
      const all = snapshots(map)
      for (let t = 0; t < market.length; t++) {
        const { levels, sameBar } = existing(reference[t])
        for (const side of ['long', 'short'] as const) if (sameBar[side] > 0) own[side]++
        const sums = (of: Map<string, number>) =>
          ['long', 'short'].map(side => sum([...of].flatMap(([key, usd]) => (key.startsWith(side) ? [usd] : []))))
        const [actual, expected] = [sums(existing(all[t])), sums(levels)]
        for (const k of [0, 1]) expect(Math.abs(actual[k]! - expected[k]!)).toBeLessThanOrEqual(1e-6 * expected[k]!)
      }
    }
    expect(Math.min(own.long, own.short)).toBeGreaterThan(20)
  })

  it('leaves nothing where a price went through the whole depth of a level', () => {
    const market = simulateMarket({ seed: 3, bars: 300, volatility: 2 })
    const depth = 0.004
    // Levels of the bar's own entries lie 4.6 % from its close, out of the range of a narrower bar.
    const map = liquidationMap(market, {
      ...{ triggerDepth: depth, flow: { entry: 'close', from: 'volume' }, halfLife: '2d', leverage: { 20: 1 } },
    })
    const { binWidth } = map.options
    const column = new Float64Array(2000)
    let passed = 0
    map.replay((t, book) => {
      if (market.high[t]! / market.low[t]! > 1.04) return
      const close = Math.floor(Math.log(market.close[t]!) / binWidth)
      for (const [side, first] of [
        ['long', close - 2000],
        ['short', close + 1],
      ] as const) {
        const columns = [new Float64Array(column.length), book.column(side, first, column).slice()]
        book.readColumn(side, first, columns[0]!)
        for (let k = 0; k < column.length; k++) {
          const middle = (first + k + 0.5) * binWidth
          const through = side === 'long' ? middle - Math.log(market.low[t]!) : Math.log(market.high[t]!) - middle
          if (through < depth) continue
          passed++
          for (const values of columns) expect(values[k]).toBe(0)
        }
      }
    })
    expect(passed).toBeGreaterThan(500)
  })

  it('is linear in the leverage weights: any mix is a sum of tier layers', () => {
    const market = simulateMarket({ seed: 9, bars: 200 })
    const frame = { columns: 20, rows: 50 }
    const [ten, fifty] = tierGrids(liquidationMap(market, { leverage: { 10: 1, 50: 1 } }), frame)
    const both = heatGrid(liquidationMap(market, { leverage: { 10: 0.25, 50: 0.75 } }), frame)
    expect(sum(both.long)).toBeGreaterThan(0)
    for (const side of ['long', 'short'] as const)
      for (let i = 0; i < both.long.length; i++) {
        const mixed = 0.5 * existing(ten)[side][i]! + 1.5 * existing(fifty)[side][i]!
        expect(Math.abs(both[side][i]! - mixed)).toBeLessThanOrEqual(1e-5 * mixed)
      }
  })

  it('moves leverage that a bracket does not allow to the highest allowed tier', () => {
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
    expect(map.assumptions.join()).toMatch(/25 % moved to lower tiers/)
    const bySize = liquidationMap(market, {
      leverage: (notional): LeverageMix => (notional > 5e5 ? { 5: 1 } : { 50: 1 }),
      positionNotional: { 1e4: 1, 1e6: 3 },
    })
    expect(bySize.options.tiers).toEqual([
      { leverage: 5, weight: 0.75 },
      { leverage: 50, weight: 0.25 },
    ])
  })

  it('moves levels away from the price by added margin', () => {
    const market = marketOf([[100, 100, 100, 100, 10]])
    const bare = liquidationMap(market, { leverage: { 10: 1 } }).positionCohorts.cohorts
    const spread = liquidationMap(market, { leverage: { 10: 1 }, extraMargin: { 1: 1 } }).positionCohorts.cohorts
    // Twice the margin of 10x is that of 5x.
    expect(spread.long[0]?.shift).toBe(Math.floor(0.5 + Math.log(0.8 / 0.996) / 0.001))
    expect(bare.long[0]?.shift).toBe(Math.floor(0.5 + Math.log(0.9 / 0.996) / 0.001))
  })

  it('divides positions between liquidations and the stops that a survival curve implies', () => {
    // Of 1,000 USD of longs 30 % stop half of the way to 90.36, in ln(price), and 30 % just before it.
    const market = marketOf([[100, 100, 100, 100, 10], ...Array.from({ length: 3 }, () => [100, 100, 94, 100, 0])])
    const base: MapOptions = {
      leverage: { 10: 1 },
      flow: { openShare: 1, entry: 'close' },
      halfLife: Infinity,
      triggerDepth: 0,
    }
    const survival = { 0.5: 0.7, 1: 0.4 }
    const levels = (options: MapOptions, bar: number) =>
      [...existing(snapshots(liquidationMap(market, { ...base, ...options }))[bar])]
        .filter(([key]) => key.startsWith('long'))
        .map(([key, usd]) => [Number(key.split(':')[2]), Math.round(usd)])
        .sort(([a], [b]) => a! - b!)
    const entry = Math.floor(Math.log(100) / 0.001) + 0.5
    const way = Math.log(0.9 / 0.996) / 0.001
    const [end, half] = [Math.floor(entry + way), Math.floor(entry + way / 2)]
    expect(levels({ survival }, 0)).toEqual([[end, 400]])
    expect(levels({ survival, layer: 'stops' }, 0)).toEqual([
      [end, 300],
      [half, 300],
    ])
    expect(levels({ survival, layer: 'both' }, 0)).toEqual([
      [end, 700],
      [half, 300],
    ])
    // The low of 94 is beyond half of the way, 95.06.
    expect(levels({ survival, layer: 'both' }, 1)).toEqual([[end, 700]])
    expect(liquidationMap(market, { ...base, survival }).assumptions.join()).toContain(
      '70 % at 50 % of the way, 40 % at 100 %',
    )
    const refused = (options: unknown) => () => liquidationMap(market, options as MapOptions)
    expect(refused({ layer: 'stops' })).toThrow(/layer: "stops", but expected liquidations, or a survival with it/)
    expect(refused({ survival: { 0.5: 0.5, 1: 0.6 } })).toThrow(/survival\[1\]: 0.6, but expected a share of 0 to 0.5/)
    expect(refused({ survival: { 1.5: 0.5 } })).toThrow(/survival: 1.5, but expected parts of the way above 0 to 1/)
    expect(refused({ survival: 0.5 })).toThrow(/survival: 0.5, but expected the share still open/)
  })

  it('prints its assumptions', () => {
    const text = liquidationMap(simulateMarket({ bars: 10 }), {
      extraMargin: { 0: 3, 1: 1 },
      maxAge: '30d',
      leverage: 'retail',
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
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LevelBook } from '../../src/liquidation/book.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import type { LeverageMix } from '../../src/liquidation/leverage.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/market/simulate.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { replayPositions } from './positions.ts'

const options: fc.Arbitrary<MapOptions> = fc.record({
  leverage: fc.constantFrom<LeverageMix[]>({ 10: 1 }, { 5: 0.2, 25: 0.5, 100: 0.3 }, { 3: 1, 50: 2, 125: 1 }),
  entry: fc.constantFrom('range' as const, 'typical' as const, 'close' as const),
  halfLife: fc.constantFrom('6h', '7d', Infinity),
  binWidth: fc.constantFrom(0.0005, 0.001, 0.004),
  flow: fc.record({
    from: fc.constantFrom('volume' as const, 'openInterest' as const),
    split: fc.constantFrom('taker' as const, 'even' as const),
    openShare: fc.constantFrom(0.1, 0.5, 1),
  }),
})
const seeds = fc.integer({ min: 1, max: 1e6 })

/** Everything that the book holds at each bar, by `side:tier:bin`. */
function snapshots(map: LiquidationMap): Map<string, number>[] {
  const out: Map<string, number>[] = []
  map.replay((_, book) => out.push(contents(book)))
  return out
}

function contents(book: LevelBook): Map<string, number> {
  const levels = new Map<string, number>()
  for (const side of ['long', 'short'] as const) {
    const { byTier } = book[side]
    for (let i = 0; i < byTier.length; i++)
      if (byTier[i] !== 0)
        levels.set(
          `${side}:${i % book.tierCount}:${book.firstBin + Math.floor(i / book.tierCount)}`,
          byTier[i]! * book.scale,
        )
  }
  return levels
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
      flow: { openShare: 1 },
      entry: 'close',
      halfLife: Infinity,
    })
    const { long, short } = map.implied()
    expect([...long]).toEqual([0, 0, 1000, 0])
    expect([...short]).toEqual([0, 0, 0, 0])
    const bin = Math.floor(Math.log((100 * 0.9) / 0.996) / 0.001)
    expect([...snapshots(map)[1]!].find(([key]) => key.startsWith('long'))).toEqual([`long:0:${bin}`, 1000])
  })

  it('half of a position is gone after its half-life', () => {
    const market = marketOf([[100, 100, 100, 100, 10], ...Array.from({ length: 24 }, () => [100, 100, 100, 100, 0])])
    const map = liquidationMap(market, { leverage: { 10: 1 }, flow: { openShare: 1 }, halfLife: '1d' })
    expect([...snapshots(map)[24]!.values()].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1000, 9)
  })

  it('agrees with position objects, one by one, in every option', () => {
    fc.assert(
      fc.property(seeds, options, (seed, mapOptions) => {
        const market = simulateMarket({ seed, bars: 60, volatility: 2 })
        const map = liquidationMap(market, mapOptions)
        const slow = replayPositions(market, {
          tiers: map.options.tiers.map(({ weight }, i) => ({ weight, ...map.reach[i]! })),
          from: map.flow.options.from,
          openShare: map.flow.options.openShare,
          split: map.flow.options.split,
          entry: map.options.entry,
          halfLifeMs: map.options.halfLifeMs,
          binWidth: map.options.binWidth,
        })
        const fast = snapshots(map)
        const implied = map.implied()
        // One look at the largest deviation: an expectation for each of a million levels would take a minute.
        let worst = 0
        for (let t = 0; t < market.length; t++) {
          expect(fast[t]!.size).toBe(slow[t]!.levels.size)
          for (const [key, value] of slow[t]!.levels)
            worst = Math.max(worst, Math.abs((fast[t]!.get(key) ?? Infinity) / value - 1))
          for (const side of ['long', 'short'] as const) {
            const expected = slow[t]!.consumed[side]
            worst = Math.max(worst, Math.abs(implied[side][t]! - expected) / Math.max(1, expected))
          }
        }
        expect(worst).toBeLessThan(1e-9)
      }),
      { numRuns: 40 },
    )
  })

  it('prefix invariance: what is known of bar t is the same to the last bit whether or not the data goes on', () => {
    fc.assert(
      fc.property(seeds, options, fc.integer({ min: 1, max: 119 }), (seed, mapOptions, cut) => {
        const market = simulateMarket({ seed, bars: 120, volatility: 2 })
        const whole = liquidationMap(market, mapOptions)
        const part = liquidationMap(prefix(market, cut), mapOptions)
        const wholeSnapshots = snapshots(whole)
        for (const [t, levels] of snapshots(part).entries()) expect(levels).toEqual(wholeSnapshots[t])
        expect(part.implied().long).toEqual(whole.implied().long.slice(0, cut))
        expect(part.implied().short).toEqual(whole.implied().short.slice(0, cut))
        const rule = { brightness: 1.5, at: cut - 1 }
        expect(clusterTable(part, rule).objects()).toEqual(clusterTable(whole, rule).objects())
      }),
      { numRuns: 40 },
    )
  })

  it('renormalising the scale changes nothing that can be seen', () => {
    // A half-life of a minute over hourly bars makes the scale fall by 2^-60 a bar.
    const market = simulateMarket({ seed: 4, bars: 60 })
    const map = liquidationMap(market, { halfLife: '1m', leverage: { 10: 1 } })
    const last = snapshots(map).at(-1)!
    expect([...last.values()].every(value => Number.isFinite(value) && value >= 0)).toBe(true)
    expect([...last.values()].reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0)
  })

  it('is linear in the leverage weights', () => {
    const market = simulateMarket({ seed: 9, bars: 200 })
    const cell = (leverage: Record<number, number>) =>
      heatGrid(liquidationMap(market, { leverage }), { columns: 20, rows: 50 })
    const ten = cell({ 10: 1, 50: 0 })
    const fifty = cell({ 10: 0, 50: 1 })
    const both = cell({ 10: 0.25, 50: 0.75 })
    const total = both.long.reduce((sum, value) => sum + value, 0)
    expect(total).toBeGreaterThan(0)
    for (let i = 0; i < both.long.length; i++) {
      const mixed = 0.25 * ten.long[i]! + 0.75 * fifty.long[i]!
      expect(Math.abs(both.long[i]! - mixed)).toBeLessThanOrEqual(1e-6 * mixed)
    }
  })

  it('prints its assumptions', () => {
    const text = liquidationMap(simulateMarket({ bars: 10 })).assumptions.join('\n')
    for (const word of [
      'not a real market',
      '10x 30 %',
      'open interest',
      'taker volume',
      'half-life of positions: 7 days',
      'isolated',
    ])
      expect(text).toContain(word)
  })

  const bad: [string, MapOptions, RegExp][] = [
    ['weights that are all zero', { leverage: { 10: 0, 20: 0 } }, /all weights are 0/],
    ['a leverage of 0', { leverage: { 0: 1 } }, /tier 0, but expected a leverage above 1/],
    ['a leverage of 1', { leverage: { 1: 1 } }, /tier 1, /],
    ['a leverage of 1000', { leverage: { 1000: 1 } }, /leverage: 1000x/],
    ['a negative weight', { leverage: { 10: -1 } }, /weight -1 of tier 10x/],
    ['a half-life that is none', { halfLife: 'a while' }, /halfLife: "a while"/],
    ['a bin width of 0', { binWidth: 0 }, /binWidth: 0/],
    ['open interest where there is none', { flow: { from: 'openInterest' } }, /has no openInterest series/],
    ['taker volume where there is none', { flow: { split: 'taker' } }, /has no takerBuyVolume series/],
    ['an open share above 1', { flow: { openShare: 1.5 } }, /flow.openShare: 1.5/],
  ]
  for (const [what, mapOptions, message] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => liquidationMap(marketOf([[1, 1, 1, 1]]), mapOptions)).toThrow(message)
    })
  }
})

/** An estimate held against observed positions. */
import { describe, expect, it } from 'vitest'
import { displayMethod } from '../../../src/common/host.ts'
import { liq } from '../../../src/liqnb.ts'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import { compareMaps } from '../../../src/liquidation/observed/compare.ts'
import { observedMap } from '../../../src/liquidation/observed/observed-map.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { simulatedPositions } from '../../../src/simulate/simulated-positions.ts'
import { partialSpearman, spearman } from '../../../src/stats/ranks.ts'
import { marketOf } from '../../market/fixtures.ts'
import { existing } from '../helpers.ts'
import { observe } from './positions.ts'

/** A population that a map can estimate well: no stops, no added margin, many positions. */
const market = simulateMarket({
  seed: 6,
  bars: 400,
  population: {
    leverage: { 10: 0.4, 25: 0.35, 50: 0.25 },
    extraMargin: { 0: 1 },
    stopShare: 0,
    holding: '7d',
    positionsPerBar: 15,
  },
})
const tiers = [10, 25, 50]
const right: MapOptions = { leverage: { 10: 0.4, 25: 0.35, 50: 0.25 }, halfLife: '4d', flow: { from: 'volume' } }
const positions = simulatedPositions(market, { everyBars: 8 })
const observed = observedMap(positions, market, { tiers })
const few = { snapshots: 40, resamples: 100 }

describe('compareMaps', () => {
  it('of a map with itself finds full agreement, in every part', () => {
    const { long, short } = compareMaps(observed, observed, few)
    for (const side of [long, short])
      for (const part of [side, ...side.byDistance, ...side.byTier]) {
        expect(part.spearman.mean).toBeCloseTo(1, 9)
        expect(part.overlap.mean).toBeCloseTo(1, 9)
        expect(part.ratio.mean).toBeCloseTo(1, 9)
        expect(part.observedUsd).toBe(part.estimatedUsd)
      }
    expect(long.byTier.map(({ leverage }) => leverage)).toEqual(tiers)
    expect(long.byDistance.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.02],
      [0.02, 0.05],
      [0.05, 0.1],
      [0.1, 0.2],
    ])
  })

  it('rates the right assumptions above wrong ones, with intervals around the value', () => {
    const score = (options: MapOptions) => {
      const { long, short } = compareMaps(liquidationMap(market, { ...right, ...options }), observed, few)
      for (const { beyondDistance, overlap } of [long, short])
        for (const { mean, low, high } of [beyondDistance, overlap]) {
          expect(low).toBeLessThan(mean)
          expect(high).toBeGreaterThan(mean)
        }
      return {
        beyond: (long.beyondDistance.mean + short.beyondDistance.mean) / 2,
        overlap: (long.overlap.mean + short.overlap.mean) / 2,
      }
    }
    const best = score({})
    expect(best.beyond).toBeGreaterThan(0.5)
    const wrongTier = score({ leverage: { 5: 1 } })
    expect(wrongTier.beyond).toBeLessThan(best.beyond - 0.2)
    expect(wrongTier.overlap).toBeLessThan(best.overlap - 0.1)
  })

  it('takes the ratio of USD from the part of positions that was seen, and ranks from neither scale', () => {
    const scaled = compareMaps(liquidationMap(market, { ...right, scale: 0.01 }), observed, few)
    const plain = compareMaps(liquidationMap(market, right), observed, few)
    expect(scaled.long.ratio.mean / plain.long.ratio.mean).toBeCloseTo(0.01, 9)
    expect(scaled.long.spearman.mean).toBeCloseTo(plain.long.spearman.mean, 9)
    expect(scaled.long.overlap.mean).toBeCloseTo(plain.long.overlap.mean, 9)
    const half = compareMaps(
      liquidationMap(market, right),
      observedMap(simulatedPositions(market, { everyBars: 8, share: 0.5 }), market, { tiers }),
      few,
    )
    expect(half.long.ratio.mean / plain.long.ratio.mean).toBeGreaterThan(1.7)
    expect(half.long.ratio.mean / plain.long.ratio.mean).toBeLessThan(2.3)
  })

  it('sums by price group from the close outwards, by hand', () => {
    const flat = marketOf(Array.from({ length: 2 }, () => [100, 101, 99.5, 100]))
    const at = (price: number) => ({ size: 1, price })
    const one = observe(flat.time[0]!, [
      { hour: 0, account: 'a', rows: [at(99.2)] },
      { hour: 0, account: 'b', rows: [at(97)] },
    ])
    const other = observe(flat.time[0]!, [
      { hour: 0, account: 'a', rows: [at(98.3)] },
      { hour: 0, account: 'b', rows: [at(97)] },
      { hour: 0, account: 'c', rows: [at(97)] },
      { hour: 0, account: 'd', rows: [at(96.99)] },
    ])
    const options = { within: 0.05, binWidth: 0.01 }
    const { long, short } = compareMaps(observedMap(one, flat), observedMap(other, flat), options)
    expect(long.snapshots).toBe(2)
    // Shares by group of 1 %: 1/2 in the first and 1/2 in the fourth, against 1/4 in the second and 3/4 in the fourth.
    expect(long.overlap.mean).toBeCloseTo(0.5, 12)
    expect(long.ratio.mean).toBeCloseTo(0.5, 12)
    expect(compareMaps(observedMap(other, flat), observedMap(one, flat), options).long.overlap.mean).toBeCloseTo(
      0.5,
      12,
    )
    const [estimate, real, distance] = [
      [100, 0, 0, 100, 0],
      [0, 100, 0, 300, 0],
      [0, 1, 2, 3, 4],
    ]
    expect(long.spearman.mean).toBeCloseTo(spearman(estimate!, real!), 12)
    expect(long.beyondDistance.mean).toBeCloseTo(partialSpearman(estimate!, real!, [distance!]), 12)
    expect(Math.abs(long.beyondDistance.mean - long.spearman.mean)).toBeGreaterThan(0.01)
    expect(long.byDistance[0]).toMatchObject({ from: 0, to: 0.02, estimatedUsd: 100, observedUsd: 100 })
    expect(long.overlap.low).toBeNaN()
    expect(short.snapshots).toBe(0)
    expect(short.overlap.mean).toBeNaN()
  })

  it('compares the tiers that both maps have, each with its own, at the bars asked for', () => {
    const flat = marketOf(Array.from({ length: 3 }, () => [100, 101, 99.5, 100]))
    const held = (coins: readonly [leverage: number, size: number][]) =>
      observe(
        flat.time[0]!,
        coins.map(([leverage, size]) => ({ hour: 0, account: `${leverage}`, rows: [{ size, price: 95, leverage }] })),
      )
    const one = observedMap(held([5, 10, 25].map((x, k) => [x, k + 1])), flat, { tiers: [5, 10, 25] })
    const other = observedMap(held([10, 20, 25, 50].map((x, k) => [x, 10 * (k + 1)])), flat, {
      tiers: [10, 20, 25, 50],
    })
    const tiers = (options = {}) =>
      compareMaps(one, other, options).long.byTier.map(({ leverage, estimatedUsd, observedUsd }) => [
        leverage,
        Math.round(estimatedUsd),
        Math.round(observedUsd),
      ])
    expect(tiers()).toEqual([
      [10, 200, 1000],
      [25, 300, 3000],
    ])
    const snapshots = (options: object) => compareMaps(one, other, options).long.snapshots
    expect([{}, { from: 1 }, { to: 1 }, { from: 1, to: 1 }, { from: 2 }, { snapshots: 2 }].map(snapshots)).toEqual([
      3, 2, 2, 1, 1, 2,
    ])
    for (const wrong of [
      { from: 3 },
      { to: 3 },
      { from: 2, to: 1 },
      { snapshots: 0 },
      { within: 0 },
      { within: 2.01 },
      { binWidth: 0 },
      { binWidth: 0.51 },
    ])
      expect(() => snapshots(wrong)).toThrow('liq.compare: ')
    expect(snapshots({ within: 2, binWidth: 0.5 })).toBe(3)
  })

  it('has intervals from its own seed, resamples and blocks', () => {
    // Twenty closes at which the share of the far level differs.
    const flat = marketOf(Array.from({ length: 20 }, () => [100, 101, 99.5, 100]))
    const readings = (step: number) =>
      observe(
        flat.time[0]!,
        Array.from({ length: 20 }, (_, hour) => ({
          ...{ hour, account: 'a' },
          rows: [
            { size: 1, price: 98 },
            { size: 1 + ((hour * step) % 7), price: 95 },
          ],
        })),
      )
    const maps = [observedMap(readings(3), flat), observedMap(readings(5), flat)] as const
    const low = (options: object) => compareMaps(...maps, { resamples: 60, ...options }).long.ratio.low
    expect(low({})).toBe(low({ seed: 1 }))
    expect(low({})).not.toBe(low({ seed: 2 }))
    expect(low({})).not.toBe(low({ resamples: 11 }))
    expect(low({})).not.toBe(low({ block: 9 }))
    expect(low({ block: 1 })).toBeGreaterThan(0)
    for (const block of [0.99, 0, Infinity, Number.NaN, '2'])
      expect(() => low({ block })).toThrow('liq.compare: block: ')
  })

  it('names what does not fit', () => {
    expect(() => compareMaps(liquidationMap(simulateMarket({ bars: 50 })), observed)).toThrow(
      /the bars of the two maps differ/,
    )
    expect(() => compareMaps(liquidationMap(market, { binWidth: 0.002 }), observed)).toThrow(
      /binWidth of the map: 0.002, but expected 0.001/,
    )
    expect(() => compareMaps(observed, observed, { from: 400 })).toThrow(/liq.compare: from: 400/)
    expect(() => compareMaps(observed, observed, { from: 0, to: 1 })).toThrow(/no position was observed/)
  })
})

describe('liq.compare', () => {
  it('displays both sides, by distance and tier, and what was covered', () => {
    const comparison = liq.compare(liq.heatmap(market, right), liq.observedMap(positions, market, { tiers }), few)
    const display = existing(displayMethod(comparison))
    const text = (display.call(comparison) as Record<string, string>)['text/plain']!
    expect(text).toMatch(/Rank correlation\s+0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)/)
    expect(text).toMatch(/2 % to 5 % from the price\s+[\d.]+× \(/)
    expect(text).toMatch(/25x\s+[\d.]+× \(/)
    expect(text).toContain('% and')
    const rows = comparison.table().objects() as { side: string; part: string }[]
    expect(rows.filter(({ side }) => side === 'short').map(({ part }) => part)).toEqual([
      'all',
      '0 % to 2 %',
      '2 % to 5 %',
      '5 % to 10 %',
      '10 % to 20 %',
      '10x',
      '25x',
      '50x',
    ])
  })

  it('refuses an estimate in place of the observed map, and says when no tier is common', () => {
    const estimate = liq.heatmap(market, right)
    expect(() => liq.compare(estimate, estimate)).toThrow(/the second map is an estimate/)
    expect(() => liq.compare(market as never, observed)).toThrow(/liq.compare, first argument: expects a heatmap/)
    const comparison = liq.compare(estimate, liq.observedMap(positions, market, { tiers: [3] }), few)
    const text = (existing(displayMethod(comparison)).call(comparison) as Record<string, string>)['text/plain']
    expect(text).toContain('No tier is in both maps')
  })
})

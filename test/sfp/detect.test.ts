import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { detectSfp, nearMisses } from '../../src/sfp/detect.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { signalTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { createLevel, fixedLevels, LOOSE, QUIET } from './helpers.ts'

/** A line at a price, above or below 100, or a high zone from `inner` to `outer`. */
function fixed(inner: number, outer = inner): LevelSource {
  return fixedLevels(createLevel(inner >= 100 ? 'high' : 'low', inner, outer))
}

const bars = (signals: readonly { bar: number; side: string }[]) => signals.map(({ bar, side }) => `${bar}:${side}`)

describe('detectSfp', () => {
  it('goes short when the high passes a level and the bar closes back inside', () => {
    const market = marketOf([QUIET, QUIET, [100, 107, 99, 101], QUIET])
    const [signal, ...others] = detectSfp(market, fixed(105), LOOSE)
    expect(others).toEqual([])
    expect(signal).toMatchObject({ bar: 2, sweepBar: 2, side: 'short', extreme: 107, sweepDepth: 1 })
    // ATR of the bar before: 2; from the close of 100 to the high of 107.
    expect(signal!.move).toBeCloseTo(3.5, 9)
  })

  it('goes long in the mirror image', () => {
    const market = marketOf([QUIET, QUIET, [100, 101, 93, 99], QUIET])
    expect(bars(detectSfp(market, fixed(95), LOOSE))).toEqual(['2:long'])
  })

  it('gives no signal when the bar closes beyond the level', () => {
    expect(detectSfp(marketOf([QUIET, [100, 107, 99, 106], QUIET]), fixed(105), LOOSE)).toEqual([])
  })

  it('gives no signal when the bar only touches the level', () => {
    expect(detectSfp(marketOf([QUIET, [100, 105, 99, 101], QUIET]), fixed(105), LOOSE)).toEqual([])
  })

  it('measures NaN while the ATR is 0, which fails every condition in ATR', () => {
    const still = [100, 100, 100, 100]
    const market = marketOf([still, still, [100, 107, 99, 101], QUIET])
    const [signal] = detectSfp(market, fixed(105), LOOSE)
    expect(signal).toMatchObject({ bar: 2, move: Number.NaN, depth: Number.NaN })
    expect(signalTable(market, [signal!]).get('reason', 0)).toBe(
      'swept the high 105 to 107; closed back in the same bar: short',
    )
    for (const condition of [{ minMove: 1 }, { minDepth: 0.1 }, { maxDepth: 3 }])
      expect(detectSfp(market, fixed(105), { ...LOOSE, ...condition })).toEqual([])
  })

  it('reclaims within the next bars, with the extreme of the whole sweep', () => {
    const market = marketOf([QUIET, [100, 107, 99, 106], [106, 109, 103, 104], QUIET])
    expect(detectSfp(market, fixed(105), { ...LOOSE, openInside: true })).toEqual([])
    const [signal] = detectSfp(market, fixed(105), { ...LOOSE, reclaimWithin: 1, invalidation: 5 })
    expect(signal).toMatchObject({ bar: 2, sweepBar: 1, extreme: 109 })
    const lower = marketOf([QUIET, [100, 109, 99, 106], [106, 107, 103, 104], QUIET])
    expect(detectSfp(lower, fixed(105), { ...LOOSE, reclaimWithin: 1, invalidation: 5 })[0]!.extreme).toBe(109)
  })

  it('ends a sweep at a close so far beyond that it is a trend', () => {
    const market = marketOf([QUIET, [100, 116, 99, 115], [115, 115, 103, 104], QUIET])
    expect(detectSfp(market, fixed(105), { ...LOOSE, reclaimWithin: 2, invalidation: 1 })).toEqual([])
    expect(bars(detectSfp(market, fixed(105), { ...LOOSE, reclaimWithin: 2, invalidation: 20 }))).toEqual(['2:short'])
  })

  it('requires a minimum share of the zone and a minimum move', () => {
    const market = marketOf([QUIET, QUIET, [100, 106, 99, 101], QUIET])
    expect(detectSfp(market, fixed(105, 109), { ...LOOSE, minSweepDepth: 0.5 })).toEqual([])
    expect(detectSfp(market, fixed(105, 109), { ...LOOSE, minSweepDepth: 0.25 })[0]!.sweepDepth).toBe(0.25)
    expect(detectSfp(market, fixed(105), { ...LOOSE, minMove: 3 })).toHaveLength(1)
    expect(detectSfp(market, fixed(105), { ...LOOSE, minMove: 3.1 })).toEqual([])
  })

  it('does not count a bar that opens beyond the level, unless openInside is off', () => {
    const market = marketOf([QUIET, [106, 107, 99, 101], QUIET])
    expect(detectSfp(market, fixed(105), LOOSE)).toEqual([])
    expect(detectSfp(market, fixed(105), { ...LOOSE, openInside: false })).toHaveLength(1)
    // An open exactly on the level is not inside of it.
    expect(detectSfp(marketOf([QUIET, [105, 107, 99, 101], QUIET]), fixed(105), LOOSE)).toEqual([])
  })

  it('ignores two signals in one bar, unless one side is preferred', () => {
    const market = marketOf([QUIET, [100, 107, 93, 100], QUIET])
    const both = fixedLevels(createLevel('high', 105), createLevel('low', 95))
    expect(detectSfp(market, both, LOOSE)).toEqual([])
    expect(bars(detectSfp(market, both, { ...LOOSE, both: 'long' }))).toEqual(['1:long'])
    expect(bars(detectSfp(market, both, { ...LOOSE, both: 'short' }))).toEqual(['1:short'])
  })

  it('takes as target the nearest level of the other side that is known at the close of the signal', () => {
    const market = marketOf([QUIET, [100, 107, 99, 101], QUIET])
    const swept = createLevel('high', 105)
    const low = (price: number) => createLevel('low', price)
    const opposite = (...rows: Level[][]) => {
      const source: LevelSource = {
        name: 'by bar',
        forEachBar: visit => {
          for (const t of [0, 1, 2]) visit(t, rows[t] ?? [])
        },
      }
      return detectSfp(market, source, LOOSE)[0]!.opposite
    }
    expect(opposite([swept])).toBeNaN()
    expect(opposite([swept], [swept, low(90), low(97), low(95)])).toBe(97)
    // Lows above the close, highs below it and what is known a bar later are none.
    expect(opposite([swept], [low(102), low(90), createLevel('high', 99)], [low(98)])).toBe(90)
    expect(opposite([swept], [], [low(98), swept])).toBeNaN()
    // A long takes the nearest high.
    const down = marketOf([QUIET, [100, 101, 93, 99], QUIET])
    const highs = fixedLevels(low(95), createLevel('high', 110), createLevel('high', 104), createLevel('high', 98))
    expect(detectSfp(down, highs, LOOSE)[0]!.opposite).toBe(104)
    // One that lies exactly on the close is reached already.
    expect(opposite([swept], [low(101), low(90)])).toBe(90)
    const onClose = fixedLevels(low(95), createLevel('high', 99), createLevel('high', 104))
    expect(detectSfp(down, onClose, LOOSE)[0]!.opposite).toBe(104)
  })

  it('takes the strongest of several levels that one bar sweeps, and of equals the first', () => {
    const market = marketOf([QUIET, [100, 107, 99, 101], QUIET])
    const level = (inner: number, strength: number) => ({ ...createLevel('high', inner), strength })
    const chosen = (...levels: Level[]) => {
      const [signal, ...others] = detectSfp(market, fixedLevels(...levels), LOOSE)
      expect(others).toEqual([])
      // Also where near misses are asked for.
      expect(detectSfp(market, fixedLevels(...levels), LOOSE, () => {})).toEqual([signal])
      return signal!.level.inner
    }
    expect(chosen(level(103, 1), level(105, 2), level(104, 1.5))).toBe(105)
    expect(chosen(level(105, 2), level(103, 1))).toBe(105)
    expect(chosen(level(103, 2), level(105, 2))).toBe(103)
    // A stronger one that is not swept, or not far enough, does not count, but is told as a near miss.
    const rule = { ...LOOSE, minSweepDepth: 0.9 }
    const levels = fixedLevels(level(103, 1), level(108, 9), { ...level(106, 5), outer: 109 }, level(105, 2))
    expect(detectSfp(market, levels, rule)[0]!.level.inner).toBe(105)
    expect(nearMisses(market, levels, rule).map(({ condition, level: { inner } }) => [condition, inner])).toEqual([
      ['minSweepDepth', 106],
    ])
    // Also a weaker one after a stronger one.
    const weaker = fixedLevels(level(105, 9), { ...level(106, 5), outer: 109 })
    expect(nearMisses(market, weaker, rule).map(({ level: { inner } }) => inner)).toEqual([106])
  })

  it('uses levels known at the close before the bar, not at its own', () => {
    const market = marketOf([QUIET, [100, 107, 99, 101], QUIET])
    const late: LevelSource = {
      name: 'late',
      forEachBar: visit => fixed(105).forEachBar((t, levels) => visit(t, t >= 1 ? levels : [])),
    }
    expect(detectSfp(market, late, LOOSE)).toEqual([])
  })

  it('refuses options that are out of range', () => {
    const market = marketOf([QUIET])
    expect(() => detectSfp(market, fixed(105), { reclaimWithin: -1 })).toThrow(/reclaimWithin: -1/)
    expect(() => detectSfp(market, fixed(105), { minSweepDepth: 2 })).toThrow(/minSweepDepth: 2/)
    expect(() => detectSfp(market, fixed(105), { both: 'maybe' as 'none' })).toThrow(
      /^liq.sfp: both: "maybe", but expected none, short or long$/,
    )
  })
})

describe('level sources, as the detector sees them', () => {
  it('know a pivot when the bars after it have closed, not before', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [100, i === 10 ? 110 : 101, 99, 100])
    const seen: string[] = []
    pivotLevels(marketOf(rows), 5).forEachBar((t, levels) => {
      const high = levels.find(level => level.kind === 'high')
      if (high?.inner === 110) seen.push(`${t}:${high.since}`)
    })
    expect(seen[0]).toBe('15:15')
  })

  it('have clusters on their side of the close, with the bar at which they are known', () => {
    const map = liquidationMap(simulateMarket({ seed: 3, bars: 200 }))
    let count = 0
    clusterLevels(map, { brightest: 2, brightness: 1.5 }).forEachBar((t, levels) => {
      for (const level of levels) {
        count++
        expect(level.since).toBe(t)
        if (level.kind === 'high') expect(level.inner).toBeGreaterThan(map.market.close[t]! * 0.999)
        else expect(level.inner).toBeLessThan(map.market.close[t]! * 1.001)
      }
      expect(levels.filter(level => level.kind === 'high').length).toBeLessThanOrEqual(2)
    })
    expect(count).toBeGreaterThan(100)
  })

  it('give signals that do not change when the data continues (prefix invariance)', () => {
    const options = fc.record({
      reclaimWithin: fc.integer({ min: 0, max: 3 }),
      minMove: fc.constantFrom(0, 0.5, 1),
      minSweepDepth: fc.constantFrom(0, 0.5),
      minConsumed: fc.constantFrom(0, 0.3),
      confirmation: fc.constantFrom(0, 2),
      trend: fc.constantFrom<'any' | 'with' | 'against'>('any', 'with', 'against'),
      trendPeriod: fc.constant(20),
      minVolumeOutside: fc.constantFrom(0, 0.2),
      closePosition: fc.constantFrom(0, 0.5),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), options, fc.integer({ min: 20, max: 299 }), (seed, rule, cut) => {
        const whole = simulateMarket({ seed, bars: 300, volatility: 1.5 })
        const part = prefix(whole, cut)
        for (const source of [
          (market: typeof whole) => pivotLevels(market, 3),
          (market: typeof whole) => clusterLevels(liquidationMap(market), { brightest: 5, brightness: 1.5 }),
        ]) {
          const all = detectSfp(whole, source(whole), rule)
          expect(detectSfp(part, source(part), rule)).toEqual(all.filter(signal => signal.bar < cut))
        }
      }),
      { numRuns: 25 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import type { DetectOptions } from '../../src/sfp/detect-options.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/columns.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { signalTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

/** A zone above from `inner` to `outer`, or below when outer is lower; known at every bar. */
function fixed(inner: number, outer = inner): LevelSource {
  const level: Level = {
    kind: outer > inner || inner >= 100 ? 'high' : 'low',
    inner,
    outer,
    strength: 1,
    convergence: 0,
    since: 0,
  }
  return {
    name: 'fixed',
    forEachBar(visit) {
      for (let t = 0; t < 100; t++) visit(t, [level])
    },
  }
}

const quiet = [100, 101, 99, 100]
const loose: DetectOptions = { minMove: 0, minSweepDepth: 0, reclaimWithin: 0 }
const bars = (signals: readonly { bar: number; side: string }[]) => signals.map(({ bar, side }) => `${bar}:${side}`)

describe('detectSfp', () => {
  it('short: the high goes through the level and the bar closes back inside', () => {
    const market = marketOf([quiet, quiet, [100, 107, 99, 101], quiet])
    const [signal, ...rest] = detectSfp(market, fixed(105), loose)
    expect(rest).toEqual([])
    expect(signal).toMatchObject({ bar: 2, sweepBar: 2, side: 'short', extreme: 107, sweepDepth: 1 })
    // ATR of the bar before: 2; from the close of 100 to the high of 107.
    expect(signal!.move).toBeCloseTo(3.5, 9)
  })

  it('long: the mirror image', () => {
    const market = marketOf([quiet, quiet, [100, 101, 93, 99], quiet])
    expect(bars(detectSfp(market, fixed(95), loose))).toEqual(['2:long'])
  })

  it('a close beyond the level is no signal', () => {
    expect(detectSfp(marketOf([quiet, [100, 107, 99, 106], quiet]), fixed(105), loose)).toEqual([])
  })

  it('a touch without going through is none', () => {
    expect(detectSfp(marketOf([quiet, [100, 105, 99, 101], quiet]), fixed(105), loose)).toEqual([])
  })

  it('before the market has moved no ATR is known: what is measured in it is NaN, and meets no condition on it', () => {
    const still = [100, 100, 100, 100]
    const market = marketOf([still, still, [100, 107, 99, 101], quiet])
    const [signal] = detectSfp(market, fixed(105), loose)
    expect(signal).toMatchObject({ bar: 2, move: Number.NaN, depth: Number.NaN })
    expect(signalTable(market, [signal!]).get('reason', 0)).toBe(
      'swept the high 105 to 107; closed back in the same bar: short',
    )
    for (const asked of [{ minMove: 1 }, { minDepth: 0.1 }, { maxDepth: 3 }])
      expect(detectSfp(market, fixed(105), { ...loose, ...asked })).toEqual([])
  })

  it('reclaims within the next bars, with the extreme of the whole sweep', () => {
    const market = marketOf([quiet, [100, 107, 99, 106], [106, 109, 103, 104], quiet])
    expect(detectSfp(market, fixed(105), { ...loose, openInside: true })).toEqual([])
    const [signal] = detectSfp(market, fixed(105), { ...loose, reclaimWithin: 1, invalidation: 5 })
    expect(signal).toMatchObject({ bar: 2, sweepBar: 1, extreme: 109 })
  })

  it('gives a sweep up when a close far beyond says that it is a trend', () => {
    const market = marketOf([quiet, [100, 116, 99, 115], [115, 115, 103, 104], quiet])
    expect(detectSfp(market, fixed(105), { ...loose, reclaimWithin: 2, invalidation: 1 })).toEqual([])
    expect(bars(detectSfp(market, fixed(105), { ...loose, reclaimWithin: 2, invalidation: 20 }))).toEqual(['2:short'])
  })

  it('asks for a share of the zone and for a sharp move', () => {
    const market = marketOf([quiet, quiet, [100, 106, 99, 101], quiet])
    expect(detectSfp(market, fixed(105, 109), { ...loose, minSweepDepth: 0.5 })).toEqual([])
    expect(detectSfp(market, fixed(105, 109), { ...loose, minSweepDepth: 0.25 })[0]!.sweepDepth).toBe(0.25)
    expect(detectSfp(market, fixed(105), { ...loose, minMove: 3 })).toHaveLength(1)
    expect(detectSfp(market, fixed(105), { ...loose, minMove: 3.1 })).toEqual([])
  })

  it('a bar that opens beyond the level does not sweep it', () => {
    const market = marketOf([quiet, [106, 107, 99, 101], quiet])
    expect(detectSfp(market, fixed(105), loose)).toEqual([])
    expect(detectSfp(market, fixed(105), { ...loose, openInside: false })).toHaveLength(1)
  })

  it('two signals in one bar are none, unless one is preferred', () => {
    const market = marketOf([quiet, [100, 107, 93, 100], quiet])
    const both: LevelSource = {
      name: 'both',
      forEachBar: visit => {
        const levels: Level[] = []
        fixed(105).forEachBar((t, high) => t === 0 && levels.push(...high))
        fixed(95).forEachBar((t, low) => t === 0 && levels.push(...low))
        for (let t = 0; t < 3; t++) visit(t, levels)
      },
    }
    expect(detectSfp(market, both, loose)).toEqual([])
    expect(bars(detectSfp(market, both, { ...loose, both: 'long' }))).toEqual(['1:long'])
  })

  it('uses levels known at the close before, not those of the bar itself', () => {
    const market = marketOf([quiet, [100, 107, 99, 101], quiet])
    const late: LevelSource = {
      name: 'late',
      forEachBar: visit => fixed(105).forEachBar((t, levels) => visit(t, t >= 1 ? levels : [])),
    }
    expect(detectSfp(market, late, loose)).toEqual([])
  })

  it('refuses options that are out of range', () => {
    const market = marketOf([quiet])
    expect(() => detectSfp(market, fixed(105), { reclaimWithin: -1 })).toThrow(/reclaimWithin: -1/)
    expect(() => detectSfp(market, fixed(105), { minSweepDepth: 2 })).toThrow(/minSweepDepth: 2/)
    expect(() => detectSfp(market, fixed(105), { both: 'maybe' as 'none' })).toThrow(/both: maybe/)
  })
})

describe('level sources', () => {
  it('a pivot is known when the bars after it have closed, not before', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [100, i === 10 ? 110 : 101, 99, 100])
    const seen: string[] = []
    pivotLevels(marketOf(rows), 5).forEachBar((t, levels) => {
      const high = levels.find(level => level.kind === 'high')
      if (high?.inner === 110) seen.push(`${t}:${high.since}`)
    })
    expect(seen[0]).toBe('15:15')
  })

  it('clusters lie on their side of the close and carry the bar they are known at', () => {
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

  it('signals do not change when the data goes on (prefix invariance)', () => {
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

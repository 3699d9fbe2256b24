import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { detectSfp, type NearMiss, nearMisses } from '../../src/sfp/detect.ts'
import type { DetectOptions } from '../../src/sfp/detect-options.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { missTable, signalTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'
import { createLevel, fixedLevels, LOOSE, QUIET } from './helpers.ts'

/** A high from `inner` to `outer`. */
const high = (inner: number, outer = inner) => fixedLevels(createLevel('high', inner, outer))

/** From 100 up to 107, closed at 101; the ATR before it is 2. */
const sweep = [100, 107, 99, 101]

/** Result of one sweep: `signal`, or the condition that failed. */
function outcomeOf(options: DetectOptions, rows = [QUIET, QUIET, sweep, QUIET], source = high(105)) {
  const market = marketOf(rows)
  const signals = detectSfp(market, source, { ...LOOSE, ...options })
  const misses = nearMisses(market, source, { ...LOOSE, ...options })
  expect(signals.length + misses.length).toBe(1)
  return signals.length === 1 ? 'signal' : misses[0]!.condition
}

describe('conditions of the detector, each with its near miss', () => {
  it('the depth of the sweep in ATR and in %', () => {
    expect(outcomeOf({ minDepth: 1 })).toBe('signal')
    expect(outcomeOf({ minDepth: 1.1 })).toBe('minDepth')
    expect(outcomeOf({ maxDepth: 1 })).toBe('signal')
    expect(outcomeOf({ maxDepth: 0.9 })).toBe('maxDepth')
    expect(outcomeOf({ minDepthPct: 1.9 })).toBe('signal')
    expect(outcomeOf({ minDepthPct: 2 })).toBe('minDepthPct')
  })

  it('the share of the cluster’s USD, which is not the share of its width', () => {
    // Half of the width, but the near half holds 90 % of the USD.
    const profile = Float32Array.of(0.9, 1)
    const zone = fixedLevels({ ...createLevel('high', 105, 105 * (107 / 105) ** 2), profile })
    expect(outcomeOf({ minSweepDepth: 0.45, minConsumed: 0.89 }, undefined, zone)).toBe('signal')
    expect(outcomeOf({ minConsumed: 0.91 }, undefined, zone)).toBe('minConsumed')
    const [signal] = detectSfp(marketOf([QUIET, QUIET, sweep, QUIET]), zone, LOOSE)
    expect(signal!.consumed).toBeCloseTo(0.9, 6)
    expect(signal!.sweepDepth).toBeCloseTo(2 / (105 * (107 / 105) ** 2 - 105), 9)
  })

  it('the share of the USD of each level by its own profile', () => {
    // A level before it in the list, all of whose USD lie in its first part.
    const other = { ...createLevel('high', 200, 210), profile: Float32Array.of(1, 1) }
    const outer = 105 * (107 / 105) ** 4
    const zone = { ...createLevel('high', 105, outer), profile: Float32Array.of(0.4, 1) }
    // 107 is a quarter of the way in ln(price), half of the first part: 0.2.
    const [signal] = detectSfp(marketOf([QUIET, QUIET, sweep, QUIET]), fixedLevels(other, zone), LOOSE)
    expect(signal!.consumed).toBeCloseTo(0.2, 6)
  })

  it('the share of the USD of a line, of a zone without a profile, and beyond the end of one', () => {
    const consumed = (level: Level, row = sweep) =>
      detectSfp(marketOf([QUIET, QUIET, row, QUIET]), fixedLevels(level, NEXT), LOOSE)[0]!.consumed
    /** A level after it, whose profile is its own. */
    const NEXT = { ...createLevel('high', 200, 210), profile: Float32Array.of(0.5, 1) }
    expect(consumed(createLevel('high', 105))).toBe(1)
    expect(consumed(createLevel('low', 95), [100, 101, 93, 99])).toBe(1)
    // 107 is half of the way in ln(price), three quarters of it, or beyond all of it.
    const zone = (parts: number) => createLevel('high', 105, 105 * (107 / 105) ** parts)
    expect(consumed(zone(2))).toBeCloseTo(1 / 2, 9)
    const profile = Float32Array.of(0.4, 1)
    expect(consumed({ ...zone(4 / 3), profile })).toBeCloseTo(0.4 + (1 / 2) * 0.6, 6)
    expect(consumed({ ...zone(0.9), profile })).toBe(1)
  })

  it('a level is missed only from its inner side, and a close exactly on it reclaims nothing', () => {
    // The close before the sweep lies exactly on the level, above, or below it.
    const misses = (kind: 'high' | 'low', before: number) => {
      const [up, down] = kind === 'high' ? [107, 99] : [101, 93]
      const rows = [QUIET, [100, Math.max(101, before), Math.min(99, before), before], [100, up, down, 100]]
      const level = fixedLevels(createLevel(kind, kind === 'high' ? 105 : 95))
      return nearMisses(marketOf(rows), level, { ...LOOSE, minMove: 50 }).filter(({ bar }) => bar === 2)
    }
    expect([104.9, 105, 105.1].map(before => misses('high', before).length)).toEqual([1, 0, 0])
    expect([95.1, 95, 94.9].map(before => misses('low', before).length)).toEqual([1, 0, 0])
    expect(outcomeOf({}, [QUIET, QUIET, [100, 107, 99, 105], [105, 105, 104, 104.9]])).toBe('reclaimWithin')
    expect(outcomeOf({ minReclaim: 0.1 }, [QUIET, QUIET, [100, 107, 99, 104.9], QUIET])).toBe('minReclaim')
  })

  it('the position of the reclaiming close in its bar', () => {
    // Closes at 101 in 99 … 107: three quarters of the way from the high.
    expect(outcomeOf({ closePosition: 0.75 })).toBe('signal')
    expect(outcomeOf({ closePosition: 0.76 })).toBe('closePosition')
  })

  it('the distance of the reclaiming close from the level', () => {
    // 4 inside of 105; the ATR at its close is (2 + 2 + 8) / 3.
    expect(outcomeOf({ minReclaim: 1 })).toBe('signal')
    expect(outcomeOf({ minReclaim: 1.01 })).toBe('minReclaim')
  })

  it('a confirmation: a close further in the direction of the trade before the extreme is passed', () => {
    const rows = (after: number[][]) => [QUIET, QUIET, sweep, ...after]
    expect(outcomeOf({ confirmation: 2 }, rows([QUIET]))).toBe('signal')
    expect(detectSfp(marketOf(rows([QUIET])), high(105), { ...LOOSE, confirmation: 1 })[0]).toMatchObject({
      bar: 3,
      sweepBar: 2,
      extreme: 107,
    })
    const up = [101, 104, 100, 103]
    expect(outcomeOf({ confirmation: 1 }, rows([up, QUIET]))).toBe('confirmation')
    expect(outcomeOf({ confirmation: 2 }, rows([up, QUIET]))).toBe('signal')
    const passed = marketOf(rows([[101, 107.5, 100, 106], QUIET]))
    expect(detectSfp(passed, high(105), { ...LOOSE, confirmation: 2 })).toEqual([])
    // The extreme may be reached again, but not passed, whatever the close. The level is not known any more, so it is not swept again.
    const level = createLevel('high', 105)
    const gone: LevelSource = {
      name: 'gone',
      forEachBar: visit => {
        for (const t of [0, 1, 2, 3, 4]) visit(t, t === 1 ? [level] : [])
      },
    }
    expect(outcomeOf({ confirmation: 1 }, rows([[101, 107, 98, 100], QUIET]), gone)).toBe('signal')
    expect(outcomeOf({ confirmation: 2 }, rows([[101, 107, 100, 102], QUIET]), gone)).toBe('signal')
    expect(outcomeOf({ confirmation: 2 }, rows([[101, 107.5, 98, 100], QUIET]), gone)).toBe('confirmation')
    // The same close again is none further.
    expect(outcomeOf({ confirmation: 1 }, rows([[101, 104, 100, 101], QUIET]))).toBe('confirmation')
  })

  it('the volume outside the level, in mean bars before the sweep', () => {
    const rows = [...Array.from({ length: 20 }, () => QUIET), [...sweep, 40], QUIET]
    // A quarter of the range of 99 … 107 lies beyond 105: 10 of 40, one mean bar.
    expect(outcomeOf({ minVolumeOutside: 1 }, rows)).toBe('signal')
    expect(outcomeOf({ minVolumeOutside: 1.01 }, rows)).toBe('minVolumeOutside')
    expect(outcomeOf({ maxVolumeOutside: 1 }, rows)).toBe('signal')
    expect(outcomeOf({ maxVolumeOutside: 0.99 }, rows)).toBe('maxVolumeOutside')
    expect(outcomeOf({ maxVolumeOutside: 5, volumePeriod: 21 }, rows)).toBe('maxVolumeOutside')
  })

  it('the trend: a short is with it below the moving average', () => {
    const falling = [
      ...Array.from({ length: 6 }, (_, i) => [104 - i, 104.5 - i, 98, 103 - i]),
      [98, 107, 97, 99],
      QUIET,
    ]
    expect(outcomeOf({ trend: 'with', trendPeriod: 4 }, falling)).toBe('signal')
    expect(outcomeOf({ trend: 'against', trendPeriod: 4 }, falling)).toBe('trend')
    expect(outcomeOf({ trend: 'with', trendPeriod: 50 }, falling)).toBe('trend')
    const rising = [QUIET, QUIET, QUIET, [100, 104, 100, 104], [104, 107, 103, 104], QUIET]
    expect(outcomeOf({ trend: 'against', trendPeriod: 4 }, rising)).toBe('signal')
    expect(outcomeOf({ trend: 'with', trendPeriod: 4 }, rising)).toBe('trend')
    // On its moving average price has no trend, which is neither.
    expect(outcomeOf({ trend: 'with', trendPeriod: 2 })).toBe('trend')
    expect(outcomeOf({ trend: 'against', trendPeriod: 2 })).toBe('trend')
  })

  it('an impulse is a body of at least that many ATR of its bar, in a bar that closes beyond the level', () => {
    // True ranges 2, 2 and 8: the ATR at the close of the sweep is 4, its body from 100 to 106 is 1.5 of it.
    const rows = [QUIET, QUIET, [100, 107, 99, 106], [106, 106, 103, 104], QUIET]
    const misses = (impulse: number, bars = rows) =>
      nearMisses(marketOf(bars), high(105), { ...LOOSE, reclaimWithin: 2, invalidation: 9, impulse })
    expect(misses(1.5)).toMatchObject([{ condition: 'impulse', bar: 2, needed: 1.5 }])
    expect(misses(1.5)[0]!.value).toBeCloseTo(1.5, 9)
    expect(misses(1.51)).toEqual([])
    // A close exactly on the level is not beyond it.
    expect(misses(0.1, [QUIET, QUIET, [100, 107, 99, 105], [105, 105, 103, 104], QUIET])).toEqual([])
    expect(misses(0.1, [QUIET, QUIET, [100, 107, 99, 105.01], [105, 105, 103, 104], QUIET]).length).toBe(1)
  })

  it('the volume beyond the level is none in a bar without a range', () => {
    const still = [106, 106, 106, 106]
    const rows = [...Array(20).fill([...QUIET, 10]), [100, 107, 99, 106, 8], [...still, 5], [106, 106, 103, 104, 6]]
    const [signal] = detectSfp(marketOf(rows), high(105), { ...LOOSE, reclaimWithin: 3, invalidation: 9 })
    // A quarter of 8, nothing of 5, and a third of 6, in bars of 10.
    expect(signal!.volumeOutside).toBeCloseTo((8 / 4 + 6 / 3) / 10, 9)
  })

  it('an impulse beyond the level ends the sweep', () => {
    const rows = [QUIET, QUIET, [100, 107, 99, 106], [106, 106, 100, 101], QUIET]
    expect(outcomeOf({ reclaimWithin: 2, invalidation: 9 }, rows)).toBe('signal')
    expect(outcomeOf({ reclaimWithin: 2, invalidation: 9, impulse: 1 }, rows)).toBe('impulse')
    expect(outcomeOf({ reclaimWithin: 2, invalidation: 0.1 }, rows)).toBe('invalidation')
    expect(outcomeOf({ reclaimWithin: 0, invalidation: 9 }, rows)).toBe('reclaimWithin')
  })

  it('an open outside the level, and two signals in one bar', () => {
    expect(outcomeOf({}, [QUIET, QUIET, [106, 107, 99, 101], QUIET])).toBe('openInside')
    const both = fixedLevels(createLevel('high', 105), createLevel('low', 95))
    const market = marketOf([QUIET, [100, 107, 93, 100], QUIET])
    expect(nearMisses(market, both, LOOSE).map(miss => miss.condition)).toEqual(['both', 'both'])
    expect(nearMisses(market, both, { ...LOOSE, both: 'long' }).map(miss => miss.side)).toEqual(['short'])
  })

  it('refuse values out of range', () => {
    for (const [options, message] of [
      [{ closePosition: 1.2 }, /closePosition: 1.2, but expected 0 to 1/],
      [{ confirmation: 0.5 }, /confirmation: 0.5/],
      [{ trend: 'up' as 'with' }, /^liq.sfp: trend: "up", but expected any, with or against$/],
      [{ volumePeriod: 0 }, /volumePeriod: 0/],
      [{ minDepth: Number.NaN }, /minDepth: NaN/],
    ] as [DetectOptions, RegExp][])
      expect(() => detectSfp(marketOf([QUIET]), high(105), options)).toThrow(message)
  })
})

describe('near misses', () => {
  it('carry the condition, the value measured and the value needed', () => {
    const market = marketOf([QUIET, QUIET, sweep, QUIET])
    const [miss] = nearMisses(market, high(105), { ...LOOSE, minMove: 4 })
    expect(miss).toMatchObject({ bar: 2, side: 'short', condition: 'minMove', needed: 4 })
    expect(miss!.value).toBeCloseTo(3.5, 9)
    const [row] = missTable(market, [miss!]).objects() as { by: number; levelInner: number }[]
    expect(row!.by).toBeCloseTo(0.5, 9)
    expect(row!.levelInner).toBe(105)
    expect(nearMisses(market, high(105), { ...LOOSE, minMove: 4, minDepth: 2 })).toEqual([])
  })

  it('measure in ATR: of the bar before at the sweep, of its own bar at a close', () => {
    // True ranges of 2, 2 and 8: the ATR before the sweep is 2, at its close 4.
    const miss = (options: DetectOptions, ...after: number[][]) => {
      const misses = nearMisses(marketOf([QUIET, QUIET, ...after]), high(105), { ...LOOSE, ...options })
      expect(misses.length).toBe(1)
      const [{ condition, value, needed }] = misses as [NearMiss]
      return [condition, Number(value.toFixed(9)), needed]
    }
    // Opened 1 beyond the level.
    expect(miss({}, [106, 107, 99, 101])).toEqual(['openInside', 0.5, 0])
    // Closed 1 or 2 beyond it, or 4 inside of it.
    expect(miss({ invalidation: 9 }, [100, 107, 99, 106])).toEqual(['reclaimWithin', 0.25, 0])
    expect(miss({ invalidation: 0.25 }, [100, 107, 99, 107])).toEqual(['invalidation', 0.5, 0.25])
    expect(miss({ minReclaim: 1.5 }, sweep)).toEqual(['minReclaim', 1, 1.5])
    // A bar of range 4, which leaves the ATR at 4, closed 2 above the reclaiming close.
    expect(miss({ confirmation: 1 }, sweep, [101, 104, 100, 103])).toEqual(['confirmation', -0.5, 0])
    // Closes of 100, 100, 100, 96 in ranges of 2, 2, 2, 4: the ATR is 2.5; 96 is 3 below the mean of all, and 2 below that of the last two.
    const fallen = [QUIET, [100, 100, 96, 96], [96, 107, 95, 99]]
    expect(miss({ trend: 'against', trendPeriod: 4 }, ...fallen)).toEqual(['trend', 1.2, 0])
    expect(miss({ trend: 'against', trendPeriod: 2 }, ...fallen)).toEqual(['trend', 0.8, 0])
  })

  it('do not change the signals, and fall short of their condition (property)', () => {
    const options = fc.record({
      minMove: fc.constantFrom(0, 0.5, 1, 1.5),
      minDepth: fc.constantFrom(0, 0.2),
      minConsumed: fc.constantFrom(0, 0.6),
      reclaimWithin: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), options, (seed, rule) => {
        const market = simulateMarket({ seed, bars: 500, timeframe: '1h', volatility: 1.5 })
        for (const source of [
          pivotLevels(market, 3),
          clusterLevels(liquidationMap(market), { brightest: 3, brightness: 1.5 }),
        ]) {
          const signals = detectSfp(market, source, rule)
          expect(detectSfp(market, source, rule, () => {})).toEqual(signals)
          for (const miss of nearMisses(market, source, rule)) {
            if (miss.condition !== 'minMove' && miss.condition !== 'minDepth') continue
            expect(miss.value).toBeLessThan(miss.needed)
            expect(signals.some(signal => signal.sweepBar === miss.sweepBar && signal.level === miss.level)).toBe(false)
          }
        }
      }),
      { numRuns: 6 },
    )
  })
})

it('describes a signal in words', () => {
  const market = marketOf([QUIET, QUIET, sweep, QUIET])
  const signals = detectSfp(market, high(105), LOOSE)
  const [row] = signalTable(market, signals).objects() as { reason: string; opposite: number }[]
  expect(row!.reason).toBe(
    'swept the high 105 to 107, 1.00 ATR deep in a move of 3.50 ATR; closed back in the same bar: short',
  )
  expect(row!.opposite).toBeNaN()
})

it('gives the nearest opposite level of a signal', () => {
  const market = marketOf([QUIET, QUIET, sweep, QUIET])
  const source = fixedLevels(createLevel('high', 105), ...[90, 96, 103].map(price => createLevel('low', price)))
  expect(detectSfp(market, source, LOOSE)[0]!.opposite).toBe(96)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { detectSfp, nearMisses } from '../../src/sfp/detect.ts'
import type { DetectOptions } from '../../src/sfp/detect-options.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/columns.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { missTable, signalTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'

/** A high from `inner` to `outer` that is known at every bar. */
function high(inner: number, outer = inner, profile?: number[]): LevelSource {
  const level: Level = { kind: 'high', inner, outer, strength: 1, convergence: 0, since: 0 }
  if (profile) level.profile = Float32Array.from(profile)
  return {
    name: 'fixed',
    forEachBar(visit) {
      for (let t = 0; t < 100; t++) visit(t, [level])
    },
  }
}

const quiet = [100, 101, 99, 100]
/** ATR 2 before it; from 100 to 107, closed at 101. */
const sweep = [100, 107, 99, 101]
const loose: DetectOptions = { minMove: 0, minSweepDepth: 0, reclaimWithin: 0 }

/** Signals of one sweep under options, and the condition of the miss where there is none. */
function under(options: DetectOptions, rows = [quiet, quiet, sweep, quiet], source = high(105)) {
  const market = marketOf(rows)
  const signals = detectSfp(market, source, { ...loose, ...options })
  const misses = nearMisses(market, source, { ...loose, ...options })
  expect(signals.length + misses.length).toBe(1)
  return signals.length === 1 ? 'signal' : misses[0]!.condition
}

describe('conditions of the detector, each with the miss that it makes', () => {
  it('the depth of the sweep in ATR and in %', () => {
    expect(under({ minDepth: 1 })).toBe('signal')
    expect(under({ minDepth: 1.1 })).toBe('minDepth')
    expect(under({ maxDepth: 1 })).toBe('signal')
    expect(under({ maxDepth: 0.9 })).toBe('maxDepth')
    expect(under({ minDepthPct: 1.9 })).toBe('signal')
    expect(under({ minDepthPct: 2 })).toBe('minDepthPct')
  })

  it('the share of the cluster’s USD, which is not that of its width', () => {
    // Half of the width, but the near half holds 90 % of the USD.
    const zone = high(105, 105 * (107 / 105) ** 2, [0.9, 1])
    expect(under({ minSweepDepth: 0.45, minConsumed: 0.89 }, undefined, zone)).toBe('signal')
    expect(under({ minConsumed: 0.91 }, undefined, zone)).toBe('minConsumed')
    const [signal] = detectSfp(marketOf([quiet, quiet, sweep, quiet]), zone, loose)
    expect(signal!.consumed).toBeCloseTo(0.9, 6)
    expect(signal!.sweepDepth).toBeCloseTo(2 / (105 * (107 / 105) ** 2 - 105), 9)
  })

  it('where the bar that comes back closes', () => {
    // Closes at 101 in 99 … 107: three quarters of the way from the high.
    expect(under({ closePosition: 0.75 })).toBe('signal')
    expect(under({ closePosition: 0.76 })).toBe('closePosition')
  })

  it('how far it is back inside', () => {
    // 4 inside of 105; the ATR at its close is (2 + 2 + 8) / 3.
    expect(under({ minReclaim: 1 })).toBe('signal')
    expect(under({ minReclaim: 1.01 })).toBe('minReclaim')
  })

  it('a confirmation: a close further in the direction of the trade before the extreme is passed', () => {
    const rows = (after: number[][]) => [quiet, quiet, sweep, ...after]
    expect(under({ confirmation: 2 }, rows([quiet]))).toBe('signal')
    expect(detectSfp(marketOf(rows([quiet])), high(105), { ...loose, confirmation: 1 })[0]).toMatchObject({
      bar: 3,
      sweepBar: 2,
      extreme: 107,
    })
    const up = [101, 104, 100, 103]
    expect(under({ confirmation: 1 }, rows([up, quiet]))).toBe('confirmation')
    expect(under({ confirmation: 2 }, rows([up, quiet]))).toBe('signal')
    const passed = marketOf(rows([[101, 107.5, 100, 106], quiet]))
    expect(detectSfp(passed, high(105), { ...loose, confirmation: 2 })).toEqual([])
  })

  it('the volume outside of the level, in mean bars before the sweep', () => {
    const rows = [...Array.from({ length: 20 }, () => quiet), [...sweep, 40], quiet]
    // A quarter of the range of 99 … 107 lies beyond 105: 10 of 40, one mean bar.
    expect(under({ minVolumeOutside: 1 }, rows)).toBe('signal')
    expect(under({ minVolumeOutside: 1.01 }, rows)).toBe('minVolumeOutside')
    expect(under({ maxVolumeOutside: 1 }, rows)).toBe('signal')
    expect(under({ maxVolumeOutside: 0.99 }, rows)).toBe('maxVolumeOutside')
    expect(under({ maxVolumeOutside: 5, volumePeriod: 21 }, rows)).toBe('maxVolumeOutside')
  })

  it('the trend: a short is with it below the moving average', () => {
    const falling = [
      ...Array.from({ length: 6 }, (_, i) => [104 - i, 104.5 - i, 98, 103 - i]),
      [98, 107, 97, 99],
      quiet,
    ]
    expect(under({ trend: 'with', trendPeriod: 4 }, falling)).toBe('signal')
    expect(under({ trend: 'against', trendPeriod: 4 }, falling)).toBe('trend')
    expect(under({ trend: 'with', trendPeriod: 50 }, falling)).toBe('trend')
  })

  it('an impulse beyond the level ends the sweep', () => {
    const rows = [quiet, quiet, [100, 107, 99, 106], [106, 106, 100, 101], quiet]
    expect(under({ reclaimWithin: 2, invalidation: 9 }, rows)).toBe('signal')
    expect(under({ reclaimWithin: 2, invalidation: 9, impulse: 1 }, rows)).toBe('impulse')
    expect(under({ reclaimWithin: 2, invalidation: 0.1 }, rows)).toBe('invalidation')
    expect(under({ reclaimWithin: 0, invalidation: 9 }, rows)).toBe('reclaimWithin')
  })

  it('an open outside, and two ways in one bar', () => {
    expect(under({}, [quiet, quiet, [106, 107, 99, 101], quiet])).toBe('openInside')
    const both: LevelSource = {
      name: 'both',
      forEachBar: visit => {
        const low: Level = { kind: 'low', inner: 95, outer: 95, strength: 1, convergence: 0, since: 0 }
        high(105).forEachBar((t, levels) => visit(t, [...levels, low]))
      },
    }
    const market = marketOf([quiet, [100, 107, 93, 100], quiet])
    expect(nearMisses(market, both, loose).map(miss => miss.condition)).toEqual(['both', 'both'])
    expect(nearMisses(market, both, { ...loose, both: 'long' }).map(miss => miss.side)).toEqual(['short'])
  })

  it('refuse what is out of range', () => {
    for (const [options, message] of [
      [{ closePosition: 1.2 }, /closePosition: 1.2, but expected 0 to 1/],
      [{ confirmation: 0.5 }, /confirmation: 0.5/],
      [{ trend: 'up' as 'with' }, /trend: up, but expected any, with, against/],
      [{ volumePeriod: 0 }, /volumePeriod: 0/],
      [{ minDepth: Number.NaN }, /minDepth: NaN/],
    ] as [DetectOptions, RegExp][])
      expect(() => detectSfp(marketOf([quiet]), high(105), options)).toThrow(message)
  })
})

describe('near misses', () => {
  it('carry the condition, what was there and what was asked for', () => {
    const market = marketOf([quiet, quiet, sweep, quiet])
    const [miss] = nearMisses(market, high(105), { ...loose, minMove: 4 })
    expect(miss).toMatchObject({ bar: 2, side: 'short', condition: 'minMove', needed: 4 })
    expect(miss!.value).toBeCloseTo(3.5, 9)
    const [row] = missTable(market, [miss!]).objects() as { by: number; levelInner: number }[]
    expect(row!.by).toBeCloseTo(0.5, 9)
    expect(row!.levelInner).toBe(105)
    expect(nearMisses(market, high(105), { ...loose, minMove: 4, minDepth: 2 })).toEqual([])
  })

  it('looking for them changes no signal, and lifting the one condition makes a miss a signal', () => {
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

it('a signal says in words what made it', () => {
  const market = marketOf([quiet, quiet, sweep, quiet])
  const signals = detectSfp(market, high(105), loose)
  const [row] = signalTable(market, signals).objects() as { reason: string; opposite: number }[]
  expect(row!.reason).toBe(
    'swept the high 105 to 107, 1.00 ATR deep in a move of 3.50 ATR; closed back in the same bar: short',
  )
  expect(row!.opposite).toBeNaN()
})

it('names the nearest level on the other side', () => {
  const market = marketOf([quiet, quiet, sweep, quiet])
  const low = (inner: number): Level => ({ kind: 'low', inner, outer: inner, strength: 1, convergence: 0, since: 0 })
  const source: LevelSource = {
    name: 'several',
    forEachBar: visit => high(105).forEachBar((t, levels) => visit(t, [...levels, low(90), low(96), low(103)])),
  }
  expect(detectSfp(market, source, loose)[0]!.opposite).toBe(96)
})

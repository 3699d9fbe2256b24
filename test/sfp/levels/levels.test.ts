import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../../src/common/duration.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import type { Market } from '../../../src/market/market.ts'
import { resample } from '../../../src/market/resample.ts'
import { cachedAtr } from '../../../src/sfp/cached-series.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { asOf } from '../../../src/sfp/levels/as-of.ts'
import { clusterLevels } from '../../../src/sfp/levels/clusters.ts'
import { type Level, type LevelSource, toLevel, toLevelColumns } from '../../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from '../../../src/sfp/levels/placebo.ts'
import { previousDayLevels, previousWeekLevels } from '../../../src/sfp/levels/previous.ts'
import { type Levels, resolveLevels } from '../../../src/sfp/levels/resolve-levels.ts'
import { roundLevels } from '../../../src/sfp/levels/round.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../../market/fixtures.ts'
import { allLevels, createLevel, filterBars, fixedLevels } from '../helpers.ts'

const clusters = (market: Market) => clusterLevels(liquidationMap(market), { brightest: 3, brightness: 1.5 })

/** The 4h bars of a market of hours that have closed by its end. */
const fourHours = (market: Market) => resample(market, 4 * HOUR)

const SOURCES: Record<string, (market: Market) => LevelSource> = {
  clusters,
  'clusters of 4h': market =>
    clusterLevels(liquidationMap(fourHours(market)), { brightest: 2, brightness: 1.5 }, market),
  pivots: market => pivotLevels(market, 3),
  'pivots of 4h': market => asOf(market, fourHours(market), pivotLevels(fourHours(market), 2)),
  'previous day': previousDayLevels,
  'previous week': previousWeekLevels,
  round: market => roundLevels(market, { digits: 2, count: 2 }),
  mirrored: market => mirroredLevels(market, clusters(market)),
  shifted: market => shiftedLevels(market, pivotLevels(market, 3), 0.7),
  random: market => randomLevels(market, clusters(market), 5),
  combined: market => combinedLevels(market, [pivotLevels(market, 2), previousDayLevels(market)]),
}

/** Sources that build a map. */
const SLOW = new Set(['clusters', 'clusters of 4h', 'mirrored', 'random'])

describe('swing points', () => {
  it('are lines from the close of the last bar that they need, until the next one of their kind', () => {
    const rows = [104, 103, 100, 103, 104, 106, 109, 106, 105, 102, 105, 106].map(price => [
      price,
      price + 1,
      price - 1,
      price,
    ])
    const market = marketOf(rows)
    const known = allLevels(pivotLevels(market, 2)).map(levels => levels.map(({ kind, inner }) => `${kind} ${inner}`))
    // The low of bar 2 is known at the close of bar 4, the high of bar 6 at that of bar 8, the low of bar 9 at that of bar 11.
    const expected = [
      ...Array(4).fill([]),
      ...Array(4).fill(['low 99']),
      ...Array(3).fill(['high 110', 'low 99']),
      ['high 110', 'low 101'],
    ]
    expect(known.map(levels => levels.sort())).toEqual(expected)
  })
})

describe('every level source', () => {
  for (const [name, create] of Object.entries(SOURCES)) {
    it(`${name}: is the same whether or not the data continues, and knows no level early`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 40, max: 399 }), (seed, cut) => {
          const whole = simulateMarket({ seed, bars: 400, timeframe: '1h', volatility: 1.5 })
          const all = allLevels(create(whole))
          expect(all).toHaveLength(400)
          // `deepStrictEqual` is a hundred times as fast as an expectation on thousands of levels.
          // Also cut at the end of a day, where a source that looks a bar ahead would show it.
          for (const end of [cut, cut - (cut % 24)])
            deepStrictEqual(allLevels(create(prefix(whole, end))), all.slice(0, end))
          expect(all.findIndex((levels, t) => levels.some(({ since }) => !(since <= t)))).toBe(-1)
        }),
        { numRuns: SLOW.has(name) ? 3 : 10 },
      )
    })

    it(`${name}: gives the same levels packed and bar by bar`, () => {
      const market = simulateMarket({ seed: 9, bars: 300, timeframe: '1h' })
      const source = create(market)
      const foreign: LevelSource = { name: 'foreign', forEachBar: visit => source.forEachBar(visit) }
      const packed = toLevelColumns(foreign, market)
      const { starts, ids } = packed
      const rows = allLevels(source)
      deepStrictEqual(
        rows.map((_, t) => Array.from(ids.subarray(starts[t]!, starts[t + 1]!), id => toLevel(packed, id))),
        rows,
      )
      expect(rows.flat().length).toBeGreaterThan(50)
    })
  }
})

describe('clusters as levels', () => {
  const market = simulateMarket({ seed: 3, bars: 400, timeframe: '1h' })
  const map = liquidationMap(market)

  it('can be filtered by side, tiers, convergence and any condition', () => {
    const kinds = (levels: Level[][]) => new Set(levels.flat().map(level => level.kind))
    expect(kinds(allLevels(clusterLevels(map, { side: 'short', brightness: 1.5 })))).toEqual(new Set(['high']))
    expect(kinds(allLevels(clusterLevels(map, { side: 'long', brightness: 1.5 })))).toEqual(new Set(['low']))
    const two = allLevels(clusterLevels(map, { minConvergence: 2, brightest: 3, brightness: 1.5 })).flat()
    expect(two.length).toBeGreaterThan(0)
    expect(two.every(level => level.convergence >= 2)).toBe(true)
    const { leverage: tier, weight } = map.options.tiers[1]!
    const ofTier = clusterLevels(map, { tiers: [tier], brightness: 1.5, brightest: 5 })
    const same = clusterLevels(map, {
      where: cluster => cluster.byTier[1]! >= 0.5 * weight * cluster.notional,
      brightness: 1.5,
      brightest: 5,
    })
    expect(allLevels(ofTier)).toEqual(allLevels(same))
    expect(allLevels(ofTier).flat().length).toBeLessThan(
      allLevels(clusterLevels(map, { brightness: 1.5, brightest: 5 })).flat().length,
    )
  })

  it('carry a cumulative profile of their USD that never falls and ends at 1', () => {
    const levels = allLevels(clusterLevels(map, { brightest: 3, brightness: 1.5 })).flat()
    expect(levels.some(level => level.profile!.length > 1)).toBe(true)
    for (const { profile } of levels) {
      expect(profile!.at(-1)).toBeCloseTo(1, 5)
      expect(profile!.findIndex((share, i) => i > 0 && !(share >= profile![i - 1]!))).toBe(-1)
    }
  })

  it('are computed once per map and rule', () => {
    const columns = clusterLevels(map, { brightest: 2 }).columns!()
    expect(clusterLevels(map, { brightest: 2 }).columns!()).toBe(columns)
    expect(clusterLevels(map, { brightest: 3 }).columns!()).not.toBe(columns)
  })

  it('refuse tiers that the map does not have', () => {
    expect(() => clusterLevels(map, { tiers: [3.5] })).toThrow(
      /^liq.levels.clusters: tiers: 3.5, but expected tiers of the map: 5x, 10x/,
    )
    expect(() => clusterLevels(map, { side: 'up' as 'long' })).toThrow(/side: "up", but expected long, short or both/)
  })
})

describe('levels of longer bars', () => {
  it('are known at the close of the longer bar, not before, and end when the price enters them', () => {
    // Eight hours; the 4h source has a high at 105 from its first close on.
    const rows = [100, 100, 100, 100, 100, 100, 106, 100].map(high => [100, Math.max(high, 101), 99, 100])
    const hours = marketOf(rows)
    const long = resample(hours, 4 * HOUR)
    const source = fixedLevels(createLevel('high', 105))
    const counts = allLevels(asOf(hours, long, source)).map(levels => levels.length)
    expect(counts).toEqual([0, 0, 0, 1, 1, 1, 0, 1])
    expect(() => asOf(long, hours, source)).toThrow(/1h bars are shorter than the 4h bars to trade/)
    // Bars of the same length are known at their own closes.
    expect(allLevels(asOf(hours, hours, fixedLevels(createLevel('low', 90)))).map(levels => levels.length)).toEqual(
      Array(8).fill(1),
    )
  })
})

describe('previous day and week', () => {
  it('are the high and low of the last complete UTC day, from its close on', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [100, i === 5 ? 110 : 101, i === 7 ? 90 : 99, 100])
    const levels = allLevels(previousDayLevels(marketOf(rows)))
    expect(levels[22]).toEqual([])
    expect(levels[23]).toMatchObject([
      { kind: 'high', inner: 110, since: 23 },
      { kind: 'low', inner: 90, since: 23 },
    ])
    expect(levels[46]).toEqual(levels[23])
    expect(levels[47]).toMatchObject([{ inner: 101 }, { inner: 99 }])
    // Two days have ended by bar 59: two highs and two lows.
    expect(levels).toHaveLength(60)
    expect(previousDayLevels(marketOf(rows)).columns!().inner).toHaveLength(4)
  })

  it('are those of the bar before where a bar is a day', () => {
    const days = resample(marketOf(Array.from({ length: 96 }, (_, i) => [100, 101 + i, 99, 100])), DAY)
    expect(allLevels(previousDayLevels(days)).map(levels => levels.map(({ inner }) => inner))).toEqual(
      [124, 148, 172, 196].map(high => [high, 99]),
    )
  })

  it('skip a first day that the data covers in part, and are late where a day’s last bar is missing', () => {
    const rows = Array.from({ length: 72 }, () => [100, 101, 99, 100])
    const all = marketOf(rows)
    const late = filterBars(all, t => t >= 3)
    const first = allLevels(previousDayLevels(late)).findIndex(levels => levels.length > 0)
    expect(late.time[first]! + HOUR).toBe(all.time[0]! + 2 * DAY)
    const gap = filterBars(all, t => t !== 23)
    const afterGap = allLevels(previousDayLevels(gap)).findIndex(levels => levels.length > 0)
    expect(gap.time[afterGap]).toBe(all.time[0]! + DAY)
    expect(() => previousDayLevels(simulateMarket({ seed: 1, bars: 20, timeframe: '1w' }))).toThrow(
      /need shorter bars, but the market has bars of 1w/,
    )
  })
})

describe('round numbers', () => {
  it('are the nearest on each side, and stronger the rounder they are', () => {
    const market = marketOf([[63_421, 63_500, 63_000, 63_421]])
    const at = (options: Parameters<typeof roundLevels>[1]) => allLevels(roundLevels(market, options))[0]!
    expect(at({}).map(level => level.inner)).toEqual([64_000, 63_000])
    expect(at({ digits: 1 }).map(level => level.inner)).toEqual([70_000, 60_000])
    expect(at({ step: 5000, count: 2 }).map(level => [level.inner, level.strength])).toEqual([
      [65_000, 1],
      [60_000, 1],
      [70_000, 1],
      [55_000, 1],
    ])
    expect(at({ count: 2 }).map(level => level.strength)).toEqual([1, 1, 2, 1])
    expect(at({ digits: 3, count: 8 }).find(level => level.inner === 64_000)!.strength).toBe(3)
  })

  it('say in their name how round they are', () => {
    const market = marketOf([[63_421, 63_500, 63_000, 63_421]])
    expect(roundLevels(market, { digits: 3 }).name).toBe('round numbers (3 digits)')
    expect(roundLevels(market, { step: 5000 }).name).toBe('round numbers (steps of 5000)')
  })

  it('are the neighbours of a close that is itself round', () => {
    const market = marketOf([[60_000, 60_000, 60_000, 60_000]])
    expect(allLevels(roundLevels(market))[0]!.map(level => level.inner)).toEqual([61_000, 59_000])
  })
})

describe('placebo levels', () => {
  const market = simulateMarket({ seed: 4, bars: 400, timeframe: '1h' })
  const source = clusters(market)
  const real = allLevels(source)
  const distance = (level: Level) => Math.log(level.inner / market.close[level.since]!)

  it('mirrored: as far on the other side, and as strong and wide', () => {
    for (const [t, levels] of allLevels(mirroredLevels(market, source)).entries()) {
      for (const [k, level] of levels.entries()) {
        const original = real[t]![k]!
        expect(level.kind).not.toBe(original.kind)
        expect(distance(level)).toBeCloseTo(-distance(original), 12)
        expect(Math.log(level.outer / level.inner)).toBeCloseTo(-Math.log(original.outer / original.inner), 12)
        expect(level.strength).toBe(original.strength)
      }
    }
  })

  it('shifted: farther by a number of ATR, without those that would cross the price', () => {
    const shifted = allLevels(shiftedLevels(market, source, 2))
    const [original, moved] = [real[300]![0]!, shifted[300]![0]!]
    const sign = original.kind === 'high' ? 1 : -1
    expect(moved.inner - original.inner).toBeCloseTo(sign * 2 * cachedAtr(market)[300]!, 9)
    expect(moved.outer - original.outer).toBeCloseTo(sign * 2 * cachedAtr(market)[300]!, 9)
    const nearer = allLevels(shiftedLevels(market, source, -3)).flat()
    expect(nearer.length).toBeLessThan(real.flat().length)
    for (const level of nearer) expect(distance(level) > 0).toBe(level.kind === 'high')
  })

  it('random: with the strength of the original and a distance that a level of its kind had before', () => {
    const rows = allLevels(randomLevels(market, source, 1))
    const distances = { high: new Set<string>(), low: new Set<string>() }
    let moved = 0
    for (const [t, levels] of rows.entries()) {
      for (const original of real[t]!) distances[original.kind].add(distance(original).toFixed(9))
      for (const [k, level] of levels.entries()) {
        expect(level.strength).toBe(real[t]![k]!.strength)
        expect(distances[level.kind].has(distance(level).toFixed(9))).toBe(true)
        if (Math.abs(distance(level) - distance(real[t]![k]!)) > 1e-9) moved++
      }
    }
    expect(moved).toBeGreaterThan(300)
    expect(allLevels(randomLevels(market, source, 1))).toEqual(rows)
    expect(allLevels(randomLevels(market, source, 2))).not.toEqual(rows)
  })

  it('refuse options out of range', () => {
    expect(() => shiftedLevels(market, source, 0)).toThrow(/^liq.levels.shifted: byAtr: 0, but expected/)
    expect(() => combinedLevels(market, [])).toThrow(
      /^liq.levels.combined: sources: \[\], but expected at least one source/,
    )
  })
})

describe('levels by name, in lists and as placebos', () => {
  const market = simulateMarket({ seed: 3, bars: 200 })
  const levelsOf = (levels: Levels) => allLevels(resolveLevels(market, levels, { leftBars: 3 }).source)

  it('are those of their sources', () => {
    const pivots = pivotLevels(market, 3)
    expect(levelsOf('pivots')).toEqual(allLevels(pivots))
    expect(levelsOf('round')).toEqual(allLevels(roundLevels(market)))
    const list = resolveLevels(market, ['pivots', ['round', 'previousDay']], { leftBars: 3 })
    expect(combinedLevels(market, [pivots, roundLevels(market)]).name).toBe(
      `${pivots.name} and ${roundLevels(market).name}`,
    )
    const parts = [pivots, combinedLevels(market, [roundLevels(market), previousDayLevels(market)])]
    expect(allLevels(list.source)).toEqual(allLevels(combinedLevels(market, parts)))
    // All are of the same market, which is said once.
    expect(list.assumptions).toHaveLength(1)
    expect(levelsOf({ placebo: 'mirrored', of: 'pivots' })).toEqual(allLevels(mirroredLevels(market, pivots)))
    expect(levelsOf({ placebo: 'random', of: 'pivots', seed: 4 })).toEqual(allLevels(randomLevels(market, pivots, 4)))
  })

  it('are refused where they contain themselves, or are none', () => {
    const list: unknown[] = ['round']
    list.push(list)
    const placebo: Record<string, unknown> = { placebo: 'random' }
    placebo.of = placebo
    for (const levels of [list, placebo]) expect(() => levelsOf(levels as never)).toThrow('do not contain themselves')
    expect(() => levelsOf('pivot' as never)).toThrow(/^liq.sfp: levels: "pivot", .*did you mean pivots/)
    for (const levels of [undefined, null, 5, {}]) expect(() => levelsOf(levels as never)).toThrow('liq.sfp: levels')
    expect(() => levelsOf(['pivots', 'x'] as never)).toThrow('liq.sfp: levels[1]: "x"')
  })
})

describe('a custom source', () => {
  const market = simulateMarket({ seed: 3, bars: 60 })
  const custom = (visits: readonly number[], change: Partial<Level> = {}): LevelSource => ({
    name: 'custom',
    forEachBar(visit) {
      for (const t of visits)
        visit(t, [{ kind: 'high', inner: 1e6, outer: 1e6, strength: 1, convergence: 0, since: t, ...change }])
    },
  })
  const bars = [...market.time.keys()]

  it('must visit every bar in order', () => {
    expect(toLevelColumns(custom(bars), market).ids).toHaveLength(60)
    expect(() => toLevelColumns(custom([...bars].reverse()), market)).toThrow(
      'levels: custom: forEachBar visits bar 59, but expected every bar once and in order, now 0',
    )
    expect(() => toLevelColumns(custom(bars.slice(1)), market)).toThrow('forEachBar visits bar 1, but')
    expect(() => toLevelColumns(custom(bars.slice(0, 10)), market)).toThrow(
      'forEachBar visits 10 bars of 60, but expected every',
    )
  })

  it('must not know a level before its `since`, and must say whether it is a high or a low', () => {
    expect(() => toLevelColumns(custom(bars, { since: 5 }), market)).toThrow(
      'levels: custom: bar 0, since: 5, but expected the bar',
    )
    expect(() => toLevelColumns(custom(bars, { since: -1 }), market)).toThrow('since: -1')
    expect(() => toLevelColumns(custom(bars, { kind: 'up' as never }), market)).toThrow(
      'bar 0, kind: up, but expected high or',
    )
  })
})

describe('levels of another market', () => {
  it('are refused, as their bars are other times', () => {
    const hours = simulateMarket({ seed: 3, bars: 400 })
    const long = fourHours(hours)
    const source = pivotLevels(long, 2)
    const refused = /built from 4h bars, but this market has bars of 1h/
    expect(() => detectSfp(hours, source)).toThrow(refused)
    expect(() => mirroredLevels(hours, source).columns!()).toThrow(refused)
    expect(detectSfp(hours, asOf(hours, long, source), { minMove: 0 }).length).toBeGreaterThan(0)
  })

  it('are refused when only the symbol, a time, a price or the length differs', () => {
    const market = simulateMarket({ seed: 3, bars: 400 })
    const { time, close } = market
    const others: [Market, RegExp][] = [
      [{ ...market, symbol: 'ETH/USDT:USDT' }, /last swing .*: built from ETH.*, but this market is/],
      [
        { ...market, time: time.map(ms => ms + HOUR) },
        /built from bars at other times: bar 0 is at .* 01:00.* there, and at .* 00:00.* here/,
      ],
      [simulateMarket({ seed: 4, bars: 400 }), /built from other prices: the close at .* there, and .* here/],
      [prefix(market, 399), /built from a market of 399 bars, but this one has 400/],
    ]
    for (const [other, refused] of others)
      for (const use of [
        (source: LevelSource) => detectSfp(market, source),
        (source: LevelSource) => randomLevels(market, source).columns!(),
        (source: LevelSource) => combinedLevels(market, [pivotLevels(market), source]).columns!(),
      ])
        expect(() => use(pivotLevels(other))).toThrow(refused)
    const copy = { ...market, time: time.slice(), close: close.slice(), fundingRate: new Float64Array(400) }
    expect(detectSfp(market, pivotLevels(copy), { minMove: 0 }).length).toBeGreaterThan(0)
  })

  it('are refused when the longer bars are of another symbol', () => {
    const market = simulateMarket({ seed: 3, bars: 400 })
    const other = fourHours({ ...market, symbol: 'ETH/USDT:USDT' })
    expect(() => asOf(market, other, pivotLevels(other))).toThrow(/bars of ETH.*, but the market to trade is/)
  })
})

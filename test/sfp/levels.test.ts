import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/common/duration.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket, type Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { cachedAtr } from '../../src/sfp/cached-series.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { asOf } from '../../src/sfp/levels/as-of.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import { columnsOf, type Level, type LevelSource, levelOf } from '../../src/sfp/levels/columns.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from '../../src/sfp/levels/placebo.ts'
import { previousDayLevels, previousWeekLevels } from '../../src/sfp/levels/previous.ts'
import { roundLevels } from '../../src/sfp/levels/round.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

const clusters = (market: Market) => clusterLevels(liquidationMap(market), { brightest: 3, brightness: 1.5 })

/** Long bars that have closed by the end of a market of hours. */
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

/** Those that build a map. */
const SLOW = new Set(['clusters', 'clusters of 4h', 'mirrored', 'random'])

function allLevels(source: LevelSource): Level[][] {
  const all: Level[][] = []
  source.forEachBar((_, levels) => all.push([...levels]))
  return all
}

describe('every level source', () => {
  for (const [name, make] of Object.entries(SOURCES)) {
    it(`${name}: says of a bar the same whether or not the data goes on after it, and knows no level early`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 40, max: 399 }), (seed, cut) => {
          const whole = simulateMarket({ seed, bars: 400, timeframe: '1h', volatility: 1.5 })
          const all = allLevels(make(whole))
          expect(all).toHaveLength(400)
          // An expectation would walk thousands of levels a hundred times as long.
          // Also at the end of a day, which is where one that looks a bar ahead would be seen.
          for (const end of [cut, cut - (cut % 24)])
            deepStrictEqual(allLevels(make(prefix(whole, end))), all.slice(0, end))
          expect(all.findIndex((levels, t) => levels.some(({ since }) => !(since <= t)))).toBe(-1)
        }),
        { numRuns: SLOW.has(name) ? 3 : 10 },
      )
    })

    it(`${name}: packed and bar by bar are the same`, () => {
      const market = simulateMarket({ seed: 9, bars: 300, timeframe: '1h' })
      const source = make(market)
      const foreign: LevelSource = { name: 'foreign', forEachBar: visit => source.forEachBar(visit) }
      const packed = columnsOf(foreign, market)
      const { starts, ids } = packed
      const rows = allLevels(source)
      deepStrictEqual(
        rows.map((_, t) => Array.from(ids.subarray(starts[t]!, starts[t + 1]!), id => levelOf(packed, id))),
        rows,
      )
      expect(rows.flat().length).toBeGreaterThan(50)
    })
  }
})

describe('clusters as levels', () => {
  const market = simulateMarket({ seed: 3, bars: 400, timeframe: '1h' })
  const map = liquidationMap(market)

  it('choose by side, tiers, convergence and any condition', () => {
    const kinds = (levels: Level[][]) => new Set(levels.flat().map(level => level.kind))
    expect(kinds(allLevels(clusterLevels(map, { side: 'short', brightness: 1.5 })))).toEqual(new Set(['high']))
    expect(kinds(allLevels(clusterLevels(map, { side: 'long', brightness: 1.5 })))).toEqual(new Set(['low']))
    const two = allLevels(clusterLevels(map, { minConvergence: 2, brightest: 3, brightness: 1.5 })).flat()
    expect(two.length).toBeGreaterThan(0)
    expect(two.every(level => level.convergence >= 2)).toBe(true)
    const tier = map.options.tiers[1]!.leverage
    const own = clusterLevels(map, { tiers: [tier], brightness: 1.5, brightest: 5 })
    const same = clusterLevels(map, {
      where: cluster => cluster.byTier[1]! >= 0.15 * cluster.notional,
      brightness: 1.5,
      brightest: 5,
    })
    expect(allLevels(own)).toEqual(allLevels(same))
    expect(allLevels(own).flat().length).toBeLessThan(
      allLevels(clusterLevels(map, { brightness: 1.5, brightest: 5 })).flat().length,
    )
  })

  it('carry the share of their USD by distance, which ends at 1 and never falls', () => {
    const levels = allLevels(clusterLevels(map, { brightest: 3, brightness: 1.5 })).flat()
    expect(levels.some(level => level.profile!.length > 1)).toBe(true)
    for (const { profile } of levels) {
      expect(profile!.at(-1)).toBeCloseTo(1, 5)
      expect(profile!.findIndex((share, i) => i > 0 && !(share >= profile![i - 1]!))).toBe(-1)
    }
  })

  it('are computed once for a map and a rule', () => {
    const columns = clusterLevels(map, { brightest: 2 }).columns!()
    expect(clusterLevels(map, { brightest: 2 }).columns!()).toBe(columns)
    expect(clusterLevels(map, { brightest: 3 }).columns!()).not.toBe(columns)
  })

  it('refuse tiers that the map does not have', () => {
    expect(() => clusterLevels(map, { tiers: [3.5] })).toThrow(/tiers: 3.5x, but the map has the tiers/)
    expect(() => clusterLevels(map, { side: 'up' as 'long' })).toThrow(/side: up/)
  })
})

describe('levels of longer bars', () => {
  it('are known at the long close, not before, and go when the price has gone into them', () => {
    // Eight hours; the four-hour source has a high at 105 from its first close on.
    const rows = [100, 100, 100, 100, 100, 100, 106, 100].map(high => [100, Math.max(high, 101), 99, 100])
    const hours = marketOf(rows)
    const long = resample(hours, 4 * HOUR)
    const source: LevelSource = {
      name: 'fixed',
      forEachBar: visit => {
        const level: Level = { kind: 'high', inner: 105, outer: 105, strength: 1, convergence: 0, since: 0 }
        for (let t = 0; t < long.length; t++) visit(t, [level])
      },
    }
    const counts = allLevels(asOf(hours, long, source)).map(levels => levels.length)
    expect(counts).toEqual([0, 0, 0, 1, 1, 1, 0, 1])
    expect(() => asOf(long, hours, source)).toThrow(/1h bars, which tell more than the 4h bars/)
  })
})

describe('previous day and week', () => {
  it('the high and low of the last whole UTC day, from its close on', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [100, i === 5 ? 110 : 101, i === 7 ? 90 : 99, 100])
    const levels = allLevels(previousDayLevels(marketOf(rows)))
    expect(levels[22]).toEqual([])
    expect(levels[23]).toMatchObject([
      { kind: 'high', inner: 110, since: 23 },
      { kind: 'low', inner: 90, since: 23 },
    ])
    expect(levels[46]).toEqual(levels[23])
    expect(levels[47]).toMatchObject([{ inner: 101 }, { inner: 99 }])
  })

  it('leave out a first day that the data covers in part, and are late where its last bar is missing', () => {
    const rows = Array.from({ length: 72 }, () => [100, 101, 99, 100])
    const all = marketOf(rows)
    const without = (keep: (t: number) => boolean) => {
      const columns = Object.fromEntries(
        ['time', 'open', 'high', 'low', 'close', 'volume'].map(name => [
          name,
          all[name as 'time'].filter((_, t) => keep(t)),
        ]),
      )
      return createMarket(columns as Parameters<typeof createMarket>[0], { ...all, notes: [] })
    }
    const late = without(t => t >= 3)
    const first = allLevels(previousDayLevels(late)).findIndex(levels => levels.length > 0)
    expect(late.time[first]! + HOUR).toBe(all.time[0]! + 2 * DAY)
    const gap = without(t => t !== 23)
    const known = allLevels(previousDayLevels(gap)).findIndex(levels => levels.length > 0)
    expect(gap.time[known]).toBe(all.time[0]! + DAY)
    expect(() => previousDayLevels(simulateMarket({ seed: 1, bars: 20, timeframe: '1w' }))).toThrow(/bars of 1w/)
  })
})

describe('round numbers', () => {
  it('are the nearest on each side, rounder ones stronger', () => {
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

  it('a close on a round number lies between its neighbours', () => {
    const market = marketOf([[60_000, 60_000, 60_000, 60_000]])
    expect(allLevels(roundLevels(market))[0]!.map(level => level.inner)).toEqual([61_000, 59_000])
  })
})

describe('placebos', () => {
  const market = simulateMarket({ seed: 4, bars: 400, timeframe: '1h' })
  const source = clusters(market)
  const real = allLevels(source)
  const distance = (level: Level) => Math.log(level.inner / market.close[level.since]!)

  it('a mirrored level is as far on the other side, and as strong and wide', () => {
    for (const [t, levels] of allLevels(mirroredLevels(market, source)).entries()) {
      for (const [k, level] of levels.entries()) {
        const own = real[t]![k]!
        expect(level.kind).not.toBe(own.kind)
        expect(distance(level)).toBeCloseTo(-distance(own), 12)
        expect(Math.log(level.outer / level.inner)).toBeCloseTo(-Math.log(own.outer / own.inner), 12)
        expect(level.strength).toBe(own.strength)
      }
    }
  })

  it('a shifted level lies so many ATR farther; one that crosses the price is left out', () => {
    const shifted = allLevels(shiftedLevels(market, source, 2))
    const [own, moved] = [real[300]![0]!, shifted[300]![0]!]
    const sign = own.kind === 'high' ? 1 : -1
    expect(moved.inner - own.inner).toBeCloseTo(sign * 2 * cachedAtr(market)[300]!, 9)
    const nearer = allLevels(shiftedLevels(market, source, -3)).flat()
    expect(nearer.length).toBeLessThan(real.flat().length)
    for (const level of nearer) expect(distance(level) > 0).toBe(level.kind === 'high')
  })

  it('a random level has the strength of its own and a distance that a level of its kind had before', () => {
    const rows = allLevels(randomLevels(market, source, 1))
    const seen = { high: new Set<string>(), low: new Set<string>() }
    let moved = 0
    for (const [t, levels] of rows.entries()) {
      for (const own of real[t]!) seen[own.kind].add(distance(own).toFixed(9))
      for (const [k, level] of levels.entries()) {
        expect(level.strength).toBe(real[t]![k]!.strength)
        expect(seen[level.kind].has(distance(level).toFixed(9))).toBe(true)
        if (Math.abs(distance(level) - distance(real[t]![k]!)) > 1e-9) moved++
      }
    }
    expect(moved).toBeGreaterThan(300)
    expect(allLevels(randomLevels(market, source, 1))).toEqual(rows)
    expect(allLevels(randomLevels(market, source, 2))).not.toEqual(rows)
  })

  it('refuse options that make no sense', () => {
    expect(() => shiftedLevels(market, source, 0)).toThrow(/byAtr: 0/)
    expect(() => combinedLevels(market, [])).toThrow(/no sources/)
  })
})

describe('a source of one’s own', () => {
  const market = simulateMarket({ seed: 3, bars: 60 })
  const own = (visits: readonly number[], change: Partial<Level> = {}): LevelSource => ({
    name: 'own',
    forEachBar(visit) {
      for (const t of visits)
        visit(t, [{ kind: 'high', inner: 1e6, outer: 1e6, strength: 1, convergence: 0, since: t, ...change }])
    },
  })
  const bars = [...market.time.keys()]

  it('visits every bar in order', () => {
    expect(columnsOf(own(bars), market).ids).toHaveLength(60)
    expect(() => columnsOf(own([...bars].reverse()), market)).toThrow(
      'levels: own: forEachBar visits bar 59, but expected every bar once and in order, now 0',
    )
    expect(() => columnsOf(own(bars.slice(1)), market)).toThrow('forEachBar visits bar 1, but')
    expect(() => columnsOf(own(bars.slice(0, 10)), market)).toThrow(
      'forEachBar visits 10 bars of 60, but expected every',
    )
  })

  it('knows no level before its time, and whether it is a high or a low', () => {
    expect(() => columnsOf(own(bars, { since: 5 }), market)).toThrow(
      'levels: own: bar 0, since: 5, but expected the bar',
    )
    expect(() => columnsOf(own(bars, { since: -1 }), market)).toThrow('since: -1')
    expect(() => columnsOf(own(bars, { kind: 'up' as never }), market)).toThrow('bar 0, kind: up, but expected high or')
  })
})

describe('levels of another market', () => {
  it('are refused, as bar by bar they would be those of other times', () => {
    const hours = simulateMarket({ seed: 3, bars: 400 })
    const long = fourHours(hours)
    const source = pivotLevels(long, 2)
    const refused = /of 4h bars, but this market has bars of 1h/
    expect(() => detectSfp(hours, source)).toThrow(refused)
    expect(() => mirroredLevels(hours, source).columns!()).toThrow(refused)
    expect(detectSfp(hours, asOf(hours, long, source), { minMove: 0 }).length).toBeGreaterThan(0)
  })

  it('are refused with as many bars as well, whether the symbol, a time or a price is another', () => {
    const market = simulateMarket({ seed: 3, bars: 400 })
    const { time, close } = market
    const others: [Market, RegExp][] = [
      [{ ...market, symbol: 'ETH/USDT:USDT' }, /last swing .*: they are of ETH.*, but this market is/],
      [
        { ...market, time: time.map(ms => ms + HOUR) },
        /of other times: bar 0 is at .* 01:00.* there, and at .* 00:00.* here/,
      ],
      [simulateMarket({ seed: 4, bars: 400 }), /of other prices: the close at .* there, and .* here/],
      [prefix(market, 399), /of a market of 399 bars, but this one has 400/],
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

  it('of longer bars are refused when they are of another symbol', () => {
    const market = simulateMarket({ seed: 3, bars: 400 })
    const other = fourHours({ ...market, symbol: 'ETH/USDT:USDT' })
    expect(() => asOf(market, other, pivotLevels(other))).toThrow(/bars of ETH.*, but the market to trade is/)
  })
})

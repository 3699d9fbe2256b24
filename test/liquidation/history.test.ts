/** Histories of clusters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { clusterHistory, type HistoryOptions, trackClusters } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import { createMarket } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { existing, map, market, sum } from './helpers.ts'
import { binEdge, type ScriptedBar, scriptedMap } from './scripted-map.ts'

describe('trackClusters', () => {
  it('with a trigger depth, counts only the triggered part of a cluster as consumed', () => {
    // Positions open in the first bar alone; the low of bar 30 goes into the levels of the longs, not through them.
    const rows = Array.from({ length: 40 }, (_, t) => [100, 100, t === 30 ? 90 : 100, 100, t === 0 ? 1000 : 0])
    const track = (triggerDepth: number) => {
      const levels = liquidationMap(marketOf(rows), { leverage: { 10: 1 }, halfLife: Infinity, triggerDepth })
      const cluster = existing(trackClusters(levels, { brightness: 1 }).find(({ side }) => side === 'long'))
      return { cluster, liquidated: impliedLiquidations(levels).long[30]! / cluster.brightest.notional }
    }
    const { cluster, liquidated } = track(0.012)
    expect(liquidated).toBeGreaterThan(0.1)
    expect(liquidated).toBeLessThan(0.45)
    expect(cluster).toMatchObject({ touched: 30, state: 'live' })
    expect(cluster.consumed).toBeCloseTo(liquidated, 9)
    expect(track(0)).toMatchObject({ liquidated: 1, cluster: { touched: 30, state: 'consumed', consumed: 1 } })
  })

  it('gives clusters of one-second bars unique ids', () => {
    const time = market.time.map((_, t) => market.time[0]! + 1000 * t)
    const seconds = createMarket({ ...market, time }, { symbol: 'S', source: 'test', barMs: 1000 })
    const ids = trackClusters(liquidationMap(seconds), { brightness: 1.5, patience: 0 }).map(cluster => cluster.id)
    expect(ids.length).toBeGreaterThan(40)
    expect(new Set(ids).size).toBe(ids.length)
  })

  const rule = { brightness: 1.8 }
  const clusters = trackClusters(map, rule)

  it('assigns every cluster of every bar to one tracked cluster with a unique id', () => {
    expect(clusters.length).toBeGreaterThan(30)
    expect(new Set(clusters.map(cluster => cluster.id)).size).toBe(clusters.length)
    const seen = clusterTable(map, { ...rule, at: 'all' }).numRows()
    expect(sum(clusters.map(cluster => cluster.lastSeen - cluster.born + 1))).toBeGreaterThanOrEqual(seen)
    for (const cluster of clusters) {
      expect(cluster.lastSeen).toBeGreaterThanOrEqual(cluster.born)
      expect(cluster.state === 'live').toBe(cluster.ended < 0)
      expect(cluster.consumed).toBeLessThanOrEqual(1)
      expect(cluster.consumed > 0).toBe(cluster.touched >= 0)
      if (cluster.state === 'consumed') expect(cluster.consumed).toBeGreaterThanOrEqual(0.5)
    }
    for (const state of ['consumed', 'faded'] as const)
      expect(clusters.some(cluster => cluster.state === state)).toBe(true)
  })

  it('is touched by a bar whose low or high reached it', () => {
    for (const cluster of clusters.filter(cluster => cluster.touched >= 0)) {
      const t = cluster.touched
      const price = cluster.side === 'long' ? market.low[t]! : market.high[t]!
      const before = market.close[t - 1]!
      expect(cluster.side === 'long' ? price < before : price > before).toBe(true)
    }
  })

  it('never changes the past when the data continues (prefix invariance)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 5, max: 199 }), (seed, cut) => {
        const whole = simulateMarket({ seed, bars: 200, volatility: 1.5 })
        const part = trackClusters(liquidationMap(prefix(whole, cut)), rule)
        const all = new Map(trackClusters(liquidationMap(whole), rule).map(cluster => [cluster.id, cluster]))
        for (const cluster of part) {
          const later = existing(all.get(cluster.id))
          expect(later.born).toBe(cluster.born)
          if (cluster.touched >= 0) expect(later.touched).toBe(cluster.touched)
          if (cluster.state !== 'live') expect(later).toEqual(cluster)
        }
        expect(part.length).toBe([...all.values()].filter(cluster => cluster.born < cut).length)
      }),
      { numRuns: 20 },
    )
  })

  it('is available as a table', () => {
    const table = clusterHistory(map, rule)
    expect(table.numRows()).toBe(clusters.length)
    expect(table.columnNames()).toContain('touched')
    expect(() => clusterHistory(map, { patience: -1 })).toThrow(/map.history: patience: -1/)
    expect(() => clusterHistory(map, { consumedShare: 2 })).toThrow(
      /map.history: consumedShare: 2, but expected above 0 to 1/,
    )
  })
})

describe('a tracked cluster', () => {
  // Every bin that is not empty is bright, so each run of neighbouring ones is a cluster.
  const ANY = { brightness: 1e-9, gap: 0, minShare: 0 }
  const track = (bars: ScriptedBar[], options: HistoryOptions = {}, triggerDepth = 0) =>
    trackClusters(scriptedMap(bars, { triggerDepth }), { ...ANY, ...options })
  const run = (from: number, to: number, usd = 1) =>
    Object.fromEntries(Array.from({ length: to - from + 1 }, (_, i) => [from + i, usd]))
  /** First and last bar of each, and its bins when last seen. */
  const seen = (bars: ScriptedBar[], options?: HistoryOptions) =>
    track(bars, options).map(({ born, lastSeen, latest }) => [born, lastSeen, latest.fromBin, latest.toBin])

  it('continues the one whose bins it overlaps most, from one bin on', () => {
    const two = { ...run(-12, -8), ...run(-6, -5) }
    expect(seen([{ long: two }, { long: run(-10, -5) }])).toEqual([
      [0, 1, -10, -5],
      [0, 0, -6, -5],
    ])
    expect(seen([{ long: run(-8, -5) }, { long: run(-11, -8) }])).toEqual([[0, 1, -11, -8]])
    expect(seen([{ long: run(-8, -5) }, { long: run(-11, -9) }])).toEqual([
      [0, 0, -8, -5],
      [1, 1, -11, -9],
    ])
    expect(seen([{ long: run(-8, -5) }, { long: run(-5, -3) }])).toEqual([[0, 1, -5, -3]])
    expect(seen([{ long: run(-8, -5) }, { long: run(-4, -3) }])).toHaveLength(2)
  })

  it('is of one side: what lies where the other side’s lay is new', () => {
    expect(seen([{ long: run(-8, -5) }, { close: -20.5, short: run(-8, -5) }])).toEqual([
      [0, 0, -8, -5],
      [1, 1, -8, -5],
    ])
  })

  it('goes on in the first by rank where it splits', () => {
    const split = { ...run(-10, -8, 3), ...run(-6, -2, 2) }
    expect(seen([{ long: run(-10, -2) }, { long: split }])).toEqual([
      [0, 1, -10, -8],
      [1, 1, -6, -2],
    ])
    expect(seen([{ long: run(-10, -2) }, { long: split }], { rankBy: 'largest' })).toEqual([
      [0, 1, -6, -2],
      [1, 1, -10, -8],
    ])
  })

  it('fades when it has not been seen for more bars than `patience`', () => {
    const gone = [{ long: run(-5, -5) }, {}, {}, {}]
    const ends = (patience?: number) =>
      track(gone, { ...(patience !== undefined && { patience }) }).map(({ state, ended }) => [state, ended])
    expect(ends(0)).toEqual([['faded', 1]])
    expect(ends(1)).toEqual([['faded', 2]])
    expect(ends()).toEqual([['faded', 3]])
    expect(ends(3)).toEqual([['live', -1]])
    const back = [{ long: run(-5, -5) }, {}, {}, { long: run(-5, -5) }]
    expect(seen(back)).toEqual([[0, 3, -5, -5]])
    expect(seen(back, { patience: 1 })).toEqual([
      [0, 0, -5, -5],
      [3, 3, -5, -5],
    ])
  })

  it('is consumed by the share that lows or highs reached of all that it held since its first touch', () => {
    // 30 USD in each bin; the low is in bin −9.
    const half = [{ long: run(-10, -9, 30) }, { low: -8.5 }]
    expect(track(half)).toMatchObject([{ touched: 1, consumed: 0.5, state: 'consumed', ended: 1 }])
    expect(track(half, { consumedShare: 0.51 })).toMatchObject([{ touched: 1, consumed: 0.5, state: 'live' }])
    expect(track(half, { consumedShare: 1 })).toMatchObject([{ consumed: 0.5, state: 'live' }])
    expect(() => track(half, { consumedShare: 0 })).toThrow('consumedShare: 0, but expected above 0 to 1')
    expect(track([half[0]!, { low: -7.5 }])).toMatchObject([{ touched: -1, consumed: 0, state: 'live' }])
    const shorts = [{ short: run(9, 10, 30) }, { high: 9.5 }]
    expect(track(shorts)).toMatchObject([{ side: 'short', touched: 1, consumed: 0.5, state: 'consumed' }])
    // Of 60 USD 30 are consumed; of 20 USD that come in their place as well: 50 of 80.
    const again = [half[0]!, { low: -8.5, long: { [-10]: 30, [-9]: 20 } }, { low: -8.5, long: { [-10]: 30 } }]
    expect(track(again)).toMatchObject([{ touched: 1, consumed: 50 / 80, state: 'live', lastSeen: 2 }])
    // A depth of two bins: the low is one bin below the middle of bin −9 and in the middle of bin −10.
    expect(track([half[0]!, { low: -9.5 }], {}, 0.02)[0]!.consumed).toBeCloseTo(0.25, 12)
  })

  it('is consumed of what it holds while it is too dim to be seen', () => {
    const dim = { [-6]: 1, [-5]: 3, [-20]: 100 }
    const [cluster] = track([{ long: { [-6]: 20, [-5]: 20 } }, { long: dim }, { low: -4.5, long: {} }], {
      brightness: 1,
    })
    expect(cluster).toMatchObject({ lastSeen: 0, touched: 2, consumed: 0.75, state: 'consumed' })
  })

  it('shows its brightest moment, or its largest', () => {
    const bars = [{ long: run(-5, -5, 5) }, { long: run(-6, -5, 4) }, { long: { [-6]: 2, [-5]: 5 } }]
    const brightest = (rankBy: 'brightest' | 'largest') =>
      clusterHistory(scriptedMap(bars), { ...ANY, rankBy }).objects() as Record<string, unknown>[]
    expect(brightest('brightest')).toMatchObject([{ bars: 3, notional: 5, low: binEdge(-5), high: binEdge(-4) }])
    expect(brightest('largest')).toMatchObject([{ bars: 3, notional: 8, low: binEdge(-6), high: binEdge(-4) }])
  })

  it('has its side, first bar and brightest bin as id, with seconds only where bars are shorter than a minute', () => {
    const bars = [{}, { long: { [-6]: 1, [-5]: 2 }, short: { 3: 1 } }]
    const ids = (barMs: number) => trackClusters(scriptedMap(bars, { barMs }), ANY).map(({ id }) => id)
    expect(ids(3_600_000)).toEqual(['L20240101T0100--5', 'S20240101T0100-3'])
    expect(ids(60_000)).toEqual(['L20240101T0001--5', 'S20240101T0001-3'])
    expect(ids(1000)).toEqual(['L20240101T000001--5', 'S20240101T000001-3'])
  })
})

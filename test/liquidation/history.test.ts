/** Histories of clusters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { clusterHistory, trackClusters } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import { createMarket } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { existing, map, market, sum } from './helpers.ts'

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

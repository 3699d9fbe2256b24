/** Alerts of clusters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '../../src/liquidation/alert-options.ts'
import { findAlerts } from '../../src/liquidation/alerts.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix, START } from '../market/fixtures.ts'
import { existing, map, market, seeds } from './helpers.ts'

const HOUR = 3_600_000

/** Many alerts from few bars. */
const busy = { at: 'all', brightness: 1.2, brightest: 10, near: { atr: 3 } } as const

/** Positions open in the first bar alone, at 100 with 10x: longs are liquidated near 90.4, shorts near 109.6. */
function path(...rows: [low: number, high: number, close: number][]) {
  const bars = [[100, 100, 100, 100, 1000], ...rows.map(([low, high, close]) => [close, high, low, close, 0])]
  return liquidationMap(marketOf(bars), { leverage: { 10: 1 }, halfLife: Infinity, triggerDepth: 0.02 })
}
const rule: AlertOptions = { at: 'all', brightness: 1, near: { percent: 2 }, side: 'long' }
const kindsOf = (levels: ReturnType<typeof path>, options: AlertOptions = {}) =>
  findAlerts(levels, { ...rule, ...options }).map(({ bar, kind }) => `${bar} ${kind}`)

describe('findAlerts', () => {
  it('tells when a close is near, when a low sweeps, and when a close is back', () => {
    const levels = path([100, 100, 100], [92, 100, 92], [90.3, 92, 90.35], [90.3, 92, 92])
    const [near, sweep, reclaim, ...more] = findAlerts(levels, rule)
    expect(more).toEqual([])
    expect(existing(near)).toMatchObject({ kind: 'near', bar: 2, closedAt: START + 3 * HOUR, side: 'long', price: 92 })
    const { high, notional } = existing(near)
    expect(high).toBeGreaterThan(90.3)
    expect(high).toBeLessThan(91)
    expect(near!.distance).toBeCloseTo((high / 92 - 1) * 100, 12)
    expect(near!.text).toContain(
      `price 92.0000 is near longs of ${(notional / 1000).toPrecision(3).replace(/\.?0+$/, '')}k`,
    )
    expect(sweep).toMatchObject({ kind: 'sweep', bar: 3, high, notional })
    expect(sweep!.text).toContain('the low of 90.3000 swept longs of')
    expect(reclaim).toMatchObject({ kind: 'reclaim', bar: 4, high, notional })
    expect(reclaim!.text).toContain('closed at 92.0000, back above longs of')
    expect(reclaim!.text).toContain('swept in the bar of 2024-01-01 03:00')
  })

  it('are those of the last bar unless told, of any bar, or since one, also when it goes on from an earlier close', () => {
    const levels = path([100, 100, 100], [92, 100, 92], [90.3, 92, 90.35], [90.3, 92, 92])
    // A rule of its own, so that nothing was found with it before.
    const own = { ...rule, cooldown: 23 }
    const kinds = (at: number | undefined, since?: number) =>
      findAlerts(levels, { ...own, at } as AlertOptions, since).map(({ bar, kind }) => `${bar} ${kind}`)
    expect(kinds(undefined)).toEqual(['4 reclaim'])
    expect(kinds(2)).toEqual(['2 near'])
    // From the close of bar 2 on, whose own alert is known.
    expect(kinds(2)).toEqual(['2 near'])
    expect(kinds(3)).toEqual(['3 sweep'])
    expect(kinds(3, 2)).toEqual(['2 near', '3 sweep'])
    expect(kinds(3, 3)).toEqual(['3 sweep'])
    expect(kinds(4, 3)).toEqual(['3 sweep', '4 reclaim'])
    expect(kinds(4, 9)).toEqual(['4 reclaim'])
    expect(kinds(1, 0)).toEqual([])
  })

  it('mirrors all of it for shorts', () => {
    const shorts = path([100, 100, 100], [100, 108, 108], [108, 109.7, 109.65], [108, 109.7, 108])
    expect(kindsOf(shorts, { side: 'short' })).toEqual(['2 near', '3 sweep', '4 reclaim'])
    expect(existing(findAlerts(shorts, { ...rule, side: 'short' })[2]).text).toContain('back below shorts of')
    expect(kindsOf(shorts)).toEqual([])
  })

  it('alerts once, and again only when price has left by `leave` times `near`', () => {
    const [at92, at94] = [[92, 92, 92] as const, [94, 94, 94] as const]
    const stays = path([100, 100, 100], [...at92], [...at92], [93, 93, 93], [...at92])
    expect(kindsOf(stays)).toEqual(['2 near'])
    // The near edge is within 2 % of 92 and 3 to 4 % from 94.
    const leaves = path([100, 100, 100], [...at92], [...at94], [...at92])
    expect(kindsOf(leaves)).toEqual(['2 near'])
    expect(kindsOf(leaves, { leave: 1.5, cooldown: 0 })).toEqual(['2 near', '4 near'])
    expect(kindsOf(leaves, { leave: 1.5, cooldown: 1 })).toEqual(['2 near'])
  })

  it('reclaims in the same bar, and not later than `reclaimWithin`', () => {
    const inOne = path([100, 100, 100], [90.3, 100, 99])
    expect(kindsOf(inOne, { reclaimWithin: 0 })).toEqual(['2 sweep', '2 reclaim'])
    const late = path([100, 100, 100], [90.3, 100, 90.35], [90.3, 91, 90.35], [90.3, 91, 91])
    expect(kindsOf(late, { reclaimWithin: 1 })).toEqual(['2 sweep'])
    expect(kindsOf(late, { reclaimWithin: 2 })).toEqual(['2 sweep', '4 reclaim'])
  })

  it('sweeps from `minSweepDepth` of the width on', () => {
    const [cluster] = clusterTable(path([100, 100, 100]), { brightness: 1 }).objects() as {
      low: number
      high: number
    }[]
    const { low, high } = existing(cluster)
    const half = path([100, 100, 100], [(low + high) / 2, 100, 100])
    expect(kindsOf(half, { minSweepDepth: 0.49, kinds: ['sweep'] })).toEqual(['2 sweep'])
    expect(kindsOf(half, { minSweepDepth: 0.51, kinds: ['sweep'] })).toEqual([])
  })

  it('watches what the cluster table ranks first at the close before', () => {
    const alerts = findAlerts(map, { ...busy, brightest: 4 })
    expect(new Set(alerts.map(({ kind }) => kind))).toEqual(new Set(['near', 'sweep', 'reclaim']))
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length)
    for (const { kind, bar, side, low, high, notional, distanceAtr } of alerts) {
      if (kind === 'reclaim') continue
      const table = clusterTable(map, { brightness: busy.brightness, at: kind === 'near' ? bar : bar - 1 })
      const rows = table.objects() as { side: string; rank: number; low: number; notional: number }[]
      const cluster = existing(rows.find(row => row.side === side && Math.abs(row.low / low - 1) < 1e-9))
      expect(cluster.rank).toBeLessThanOrEqual(4)
      expect(notional).toBeCloseTo(cluster.notional, 6)
      if (kind === 'near') expect(Math.abs(distanceAtr)).toBeLessThanOrEqual(3)
      else if (side === 'long') expect(market.low[bar]!).toBeLessThan(high)
      else expect(market.high[bar]!).toBeGreaterThan(low)
    }
  })

  it('never changes when the data goes on (prefix invariance)', () => {
    let count = 0
    fc.assert(
      fc.property(seeds, fc.integer({ min: 20, max: 199 }), (seed, cut) => {
        const whole = simulateMarket({ seed, bars: 200, volatility: 1.5 })
        const all = findAlerts(liquidationMap(whole), busy)
        const cutMap = liquidationMap(prefix(whole, cut))
        const atCut = { ...busy, at: cut - 1 }
        expect(findAlerts(cutMap, busy)).toEqual(all.filter(({ bar }) => bar < cut))
        expect(findAlerts(cutMap, atCut)).toEqual(all.filter(({ bar }) => bar === cut - 1))
        expect(findAlerts(liquidationMap(whole), atCut)).toEqual(findAlerts(cutMap, atCut))
        count += all.length
      }),
      { numRuns: 15 },
    )
    expect(count).toBeGreaterThan(15 * 10)
  })

  it('gives the same when it goes on from an earlier close, and notices another map', () => {
    const whole = simulateMarket({ seed: 5, bars: 120, volatility: 1.5 })
    const all = findAlerts(liquidationMap(whole), busy)
    const live: unknown[] = []
    for (let bars = 1; bars <= 120; bars++) {
      const now = liquidationMap(prefix(whole, bars))
      const raised = findAlerts(now, { ...busy, at: bars - 1 })
      expect(findAlerts(now, { ...busy, at: bars - 1 })).toEqual(raised)
      live.push(...raised)
      if (bars === 60)
        findAlerts(liquidationMap(prefix(whole, bars), { leverage: { 40: 1 } }), { ...busy, at: bars - 1 })
    }
    expect(live).toEqual(all)
    expect(all.length).toBeGreaterThan(10)
    expect(findAlerts(liquidationMap(whole), { ...busy, at: 119 }, 80)).toEqual(all.filter(({ bar }) => bar >= 80))
  })

  it.each([
    [{ near: 1 }, 'near: 1, but expected a distance above 0'],
    [{ near: { percent: 0 } }, 'near'],
    [{ near: { percent: 1, atr: 1 } }, 'near'],
    [{ kinds: ['nears'] }, 'kinds[0]'],
    [{ leave: 0.5 }, 'leave: 0.5'],
    [{ at: 400 }, 'a bar from 0 to 399'],
    [{ nearby: 1 }, 'did you mean near'],
  ])('refuses %j', (options, message) => {
    expect(() => findAlerts(map, options as AlertOptions)).toThrow(message)
  })
})

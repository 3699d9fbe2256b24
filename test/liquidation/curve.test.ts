/** The cumulative liquidation curve. */
import { describe, expect, it } from 'vitest'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { liquidationCurve } from '../../src/liquidation/curve.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { existing, map, market, sum } from './helpers.ts'

describe('liquidationCurve', () => {
  const curve = liquidationCurve(map, { brightness: 2 })
  const rows = curve.table.objects() as { price: number; side: string; notional: number; cumulative: number }[]

  it('accumulates from the close outwards', () => {
    const longs = rows.filter(row => row.side === 'long')
    const shorts = rows.filter(row => row.side === 'short')
    const lowest = existing(longs[0])
    const nearest = existing(longs.at(-1))
    const highest = existing(shorts.at(-1))
    expect(lowest.cumulative / sum(longs.map(row => row.notional))).toBeCloseTo(1, 12)
    expect(highest.cumulative / sum(shorts.map(row => row.notional))).toBeCloseTo(1, 12)
    expect(nearest.cumulative).toBe(nearest.notional)
    expect(curve.total.long).toBe(lowest.cumulative)
    for (const row of longs) expect(row.price).toBeLessThan(curve.close)
    for (const row of shorts) expect(row.price).toBeGreaterThan(curve.close)
  })

  it('has at each price what lies between it and the close, at any bar', () => {
    for (const at of [60, 150, 250, 399]) {
      const each = liquidationCurve(map, { at })
      const all = each.table.objects() as typeof rows
      for (const { side, price, cumulative } of all) {
        const between = all.filter(
          row => row.side === side && (side === 'long' ? row.price >= price : row.price <= price),
        )
        expect(Math.abs(cumulative - sum(between.map(row => row.notional)))).toBeLessThanOrEqual(
          1e-9 * (1 + cumulative),
        )
      }
      expect(each.total.short).toBe(all.at(-1)!.cumulative)
      if (at !== 399) expect(each.total.short).toBeGreaterThan(0)
    }
  })

  it('finds the nearest wall and the max pain of each side', () => {
    const brightest = (side: string) =>
      rows.filter(row => row.side === side).reduce((a, b) => (b.notional > a.notional ? b : a))
    expect(curve.maxPain).toEqual({ long: brightest('long').price, short: brightest('short').price })
    const clusters = clusterTable(map, { brightness: 2 }).objects() as { side: string; low: number; high: number }[]
    const nearestLong = Math.max(...clusters.filter(row => row.side === 'long').map(row => row.high))
    expect(curve.walls.long?.high).toBe(nearestLong)
    for (const at of [60, 150, 250]) {
      const shorts = clusterTable(map, { brightness: 1.2, at }).objects() as { side: string; low: number }[]
      const lows = shorts.filter(row => row.side === 'short').map(row => row.low)
      const { walls } = liquidationCurve(map, { brightness: 1.2, at })
      expect(walls.short?.low ?? Infinity).toBe(Math.min(...lows))
    }
  })

  it('accepts any bar of the market, and refuses others', () => {
    expect(liquidationCurve(map, { at: 100 }).total).toEqual(
      liquidationCurve(liquidationMap(prefix(market, 101))).total,
    )
    expect(() => liquidationCurve(map, { at: 999 })).toThrow(/map.curve: at: 999, but expected a bar from 0 to 399/)
  })

  it('is empty for an empty book', () => {
    const empty = liquidationCurve(liquidationMap(marketOf([[100, 101, 99, 100, 0]])))
    expect(empty.walls).toEqual({ long: null, short: null })
    expect(empty.maxPain).toEqual({ long: null, short: null })
    expect(empty.total).toEqual({ long: 0, short: 0 })
  })
})

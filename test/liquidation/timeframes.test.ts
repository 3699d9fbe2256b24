/** Maps of one market in several timeframes. */
import { describe, expect, it } from 'vitest'
import { formatOf } from '../../src/common/column-format.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { timeframeClusters, timeframeMaps } from '../../src/liquidation/timeframes.ts'
import { existing, market } from './helpers.ts'

describe('timeframeMaps', () => {
  it('labels clusters with their timeframe', () => {
    const table = timeframeClusters(timeframeMaps(market, ['1h', '4h', '1d']), { brightness: 1.5 })
    const frames = new Set(table.array('timeframe') as string[])
    expect([...frames].sort()).toEqual(['1d', '1h', '4h'])
    expect(() => timeframeMaps(market, ['15m'])).toThrow(/15m, but expected a multiple of 1h/)
    expect(() => timeframeMaps(market, [])).toThrow(
      'liq.timeframes: timeframes: [], but expected at least one timeframe',
    )
  })

  it('has the clusters of every bar of every map, and amounts in their unit', () => {
    const maps = timeframeMaps(market, ['4h', '1d'])
    const all = timeframeClusters(maps, { at: 'all' })
    expect(all.objects()).toEqual(maps.flatMap(map => clusterTable(map, { at: 'all' }).objects()))
    for (const shown of [all, timeframeClusters(maps.slice(0, 1))])
      expect(formatOf((shown.data() as Record<string, unknown>).notional)).toEqual({ unit: 'USD', notation: 'compact' })
  })

  it('shows all clusters as known at one moment, whatever their bars', () => {
    const maps = timeframeMaps(market, ['4h', '1h', '1d'])
    const hours = existing(maps[1]).market
    const at = hours.time.findIndex(time => new Date(time).getUTCHours() === 9 && time > hours.time[100]!)
    const known = hours.time[at]! + hours.barMs
    for (const moment of [at, new Date(hours.time[at]!), new Date(hours.time[at]! + 60_000).toISOString()]) {
      const table = timeframeClusters(maps, { at: moment, brightness: 1.2 })
      const seen = new Map(
        (table.objects() as { timeframe: string; time: Date }[]).map(row => [row.timeframe, row.time]),
      )
      expect(seen.size).toBe(3)
      for (const { timeframe, barMs } of maps.map(map => map.market)) {
        const close = existing(seen.get(timeframe)).getTime() + barMs
        expect(close).toBeLessThanOrEqual(known)
        expect(close + barMs).toBeGreaterThan(known)
      }
    }
    // No daily clusters before the first day is over.
    const early = new Set(timeframeClusters(maps, { at: 5, brightness: 1.2 }).array('timeframe') as string[])
    expect([...early].sort()).toEqual(['1h', '4h'])
    expect(() => timeframeClusters(maps, { at: '2099-01-01' })).toThrow(
      /at: "2099-01-01", but expected a bar, or a time in the market, from/,
    )
    expect(() => timeframeClusters(maps, { bright: 3 } as object)).toThrow(
      /liq.timeframeClusters: bright is not one of its options/,
    )
    expect(() => timeframeClusters([])).toThrow(/maps: \[\], but expected at least one map/)
  })
})

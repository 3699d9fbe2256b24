/** Tables of a small map, column by column from what they are made of. */
import { describe, expect, it } from 'vitest'
import { formatOf } from '../../src/common/column-format.ts'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { clusterTable, findBar } from '../../src/liquidation/clusters.ts'
import { liquidationCurve } from '../../src/liquidation/curve.ts'
import { clusterHistory, trackClusters } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { impliedLiquidations, impliedTable } from '../../src/liquidation/validation/implied.ts'
import { atr } from '../../src/market/atr.ts'
import { createMarket } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { HOUR, marketOf } from '../market/fixtures.ts'

const market = simulateMarket({ seed: 8, bars: 70, population: { positionsPerBar: 0 } })
const map = liquidationMap(market, { flow: { from: 'volume' }, leverage: { 25: 0.5, 100: 0.5 } })
const { binWidth } = map.options

describe('the table of histories', () => {
  it('has each tracked cluster, at its brightest', () => {
    const clusters = trackClusters(map)
    const rows = clusterHistory(map).objects() as Record<string, unknown>[]
    expect(rows.length).toBe(clusters.length)
    expect(clusters.length).toBeGreaterThan(10)
    expect(clusters.some(({ touched, lastSeen, born }) => touched >= 0 && lastSeen > born)).toBe(true)
    const date = (bar: number) => (bar < 0 ? null : new Date(market.time[bar]!))
    for (const [i, { id, side, born, touched, ended, state, consumed, lastSeen, brightest }] of clusters.entries())
      expect(rows[i]).toEqual({
        ...{ id, timeframe: '1h', side, born: date(born), touched: date(touched), ended: date(ended), state, consumed },
        bars: lastSeen - born + 1,
        low: Math.exp(brightest.fromBin * binWidth),
        high: Math.exp((brightest.toBin + 1) * binWidth),
        ...{ peak: brightest.peak, notional: brightest.notional },
        ...{ share: brightest.share, convergence: brightest.convergence },
      })
  })
})

describe('the table of clusters', () => {
  it('has the edges, distances and sums of each', () => {
    const bar = 60
    const rows = clusterTable(map, { at: bar }).objects() as Record<string, number | string>[]
    expect(new Set(rows.map(({ side }) => side))).toEqual(new Set(['long', 'short']))
    const close = market.close[bar]!
    const ranges = atr(market)
    for (const row of rows) {
      const edge = Number(row.side === 'long' ? row.high : row.low)
      expect(row.distance).toBeCloseTo(100 * (edge / close - 1), 9)
      expect(row.distanceAtr).toBeCloseTo((edge - close) / ranges[bar]!, 9)
      expect(Number(row.x25) + Number(row.x100)).toBeCloseTo(Number(row.notional), 3)
      expect(Number(row.peakNotional)).toBeLessThanOrEqual(Number(row.notional) * (1 + 1e-9))
      expect([row.bar, row.timeframe]).toEqual([bar, '1h'])
      expect(Number(row.ageHours)).toBeGreaterThan(0)
      expect(Number(row.ageHours)).toBeLessThan(bar + 1)
    }
    for (const side of ['long', 'short']) {
      const ranks = rows.filter(row => row.side === side)
      expect(ranks.map(({ rank }) => rank)).toEqual(ranks.map((_, i) => i + 1))
      const peaks = ranks.map(({ peakNotional }) => peakNotional)
      expect(peaks).toEqual([...peaks].sort((a, b) => Number(b) - Number(a)))
    }
    const everywhere = clusterTable(map, { at: 'all' }).objects() as { bar: number }[]
    expect(everywhere.filter(row => row.bar === bar)).toEqual(rows)
    expect(everywhere.some(row => row.bar === 0)).toBe(true)
    expect(clusterTable(map, { at: 0 }).objects()).toEqual(everywhere.filter(row => row.bar === 0))
    expect(clusterTable(map).objects()).toEqual(everywhere.filter(row => row.bar === 69))
  })

  it('has the mean age of what is in each, from the open of the bar of its entry', () => {
    const bars = marketOf(Array.from({ length: 6 }, (_, t) => [100, 100, 100, 100, t === 1 ? 1000 : 0]))
    const once = liquidationMap(bars, { leverage: { 10: 1 }, flow: { from: 'volume' } })
    const rows = clusterTable(once, { at: 'all', brightness: 1 }).objects() as Record<
      'bar' | 'ageHours' | 'distanceAtr',
      number
    >[]
    expect(rows.map(({ bar }) => bar)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    for (const { bar, ageHours } of rows) expect(ageHours).toBeCloseTo(bar, 6)
    // The price never moved: there is no range to measure distances by.
    for (const { distanceAtr } of rows) expect(distanceAtr).toBeNaN()
  })

  it('finds a bar by its number, or by a time within it', () => {
    const first = market.time[0]!
    const bar = (at: number | string | Date) => findBar(map, at, 'f')
    expect([bar(0), bar(69)]).toEqual([0, 69])
    expect([new Date(first), new Date(first + HOUR - 1), new Date(first + HOUR)].map(bar)).toEqual([0, 0, 1])
    expect(bar(new Date(first + 70 * HOUR - 1))).toBe(69)
    expect(bar(new Date(first + 5 * HOUR).toISOString())).toBe(5)
    for (const at of [-1, 70, 0.5, new Date(first - 1), new Date(first + 70 * HOUR), 'x', null as never])
      expect(() => bar(at)).toThrow(/^f: at: /)
  })
})

describe('amounts in tables', () => {
  const formats = (levels: typeof map) =>
    [clusterTable(levels), clusterHistory(levels), liquidationCurve(levels).table, impliedTable(levels)].map(each => {
      const data = each.data() as Record<string, unknown>
      return Object.fromEntries(
        Object.entries(data).flatMap(([name, values]) => {
          const format = formatOf(values)
          return format ? [[name, [format.unit, format.notation, format.signed].filter(Boolean).join(' ')]] : []
        }),
      )
    })

  it('are in USD where their scale is known, else relative, and shares and distances have their unit', () => {
    const scaled = liquidationMap(market, { ...map.inputOptions, scale: 2 })
    for (const [levels, unit] of [
      [map, 'relative compact'],
      [scaled, 'USD compact'],
    ] as const)
      expect(formats(levels)).toEqual([
        {
          ...{ notional: unit, peakNotional: unit, x25: unit, x100: unit, share: '% share' },
          ...{ distance: '% true', distanceAtr: 'ATR true', ageHours: 'h' },
        },
        { notional: unit, consumed: '% share', share: '% share' },
        { notional: unit, cumulative: unit },
        { long: unit, short: unit, long25x: unit, short25x: unit, long100x: unit, short100x: unit },
      ])
  })
})

describe('implied liquidations', () => {
  it('sum over tiers, and the table has them', () => {
    const implied = impliedLiquidations(map)
    for (const side of ['long', 'short'] as const) {
      expect(implied[side].some(usd => usd > 0)).toBe(true)
      for (let t = 0; t < market.length; t++)
        expect(implied[`${side}ByTier`].reduce((sum, tier) => sum + tier[t]!, 0)).toBeCloseTo(implied[side][t]!, 3)
      for (let t = 0; t < market.length; t++)
        expect(implied[`${side}SameBar`][t]!).toBeLessThanOrEqual(implied[side][t]! * (1 + 1e-9))
    }
    const rows = impliedTable(map).objects() as Record<string, unknown>[]
    for (const t of [0, 40, 69])
      expect(rows[t]).toEqual({
        time: new Date(market.time[t]!),
        ...{ long: implied.long[t], short: implied.short[t] },
        ...{ long25x: implied.longByTier[0]![t], short25x: implied.shortByTier[0]![t] },
        ...{ long100x: implied.longByTier[1]![t], short100x: implied.shortByTier[1]![t] },
      })
    const part = impliedLiquidations(map, 50)
    expect([...part.long.slice(0, 50)]).toEqual([...implied.long.slice(0, 50)])
    expect(part.long.slice(50).every(usd => usd === 0)).toBe(true)
  })
})

describe('maps that are added up', () => {
  const shifted = (factor: number, hours = 0, barMs = HOUR) => {
    const scaled = (values: Float64Array) => values.map(value => value * factor)
    const { volume } = market
    const columns = {
      time: market.time.map(time => time + hours * HOUR),
      ...{
        open: scaled(market.open),
        high: scaled(market.high),
        low: scaled(market.low),
        close: scaled(market.close),
        volume,
      },
    }
    return liquidationMap(createMarket(columns, { symbol: 'Y', source: 'test', barMs }), {
      flow: { from: 'volume' },
      leverage: { 25: 0.5, 100: 0.5 },
    })
  }

  it('are of one coin: prices at the same time differ by less than a factor of two', () => {
    expect(() => aggregateMaps([map, shifted(1.9)])).not.toThrow()
    expect(() => aggregateMaps([map, shifted(1 / 1.9)])).not.toThrow()
    for (const factor of [2.1, 1 / 2.1])
      expect(() => aggregateMaps([map, shifted(factor)])).toThrow('the maps must be of one coin in one currency')
    // Without a time in common nothing can be compared.
    expect(() => aggregateMaps([map, shifted(5, 100)])).not.toThrow()
    // One bar in common is enough, the first or the last.
    expect(() => aggregateMaps([map, shifted(5, 69)])).toThrow('the maps must be of one coin')
    expect(() => aggregateMaps([map, shifted(5, -69)])).toThrow('the maps must be of one coin')
  })

  it('have the same bins and tiers', () => {
    const wide = liquidationMap(market, { flow: { from: 'volume' }, leverage: { 25: 0.5, 100: 0.5 }, binWidth: 0.002 })
    expect(() => aggregateMaps([map, wide])).toThrow(/binWidth: 0.002, but expected .*, as in the first map/)
    const other = liquidationMap(market, { flow: { from: 'volume' }, leverage: { 25: 0.5, 50: 0.5 } })
    expect(() => aggregateMaps([map, other])).toThrow('tiers: "25,50", but expected 25,100, as in the first map')
  })
})

/** Maps of several markets of one coin. */
import { describe, expect, it } from 'vitest'
import { OptionError } from '../../src/common/errors.ts'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { timeframeMaps } from '../../src/liquidation/timeframes.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { map, market, sum } from './helpers.ts'

describe('aggregateMaps', () => {
  const other = simulateMarket({ seed: 9, bars: 400 })

  it('is the sum of its parts in grid, columns and implied liquidations', () => {
    const second = liquidationMap(other)
    const both = aggregateMaps([map, second])
    const frame = { columns: 20, rows: 40 }
    const grid = heatGrid(both, frame)
    const alone = heatGrid(map, frame)
    expect(grid.edges).toEqual(alone.edges)
    expect(both.assumptions).toEqual([...map.assumptions, ...second.assumptions])
    expect(sum(grid.long)).toBeGreaterThan(sum(alone.long))
    const implied = impliedLiquidations(both)
    const [a, b] = [impliedLiquidations(map), impliedLiquidations(second)]
    for (let t = 0; t < market.length; t++) expect(implied.long[t]).toBeCloseTo(a.long[t]! + b.long[t]!, 4)
    let last = 0
    both.replay((t, book) => {
      if (t === 399) last = sum(book.column('long', 10_000, new Float64Array(2000)))
    })
    let parts = 0
    for (const single of [map, second])
      single.replay((t, book) => {
        if (t === 399) parts += sum(book.column('long', 10_000, new Float64Array(2000)))
      })
    expect(last / parts).toBeCloseTo(1, 12)
  })

  it('has a grid that is the sum of the grids of its parts, cell by cell', () => {
    const second = liquidationMap(market, { positionNotional: 200_000 })
    const frame = { columns: 400, rows: 200 }
    const [grid, a, b] = [aggregateMaps([map, second]), map, second].map(each => heatGrid(each, frame))
    for (const side of ['long', 'short'] as const)
      for (const [i, usd] of grid![side].entries()) {
        const parts = a![side][i]! + b![side][i]!
        expect(Math.abs(usd - parts)).toBeLessThanOrEqual(1e-5 * parts)
      }
  })

  it('equals the map for a single map', () => {
    expect(heatGrid(aggregateMaps([map]), { columns: 30 })).toEqual(heatGrid(map, { columns: 30 }))
    expect(clusterTable(aggregateMaps([map])).objects()).toEqual(clusterTable(map).objects())
  })

  it('uses a bar of a coarser part only after its close', () => {
    const both = aggregateMaps(timeframeMaps(market, ['1h', '1d'], { flow: { from: 'volume' } }))
    let before = 0
    both.replay((t, book) => {
      const total = sum(book.column('long', 9_000, new Float64Array(4000)))
      // The first day closes with the 24th hour.
      if (t === 22) before = total
      if (t === 23) expect(total).toBeGreaterThan(1.5 * before)
    })
  })

  it('ignores liquidations of a longer part before the map begins and in its gaps', () => {
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const
    const rows = (included: (t: number) => boolean) =>
      createMarket(
        Object.fromEntries(
          columns.map(name => [name, market[name].filter((_, t) => included(t))]),
        ) as unknown as MarketColumns,
        { symbol: market.symbol, source: 'cut', barMs: market.barMs },
      )
    const late = liquidationMap(rows(t => t >= 200 && (t < 250 || t >= 260)))
    const whole = impliedLiquidations(map)
    const alone = impliedLiquidations(late)
    const both = impliedLiquidations(aggregateMaps([late, map]))
    for (const [k, time] of late.market.time.entries()) {
      const t = market.time.indexOf(time)
      expect(both.long[k]! + both.short[k]!).toBeCloseTo(
        alone.long[k]! + alone.short[k]! + whole.long[t]! + whole.short[t]!,
        4,
      )
    }
  })

  it('refuses maps that do not fit together', () => {
    const tenfold = (values: Float64Array) => values.map(value => 10 * value)
    const { open, high, low, close } = market
    const expensive = createMarket(
      { ...market, open: tenfold(open), high: tenfold(high), low: tenfold(low), close: tenfold(close) },
      { symbol: 'TENFOLD', source: 'test', barMs: market.barMs },
    )
    expect(() => aggregateMaps([map, liquidationMap(expensive)])).toThrow(
      /liq.aggregate: map 2 \(TENFOLD\): price: .* must be of one coin/,
    )
    expect(() => aggregateMaps([map, liquidationMap(expensive)])).toThrow(OptionError)
    expect(() => aggregateMaps([])).toThrow(/maps: \[\], but expected at least one map/)
    expect(() => aggregateMaps([map, liquidationMap(other, { binWidth: 0.002 })])).toThrow(
      /map 2 .*: binWidth: 0.002, but expected 0.001, as in the first map/,
    )
    expect(() => aggregateMaps([map, liquidationMap(other, { leverage: { 10: 1 } })])).toThrow(
      /map 2 .*: tiers: "10", but expected "?5,10,25,50,100/,
    )
  })
})

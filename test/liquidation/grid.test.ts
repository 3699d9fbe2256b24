/** The book sampled on a grid. */
import { describe, expect, it } from 'vitest'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { HOUR, marketOf } from '../market/fixtures.ts'
import { existing, map, snapshots } from './helpers.ts'

describe('heatGrid', () => {
  it('shows the last bar in its last column, with all notional in its price range', () => {
    const grid = heatGrid(map, { columns: 37, rows: 60 })
    expect(grid.bars[36]).toBe(399)
    expect(grid.bars[0]).toBe(0)
    let expected = 0
    map.replay((t, book) => {
      if (t !== 399) return
      const bins = Math.round(Math.log(grid.edges[grid.rows]! / grid.edges[0]!) / map.options.binWidth)
      const first = Math.round(Math.log(grid.edges[0]!) / map.options.binWidth)
      for (const value of book.column('long', first, new Float64Array(bins))) expected += value
    })
    let shown = 0
    for (let row = 0; row < grid.rows; row++) shown += grid.long[row * grid.columns + 36]!
    expect(shown / expected).toBeCloseTo(1, 5)
  })

  it('never exceeds the maximum rows and columns, nor the number of bars', () => {
    const grid = heatGrid(map, { columns: 5000, rows: 17 })
    expect(grid.columns).toBe(400)
    expect(grid.rows).toBeLessThanOrEqual(17)
    expect(grid.edges.length).toBe(grid.rows + 1)
    const part = heatGrid(map, { from: 390, to: 393, columns: 50 })
    expect([...part.bars]).toEqual([390, 391, 392, 393])
    expect([...heatGrid(map, { from: 100, to: 200, columns: 5 }).bars]).toEqual([100, 125, 150, 175, 200])
    expect([...heatGrid(map, { from: 100, to: 200, columns: 1 }).bars]).toEqual([200])
    expect(() => heatGrid(map, { columns: 0 })).toThrow(
      /liq.heatGrid: columns: 0, but expected a whole number from 1 to 10000/,
    )
    expect(() => heatGrid(map, { from: 10, to: 5 })).toThrow(/to: 5, but expected a bar from 10 to 399/)
  })

  it('spans the prices of its bars with a share of their range, up to 0.15 in ln(price), and four bins', () => {
    const bars = marketOf([
      [100, 300, 30, 100],
      [100, 110, 90, 100],
      [100, 120, 95, 100],
      [100, 200, 50, 100],
    ])
    const wide = liquidationMap(bars, { binWidth: 0.01 })
    const ends = (padding: number) => {
      const { edges } = heatGrid(wide, { from: 1, to: 2, padding })
      return [edges[0]!, edges.at(-1)!].map(edge => Math.round(100 * Math.log(edge)))
    }
    // ln 90 = 4.4998 and ln 120 = 4.7875, less and plus 0.04; the range is 0.2877.
    expect(ends(0)).toEqual([445, 483])
    expect(ends(0.5)).toEqual([431, 498])
    expect(ends(1)).toEqual([430, 498])
    expect(ends(5)).toEqual([430, 498])
  })

  it('has rows of equally many bins from the lowest price told to the highest', () => {
    const { bars, edges, rows } = heatGrid(liquidationMap(marketOf([[100, 100, 100, 100]]), { binWidth: 0.01 }), {
      ...{ low: 100, high: 105, rows: 4 },
    })
    // Bins 460 (ln 100 = 4.605) to 465 (ln 105 = 4.654): six bins in three rows of two.
    expect([...edges].map(edge => +Math.log(edge).toFixed(9))).toEqual([4.6, 4.62, 4.64, 4.66])
    expect([rows, ...bars]).toEqual([3, 0])
  })

  it('refuses bars outside the market, and a highest price that is not above the lowest', () => {
    expect([...heatGrid(map, { from: 399 }).bars]).toEqual([399])
    expect([...heatGrid(map, { from: 7, to: 7 }).bars]).toEqual([7])
    expect(() => heatGrid(map, { from: 400 })).toThrow('liq.heatGrid: from: 400, but expected a bar from 0 to 399')
    expect(() => heatGrid(map, { from: 9, to: 400 })).toThrow('liq.heatGrid: to: 400, but expected a bar from 9 to 399')
    expect(() => tierGrids(map, { low: 5, high: 5 })).toThrow(
      'liq.tierGrids: high: 5, but expected above low, which is 5',
    )
    expect(() => heatGrid([] as never)).toThrow(
      'liq.heatGrid expects a heatmap, as liq.heatmap returns it, but got a list',
    )
  })

  const hours = simulateMarket({ seed: 5, bars: 60 })
  const longer = resample(hours, 4 * HOUR)
  const levelsOf = (market: Market, halfLife: string) =>
    liquidationMap(market, { leverage: { 10: 1, 50: 1 }, halfLife })
  it.each([
    ['one market', levelsOf(hours, '12h')],
    // Stored values are renormalised on the way.
    ['one that fades fast', levelsOf(hours, '20m')],
    ['several, each as known at its own last close', aggregateMaps([levelsOf(hours, '20m'), levelsOf(longer, '12h')])],
    ['a longer and a shorter one', aggregateMaps([levelsOf(longer, '12h'), levelsOf(hours, '12h')])],
  ])('has in each cell what each tier holds in its prices: %s', (_, levels) => {
    const grids = tierGrids(levels, { columns: 13, rows: 40, padding: 0.05 })
    const parts = levels.parts.map(part => ({ ...part.market, books: snapshots({ ...levels, parts: [part] }) }))
    const { edges, bars, rows, columns } = existing(grids[0])
    let filled = 0
    for (const [column, bar] of bars.entries()) {
      const close = levels.market.time[bar]! + levels.market.barMs
      const expected = grids.map(() => ({ long: new Float64Array(rows), short: new Float64Array(rows) }))
      for (const { time, barMs, books } of parts)
        for (const [key, usd] of books[time.findLastIndex(open => open + barMs <= close)] ?? []) {
          const [side, tier, bin] = key.split(':') as ['long' | 'short', string, string]
          const price = Math.exp((Number(bin) + 0.5) * levels.options.binWidth)
          const row = edges.findLastIndex(edge => edge < price)
          if (row >= 0 && row < rows) expected[Number(tier)]![side][row]! += usd
        }
      for (const [tier, grid] of grids.entries())
        for (const side of ['long', 'short'] as const)
          for (const [row, usd] of expected[tier]![side].entries()) {
            const shown = grid[side][row * columns + column]!
            if (Math.abs(shown - usd) > 1e-5 * usd + 1e-3) expect([side, tier, row, column, shown]).toEqual([usd])
            if (usd > 1) filled++
          }
    }
    expect(filled).toBeGreaterThan(100)
  })

  it('sets cells below the threshold to 0 and leaves the others unchanged', () => {
    // In three rows some cells hold both sides.
    for (const [rows, threshold] of [
      [30, 0.5],
      [30, 1],
      [3, 0.5],
    ] as const) {
      const all = heatGrid(map, { columns: 20, rows })
      const bright = heatGrid(map, { columns: 20, rows, threshold })
      const sums = [...all.long].map((value, i) => value + all.short[i]!)
      const brightest = Math.max(...sums)
      for (const side of ['long', 'short'] as const)
        expect(bright[side]).toEqual(all[side].map((usd, i) => (sums[i]! >= threshold * brightest ? usd : 0)))
    }
    expect(() => heatGrid(map, { threshold: 2 })).toThrow(/threshold: 2/)
    expect(() => heatGrid(map, { padding: Number.NaN })).toThrow(/padding: NaN/)
  })
})

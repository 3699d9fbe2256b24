/** The book sampled on a grid. */
import { describe, expect, it } from 'vitest'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { map } from './helpers.ts'

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

  it('sets cells below the threshold to 0 and leaves the others unchanged', () => {
    const all = heatGrid(map, { columns: 20, rows: 30 })
    const bright = heatGrid(map, { columns: 20, rows: 30, threshold: 0.5 })
    const brightest = Math.max(...all.long.map((value, i) => value + all.short[i]!))
    for (let i = 0; i < all.long.length; i++)
      expect(bright.long[i]).toBe(all.long[i]! + all.short[i]! >= 0.5 * brightest ? all.long[i] : 0)
    expect(() => heatGrid(map, { threshold: 2 })).toThrow(/threshold: 2/)
    expect(() => heatGrid(map, { padding: Number.NaN })).toThrow(/padding: NaN/)
  })
})

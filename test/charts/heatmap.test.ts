import { describe, expect, it } from 'vitest'
import type { BinaryArray } from '../../src/charts/figure.ts'
import { heatmapFigure } from '../../src/charts/heatmap.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { decode } from './helpers.ts'

describe('heatmapFigure', () => {
  const market = simulateMarket({ seed: 3, bars: 300 })
  const map = liquidationMap(market)
  const figure = heatmapFigure(map, { columns: 50, rows: 40 })
  const grid = heatGrid(map, { columns: 50, rows: 40 })
  const trace = (index: number) => figure.data[index] ?? {}
  const [heat, candles, scale] = [trace(0), trace(1), trace(2)]

  it('holds the grid in USD, row by row, with one more edge than cells on both axes', () => {
    const z = decode(heat.z)
    expect((heat.z as BinaryArray).shape).toBe(`${grid.rows}, ${grid.columns}`)
    expect(z.length).toBe(grid.rows * grid.columns)
    expect(z[1234]).toBe(Math.fround(grid.long[1234]! + grid.short[1234]!))
    expect(decode(heat.x).length).toBe(grid.columns + 1)
    expect([...decode(heat.y)]).toEqual([...grid.edges])
  })

  it('starts each column at the close of its bar, so that nothing is drawn before it is known', () => {
    const x = decode(heat.x)
    for (let column = 0; column < grid.columns; column++)
      expect(x[column]).toBe(market.time[grid.bars[column]!]! + market.barMs)
  })

  it('shows one side, or the sum of both', () => {
    const z = (side: 'long' | 'short' | 'both') =>
      decode(heatmapFigure(map, { columns: 50, rows: 40, side }).data[0]?.z).reduce((sum, v) => sum + v, 0)
    expect((z('long') + z('short')) / z('both')).toBeCloseTo(1, 5)
  })

  it('covers every price of the market with few candles', () => {
    const high = decode(candles.high)
    expect(Math.max(...high)).toBe(Math.max(...market.high))
    expect(Math.min(...decode(candles.low))).toBe(Math.min(...market.low))
    expect(high.length).toBeLessThanOrEqual(401)
  })

  it('has a colour bar in USD, and marks a synthetic market in the title', () => {
    expect(
      (scale.marker as { colorbar: { ticktext: string[] } }).colorbar.ticktext.every(text =>
        /^[\d.]+[kMBT]?$/.test(text),
      ),
    ).toBe(true)
    expect(JSON.stringify(figure.layout.title)).toMatch(/Synthetic market/)
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure)
  })

  it('draws an empty map', () => {
    expect(heatmapFigure(liquidationMap(simulateMarket({ bars: 1 })), {}).data).toHaveLength(3)
  })

  it.each([
    [{ side: 'up' }, 'map.figure: side: "up", but expected both, long or short'],
    [{ max: 0 }, 'map.figure: max: 0, but expected 1e-9 to 1e18 USD'],
    [{ max: 5e-324 }, 'map.figure: max: 5e-324, but expected 1e-9 to 1e18 USD'],
    [{ min: 5, max: 5 }, 'map.figure: min: 5, but expected less than max, which is 5 USD'],
    [{ rows: 0 }, 'map.figure: rows: 0, but expected'],
    [{ colour: 'red' }, 'map.figure: colour is not one of its options'],
  ])('refuses %j', (options, message) => {
    expect(() => heatmapFigure(map, options as never)).toThrow(message)
  })
})

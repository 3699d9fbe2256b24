import { describe, expect, it } from 'vitest'
import { groupCandles } from '../../src/charts/candles.ts'
import { logScale, shortUsd } from '../../src/charts/colour.ts'
import { type BinaryArray, binary } from '../../src/charts/figure.ts'
import { heatmapFigure } from '../../src/charts/heatmap.ts'
import { Html, html } from '../../src/charts/html.ts'
import { liq } from '../../src/liqnb.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const DISPLAY = Symbol.for('Jupyter.display')
type Shown = { [DISPLAY](): Record<string, unknown> }
const bundleOf = (value: unknown) => (value as Shown)[DISPLAY]()

function decode({ dtype, bdata }: BinaryArray): number[] {
  const bytes = new Uint8Array(Buffer.from(bdata, 'base64')).buffer
  return Array.from(dtype === 'f8' ? new Float64Array(bytes) : new Float32Array(bytes))
}

describe('candles', () => {
  it('of a market with more gaps than bars are no more than twice the number asked for, and lose no price', () => {
    // Three minutes of each hour.
    const time = Float64Array.from({ length: 6000 }, (_, i) => Math.floor(i / 3) * 3_600_000 + (i % 3) * 60_000)
    const close = time.map((_, i) => 100 + (i % 977))
    const columns = { time, open: close, high: close, low: close, close, volume: close }
    const market = createMarket(columns, { symbol: 'X', source: 'test' })
    const { high, low, end } = groupCandles(market, 0, 5999, 200)
    expect(high.length).toBeLessThanOrEqual(400)
    expect([Math.max(...high), Math.min(...low)]).toEqual([1076, 100])
    expect(end.at(-1)).toBe(time[5999]! + 60_000)
  })
})

describe('heatmapFigure', () => {
  const market = simulateMarket({ seed: 3, bars: 300 })
  const map = liquidationMap(market)
  const figure = heatmapFigure(map, { columns: 50, rows: 40 })
  const grid = heatGrid(map, { columns: 50, rows: 40 })
  const [heat, candles, scale] = figure.data as Record<string, never>[]

  it('carries the grid in USD, row by row, with an edge more than cells on both axes', () => {
    const z = decode(heat!.z)
    expect((heat!.z as BinaryArray).shape).toBe(`${grid.rows}, ${grid.columns}`)
    expect(z.length).toBe(grid.rows * grid.columns)
    expect(z[1234]).toBe(Math.fround(grid.long[1234]! + grid.short[1234]!))
    expect(decode(heat!.x).length).toBe(grid.columns + 1)
    expect([...decode(heat!.y)]).toEqual([...grid.edges])
  })

  it('columns begin at the close of their bar: nothing is drawn before it is known', () => {
    const x = decode(heat!.x)
    for (let column = 0; column < grid.columns; column++)
      expect(x[column]).toBe(market.time[grid.bars[column]!]! + market.barMs)
  })

  it('a side alone, and its sum', () => {
    const z = (side: 'long' | 'short' | 'both') =>
      decode(heatmapFigure(map, { columns: 50, rows: 40, side }).data[0]!.z as BinaryArray).reduce(
        (sum, v) => sum + v,
        0,
      )
    expect((z('long') + z('short')) / z('both')).toBeCloseTo(1, 5)
  })

  it('draws every price of the market in its candles, in few candles', () => {
    const high = decode(candles!.high)
    expect(Math.max(...high)).toBe(Math.max(...market.high))
    expect(Math.min(...decode(candles!.low))).toBe(Math.min(...market.low))
    expect(high.length).toBeLessThanOrEqual(401)
  })

  it('has a colour bar in USD and a title that says what is synthetic', () => {
    expect(
      (scale!.marker as { colorbar: { ticktext: string[] } }).colorbar.ticktext.every(text =>
        /^[\d.]+[kMBT]?$/.test(text),
      ),
    ).toBe(true)
    expect(JSON.stringify(figure.layout.title)).toMatch(/Synthetic market/)
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure)
  })

  it('an empty map still draws', () => {
    expect(heatmapFigure(liquidationMap(simulateMarket({ bars: 1 })), {}).data).toHaveLength(3)
  })
})

it('logScale: equal ratios take equal steps of colour', () => {
  const stops = logScale(10, 1000)
  expect(stops[0]![0]).toBe(0)
  expect(stops.at(-1)![0]).toBe(1)
  const middle = 10 + stops[4]![0] * 990
  expect(middle).toBeCloseTo(100, 9)
})

it('shortUsd', () => {
  expect([0, 950, 1500, 2.34e6, 5e9, 1e12].map(shortUsd)).toEqual(['0', '950', '1.5k', '2.34M', '5B', '1T'])
})

it('binary arrays are little-endian base64 of the values', () => {
  expect(binary(Float64Array.of(1, -2.5))).toEqual({ dtype: 'f8', bdata: 'AAAAAAAA8D8AAAAAAAAEwA==' })
})

it('html escapes values and joins parts', () => {
  expect(html`<b>${'<script>&"\''}</b>${[1, html`<i>${2}</i>`]}`.text).toBe(
    '<b>&#60;script&#62;&#38;&#34;&#39;</b>1<i>2</i>',
  )
  expect(html`a` instanceof Html).toBe(true)
})

describe('liq', () => {
  it('runs from market to study, and every value shows itself with a text twin', async () => {
    const market = await liq.market({ sample: true })
    const map = liq.heatmap(market)
    const study = liq.sfp(market, { levels: map, brightest: 3, target: { r: 2 } }).backtest()
    expect(study.trades.length).toBeGreaterThan(10)
    expect(study.options.targets).toEqual([{ r: 2 }])
    for (const value of [market, map, map.figure({ side: 'long' }), study, study.summary]) {
      const bundle = bundleOf(value)
      expect(typeof bundle['text/plain']).toBe('string')
      expect(Object.keys(bundle).length).toBeGreaterThanOrEqual(2)
    }
    expect(map.clusters().numRows()).toBeGreaterThan(0)
    expect(study.tradeTable().numRows()).toBe(study.trades.length)
    expect(study.equityTable().numRows()).toBe(market.length)
    expect(map.impliedTable().columnNames().slice(0, 5)).toEqual(['time', 'long', 'short', 'long5x', 'short5x'])
  })

  it('the same notebook gives the same bytes', async () => {
    const once = async () => {
      const market = await liq.market({ sample: true })
      const map = liq.heatmap(market)
      return JSON.stringify([map, liq.sfp(market, { levels: map }).backtest()].map(bundleOf))
    }
    expect(await once()).toBe(await once())
  })

  it('symbols and notes with markup stay text', async () => {
    const market = await liq.market({ simulate: { bars: 50 } })
    const hostile = liq.createMarket(market, { symbol: '<img src=x onerror=alert(1)>', source: '</td><script>' })
    const study = liq.sfp(hostile, { levels: 'pivots' }).backtest()
    const fragment = bundleOf(study.summary)['text/html'] as string
    expect(fragment).not.toMatch(/<img|<script/)
    expect(fragment).toContain('&#60;img')
  })

  it('says what it was given in place of a market', async () => {
    const given = (value: unknown) => () => liq.heatmap(value as Parameters<typeof liq.heatmap>[0])
    expect(given(5)).toThrow(/liq.heatmap takes a market, as liq.market gives it, but was given 5/)
    expect(given(liq.market({ sample: true }))).toThrow(/a Promise: write `await liq.market/)
    expect(given(null)).toThrow(/was given null/)
    await expect(liq.market({ sample: 'btc' } as never)).rejects.toThrow(/sample: "btc", but there is one/)
  })

  it('refuses to trade one market with the heatmap of another', async () => {
    const a = await liq.market({ simulate: { seed: 1, bars: 50 } })
    const b = await liq.market({ simulate: { seed: 2, bars: 50 } })
    expect(() => liq.sfp(a, { levels: liq.heatmap(b) })).toThrow(/another market/)
  })
})

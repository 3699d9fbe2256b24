/** `liq` as a cell uses it. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { liq } from '../../src/liqnb.ts'
import { bundleOf } from '../charts/helpers.ts'

describe('liq', () => {
  it('goes from market to study, and every result displays itself with plain text', async () => {
    const market = await liq.market({ sample: true })
    const map = liq.heatmap(market)
    const study = liq.sfp(market, { levels: map, brightest: 5, brightness: 1.5, target: { r: 2 } }).backtest()
    expect(study.trades.length).toBeGreaterThan(10)
    expect(study.options.targets).toEqual([{ r: 2 }])
    for (const value of [market, map, map.figure({ side: 'long' }), study, study.summary]) {
      const bundle = bundleOf(value)
      expect(typeof bundle['text/plain']).toBe('string')
      expect(Object.keys(bundle).length).toBeGreaterThanOrEqual(2)
    }
    for (const value of [
      market,
      map,
      map.explore(),
      map.figure(),
      study,
      study.summary,
      liq.sfp(market, { levels: map }),
    ]) {
      // As console.log prints it: a few lines, never the arrays.
      expect(inspect(value)).toBe(bundleOf(value)['text/plain'])
      expect(inspect({ value }).split('\n').length).toBeLessThan(65)
    }
    expect(map.clusters().numRows()).toBeGreaterThan(0)
    expect(study.tradeTable().numRows()).toBe(study.trades.length)
    expect(study.equityTable().numRows()).toBe(market.length)
    expect(map.impliedTable().columnNames().slice(0, 5)).toEqual(['time', 'long', 'short', 'long5x', 'short5x'])
  })

  it('gives the same bytes for the same notebook', async () => {
    const once = async () => {
      const market = await liq.market({ sample: true })
      const map = liq.heatmap(market)
      return JSON.stringify([map, liq.sfp(market, { levels: map }).backtest()].map(bundleOf))
    }
    expect(await once()).toBe(await once())
  })

  it('escapes markup in symbols and notes', async () => {
    const market = await liq.market({ simulate: { bars: 50 } })
    const hostile = liq.createMarket(market, { symbol: '<img src=x onerror=alert(1)>', source: '</td><script>' })
    const study = liq.sfp(hostile, { levels: 'pivots' }).backtest()
    const fragment = bundleOf(study.summary)['text/html'] as string
    expect(fragment).not.toMatch(/<img|<script/)
    expect(fragment).toContain('&#60;img')
  })

  it('names the value that is not a market', async () => {
    const heatmapOf = (value: unknown) => () => liq.heatmap(value as Parameters<typeof liq.heatmap>[0])
    expect(heatmapOf(5)).toThrow(/liq.heatmap expects a market, as liq.market returns it, but got 5/)
    expect(heatmapOf(liq.market({ sample: true }))).toThrow(/a Promise: write `await liq.market/)
    expect(heatmapOf(null)).toThrow(/got null/)
    await expect(liq.market({ sample: 'btc' } as never)).rejects.toThrow(/liq.market: sample: "btc", but expected true/)
  })

  it('refuses to trade one market with the heatmap of another', async () => {
    const a = await liq.market({ simulate: { seed: 1, bars: 50 } })
    const b = await liq.market({ simulate: { seed: 2, bars: 50 } })
    expect(() => liq.sfp(a, { levels: liq.heatmap(b) })).toThrow(/another market/)
  })
})

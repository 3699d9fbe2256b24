import { afterEach, describe, expect, it } from 'vitest'
import { explorerPayload } from '../../src/charts/explorer.ts'
import { EXPLORER_MIME, type ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { liq } from '../../src/liqnb.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { EXPLORER_MIME as PAGE_MIME } from '../../src/notebook/mime.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as { [key: symbol]: unknown }
// Of a coin that every bundled table knows.
const market = createMarket(simulateMarket({ seed: 5, bars: 300 }), { symbol: 'BTC/USDT:USDT', source: 'simulated' })

interface Bundle {
  [mime: string]: unknown
  [EXPLORER_MIME]: ExplorerPayload
}
const bundleOf = (value: object) => (value as { [key: symbol]: () => Bundle })[Symbol.for('Jupyter.display')]!()

/** What a kernel gives to values, as far as a heatmap uses it. */
function openChannels(): ((message: unknown) => ExplorerPayload)[] {
  const handlers: ((message: unknown) => ExplorerPayload)[] = []
  host[CHANNEL] = { open: (handler: (message: unknown) => ExplorerPayload) => `channel ${handlers.push(handler)}` }
  return handlers
}
afterEach(() => {
  delete host[CHANNEL]
})

describe('what a heatmap shows', () => {
  it('is the explorer first, then a figure for other readers, then text; small enough to be saved', () => {
    const bundle = bundleOf(liq.heatmap(market))
    expect(Object.keys(bundle)).toEqual([EXPLORER_MIME, 'application/vnd.plotly.v1+json', 'text/plain'])
    expect(EXPLORER_MIME).toBe(PAGE_MIME)
    expect(JSON.stringify(bundle).length).toBeLessThan(300_000)
    expect(bundle[EXPLORER_MIME].channel).toBeUndefined()
  })

  it('is the same bytes for the same map', () => {
    const once = () => JSON.stringify(explorerPayload(liquidationMap(market), { columns: 50, rows: 40 }))
    expect(once()).toBe(once())
  })

  it('an option that is undefined counts as not given', () => {
    const map = liquidationMap(market, { binWidth: 0.0002 })
    const undefinedSize = { columns: undefined, rows: undefined, weights: undefined } as object
    expect(explorerPayload(map, undefinedSize)).toEqual(explorerPayload(map))
  })

  it('has presets for the tiers that the map has', () => {
    const { presets, tiers } = bundleOf(liq.heatmap(market, { leverage: { 10: 1, 50: 3, 80: 0 } }))[EXPLORER_MIME]
    expect(tiers).toEqual([
      { leverage: 10, weight: 0.25 },
      { leverage: 50, weight: 0.75 },
      { leverage: 80, weight: 0 },
    ])
    expect(presets.retail!.map(share => +share.toFixed(3))).toEqual([0.6, 0.4, 0])
  })

  it('a tier of weight 0 has a layer all the same, so that its slider turns something up', () => {
    const turned = bundleOf(liq.heatmap(market, { leverage: { 10: 1, 50: 0 } }))[EXPLORER_MIME]
    const even = bundleOf(liq.heatmap(market, { leverage: { 10: 0.5, 50: 0.5 } }))[EXPLORER_MIME]
    expect(turned.levels.floor / even.levels.floor).toBeCloseTo(1, 4)
    expect(Math.abs(turned.data.length / even.data.length - 1)).toBeLessThan(0.02)
  })

  it('a part has columns of its own', () => {
    const map = liq.heatmap(market)
    const all = bundleOf(map)[EXPLORER_MIME]
    const part = bundleOf(map.explore({ from: 100 }))[EXPLORER_MIME]
    expect([all.grid.columns, part.grid.columns, part.id]).toEqual([300, 200, all.id])
  })
})

describe('while the kernel runs', () => {
  it('a map says what may be changed, and what holds', () => {
    openChannels()
    const { channel, choices } = bundleOf(liq.heatmap(market, { halfLife: '5d', flow: { from: 'openInterest' } }))[
      EXPLORER_MIME
    ]
    expect(channel).toBe('channel 1')
    expect(choices!.halfLife).toMatchObject({
      value: '5d',
      options: ['5d', '12h', '1d', '3d', '7d', '14d', '30d', '90d', 'none'],
    })
    const week = bundleOf(liq.heatmap(market))[EXPLORER_MIME].choices!.halfLife!
    expect([week.value, week.options.filter(option => option === '7d' || option === '1w')]).toEqual(['7d', ['7d']])
    expect(choices!.flow).toMatchObject({ value: 'openInterest', options: ['volume', 'openInterest'] })
    expect(choices!.timeframe).toMatchObject({ value: '1h', options: ['1h', '4h'] })
  })

  it('it is built anew with what is asked for', () => {
    const handlers = openChannels()
    bundleOf(liq.heatmap(market))
    const asked = handlers[0]!({
      halfLife: '1d',
      flow: 'openInterest',
      binWidth: '20 bp',
      margin: 'Hyperliquid',
      timeframe: '4h',
    })
    const options = {
      halfLife: '1d',
      flow: { from: 'openInterest' },
      binWidth: 0.002,
      margin: liq.margin.hyperliquid(market.symbol),
    } as const
    const direct = explorerPayload(liq.timeframes(market, ['4h'], options)[0]!, { compression: 2 })
    expect(asked.data).toBe(direct.data)
    expect(asked.assumptions).toEqual(direct.assumptions)
    expect(asked.choices!.timeframe!.value).toBe('4h')
  })

  it('in more tiers, and of a part in full detail', () => {
    const handlers = openChannels()
    bundleOf(liq.heatmap(market, { leverage: { 10: 1, 30: 1 } }))
    const tiers = handlers[0]!({ tiers: '2x 10x 100x' }).tiers
    expect(tiers.map(({ leverage, weight }) => [leverage, weight])).toEqual([
      [2, 0],
      [10, 0.5],
      [30, 0.5],
      [100, 0],
    ])
    const range = [market.time[100]!, market.time[199]!]
    expect(handlers[0]!({ range }).grid.columns).toBe(100)
    expect(handlers[0]!({ range, timeframe: '4h' }).grid.columns).toBe(25)
  })

  it.each([
    [null, 'The explorer asked for nothing'],
    [{ halfLife: '<b>' }, 'halfLife: "<b>" is not a duration'],
    [{ halfLife: 7 }, 'halfLife: expected text, found number'],
    [{ flow: 'guess' }, 'flow.from: guess'],
    [{ margin: 'constructor' }, 'margin: constructor, but expected one of Binance, Hyperliquid'],
    [{ range: [2, 1] }, 'range: expected two moments'],
    [{ timeframe: '90m' }, '90m'],
  ])('%j is answered by the reason', (message, reason) => {
    const handlers = openChannels()
    bundleOf(liq.heatmap(market))
    expect(() => handlers[0]!(message)).toThrow(reason)
  })

  it('a sum of maps cannot be built anew, so it says nothing of it', () => {
    openChannels()
    const map = liq.heatmap(market)
    expect(bundleOf(liq.aggregate([map, map]))[EXPLORER_MIME].channel).toBeUndefined()
  })
})

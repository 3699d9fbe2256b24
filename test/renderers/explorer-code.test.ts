import { afterEach, describe, expect, it } from 'vitest'
import { clustersAt } from '../../renderers/explorer/clusters.ts'
import { heatmapCall, heatmapChange } from '../../renderers/explorer/code.ts'
import { mixColumn } from '../../renderers/explorer/mix.ts'
import { SIDES } from '../../renderers/explorer/model.ts'
import { type Header, readHeader } from '../../renderers/explorer/payload.ts'
import { initialState, tierShares, type ViewState } from '../../renderers/explorer/state.ts'
import { heatmap } from '../../src/api/heatmap.ts'
import { margin } from '../../src/api/margin.ts'
import type { ExplorerPayload, ExplorerRequest } from '../../src/charts/explorer-payload.ts'
import { durationMs } from '../../src/common/duration.ts'
import { type ChannelHandler, DISPLAY, publishChannelHost, publishVariables } from '../../src/common/host.ts'
import type { MapOptions } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { modelOf, market as waves } from './explorer-model.ts'

/** Of a coin with bundled brackets. */
const market = createMarket(waves, { symbol: 'BTC/USDT:USDT', source: 'waves', synthetic: true })
const cleanUp: (() => void)[] = []
afterEach(() => {
  for (const undo of cleanUp.splice(0)) undo()
})

const liq = { heatmap, margin, resample: (of: typeof market, frame: string) => resample(of, durationMs(frame)) }
const payloadOf = (map: ReturnType<typeof heatmap>) =>
  JSON.parse(JSON.stringify(map[DISPLAY]()['application/vnd.liqnb.explorer+json'])) as ExplorerPayload
const run = (call: string) =>
  new Function('liq', 'btc', 'market', `return ${call}`)(liq, market, market) as ReturnType<typeof heatmap>

/** The explorer of a map, and its kernel. */
function explore(options: MapOptions) {
  let handler: ChannelHandler = () => null
  cleanUp.push(
    publishChannelHost(globalThis, {
      open(answer) {
        handler = answer
        return 'channel'
      },
      close() {},
    }),
    publishVariables(globalThis, test => (test(market) ? 'btc' : undefined)),
  )
  const cell = readHeader(payloadOf(heatmap(market, options)))
  const ask = async (request: ExplorerRequest) =>
    readHeader(
      JSON.parse(JSON.stringify(await handler(request, { signal: new AbortController().signal, progress() {} }))),
    )
  return { cell, ask }
}

/** Largest relative difference of two columns. */
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!) / Math.max(value, b[i]!, 1e-9)), 0)

/** Expects that the code gives the map that is shown: the clusters to the digit, cells within a level of the payload. */
async function expectSame(shown: Header, state: ViewState) {
  const again = readHeader(payloadOf(run(heatmapCall(shown, state)!)))
  const [one, other] = [await modelOf(shown), await modelOf(again)]
  expect({ ...other.header.grid }).toEqual({ ...one.header.grid })
  expect(other.edges).toEqual(one.edges)
  const shares = tierShares(state)
  const ownShares = again.tiers.map(tier => tier.weight)
  for (const [i, share] of shares.entries()) expect(ownShares[i]).toBeCloseTo(share, 10)
  expect(again.tiers.map(tier => tier.leverage)).toEqual(shown.tiers.map(tier => tier.leverage))
  const clusters = clustersAt(one, shares, one.columns - 1)
  expect(clusters.length).toBeGreaterThan(0)
  expect(clustersAt(other, ownShares, other.columns - 1).map(({ usd }) => usd.toPrecision(8))).toEqual(
    clusters.map(({ usd }) => usd.toPrecision(8)),
  )
  for (const side of SIDES)
    for (const column of [10, one.columns >> 1, one.columns - 1]) {
      const [a, b] = [mixColumn(one, shares, side, column).total, mixColumn(other, ownShares, side, column).total]
      expect(difference(a, b)).toBeLessThan(0.06)
    }
}

describe('the code of a map', () => {
  it.each<[MapOptions, string]>([
    [{}, 'liq.heatmap(btc)'],
    [{ leverage: 'inverseRoot', halfLife: '7d', binWidth: 0.001, triggerDepth: 0.0015 }, 'liq.heatmap(btc)'],
    [{ leverage: 'retail', halfLife: '36h' }, "liq.heatmap(btc, { leverage: 'retail', halfLife: '36h' })"],
    [
      { halfLife: Infinity, flow: { from: 'volume', openShare: 0.3 } },
      "liq.heatmap(btc, { flow: { from: 'volume', openShare: 0.3 }, halfLife: Infinity })",
    ],
  ])('has only options that are not at their defaults: %j', async (options, expected) => {
    const { cell } = explore(options)
    const state = initialState(await modelOf(cell))
    expect(heatmapCall(cell, state)).toBe(expected)
    expect(heatmapChange(cell, cell, state)).toBeNull()
    await expectSame(cell, state)
  })

  it('gives the same map with another mix, in the units of the code', async () => {
    const { cell } = explore({})
    const initial = initialState(await modelOf(cell))
    const state = { ...initial, weights: initial.weights.with(2, 0.9), on: initial.on.with(5, false) }
    expect(heatmapCall(cell, state)).toBe(
      'liq.heatmap(btc, { leverage: { 5: 0.346, 10: 0.245, 25: 0.9009, 50: 0.109, 100: 0.077, 125: 0 } })',
    )
    await expectSame(cell, state)
    expect(heatmapChange(cell, cell, state)).toMatchObject({
      market: 'btc',
      remove: [],
      set: [['leverage', expect.any(String)]],
    })
  })

  it('gives the same map with another model from the kernel', async () => {
    const { cell, ask } = explore({ leverage: { 10: 1, 25: 3 }, halfLife: '3d' })
    const shown = await ask({
      halfLifeMs: durationMs('7d'),
      binWidth: 0.002,
      timeframe: '4h',
      flow: 'constant',
      margin: 'Hyperliquid',
      tiers: [10, 20, 25],
    })
    const state = initialState(await modelOf(shown))
    const call = heatmapCall(shown, { ...state, weights: [0.2, 0.3, 0.5] })!
    expect(call).toContain("liq.resample(btc, '4h')")
    expect(call).not.toContain('halfLife')
    await expectSame(shown, state)
    await expectSame(shown, { ...state, weights: [0.2, 0.3, 0.5] })
    expect(heatmapChange(cell, shown, state)).toMatchObject({ timeframe: '4h', remove: ['halfLife'] })
  })

  it('is missing where no tier has a share, and for a map that cannot be built again', async () => {
    const { cell } = explore({})
    const state = initialState(await modelOf(cell))
    expect(heatmapCall(cell, { ...state, on: state.on.map(() => false) })).toBeNull()
    const { code: _, ...without } = cell
    expect(heatmapCall(without, state)).toBeNull()
  })
})

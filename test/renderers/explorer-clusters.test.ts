/** What the explorer says of clusters is what the library's table says, to the digit. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { clustersAt, profileAt } from '../../renderers/explorer/clusters.ts'
import { clusterTexts } from '../../renderers/explorer/draw-marks.ts'
import { createEdgeLoader, edgeView, restoreEdge } from '../../renderers/explorer/edge-column.ts'
import { type Model, priceAt } from '../../renderers/explorer/model.ts'
import { readAt } from '../../renderers/explorer/readout.ts'
import { initialState, tierShares } from '../../renderers/explorer/state.ts'
import { addFullColumn } from '../../renderers/explorer/unpack.ts'
import { explorerColumn } from '../../src/charts/explorer-column.ts'
import { EXPLORER_MIME, type ExplorerPayload } from '../../src/charts/explorer-payload.ts'
import { percentText, usdText } from '../../src/common/number-text.ts'
import { type Heatmap, liq } from '../../src/liqnb.ts'
import type { ClusterRule } from '../../src/liquidation/clusters.ts'
import type { MapOptions } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { writeJson } from '../../src/notebook/json-writer.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleOf } from '../charts/helpers.ts'
import { modelOf, market as waves } from './explorer-model.ts'

const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as { [key: symbol]: unknown }
afterEach(() => {
  delete host[CHANNEL]
})

const hourly = simulateMarket({ seed: 3, bars: 1500 })
const markets: Record<string, Market> = {
  waves,
  hourly,
  'four hours': resample(hourly, 4 * hourly.barMs),
  'quarter hours': simulateMarket({ seed: 8, bars: 3000, timeframe: '15m' }),
  coin: simulateMarket({ seed: 21, bars: 700, price: 0.0123 } as object),
}

/** The payload as a saved notebook has it: with the keys of objects in alphabetical order. */
const saved = (map: { explore: Heatmap['explore'] }, part: object = {}): ExplorerPayload =>
  JSON.parse(writeJson(bundleOf<{ [EXPLORER_MIME]: ExplorerPayload }>(map.explore(part))[EXPLORER_MIME]))

interface Row {
  side: string
  low: number
  high: number
  peak: number
  notional: number
  share: number
  convergence: number
  distance: number
}

/** Side, edges and label of the clusters of the table and of the screen. */
const inTable = (map: Heatmap, at: number, rule: ClusterRule = {}) =>
  (map.clusters({ ...rule, at }).objects() as Row[])
    .map(({ side, low, high, peak, notional, share, convergence, distance }) => {
      const label = [usdText(notional), percentText(distance / 100, 1), ...(convergence > 1 ? [`×${convergence}`] : [])]
      return [side, ...[low, high, peak].map(price => price.toPrecision(12)), share.toPrecision(9), ...label].join(' ')
    })
    .sort()
const onScreen = (model: Model, shares: readonly number[], column = model.columns - 1) =>
  clustersAt(model, shares, column)
    .map(cluster => {
      const prices = [cluster.low, cluster.high, cluster.peak].map(price => price.toPrecision(12))
      return [cluster.side, ...prices, cluster.share.toPrecision(9), ...clusterTexts(cluster)].join(' ')
    })
    .sort()

const cases = fc.record({
  name: fc.constantFrom(...Object.keys(markets)),
  binWidth: fc.constantFrom(0.0003, 0.0005, 0.001, 0.002, 0.005),
  to: fc.double({ min: 0.3, max: 1, noNaN: true }),
  from: fc.double({ min: 0, max: 0.25, noNaN: true }),
  parts: fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }).filter(parts => parts.some(part => part > 0)),
  options: fc.constantFrom<MapOptions>(
    {},
    { halfLife: Infinity },
    { extraMargin: { 0: 0.7, 1: 0.3 } },
    { positionNotional: { 10000: 0.5, 40000: 0.5 } },
    { triggerDepth: 0.002 },
  ),
})
const LEVERAGES = [5, 20, 50, 100]
const mixOf = (parts: readonly number[]) => Object.fromEntries(LEVERAGES.map((tier, i) => [tier, parts[i]! / 100]))

it('on the screen come in the order of the table, by either rule', async () => {
  const map = liq.heatmap(hourly)
  for (const rankBy of ['brightest', 'largest'] as const) {
    const rule = { rankBy, brightness: 1.5 }
    const model = await modelOf(saved(map, rule))
    const screen = clustersAt(model, tierShares(initialState(model)), model.columns - 1)
    for (const side of ['long', 'short'] as const) {
      const table = (map.clusters({ ...rule }).objects() as Row[]).filter(row => row.side === side)
      expect(table.length).toBeGreaterThan(1)
      expect(screen.filter(cluster => cluster.side === side).map(({ low }) => low.toPrecision(12))).toEqual(
        table.map(({ low }) => low.toPrecision(12)),
      )
    }
  }
})

describe('clusters on the screen', () => {
  it('are those of the table, for any market, bins, part of the map and sliders', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(cases, async ({ name, binWidth, from, to, parts, options }) => {
        const market = markets[name]!
        const [first, last] = [Math.floor(from * market.length), Math.ceil(to * market.length) - 1]
        // The cell has other weights than the sliders, among them a tier of weight 0.
        const cell = liq.heatmap(market, { ...options, binWidth, leverage: { 5: 0, 20: 0.2, 50: 0.5, 100: 0.3 } })
        const model = await modelOf(saved(cell, { from: first, to: last }))
        const same = liq.heatmap(market, { ...options, binWidth, leverage: mixOf(parts) })
        const shares = tierShares({ ...initialState(model), weights: parts.map(part => part / 100) })
        const table = inTable(same, last)
        expect(onScreen(model, shares)).toEqual(table)
        compared += table.length
      }),
      { numRuns: 40, seed: 1 },
    )
    expect(compared).toBeGreaterThan(150)
  })

  it('are exact in any column that the kernel sends, and an estimate before', async () => {
    const handlers: ((message: unknown) => unknown)[] = []
    host[CHANNEL] = { open: (handler: (message: unknown) => unknown) => `channel ${handlers.push(handler)}` }
    const map = liq.heatmap(hourly, { leverage: { 10: 0.5, 50: 0, 100: 0.5 } })
    const model = await modelOf(saved(map))
    const shares = tierShares(initialState(model))
    let estimated = 0
    for (const column of [200, 401, 590]) {
      const before = clustersAt(model, shares, column)
      estimated += before.length
      expect(before.every(cluster => clusterTexts(cluster)[0].match(/^[≈≥] /))).toBe(true)
      const time = model.edges[column]!
      await addFullColumn(model, handlers[0]!({ column: time }))
      const bar = hourly.time.indexOf(time - hourly.barMs)
      expect(onScreen(model, shares, column)).toEqual(inTable(map, bar))
    }
    expect(estimated).toBeGreaterThan(0)
    const weekly = liq.heatmap(hourly, { leverage: { 10: 0.5, 50: 0, 100: 0.5 }, halfLife: '1d', binWidth: 0.002 })
    const other = await modelOf(saved(weekly))
    const request = { halfLifeMs: 86_400_000, binWidth: 0.002, column: other.edges[300]! }
    await addFullColumn(other, handlers[0]!(request))
    expect(onScreen(other, shares, 300)).toEqual(inTable(weekly, hourly.time.indexOf(other.edges[300]! - hourly.barMs)))
  })

  it('are exact at the edge that was saved with the view, in that map only', async () => {
    const map = liq.heatmap(hourly)
    const model = await modelOf(saved(map))
    const column = 512
    const bar = hourly.time.indexOf(model.edges[column]! - hourly.barMs)
    const states = new Map<string, unknown>()
    const loader = createEdgeLoader(
      { model, lastVisibleColumn: column } as never,
      {
        view: 'map',
        states: { save: (view: string, state: unknown) => states.set(view, state) },
        loadColumn: async () => explorerColumn(map, bar, 0.3),
      } as never,
      () => {},
    )
    loader.request()
    await expect.poll(() => states.size).toBe(1)
    const state = JSON.parse(writeJson(states.get(edgeView('map'))))
    const [again, other] = [await modelOf(saved(map)), await modelOf(saved(liq.heatmap(hourly, { halfLife: '3d' })))]
    await restoreEdge(again, state)
    const shares = tierShares(initialState(again))
    expect(onScreen(again, shares, column)).toEqual(inTable(map, bar))
    await restoreEdge(other, state)
    expect(other.fullColumns.has(column)).toBe(false)
  })

  it('follow the rule that the cell gives', async () => {
    const map = liq.heatmap(hourly)
    const rule = { brightness: 1.5, maxDistance: 0.2, minShare: 0.01 }
    const model = await modelOf(saved(map, rule))
    const table = inTable(map, hourly.length - 1, rule)
    expect(table.length).toBeGreaterThan(inTable(map, hourly.length - 1).length)
    expect(onScreen(model, tierShares(initialState(model)))).toEqual(table)
  })

  it('are those of a sum of maps', async () => {
    const [one, two] = [liq.heatmap(hourly), liq.heatmap(hourly, { halfLife: '2d' })]
    const sum = liq.aggregate([one, two])
    const model = await modelOf(saved(sum))
    expect(onScreen(model, tierShares(initialState(model)))).toEqual(inTable(sum, hourly.length - 1))
  })
})

it('the tooltip and the profile have the same sums as the clusters in the last column', async () => {
  const binWidth = 0.0003
  const map = liq.heatmap(hourly, { binWidth })
  const model = await modelOf(saved(map))
  expect(model.header.grid.binsPerRow).toBeGreaterThan(1)
  const shares = tierShares(initialState(model))
  const time = model.edges[model.columns - 1]!
  const whole = new Float64Array(model.rows * model.header.grid.binsPerRow)
  const first = Math.round(model.lnLow / binWidth)
  map.replay((t, book) => t === hourly.length - 1 && void book.column('long', first, whole))
  const profile = profileAt(model, shares, model.columns - 1)
  let compared = 0
  for (let row = 0; row < model.rows; row++) {
    const bins = whole.subarray(row * model.header.grid.binsPerRow, (row + 1) * model.header.grid.binsPerRow)
    const sum = bins.reduce((a, b) => a + b, 0)
    const distance = Math.abs(Math.log(priceAt(model, row + 0.5) / hourly.close.at(-1)!))
    if (sum === 0 || distance > 0.29) continue
    compared++
    expect(profile.long[row]! / sum).toBeCloseTo(1, 9)
    const readout = readAt(model, shares, { time, price: priceAt(model, row + 0.5) }, model.columns - 1)!
    expect(usdText(readout.long)).toBe(usdText(sum))
  }
  expect(compared).toBeGreaterThan(20)
})

/** Stops placed beyond swing points and round numbers. */
import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { constantFlowMap } from '../../src/liquidation/validation/constant-flow.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { existing, seeds, snapshots, sum } from './helpers.ts'

const survival = { 0.5: 0.7, 1: 0.4 }
const bin = (price: number) => Math.floor(Math.log(price) / 0.001)

/** Level bins and USD of a side at a bar. */
function levels(map: ReturnType<typeof liquidationMap>, side: string, bar: number): [bin: number, usd: number][] {
  return [...existing(snapshots(map)[bar])]
    .filter(([key]) => key.startsWith(side))
    .map(([key, usd]): [number, number] => [Number(key.split(':')[2]), Math.round(usd)])
    .filter(([, usd]) => usd > 0)
    .sort(([a], [b]) => a - b)
}

const base: MapOptions = {
  leverage: { 10: 1 },
  flow: { from: 'volume', openShare: 1, entry: 'close', split: 'even' },
  halfLife: Infinity,
  triggerDepth: 0,
  survival,
  layer: 'stops',
}

const placed: fc.Arbitrary<MapOptions> = fc.record({
  leverage: fc.constantFrom<NonNullable<MapOptions['leverage']>[]>({ 10: 1 }, { 5: 0.2, 25: 0.5, 100: 0.3 }),
  triggerDepth: fc.constantFrom(0, 0.0015, 0.004),
  binWidth: fc.constantFrom(0.0005, 0.001, 0.004),
  survival: fc.constantFrom({ 0.3: 0.8, 1: 0.5 }, { 0.6: 0.25 }),
  stops: fc.record({
    at: fc.constantFrom('swings' as const, 'rounds' as const, 'both' as const),
    offset: fc.constantFrom(0, 0.001, 0.003),
    swingBars: fc.constantFrom(1, 3),
    digits: fc.constantFrom(2, 3),
  }),
  flow: fc.record({
    from: fc.constantFrom('turnover' as const, 'volume' as const, 'openInterest' as const),
    entry: fc.constantFrom('path' as const, 'range' as const, 'close' as const),
  }),
})

describe('stops at prices of their own', () => {
  it('lie just beyond the nearest round number, all of what ends by stop, and are gone when the price gets there', () => {
    // 10x longs from 101 are liquidated at 91.3, shorts at 110.7: 100 and 110 are on the way.
    const rows = [[101, 101, 101, 101, 10], ...[100.05, 99.8].map(low => [101, 101, low, 101, 0])]
    const map = liquidationMap(marketOf(rows), { ...base, stops: { at: 'rounds' } })
    const long: [number, number] = [bin(100 * Math.exp(-0.001)), 606]
    // 60 % of 1,010 USD end by stop.
    expect(levels(map, 'long', 0)).toEqual([long])
    expect(levels(map, 'short', 0)).toEqual([[bin(110 * Math.exp(0.001)), 606]])
    expect(levels(map, 'long', 1)).toEqual([long])
    expect(levels(map, 'long', 2)).toEqual([])
    expect(impliedLiquidations(map).long.map(Math.round)).toEqual(Float64Array.of(0, 0, 606))
    expect(map.assumptions.join()).toContain('10 bp beyond the nearest round number (2 digits) on the way')
  })

  it('lie beyond the last swing point that was known before the bar, else where the survival says', () => {
    const lows = [101, 100.5, 97, 100.5, 101, 101, 101]
    const rows = lows.map((low, t) => [101.2, 102, low, 101.2, t >= 3 ? 10 : 0])
    const at = (from: 'swings' | 'both', bar: number) =>
      levels(liquidationMap(marketOf(rows), { ...base, stops: { at: from, swingBars: 2 } }), 'long', bar)
    const way = Math.log(0.9 / 0.996) / 0.001
    const entry = bin(101.2) + 0.5
    // Half of 10 contracts of 101.2 USD and two legs are long: 30 % of them end at each part of the way.
    const unplaced = (bars: number) => [
      [Math.floor(entry + way), Math.round(303.6 * bars)],
      [Math.floor(entry + way / 2), Math.round(303.6 * bars)],
    ]
    // The low of bar 2 is a swing at the close of bar 4: positions of bar 4 do not know it yet.
    expect(at('swings', 3)).toEqual(unplaced(1))
    expect(at('swings', 4)).toEqual(unplaced(2))
    const swing = bin(97 * Math.exp(-0.001))
    expect(at('swings', 5)).toContainEqual([swing, 607])
    // 100 is nearer than 97.
    expect(at('both', 5)).toEqual([[bin(100 * Math.exp(-0.001)), 1822]])
  })

  it('a swing low that an entry lies below is not on its way', () => {
    const lows = [101, 100.5, 97, 100.5, 101, 96, 96]
    const rows = lows.map((low, t) => [low + 0.2, 102, low, low + 0.2, t === 6 ? 10 : 0])
    const options = { ...base, stops: { at: 'swings' as const, swingBars: 2 } }
    expect(levels(liquidationMap(marketOf(rows), options), 'long', 6)).toEqual(
      levels(liquidationMap(marketOf(rows), base), 'long', 6),
    )
  })

  it('are those of the survival curve where no price is on the way', () => {
    fc.assert(
      fc.property(seeds, placed, (seed, options) => {
        const market = simulateMarket({ seed, bars: 30, volatility: 2 })
        const none = liquidationMap(market, { ...options, layer: 'stops', stops: { at: 'swings', swingBars: 100 } })
        const curve = liquidationMap(market, { ...options, layer: 'stops', stops: { at: 'survival' } })
        const [actual, expected] = [snapshots(none), snapshots(curve)]
        for (let t = 0; t < market.length; t++) {
          const [book, other] = [existing(actual[t]), existing(expected[t])]
          const all = sum(other.values())
          for (const key of new Set([...book.keys(), ...other.keys()]))
            expect(Math.abs((book.get(key) ?? 0) - (other.get(key) ?? 0))).toBeLessThanOrEqual(1e-9 * all)
        }
        const [implied, impliedByCurve] = [impliedLiquidations(none), impliedLiquidations(curve)]
        for (const name of ['long', 'short', 'longSameBar', 'shortSameBar'] as const)
          for (const [t, usd] of impliedByCurve[name].entries())
            expect(Math.abs(implied[name][t]! - usd)).toBeLessThanOrEqual(
              1e-9 * (usd + market.volume[t]! * market.close[t]!),
            )
      }),
      { numRuns: 8 },
    )
  })

  it('are what ends by stop, no more: what opened is held or has ended, in contracts', () => {
    fc.assert(
      fc.property(seeds, placed, (seed, options) => {
        const market = simulateMarket({ seed, bars: 30, volatility: 2 })
        const final = Math.min(...Object.values(existing(options.survival)))
        const flow = { ...options.flow, from: 'volume' as const, split: 'even' as const }
        for (const [layer, share] of [
          ['stops', 1 - final],
          ['both', 1],
        ] as const) {
          const map = liquidationMap(market, { ...options, layer, flow, halfLife: Infinity })
          const implied = impliedLiquidations(map)
          let opened = 0
          let ended = 0
          const { safe } = map.positionCohorts
          for (const [t, held] of outstanding(map).entries()) {
            opened += (share * map.flow.notional(t) * (1 - 0.5 * (safe.long + safe.short))) / market.close[t]!
            ended += (implied.long[t]! + implied.short[t]!) / market.close[t]!
            expect((held.long + held.short) / market.close[t]! + ended).toBeCloseTo(
              opened,
              6 - Math.ceil(Math.log10(opened)),
            )
          }
        }
      }),
      { numRuns: 8 },
    )
  })

  it('sum with the liquidations to at most the open interest', () => {
    fc.assert(
      fc.property(seeds, placed, (seed, options) => {
        const market = simulateMarket({ seed, bars: 40, volatility: 2 })
        const final = Math.min(...Object.values(existing(options.survival)))
        for (const [layer, share] of [
          ['stops', 1 - final],
          ['both', 1],
        ] as const)
          for (const [t, held] of outstanding(liquidationMap(market, { ...options, layer, flow: {} })).entries())
            for (const usd of [held.long, held.short])
              expect(usd / market.close[t]!).toBeLessThanOrEqual(share * market.openInterest![t]! * (1 + 1e-9))
      }),
      { numRuns: 8 },
    )
  })

  it('of bar t are the same bits whether or not the data continues', () => {
    fc.assert(
      fc.property(seeds, placed, fc.integer({ min: 1, max: 39 }), (seed, options, cut) => {
        const market = simulateMarket({ seed, bars: 40, volatility: 2 })
        const map = (bars: number) => liquidationMap(prefix(market, bars), { ...options, layer: 'stops' })
        deepStrictEqual(snapshots(map(cut)), snapshots(map(40)).slice(0, cut))
        const both = (bars: number) => outstanding(liquidationMap(prefix(market, bars), { ...options, layer: 'both' }))
        deepStrictEqual(both(cut), both(40).slice(0, cut))
        expect(impliedLiquidations(map(cut)).long).toEqual(impliedLiquidations(map(40)).long.slice(0, cut))
      }),
      { numRuns: 8 },
    )
  })

  it('are linear in the leverage weights, alone and with the liquidations: any mix is a sum of tier layers', () => {
    const market = simulateMarket({ seed: 9, bars: 200 })
    const frame = { columns: 20, rows: 50 }
    for (const layer of ['stops', 'both'] as const) {
      const options: MapOptions = { survival, layer, stops: { at: 'both' } }
      const [ten, fifty] = tierGrids(liquidationMap(market, { ...options, leverage: { 10: 1, 50: 1 } }), frame)
      const both = heatGrid(liquidationMap(market, { ...options, leverage: { 10: 0.25, 50: 0.75 } }), frame)
      expect(sum(both.long)).toBeGreaterThan(0)
      for (const side of ['long', 'short'] as const)
        for (let i = 0; i < both.long.length; i++) {
          const mixed = 0.5 * existing(ten)[side][i]! + 1.5 * existing(fifty)[side][i]!
          expect(Math.abs(both[side][i]! - mixed)).toBeLessThanOrEqual(1e-5 * mixed)
        }
    }
  })

  it('have grids that are the book of each column', () => {
    const market = simulateMarket({ seed: 3, bars: 120 })
    const map = liquidationMap(market, { survival, layer: 'both', stops: { at: 'both' } })
    const grid = heatGrid(map, { columns: 120, rows: 10_000 })
    const [low, high] = [existing(grid.edges[0]), existing(grid.edges.at(-1))]
    const first = bin(low * 1.000001)
    map.replay((t, book) => {
      const column = book.column('long', first, new Float64Array(bin(high * 1.000001) - first))
      for (let row = 0; row < grid.rows; row++)
        expect(Math.abs(grid.long[row * grid.columns + t]! - column[row]!)).toBeLessThanOrEqual(
          1e-5 * column[row]! + 1e-6,
        )
    })
  })

  it('stay finite when the scale is renormalised, and have ages', () => {
    const market = simulateMarket({ seed: 4, bars: 60 })
    const map = liquidationMap(market, { ...base, stops: { at: 'both' }, halfLife: '1m' })
    const last = existing(snapshots(map).at(-1))
    expect(sum(last.values())).toBeGreaterThan(0)
    expect([...last.values()].every(value => Number.isFinite(value))).toBe(true)
    const flat = marketOf([
      [101, 101, 101, 101, 10],
      [101, 101, 101, 101, 0],
    ])
    liquidationMap(flat, { ...base, stops: { at: 'rounds' } }).replay(
      (_, book) => expect(book.openedTime('long', bin(90), bin(101)) / 606).toBeCloseTo(flat.time[0]!, -3),
      { ages: true },
    )
  })

  it('do not move the liquidations of a map without stops', () => {
    const market = simulateMarket({ seed: 4, bars: 30 })
    const of = (stops: MapOptions['stops']) => snapshots(liquidationMap(market, { survival, ...(stops && { stops }) }))
    deepStrictEqual(of({ at: 'rounds' }), of(undefined))
  })

  it('have a constant-flow map of the same layers', () => {
    const market = simulateMarket({ seed: 4, bars: 60 })
    const map = constantFlowMap(liquidationMap(market, { survival, layer: 'both', stops: { at: 'rounds' } }))
    expect(map.parts.map(({ inputOptions }) => inputOptions.layer)).toEqual(['liquidations', 'stops'])
  })

  it('need a survival, and no maximum age', () => {
    const refused = (options: MapOptions) => () => liquidationMap(simulateMarket({ bars: 10 }), options)
    expect(refused({ stops: { at: 'rounds' } })).toThrow(/stops.at: "rounds", but expected a survival with it/)
    expect(refused({ survival, maxAge: '1d', stops: { at: 'rounds' } })).toThrow(/maxAge: "1d", but expected Infinity/)
    expect(refused({ stops: { offset: 1 } })).toThrow(/stops.offset: 1, but expected 0 to 0.05/)
  })
})

/** USD of each side at each close. */
function outstanding(map: ReturnType<typeof liquidationMap>): { long: number; short: number }[] {
  const all: { long: number; short: number }[] = []
  const column = new Float64Array(16_000)
  const middle = Math.floor(Math.log(existing(map.market.close[0])) / map.options.binWidth)
  map.replay((_, book) => {
    const usd = (side: 'long' | 'short') => sum(book.column(side, middle - 8000, column))
    all.push({ long: usd('long'), short: usd('short') })
  })
  return all
}

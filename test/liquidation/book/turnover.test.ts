/** The flow that conserves open interest. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggregateMaps } from '../../../src/liquidation/aggregate.ts'
import { assumedOpenInterest, turnover } from '../../../src/liquidation/book/turnover.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import { bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import { bybitInverseMargin } from '../../../src/liquidation/margin/margin-models.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { marketOf } from '../../market/fixtures.ts'
import { seeds } from '../helpers.ts'

const DAY = 86_400_000
const NaNs = Number.NaN
const even = () => 0.5

/** USD of a side in the whole book, at the close of each bar. */
function outstanding(map: LiquidationMap, side: 'long' | 'short'): number[] {
  const usd: number[] = []
  map.replay((_, book) => usd.push(book.byTier(side, -1e7, 1e7).reduce((sum, value) => sum + value, 0)))
  return usd
}

const withOpenInterest = (market: Market, coins: ArrayLike<number>) =>
  createMarket({ ...market, openInterest: Float64Array.from(coins) }, market)

describe('turnover', () => {
  it('by hand: opens a share of the volume, and closes what the change of open interest then demands', () => {
    // Bar 1: 20 of 200 contracts traded open, open interest falls by 10, so 30 of 100 close. Bar 2: it rises by more than
    // opened. Bar 3: no record. Bar 4: the volume would open more than there is.
    const traded = [50, 200, 10, 100, 9000]
    const { opened, surviving } = turnover(Float64Array.of(100, 90, 120, NaNs, 60), t => traded[t]!, 0.1, even)
    expect([...opened]).toEqual([5, 20, 30, 10, 60])
    expect([...surviving].map(share => +share.toFixed(12))).toEqual([1, 0.7, 1, +(110 / 120).toFixed(12), 0])
  })

  it('opens nothing before the first record of open interest', () => {
    const { opened, surviving } = turnover(Float64Array.of(NaNs, NaNs, 100, 100), () => 50, 0.1, even)
    expect([...opened]).toEqual([0, 0, 5, 5])
    expect([...surviving]).toEqual([1, 1, 1, 0.95])
  })

  it('makes room for the side on which more opens', () => {
    // 80 % of what opens is long: of 10 contracts 16 long legs and 4 short ones.
    const { opened, surviving } = turnover(
      Float64Array.of(100, 100),
      () => 100,
      0.1,
      () => 0.8,
    )
    expect(opened[1]).toBe(10)
    expect(surviving[1]).toBeCloseTo(0.84, 12)
  })
})

describe('a map on turnover', () => {
  it('is the default where open interest is known, without a half-life', () => {
    const market = simulateMarket({ seed: 2, bars: 50 })
    const map = liquidationMap(market)
    expect(map.flow.options).toMatchObject({ openInterest: 'recorded', openShare: 0.25, split: 'even' })
    expect(map.options.halfLifeMs).toBe(Infinity)
    expect(map.assumptions.join('\n')).toContain('scale: conserves open interest')
    const without = liquidationMap(marketOf([[100, 100, 100, 100, 10]]))
    expect(without.flow.options).toMatchObject({ openInterest: null, openShare: 0.5 })
    expect(without.options.halfLifeMs).toBe(7 * DAY)
    expect(without.assumptions.join('\n')).toContain('scale: relative')
  })

  it('never holds more contracts of a side than the open interest, whatever the market and options', () => {
    const options = fc.record({
      leverage: fc.constantFrom('retail' as const, { 3: 1, 125: 1 }, { 100: 1 }),
      triggerDepth: fc.constantFrom(0, 0.002),
      halfLife: fc.constantFrom('6h', Infinity),
      flow: fc.record({
        split: fc.constantFrom('even' as const, 'taker' as const),
        openShare: fc.constantFrom(0.02, 0.1, 1),
        entry: fc.constantFrom('path' as const, 'close' as const),
      }),
    })
    fc.assert(
      fc.property(
        seeds,
        options,
        fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 60, maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 20 }),
        (seed, mapOptions, factors, missing) => {
          const simulated = simulateMarket({ seed, bars: 60, volatility: 2 })
          const coins = simulated.openInterest!.map((amount, t) =>
            missing.includes(t) ? NaNs : (amount + 1) * factors[t]!,
          )
          const market = withOpenInterest(simulated, coins)
          const map = liquidationMap(market, mapOptions)
          for (const side of ['long', 'short'] as const) {
            let known = 0
            for (const [t, usd] of outstanding(map, side).entries()) {
              if (!Number.isNaN(coins[t])) known = coins[t]!
              expect(usd / market.close[t]!).toBeLessThanOrEqual(known * (1 + 1e-9))
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('holds most of the open interest once it has turned over', () => {
    const market = simulateMarket({ seed: 5, bars: 1500 })
    const map = liquidationMap(market)
    for (const side of ['long', 'short'] as const) {
      const coins = outstanding(map, side).at(-1)! / market.close.at(-1)!
      expect(coins / market.openInterest!.at(-1)!).toBeGreaterThan(0.4)
    }
  })

  it('counts contracts of USD where they are inverse', () => {
    const market = withOpenInterest(
      marketOf([
        [100, 100, 100, 100, 10],
        [100, 125, 100, 125, 0],
        [125, 125, 125, 125, 0],
      ]),
      [10, 8, 8],
    )
    const margin = bybitInverseMargin(bracketTable([[1e9, 0.005, 100]]))
    // 1,000 USD of contracts throughout: 10 coins at 100, 8 coins at 125.
    const map = liquidationMap(market, { margin, leverage: { 3: 1 }, flow: { openShare: 1, entry: 'close' } })
    expect(outstanding(map, 'long').map(Math.round)).toEqual([1000, 1000, 1000])
    // Linear contracts are coins, whose USD follow the price.
    const linear = liquidationMap(withOpenInterest(market, [10, 10, 10]), {
      leverage: { 3: 1 },
      flow: { openShare: 1, entry: 'close' },
    })
    expect(outstanding(linear, 'long').map(Math.round)).toEqual([1000, 1250, 1250])
  })

  it('follows an assumed open interest where none is known', () => {
    const market = marketOf(Array.from({ length: 48 }, () => [100, 101, 99, 100, 10]))
    const options: MapOptions = { leverage: { 2: 1 }, flow: { openInterest: { ofDailyVolume: 0.5 } } }
    const map = liquidationMap(market, options)
    expect(map.assumptions.join('\n')).toContain('scale: conserves an assumed open interest')
    // 240 coins a day, half of them open.
    expect([...assumedOpenInterest(market, { ofDailyVolume: 0.5 })].map(Math.round)).toEqual(Array(48).fill(120))
    for (const usd of outstanding(map, 'long')) expect(usd).toBeLessThanOrEqual(120 * 100)
    const fixed = liquidationMap(market, { ...options, flow: { openInterest: 4000 } })
    const last = outstanding(fixed, 'long').at(-1)!
    expect(last).toBeLessThanOrEqual(4000)
    expect(last).toBeGreaterThan(2500)
  })

  it('refuses what does not fit together, and says what would', () => {
    const market = marketOf([[100, 100, 100, 100, 10]])
    const build = (flow: unknown) => () => liquidationMap(market, { flow } as MapOptions)
    expect(build({ from: 'turnover' })).toThrow(
      /flow.from: "turnover", but expected volume, or flow.openInterest with it/,
    )
    expect(build({ from: 'volume', openInterest: 1e9 })).toThrow(
      /flow.openInterest: 1000000000, but expected nothing unless/,
    )
    expect(build({ openInterest: 0 })).toThrow(/flow.openInterest: 0, but expected an amount of USD above 0/)
    expect(build({ openInterest: { ofVolume: 1 } })).toThrow(/flow.openInterest: .*expected USD, or a multiple/)
  })

  it('sums over markets like their open interest', () => {
    const markets = [1, 2].map(seed => simulateMarket({ seed, bars: 100, price: 100 }))
    const both = outstanding(aggregateMaps(markets.map(market => liquidationMap(market))), 'long').at(-1)!
    const single = markets.map(market => outstanding(liquidationMap(market), 'long').at(-1)!)
    expect(both).toBeCloseTo(single[0]! + single[1]!, 3)
  })
})

describe('the constant flow', () => {
  it('opens one contract a bar, whatever the volume', () => {
    const market = marketOf([
      [100, 100, 100, 100, 10],
      [100, 100, 100, 100, 0],
      [100, 100, 100, 100, 999],
    ])
    const map = liquidationMap(market, { leverage: { 10: 1 }, halfLife: Infinity, flow: { from: 'constant' } })
    expect(outstanding(map, 'long').map(Math.round)).toEqual([100, 200, 300])
    expect(map.assumptions.join('\n')).toContain('a null')
  })
})

/** Scores of a map as a forecast. */
import { describe, expect, it } from 'vitest'
import { displayMethod } from '../../../src/common/host.ts'
import { liq } from '../../../src/liqnb.ts'
import { type LiquidationMap, liquidationMap } from '../../../src/liquidation/map.ts'
import { type ForecastOptions, forecastScores } from '../../../src/liquidation/validation/forecast.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { spearman } from '../../../src/stats/ranks.ts'

const market = simulateMarket({ seed: 21, bars: 500 })
const map = liquidationMap(market)
const options: ForecastOptions = { horizons: [1, 4], within: [1], resamples: 40 }

/** Coins of longs and shorts in the market's record. */
const withRecord = (longs: ArrayLike<number>, shorts: ArrayLike<number> = longs): Market =>
  createMarket(
    { ...market, longLiquidations: Float64Array.from(longs), shortLiquidations: Float64Array.from(shorts) },
    market,
  )

/** USD of longs within a standard deviation of the close, from a column of the whole book. */
function within(map: LiquidationMap, t: number, bars: number): number {
  const { close } = map.market
  let squares = 0
  for (let i = t - 23; i <= t; i++) squares += Math.log(close[i]! / close[i - 1]!) ** 2
  const count = Math.max(1, Math.round((Math.sqrt(squares / 24) * Math.sqrt(bars)) / 0.001))
  const bin = Math.floor(Math.log(close[t]!) / 0.001)
  let usd = 0
  map.replay((bar, book) => {
    if (bar === t)
      usd = book.column('long', bin - count, new Float64Array(count)).reduce((sum, value) => sum + value, 0)
  })
  return usd
}

describe('forecastScores', () => {
  it('compares what lies within reach of a close with what is liquidated in the bars after it', () => {
    // A record of the next bar's liquidations that is what the map had within reach one bar before, for 60 bars.
    const coins = market.close.map((price, t) => (t > 400 && t <= 460 ? within(map, t - 1, 1) / price : Number.NaN))
    for (let t = 376; t <= 400; t++) coins[t] = 1
    const { long } = forecastScores(map, withRecord(coins), options)
    const [next, four] = long
    expect(next).toMatchObject({ side: 'long', horizon: 1, within: 1, closes: 61 })
    const reach = Array.from({ length: 60 }, (_, i) => within(map, 400 + i, 1))
    expect(
      spearman(
        reach,
        reach.map((_, i) => coins[401 + i]! * market.close[401 + i]!),
      ),
    ).toBeCloseTo(1, 9)
    expect(next!.spearman.value).toBeGreaterThan(0.95)
    expect(next!.skill.low).toBeGreaterThan(0.5)
    // Closes from bar 399 on, whose 24 bars before have a record, to the last with four bars after it.
    expect(four).toMatchObject({ horizon: 4, closes: 58 })
    expect(four!.spearman.value).toBeLessThan(next!.spearman.value)
  })

  it('takes blocks of one day, or of twice the horizon where that is longer', () => {
    const rng = random(4)
    const record = withRecord(market.close.map(() => Math.exp(rng.normal())))
    const score = (horizon: number, blockBars?: number) =>
      forecastScores(map, record, { horizons: [horizon], within: [1], resamples: 20, ...(blockBars && { blockBars }) })
        .long
    expect(score(4)).toEqual(score(4, 24))
    expect(score(4)).not.toEqual(score(4, 25))
    expect(score(20)).toEqual(score(20, 40))
  })

  it('finds no skill in a record that the map knows nothing of', () => {
    const rng = random(3)
    const noise = () => market.close.map(() => Math.exp(rng.normal()))
    for (const { skill, partial } of forecastScores(map, withRecord(noise(), noise()), options).long) {
      expect(Math.abs(skill.value)).toBeLessThan(0.15)
      expect(Math.abs(partial.value)).toBeLessThan(0.15)
      expect(skill.low).toBeLessThan(skill.value)
      expect(skill.high).toBeGreaterThan(skill.value)
    }
  })

  it('looks 1, 4 and 24 bars ahead, 1 and 2 standard deviations wide, unless told', () => {
    const rng = random(5)
    const record = withRecord(market.close.map(() => Math.exp(rng.normal())))
    const { long, short } = forecastScores(map, record, { resamples: 2 })
    for (const scores of [long, short])
      expect(scores.map(({ horizon, within }) => [horizon, within])).toEqual([
        ...[1, 2].map(within => [1, within]),
        ...[1, 2].map(within => [4, within]),
        ...[1, 2].map(within => [24, within]),
      ])
  })

  it('looks up to 10 standard deviations far', () => {
    const coins = market.close.map((price, t) => (1 + (t % 7)) / price)
    const of = (within: number) =>
      forecastScores(map, withRecord(coins), { horizons: [1], within: [within], resamples: 2 }).long[0]!.spearman.value
    for (const reach of [0.001, 10]) expect(Number.isFinite(of(reach))).toBe(true)
    for (const reach of [0, -1, 10.001, Number.NaN])
      expect(() => of(reach)).toThrow(/^liq.forecast: within\[0\]: .*, but expected standard deviations above 0 to 10$/)
  })

  it('displays itself, and names what is missing', () => {
    const shown = liq.forecast(map, undefined, options)
    const bundle = displayMethod(shown)?.call(shown) as Record<string, string>
    expect(bundle['text/plain']).toContain('Next 4 × 1h, levels within 1σ')
    const { longLiquidations: _, ...without } = market
    expect(() => liq.forecast(map, without)).toThrow(/liq.forecast: .* has no longLiquidations/)
    expect(() => liq.forecast(map, withRecord(market.close.map((_, t) => (t < 50 ? 1 : Number.NaN))), options)).toThrow(
      /only 25 closes have a record of longLiquidations before and after/,
    )
    // Closes 24 to 53 have 24 bars of a record before and one after: 30, which are enough.
    const until = (bars: number) => withRecord(market.close.map((_, t) => (t < bars ? 1 + (t % 5) : Number.NaN)))
    const one: ForecastOptions = { horizons: [1], within: [1], resamples: 2 }
    expect(forecastScores(map, until(55), one).long[0]!.closes).toBe(30)
    expect(() => forecastScores(map, until(54), one)).toThrow(/only 29 closes have a record/)
    expect(() => liq.forecast(map, market, { horizons: [0] })).toThrow(/liq.forecast: horizons/)
    expect(() => liq.forecast(map, simulateMarket({ seed: 1, bars: 100 }))).toThrow(/differ from the map’s/)
    const later = market.time.map(open => open + market.barMs)
    expect(() => liq.forecast(map, createMarket({ ...market, time: later }, market))).toThrow(/differ from the map’s/)
  })
})

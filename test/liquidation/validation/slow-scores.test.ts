/** The scores of a map by slow calculations of their definitions: ranks by counting, partial correlations by regression. */
import * as ss from 'simple-statistics'
import { expect, it } from 'vitest'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import { constantFlowMap } from '../../../src/liquidation/validation/constant-flow.ts'
import { forecastScores } from '../../../src/liquidation/validation/forecast.ts'
import { type ImpliedLiquidations, impliedLiquidations } from '../../../src/liquidation/validation/implied.ts'
import { scoreMap } from '../../../src/liquidation/validation/score.ts'
import { truthScore } from '../../../src/liquidation/validation/truth-score.ts'
import { createMarket } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { snapshots, sum } from '../helpers.ts'

const plain = simulateMarket({ seed: 11, bars: 260 })
const rng = random(2)
const noisy = (values: Float64Array) => values.map((usd, t) => ((usd + 1e4) * Math.exp(rng.normal())) / plain.close[t]!)
const mapOptions: MapOptions = { leverage: { 10: 0.3, 50: 0.7 }, halfLife: '5d' }
const map = liquidationMap(plain, mapOptions)
const implied = impliedLiquidations(map)
const constant = impliedLiquidations(constantFlowMap(map))
const market = createMarket(
  { ...plain, longLiquidations: noisy(implied.long), shortLiquidations: noisy(implied.short) },
  plain,
)

/** Ranks from 1, equal values at their mean rank. */
const ranks = (values: readonly number[]) =>
  values.map(
    value => values.filter(other => other < value).length + (values.filter(other => other === value).length + 1) / 2,
  )
const spearman = (x: readonly number[], y: readonly number[]) => ss.sampleCorrelation(ranks(x), ranks(y))

/** What is left of values after a regression on controls, by Gram and Schmidt. */
function residuals(values: readonly number[], controls: readonly (readonly number[])[]): number[] {
  const basis: number[][] = [values.map(() => 1)]
  const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!))
  const without = (of: readonly number[]) =>
    basis.reduce<number[]>((left, one) => {
      const factor = dot(left, one) / dot(one, one)
      return left.map((value, i) => value - factor * one[i]!)
    }, of.slice())
  for (const control of controls) basis.push(without(control))
  return without(values)
}
const partial = (x: readonly number[], y: readonly number[], ...controls: (readonly number[])[]) => {
  const ranked = controls.map(ranks)
  return ss.sampleCorrelation(residuals(ranks(x), ranked), residuals(ranks(y), ranked))
}
const mean = (values: readonly number[]) => ss.mean([...values])

it('a score is of what the map implies against the record, given the move and volume of the bar', () => {
  const scores = scoreMap(map, market, { resamples: 5 })
  for (const side of ['long', 'short'] as const) {
    const bars = [...market.time.keys()].slice(1)
    const at = (values: ArrayLike<number>) => bars.map(t => values[t]!)
    const prior = (of: ImpliedLiquidations) => bars.map(t => of[side][t]! - of[`${side}SameBar`][t]!)
    const move = bars.map(t => {
      const before = market.close[t - 1]!
      return Math.max(0, side === 'long' ? Math.log(before / market.low[t]!) : Math.log(market.high[t]! / before))
    })
    const volume = at(market.volume)
    const real = bars.map(t => market[`${side}Liquidations`]![t]! * market.close[t]!)
    const usd = at(implied[side])
    const score = scores[side]
    expect(score.bars).toBe(259)
    for (const [figure, expected] of [
      [score.spearman.value, spearman(usd, real)],
      [score.partial.value, partial(usd, real, move, volume)],
      [score.partialPriorLevels.value, partial(prior(implied), real, move, volume)],
      [score.geometry, partial(at(constant[side]), real, move, volume)],
      [score.geometryPriorLevels, partial(prior(constant), real, move, volume)],
      [score.skill.value, partial(prior(implied), real, move, volume, prior(constant))],
      [
        score.baseline,
        spearman(
          move.map((value, i) => value * volume[i]!),
          real,
        ),
      ],
      [score.impliedOverRecorded.value, sum(usd) / sum(real)],
    ] as const)
      expect(figure).toBeCloseTo(expected, 9)
    // A tenth of the bars by what is implied; bars of equal rank stay together.
    const order = ranks(usd)
    const top = bars.map((_, i) => i).filter(i => order[i]! > 0.9 * 259)
    expect(score.topDecileLift).toBeCloseTo(sum(top.map(i => real[i]!)) / sum(real) / (top.length / 259), 9)
    const tenth = (k: number) =>
      bars.map((_, i) => i).filter(i => Math.min(9, Math.floor(((order[i]! - 0.5) / 259) * 10)) === k)
    const filled = Array.from({ length: 10 }, (_, k) => tenth(k)).filter(rows => rows.length > 0)
    expect(score.calibration).toEqual(
      filled.map(rows => ({
        implied: expect.closeTo(mean(rows.map(i => usd[i]!)), 4),
        real: expect.closeTo(mean(rows.map(i => real[i]!)), 4),
      })),
    )
  }
})

it('a tenth of the bars begins above nine tenths of the ranks', () => {
  // Bars 1 to 40 of distinct implied USD: the four largest count, the 36th does not.
  const { long } = implied
  const bars = [...long.keys()].filter(t => t > 0 && long[t]! > 0).slice(0, 40)
  expect(new Set(bars.map(t => long[t])).size).toBe(40)
  const order = [...bars].sort((a, b) => long[b]! - long[a]!)
  const record = (counted: number) => {
    const coins = plain.close.map((close, t) => (bars.includes(t) ? 1 / close : Number.NaN))
    coins[order[counted]!] = 1000 / plain.close[order[counted]!]!
    return createMarket({ ...plain, longLiquidations: coins, shortLiquidations: coins }, plain)
  }
  const lift = (counted: number) => scoreMap(map, record(counted), { resamples: 2 }).long.topDecileLift
  expect(lift(3)).toBeCloseTo(1003 / 1039 / 0.1, 9)
  expect(lift(4)).toBeCloseTo(4 / 1039 / 0.1, 9)
})

it('a forecast is of what lies within reach of a close against what is liquidated after it, given what was known', () => {
  const recentBars = 12
  const constantMap = constantFlowMap(map)
  const books = { own: snapshots(map), constant: snapshots(constantMap) }
  const scores = forecastScores(map, market, { horizons: [1, 3], within: [1, 2], recentBars, resamples: 5 })
  for (const side of ['long', 'short'] as const)
    for (const [k, [horizon, within]] of [
      [1, 1],
      [1, 2],
      [3, 1],
      [3, 2],
    ].entries()) {
      const real = market.close.map((close, t) => close * market[`${side}Liquidations`]![t]!)
      const closes = [...market.time.keys()].filter(t => t >= recentBars && t + horizon! < market.length)
      const last = (values: ArrayLike<number>, t: number) =>
        sum(Array.from({ length: recentBars }, (_, i) => values[t - i]!))
      const squares = market.close.map((close, t) => Math.log(close / (market.close[t - 1] ?? close)) ** 2)
      const sigma = (t: number) => Math.sqrt(last(squares, t) / recentBars)
      const reached = (book: Map<string, number>, t: number) => {
        const at = Math.floor(Math.log(market.close[t]!) / 0.001)
        const bins = Math.max(1, Math.round((within! * sigma(t) * Math.sqrt(horizon!)) / 0.001))
        return sum(
          [...book].flatMap(([key, usd]) => {
            const [where, , place] = key.split(':')
            const away = (side === 'long' ? -1 : 1) * (Number(place) - at)
            return where === side && away >= 1 && away <= bins ? [usd] : []
          }),
        )
      }
      const levels = closes.map(t => reached(books.own[t]!, t))
      const plainLevels = closes.map(t => reached(books.constant[t]!, t))
      const later = closes.map(t => sum(Array.from({ length: horizon! }, (_, i) => real[t + 1 + i]!)))
      const known = [
        closes.map(sigma),
        closes.map(t => last(market.volume, t)),
        closes.map(t => last(real, t)),
      ] as const
      const score = scores[side][k]!
      expect(score).toMatchObject({ side, horizon, within, closes: closes.length })
      expect(score.spearman.value).toBeCloseTo(spearman(levels, later), 9)
      expect(score.partial.value).toBeCloseTo(partial(levels, later, ...known), 9)
      expect(score.geometry).toBeCloseTo(partial(plainLevels, later, ...known), 9)
      expect(score.skill.value).toBeCloseTo(partial(levels, later, ...known, plainLevels), 9)
    }
})

it('the score against the truth is of levels by distance from each close', () => {
  const options = { within: 0.1, binWidth: 0.005, books: 12, from: 100 }
  const scores = truthScore(map, plain, options)
  const groups = 20
  const step = Math.floor((260 - 100) / 12)
  const bars = [...plain.time.keys()].filter(t => t >= 100 && (t - 100) % step === 0)
  const books = snapshots(map)
  for (const side of ['long', 'short'] as const) {
    const group = (price: number, close: number) => {
      const [bin, at] = [price, close].map(value => Math.floor(Math.log(value) / 0.001)) as [number, number]
      return Math.ceil((side === 'long' ? at - bin : bin - at) / 5) - 1
    }
    const columns = bars.map(t => {
      const [estimate, real] = [new Array<number>(groups).fill(0), new Array<number>(groups).fill(0)]
      const close = plain.close[t]!
      for (const [key, usd] of books[t]!) {
        const [where, , bin] = key.split(':')
        const k = group(Math.exp((Number(bin) + 0.5) * 0.001), close)
        if (where === side && k >= 0 && k < groups) estimate[k]! += usd
      }
      const { price, notional } = plain.truth!.at(t)[side]
      for (const [i, level] of price.entries()) {
        const k = level > 0 ? group(level, close) : -1
        if (k >= 0 && k < groups) real[k]! += notional[i]!
      }
      return { estimate, real }
    })
    const distance = Array.from({ length: groups }, (_, k) => k)
    const all = distance.map(k => sum(columns.map(({ real }) => real[k]!)))
    const score = scores[side]
    expect(score.books).toBe(bars.length)
    // Bins within the range of one bar hold equal USD but for rounding, which decides on their ranks.
    expect(score.spearman.value).toBeCloseTo(mean(columns.map(({ estimate, real }) => spearman(estimate, real))), 2)
    expect(score.beyondDistance.value).toBeCloseTo(
      mean(columns.map(({ estimate, real }) => partial(estimate, real, distance))),
      2,
    )
    expect(score.distanceAlone).toBeCloseTo(mean(columns.map(({ real }) => spearman(all, real))), 9)
    const usd = (of: 'estimate' | 'real') => sum(columns.map(column => sum(column[of])))
    expect(score.scale).toBeCloseTo(usd('estimate') / usd('real'), 9)
  }
})

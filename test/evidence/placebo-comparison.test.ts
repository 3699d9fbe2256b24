/** The mean R of a study against placebo levels. */
import { describe, expect, it } from 'vitest'
import { comparePlacebos } from '../../src/evidence/placebo-comparison.ts'
import { liq } from '../../src/liqnb.ts'
import type { Trade } from '../../src/sfp/position.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { type Random, random } from '../../src/stats/random.ts'

const market = simulateMarket({ seed: 21, bars: 3000, timeframe: '1h' })
const options = { levels: 'pivots', minMove: 0.5, target: { r: 1.5 } } as const
const costs = { takerFee: 0.0002, slippageBps: 1 }
const study = liq.sfp(market, options).backtest(costs)
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const resultsOf = ({ trades }: { trades: readonly Trade[] }) => trades.map(({ r }) => r)

/** Trades at random bars, each held for a day, with results of a normal distribution. */
const tradesOf = (rng: Random, count: number, mean: number): Trade[] =>
  Array.from({ length: count }, () => {
    const entryBar = rng.integer(market.length - 24)
    return { ...study.trades[0]!, entryBar, exitBar: entryBar + 24, r: mean + rng.normal() }
  })

describe('study.placebo', () => {
  it('is the mean R less that of the trades at five random placebos, made one by one', () => {
    const placebos = [1, 2, 3, 4, 5].map(seed =>
      liq.sfp(market, { ...options, levels: { placebo: 'random', of: 'pivots', seed } }).backtest(costs),
    )
    const others = placebos.flatMap(resultsOf)
    const { difference, ...rest } = study.placebo
    expect(rest).toEqual({
      trades: study.trades.length,
      meanR: expect.closeTo(meanOf(resultsOf(study)), 12),
      placebos: 5,
      placeboTrades: others.length,
      placeboMeanR: expect.closeTo(meanOf(others), 12),
    })
    expect(difference.mean).toBeCloseTo(meanOf(resultsOf(study)) - meanOf(others), 12)
    // Symmetric about the plain difference, without the jackknife's correction.
    expect((difference.low + difference.high) / 2).toBeCloseTo(difference.mean, 9)
  })

  it('stands in the summary of a plain study', () => {
    const { text } = study.summary
    const { placeboMeanR, difference } = study.placebo
    const digits = (value: number) => value.toFixed(3).replace('-', '−')
    expect(text).toMatch(new RegExp(`at placebo levels +${digits(placeboMeanR)} {2}\\(5 × about \\d+ trades\\)`))
    expect(text).toContain(`${digits(difference.mean)}  (${digits(difference.low)} to ${digits(difference.high)}`)
    expect(text).toContain('Placebo levels may do as well')
  })
})

describe('comparePlacebos', () => {
  it('has the interval of Welch where trades are independent', () => {
    const rng = random(4)
    const [real, one, other] = [tradesOf(rng, 300, 0.1), tradesOf(rng, 300, 0), tradesOf(rng, 300, 0)]
    const { difference } = comparePlacebos(market, real, [one, other])
    // Both variances are 1.
    const halfWidth = 1.96 * Math.sqrt(1 / 300 + 1 / 600)
    expect((difference.high - difference.low) / 2 / halfWidth).toBeGreaterThan(0.85)
    expect((difference.high - difference.low) / 2 / halfWidth).toBeLessThan(1.2)
  })

  it('holds 0 in about 95 % of the cases where levels do not matter, and finds what is planted', () => {
    let missed = 0
    let found = 0
    const runs = 100
    for (let run = 0; run < runs; run++) {
      const rng = random(100 + run)
      const [real, better, placebo] = [tradesOf(rng, 60, 0), tradesOf(rng, 60, 0.6), tradesOf(rng, 200, 0)]
      const { difference } = comparePlacebos(market, real, [placebo])
      if (difference.low > 0 || difference.high < 0) missed++
      if (comparePlacebos(market, better, [placebo]).difference.low > 0) found++
    }
    // 5 are expected; more than 12 have a chance of one in a thousand.
    expect(missed).toBeLessThanOrEqual(12)
    // An effect of 4 standard errors.
    expect(found).toBeGreaterThan(90)
  })

  it('has no interval below 20 trades, and none without placebos', () => {
    const rng = random(5)
    const few = comparePlacebos(market, tradesOf(rng, 19, 0), [tradesOf(rng, 200, 0)])
    expect(few.difference.mean).not.toBeNaN()
    expect(few.difference.low).toBeNaN()
    expect(comparePlacebos(market, tradesOf(rng, 50, 0), [[]]).difference).toEqual({
      mean: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
    })
  })
})

/** The mean R of a study against placebo levels. */
import { describe, expect, it } from 'vitest'
import { comparePlacebos, comparePortfolioPlacebos } from '../../src/evidence/placebo-comparison.ts'
import { liq } from '../../src/liqnb.ts'
import type { PortfolioBacktest } from '../../src/sfp/portfolio/portfolio.ts'
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

describe('comparePortfolioPlacebos', () => {
  const DAY = 24
  const markets = ['A', 'B', 'C', 'D'].map(name => ({ name, market }))
  /** A trade in each of the markets on each of 100 days, at an hour between `from` and `to`; all of a day have one result. */
  const portfolioOf = (seed: number, mean: number, names = markets, hoursOfDay = [0, DAY]) => {
    const [from = 0, to = DAY] = hoursOfDay
    const results = random(seed)
    const hours = random(seed + 1000)
    const trades = Array.from({ length: 100 }, (_, day) => {
      const r = mean + results.normal()
      return names.map(({ name }) => {
        const entryBar = day * DAY + from + hours.integer(to - from)
        return { ...study.trades[0]!, market: name, entryBar, exitBar: entryBar + 3, r }
      })
    }).flat()
    return { markets: names, trades } as unknown as PortfolioBacktest
  }
  const compare = (names = markets, hours?: number[]) =>
    comparePortfolioPlacebos(
      portfolioOf(1, 0.2, names, hours),
      [2, 3].map(seed => portfolioOf(seed, 0, names, hours)),
    )

  it('draws whole days: its interval is that of independent days, not of their trades', () => {
    const { trades, placebos, placeboTrades, difference } = compare()
    expect({ trades, placebos, placeboTrades }).toEqual({ trades: 400, placebos: 2, placeboTrades: 800 })
    // A day is one result of variance 1, whatever the number of its trades.
    const halfWidth = 1.96 * Math.sqrt(1 / 100 + 1 / 200)
    expect((difference.high - difference.low) / 2 / halfWidth).toBeGreaterThan(0.85)
    expect((difference.high - difference.low) / 2 / halfWidth).toBeLessThan(1.2)
  })

  it('is the same for one market as for several that are its copies, and at whichever hours of a UTC day', () => {
    expect(market.time[0]! % (DAY * 3_600_000)).toBe(0)
    const bounds = ({ difference: { low, high } }: { difference: { low: number; high: number } }) => [low, high]
    const near = bounds(compare()).map(value => expect.closeTo(value, 9))
    expect(bounds(compare(markets.slice(0, 1)))).toEqual(near)
    expect(bounds(compare(markets, [20, DAY]))).toEqual(near)
    expect(bounds(compare(markets, [0, 1]))).toEqual(near)
    expect(compare()).toEqual(compare())
  })

  it('is that of the study for one market of days, also where trades end in the bar of their entry', () => {
    const days = { ...market, barMs: DAY * 3_600_000, time: market.time.map((_, t) => t * DAY * 3_600_000) }
    for (const held of [0, 5]) {
      const rng = random(7)
      // Results with a memory, so that the length of a block matters.
      let r = 0
      const trades = (count: number) =>
        Array.from({ length: count }, (_, k) => {
          r = 0.6 * r + rng.normal()
          return { ...study.trades[0]!, market: 'A', entryBar: 3 * k, exitBar: 3 * k + held, r }
        })
      const [own, other] = [trades(200), trades(300)]
      const portfolio = (list: typeof own) =>
        ({ markets: [{ name: 'A', market: days }], trades: list }) as unknown as PortfolioBacktest
      expect(comparePortfolioPlacebos(portfolio(own), [portfolio(other)])).toEqual(comparePlacebos(days, own, [other]))
    }
  })

  it('has no interval below 20 days with trades, however many these are', () => {
    const until = (days: number) => {
      const { trades, ...rest } = portfolioOf(1, 0.2)
      const few = { ...rest, trades: trades.filter(({ entryBar }) => entryBar < days * DAY) }
      return comparePortfolioPlacebos(few, [portfolioOf(2, 0)]).difference
    }
    expect(until(19).mean).not.toBeNaN()
    expect(until(19).low).toBeNaN()
    expect(until(20).low).not.toBeNaN()
  })
})

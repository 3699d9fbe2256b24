/** The figures of a portfolio. */
import * as ss from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { portfolio } from '../../../src/api/portfolio.ts'
import { sfp } from '../../../src/api/study.ts'
import { sessionLedger } from '../../../src/evidence/ledger.ts'
import type { Market } from '../../../src/market/market.ts'
import { createMarket } from '../../../src/market/market.ts'
import { backtest } from '../../../src/sfp/backtest.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { ReturnGrid } from '../../../src/sfp/portfolio/return-grid.ts'
import { SPLITS } from '../../../src/sfp/statistics/splits.ts'
import { statistics } from '../../../src/sfp/statistics/statistics.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { meanTest } from '../../../src/stats/bootstrap.ts'
import { random } from '../../../src/stats/random.ts'
import { HOUR, marketOf, START } from '../../market/fixtures.ts'
import { createSignal } from '../helpers.ts'
import { randomMarkets } from './random-markets.ts'

const LOOSE = { minMove: 0, minSweepDepth: 0 }
const signalsOf = (market: Market) => detectSfp(market, pivotLevels(market, 4), LOOSE)
const renamed = (market: Market, symbol: string) =>
  createMarket({ ...market, time: market.time.slice() }, { ...market, symbol, notes: [] })

/** All numbers of two values of one shape. */
function expectClose(actual: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'number' && Number.isFinite(expected))
    expect(Math.abs((actual as number) - expected) / Math.max(1, Math.abs(expected)), path).toBeLessThan(1e-9)
  else if (typeof expected === 'object' && expected !== null)
    for (const [name, value] of Object.entries(expected))
      expectClose((actual as Record<string, unknown>)[name], value, `${path}.${name}`)
  else expect(actual, path).toEqual(expected)
}

describe('figures', () => {
  it('of one market with a trade a day are those of its study', () => {
    const market = simulateMarket({ seed: 5, bars: 1500, timeframe: '1d' })
    const signals = signalsOf(market)
    const whole = portfolio([{ market, signals }]).statistics
    expect(whole.trades).toBeGreaterThan(30)
    expectClose(whole, statistics(market, backtest(market, signals)))
  })

  it('draw the trades of one day together: a market beside its copy is no wider and no narrower than alone', () => {
    const market = simulateMarket({ seed: 6, bars: 1500, timeframe: '1d' })
    const signals = signalsOf(market)
    const markets = [market, renamed(market, 'COPY/USDT:USDT')].map(each => ({ market: each, signals }))
    const { meanR, intervals, trades } = portfolio(markets).statistics
    const alone = statistics(market, backtest(market, signals))
    expect(trades).toBe(2 * alone.trades)
    expectClose(meanR, alone.meanR)
    const { winRate, expectancy, profitFactor } = alone.intervals
    expectClose(intervals, { winRate, expectancy, profitFactor })
  })

  it('have results of the markets that sum to the equity', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const result = portfolio(randomMarkets(seed, 3), { equity: 20_000 })
      const { markets, equity } = result
      for (let k = 0; k < equity.length; k++) {
        const sum = markets.reduce((total, { contribution }) => total + contribution[k]!, 20_000)
        expect(Math.abs(sum - equity[k]!)).toBeLessThan(1e-6)
      }
      for (const { trades, contribution } of markets)
        expect(contribution.at(-1)!).toBeCloseTo(
          trades.reduce((sum, { net }) => sum + net, 0),
          6,
        )
      const table = result.byMarket().objects() as { net: number; trades: number; refused: number; signals: number }[]
      for (const { trades, refused, signals } of table) expect(trades + refused).toBe(signals)
    }
  })

  it('hold all markets for equal amounts, each from its first close to its last', () => {
    const rows = (...closes: number[]) => closes.map(close => [close, close, close, close])
    const early = marketOf(rows(100, 110, 120), {}, 'A')
    const late = marketOf(rows(50, 60, 30), {}, 'B')
    late.time.set([START + 2 * HOUR, START + 3 * HOUR, START + 4 * HOUR])
    const result = portfolio(
      [early, late].map(market => ({ market, signals: [] })),
      { equity: 1000 },
    )
    const hold = result.equityTable().array('hold') as number[]
    expect(hold.map(value => +value.toFixed(9))).toEqual([1000, 1050, 1100, 1200, 900])
    expect(result.statistics.buyHoldPct).toBeCloseTo(-10, 9)
  })

  it('have the correlations that simple-statistics gives', () => {
    const markets = randomMarkets(3, 3)
    const result = portfolio(markets, { equity: 1e6 })
    const step = Math.max(...markets.map(({ market }) => market.barMs))
    const returns = markets.map(({ market }) => {
      const closes = new Map<number, number>()
      for (let t = 0; t < market.length; t++)
        closes.set(Math.ceil((market.time[t]! + market.barMs) / step), Math.log(market.close[t]!))
      return new Map([...closes].map(([k, close]) => [k, close - (closes.get(k - 1) ?? Number.NaN)]))
    })
    const days = markets.map(({ market }) => {
      const sums = new Map<number, number>()
      for (const trade of result.trades.filter(each => each.market === market.symbol)) {
        const day = Math.floor(market.time[trade.entryBar]! / (24 * HOUR))
        sums.set(day, (sums.get(day) ?? 0) + trade.r)
      }
      return sums
    })
    const both = (x: Map<number, number>, y: Map<number, number>) => {
      const keys = [...x.keys()].filter(key => !Number.isNaN(x.get(key)! + (y.get(key) ?? Number.NaN)))
      return [keys.map(key => x.get(key)!), keys.map(key => y.get(key)!)] as const
    }
    const pairs = result.correlations().objects() as { returns: number; results: number; days: number }[]
    for (const [i, [a, b]] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ].entries()) {
      expect(pairs[i]!.returns).toBeCloseTo(ss.sampleCorrelation(...mutable(both(returns[a!]!, returns[b!]!))), 9)
      const [x, y] = both(days[a!]!, days[b!]!)
      expect(pairs[i]!.days).toBe(x.length)
      if (x.length >= 10) expect(pairs[i]!.results).toBeCloseTo(ss.sampleCorrelation([...x], [...y]), 9)
      else expect(pairs[i]!.results).toBeNaN()
    }
  })

  it('have the correlation of all common returns, of ten at least, and of the results of whole days', () => {
    const closes = [100, 101, 99, 102, 103, 101, 104, 102, 105, 103, 106]
    const other = [50, 50.2, 50.1, 50.6, 50.5, 50.2, 51, 50.4, 51.2, 50.9, 51.5]
    const of = (values: number[], name: string) =>
      marketOf(
        values.map(v => [v, v, v, v]),
        {},
        name,
      )
    const returns = (values: number[]) => values.slice(1).map((value, i) => Math.log(value / values[i]!))
    const grid = (length: number) =>
      new ReturnGrid([of(closes.slice(0, length), 'A'), of(other.slice(0, length), 'B')]).correlation(0, 1)
    expect(grid(11)).toBeCloseTo(ss.sampleCorrelation(returns(closes), returns(other)), 9)
    expect(grid(10)).toBeNaN()
    // Twelve days of two trades each, by their signals in two markets whose prices never move.
    const days = 12
    const still = Array.from({ length: 24 * days + 1 }, () => [100, 101, 99, 100])
    const rng = random(5)
    const parts = ['A', 'B'].map(name => {
      const signals = Array.from({ length: 2 * days }, (_, k) =>
        createSignal(12 * k, { extreme: 90 + 8 * rng.uniform() }),
      )
      return {
        market: marketOf(still, {}, name),
        signals,
        options: { maxBars: 3, target: false, trendExit: false } as const,
      }
    })
    const result = portfolio(parts)
    const sums = result.markets.map(({ trades }) => {
      expect(trades.length).toBe(2 * days)
      return Array.from({ length: days }, (_, day) =>
        ss.sum(trades.filter(({ entryBar }) => Math.floor(entryBar / 24) === day).map(({ r }) => r)),
      )
    })
    const [pair] = result.correlations().objects() as { results: number; days: number }[]
    expect(pair!.days).toBe(days)
    expect(pair!.results).toBeCloseTo(ss.sampleCorrelation(sums[0]!, sums[1]!), 9)
  })

  it('count as one test in the ledger', () => {
    sessionLedger.clear()
    const market = simulateMarket({ seed: 5, bars: 1500, timeframe: '1d' })
    const result = portfolio([{ market, signals: signalsOf(market) }])
    expect(result.summary.text).toContain('corrected for the 1 test')
    expect(sessionLedger.tests).toBe(1)
    sessionLedger.clear()
  })
})

const mutable = ([x, y]: readonly [readonly number[], readonly number[]]): [number[], number[]] => [[...x], [...y]]

describe('what a portfolio says as its studies do', () => {
  const studyOf = (market: Market) =>
    sfp(market, { levels: 'pivots', leftBars: 4, ...LOOSE, target: { r: 1.5 } }).backtest({ maxBars: 8 })
  const rowsOf = (table: { objects(): object[] }) => table.objects()
  const named = (rows: object[], market: string) => rows.map(row => ({ market, ...row }))

  it('is the same for one market alone: groups, orders and placebo', () => {
    const market = simulateMarket({ seed: 5, bars: 700, timeframe: '1d' })
    const study = studyOf(market)
    const whole = portfolio([study])
    for (const by of SPLITS) expect(rowsOf(whole.by(by)), by).toEqual(rowsOf(study.by(by)))
    const [all] = rowsOf(whole.by('market')) as Record<string, unknown>[]
    expect(all).toMatchObject({ market: market.symbol, trades: study.trades.length })
    expect(rowsOf(whole.orderTable())).toEqual(named(rowsOf(study.orderTable()), market.symbol))
    // Bars of a day, held for less than twelve of them: both intervals draw days.
    expect(whole.placebo).toEqual(study.placebo)
    expect(study.placebo.difference.low).toBeLessThan(study.placebo.difference.high)
    const linesOf = ({ summary }: { summary: { text: string } }) =>
      summary.text.split('\n').filter(line => /placebo/i.test(line))
    const lines = linesOf(study)
    expect(lines.length).toBe(3)
    expect(linesOf(whole)).toEqual(expect.arrayContaining(lines))
  })

  it('splits the trades by market, in the order of the markets', () => {
    const studies = randomMarkets(4, 3).map(({ market }) => studyOf(market))
    const whole = portfolio([...studies].reverse(), { maxPositions: 2 })
    const rows = rowsOf(whole.by('market')) as { market: string; trades: number; net: number; averageR: number }[]
    const parts = rowsOf(whole.byMarket()) as typeof rows
    expect(rows.map(row => row.market)).toEqual(studies.map(({ market }) => market.symbol).reverse())
    for (const [i, { trades, net, averageR }] of rows.entries())
      expect({ trades, net, averageR }).toEqual({
        trades: parts[i]!.trades,
        net: expect.closeTo(parts[i]!.net, 9),
        averageR: expect.closeTo(parts[i]!.averageR, 12),
      })
  })

  it('has no placebo where signals were given without their levels, and says of which market', () => {
    const [a, b] = randomMarkets(2, 2)
    const whole = portfolio([studyOf(a!.market), b!])
    expect(whole.placebo).toBeNull()
    expect(whole.summary.text).toMatch(/ {2}at placebo levels +n\/a\n/)
    expect(whole.summary.text).toContain(
      'There is no placebo to compare with, as the levels of M1/USDT:USDT are not known: give studies',
    )
    expect(whole.summary.text).not.toContain('at each placebo')
    const named = { study: studyOf(b!.market), name: 'b' }
    const known = portfolio([named, ...randomMarkets(5, 6).map(({ market }) => studyOf(market))])
    expect(known.placebo).not.toBeNull()
    // Two weeks of hours have fewer than 20 days, however many trades.
    expect(known.trades.length).toBeGreaterThan(20)
    expect(known.summary.text).toMatch(/more than at placebo levels .* \(too few days with trades for an interval\)/)
    expect(known.summary.text).toContain('at each placebo all markets trade random levels')
  })
})

describe('meanTest of clusters', () => {
  it('is that of the values where each is alone', () => {
    const { normal } = random(3)
    const values = Array.from({ length: 80 }, normal)
    expect(meanTest(values, { clusters: values.map(() => 1), block: 1 })).toEqual(meanTest(values, { block: 1 }))
  })

  it('covers the mean where the values of a day share an effect, which single values do not', () => {
    const { normal, uniform } = random(9)
    const covered = { days: 0, alone: 0 }
    const runs = 300
    for (let run = 0; run < runs; run++) {
      const clusters: number[] = []
      const values: number[] = []
      for (let day = 0; day < 60; day++) {
        const effect = normal()
        clusters.push(1 + Math.floor(6 * uniform()))
        for (let k = 0; k < clusters.at(-1)!; k++) values.push(effect + 0.5 * normal())
      }
      const holds = ({ low, high }: { low: number; high: number }) => Number(low <= 0 && 0 <= high)
      covered.days += holds(meanTest(values, { clusters, resamples: 400 })) / runs
      covered.alone += holds(meanTest(values, { block: 1, resamples: 400 })) / runs
    }
    expect(covered.days).toBeGreaterThan(0.91)
    expect(covered.days).toBeLessThan(0.985)
    expect(covered.alone).toBeLessThan(0.8)
  })
})

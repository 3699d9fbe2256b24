/** The figures of a backtest, from a list of trades and an equity curve by hand. */
import * as ss from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../../src/common/duration.ts'
import { createMarket } from '../../../src/market/market.ts'
import type { Trade } from '../../../src/sfp/position.ts'
import { annualFigures, profitFactorInterval } from '../../../src/sfp/statistics/intervals.ts'
import { namedStatistics } from '../../../src/sfp/statistics/named-statistics.ts'
import { type MeasuredBacktest, performance } from '../../../src/sfp/statistics/performance.ts'
import { measure } from '../../../src/sfp/statistics/statistics.ts'
import { meanInterval } from '../../../src/stats/bootstrap.ts'
import { marketOf, START } from '../../market/fixtures.ts'

/** Days with these closes. */
function days(closes: readonly number[]) {
  const { open, high, low, close, volume } = marketOf(closes.map(price => [price, price, price, price]))
  const time = Float64Array.from(closes, (_, t) => START + t * DAY)
  return createMarket({ time, open, high, low, close, volume }, { symbol: 'X', source: 'test', barMs: DAY })
}

const trade = (entryBar: number, exitBar: number, net: number, more: Partial<Trade> = {}): Trade =>
  ({
    ...{ side: 'long', reason: 'target', entryBar, exitBar, net, entry: 100, size: 10, r: net / 20, ambiguous: false },
    ...{ fees: 1, funding: 0.5, gross: net + 1.5, mae: 0.2, mfe: 1 },
    ...more,
  }) as Trade

const closes = [100, 102, 101, 105, 103, 104, 108, 107]
const market = days(closes)
const equity = [1000, 1040, 1030, 1030, 1010, 1060, 1060, 1050]
// In order of entry: 40 on bars 0 to 1, a short of −30 on 1 to 4, 50 within bar 5, −10 on 6 to 7 beside 0 on 6 to 7.
const trades = [
  trade(0, 1, 40),
  trade(1, 4, -30, { side: 'short', reason: 'stop', mae: 1, mfe: 0.3, ambiguous: true }),
  trade(5, 5, 50, { entry: 200, mae: 0, mfe: 2.5 }),
  trade(6, 7, -10, { side: 'short', reason: 'stop', mae: 0.9, mfe: 0.1 }),
  trade(6, 7, 0, { reason: 'end', mae: 0.5, mfe: 0.5 }),
]
const result: MeasuredBacktest = {
  trades,
  equity: Float64Array.from(equity),
  skipped: 3,
  rejected: { gap: 1, stop: 2, size: 0, unfilled: 4 },
  ruined: -1,
}
/** Net on the notional at the entry: 1,000 USD, 2,000 of the third. */
const returns = [0.04, -0.03, 0.025, -0.01, 0]
const daily = equity.slice(1).map((value, t) => value / equity[t]! - 1)

describe('the figures of a backtest', () => {
  const figures = performance(market, result)

  it('of its trades', () => {
    const grossReturns = [41.5 / 1000, -28.5 / 1000, 51.5 / 2000, -8.5 / 1000, 1.5 / 1000]
    const gains = grossReturns.filter(value => value > 0)
    const losses = grossReturns.filter(value => value < 0)
    const nets = trades.map(({ net }) => net)
    expect(figures).toMatchObject({
      trades: 5,
      longs: 3,
      skipped: 3,
      rejected: { gap: 1, stop: 2, size: 0, unfilled: 4 },
      winRate: expect.closeTo(40, 9),
      profitFactor: expect.closeTo(0.065 / 0.04, 9),
      profitFactorGross: expect.closeTo(ss.sum(gains) / -ss.sum(losses), 9),
      expectancy: expect.closeTo(100 * ss.mean(returns), 9),
      avgTradePct: expect.closeTo(100 * (ss.geometricMean(returns.map(value => 1 + value)) - 1), 9),
      best: expect.closeTo(4, 9),
      worst: expect.closeTo(-3, 9),
      net: 50,
      fees: 5,
      funding: 2.5,
      sqn: expect.closeTo((Math.sqrt(5) * ss.mean(nets)) / ss.sampleStandardDeviation(nets), 9),
      // Wins of 45 on average in 2 of 5, losses of 20.
      kelly: expect.closeTo(0.4 - 0.6 / (45 / 20), 9),
      averageR: expect.closeTo(0.5, 9),
      medianMae: 0.5,
      medianMfe: 0.5,
      // Bars 0 to 1, 1 to 4, 5, and 6 to 7: all but none of eight.
      exposurePct: 100,
      meanBars: (2 + 4 + 1 + 2 + 2) / 5,
      maxTradeMs: 3 * DAY,
      avgTradeMs: (6 / 5) * DAY,
      ambiguousPct: 20,
      byReason: { target: 2, stop: 2, end: 1 },
    })
  })

  it('of its equity', () => {
    const beta = ss.linearRegression(
      closes.slice(1).map((close, t) => [Math.log(close / closes[t]!), Math.log(equity[t + 1]! / equity[t]!)]),
    ).m
    const mean = ss.geometricMean(daily.map(value => 1 + value)) - 1
    const yearly = (1 + mean) ** 365 - 1
    const volatility = Math.sqrt((ss.sampleVariance(daily) + (1 + mean) ** 2) ** 365 - (1 + mean) ** 730)
    const downside = Math.sqrt(ss.mean(daily.map(value => Math.min(0, value) ** 2)) * 365)
    const gains = ss.sum(daily.filter(value => value > 0))
    const losses = -ss.sum(daily.filter(value => value < 0))
    const deepest = 30 / 1040
    expect(figures).toMatchObject({
      equityFinal: 1050,
      equityPeak: 1060,
      ruined: false,
      returnPct: expect.closeTo(5, 9),
      buyHoldPct: expect.closeTo(7, 9),
      annualReturnPct: expect.closeTo(100 * yearly, 6),
      volatilityPct: expect.closeTo(100 * volatility, 6),
      cagrPct: expect.closeTo(100 * (1.05 ** (365.25 / 7) - 1), 6),
      sharpe: expect.closeTo(yearly / volatility, 9),
      sortino: expect.closeTo(yearly / downside, 9),
      calmar: expect.closeTo(yearly / deepest, 9),
      beta: expect.closeTo(beta, 9),
      alphaPct: expect.closeTo(5 - 7 * beta, 9),
      maxDrawdownPct: expect.closeTo(100 * deepest, 9),
      // From 1,040 on bar 1 back to 1,060 on bar 5; the fall of the last bar alone is none yet.
      avgDrawdownPct: expect.closeTo(100 * deepest, 9),
      maxDrawdownMs: 4 * DAY,
      avgDrawdownMs: 4 * DAY,
      omega: expect.closeTo(gains / losses, 9),
      ulcerPct: expect.closeTo(100 * Math.sqrt((2 * (10 / 1040) ** 2 + (30 / 1040) ** 2 + (10 / 1060) ** 2) / 8), 9),
    })
    expect(performance(market, result, { heldFrom: 2 }).buyHoldPct).toBeCloseTo(100 * (107 / 101 - 1), 9)
    expect(performance(market, { ...result, ruined: 0 }).ruined).toBe(true)
  })

  it('count a bar with several positions once, and bars without one not', () => {
    const held = (...list: Trade[]) => performance(market, { ...result, trades: list }).exposurePct
    expect(held(trade(0, 1, 1), trade(3, 3, 1))).toBeCloseTo((100 * 3) / 8, 9)
    expect(held(trade(0, 5, 1), trade(1, 2, 1), trade(4, 6, 1))).toBeCloseTo((100 * 7) / 8, 9)
    expect(held(trade(2, 2, 1), trade(2, 2, 1))).toBeCloseTo(100 / 8, 9)
  })

  it('are of each trade’s own notional, and medians of an even number lie between', () => {
    const two = performance(market, {
      ...result,
      trades: [trade(0, 1, 40, { gross: 40 }), trade(1, 2, -30, { gross: -30, size: 5, mae: 1, mfe: 0.5 })],
    })
    // 40 on 1,000 USD and −30 on 500.
    expect(two.profitFactorGross).toBeCloseTo(0.04 / 0.06, 12)
    expect([two.medianMae, two.medianMfe]).toEqual([0.6, 0.75])
  })

  it('that are not defined are NaN', () => {
    const none = performance(market, { ...result, trades: [], equity: new Float64Array(8).fill(1000) })
    for (const name of [
      ...['winRate', 'profitFactor', 'profitFactorGross', 'expectancy', 'best', 'worst', 'sqn', 'averageR'],
      ...['medianMae', 'medianMfe', 'meanBars', 'maxTradeMs', 'avgTradeMs', 'ambiguousPct', 'maxDrawdownMs'],
      ...['sharpe', 'sortino', 'calmar', 'omega', 'tailRatio'],
    ] as const)
      expect([name, none[name as 'sharpe']]).toEqual([name, Number.NaN])
    expect(none).toMatchObject({
      trades: 0,
      longs: 0,
      net: 0,
      exposurePct: 0,
      byReason: {},
      beta: 0,
      maxDrawdownPct: 0,
    })
    // Only rises: no drawdown and no downside, and still a Sharpe ratio.
    const rising = performance(market, { ...result, equity: Float64Array.from(equity, (_, t) => 1000 + t * t) })
    expect([rising.calmar, rising.sortino, rising.omega]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(rising.sharpe).toBeGreaterThan(0)
    // Twice as much every day does not vary.
    const doubling = performance(days([1, 1, 1, 1]), { ...result, trades: [], equity: Float64Array.of(1, 2, 4, 8) })
    expect(doubling.sharpe).toBeNaN()
    // Of one moment no year can be told.
    const one = performance(days([100]), { ...result, trades: [], equity: Float64Array.of(1000) })
    expect(one.cagrPct).toBeNaN()
  })

  it('have intervals of the curve from ten trades, and from ten days with a result, on', () => {
    const axis = days(Array.from({ length: 40 }, () => 100))
    const growing = (moves: number) =>
      Float64Array.from({ length: 40 }, (_, t) => 1000 + 10 * Math.min(t, moves) + (t <= moves ? t % 3 : 0))
    const of = (count: number, moves: number) =>
      measure(axis, { ...result, trades: Array.from({ length: count }, () => trade(0, 1, 1)), equity: growing(moves) })
        .intervals
    const known = ({ sharpe, annualReturnPct }: ReturnType<typeof of>) =>
      [sharpe, annualReturnPct].map(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
    expect(known(of(10, 39))).toEqual([true, true])
    expect(known(of(9, 39))).toEqual([false, false])
    expect(known(of(10, 8))).toEqual([false, false])
    expect(known(of(10, 12))).toEqual([true, true])
  })

  it('of returns that are all losses, or all the same, have no intervals and no ratio', () => {
    expect(profitFactorInterval(new Float64Array(20).fill(-0.01))).toEqual({
      mean: 0,
      low: Number.NaN,
      high: Number.NaN,
    })
    // Twice in each of two periods of a year: 300 %, without a variance.
    expect(annualFigures(Float64Array.of(1, 1, 1), 2)).toEqual({ sharpe: Number.NaN, annualReturnPct: 300 })
    const varied = annualFigures(Float64Array.of(1, -0.5, 1, -0.5), 2)
    expect(varied.annualReturnPct).toBeCloseTo(0, 9)
  })

  it('have the signs of backtesting.py under its names, and its duration', () => {
    expect(namedStatistics(market, performance(market, result))).toMatchObject({
      Duration: 7 * DAY,
      'Max. Drawdown [%]': -figures.maxDrawdownPct,
      'Avg. Drawdown [%]': -figures.avgDrawdownPct,
    })
    expect(figures.maxDrawdownPct).toBeGreaterThan(0)
  })

  it('have intervals around the same means, in the same units', () => {
    const many = Array.from({ length: 60 }, (_, k) => trade(0, 1, [40, -30, 25, -10][k % 4]!))
    const { intervals, expectancy, winRate, meanR, averageR } = measure(market, { ...result, trades: many })
    expect(intervals.expectancy.mean).toBeCloseTo(expectancy, 9)
    expect(intervals.expectancy).toEqual(meanInterval(many.map(({ net }) => 100 * (net / 1000))))
    expect(intervals.winRate.mean).toBeCloseTo(winRate, 9)
    expect(meanR.mean).toBeCloseTo(averageR, 9)
    for (const { low, high, mean } of [intervals.expectancy, intervals.winRate, intervals.profitFactor]) {
      expect(low).toBeLessThan(mean)
      expect(high).toBeGreaterThan(mean)
    }
    // Five of ten: the interval reaches farther than a share can.
    const half = measure(market, {
      ...result,
      trades: Array.from({ length: 10 }, (_, k) => trade(0, 1, k < 5 ? 1 : -1)),
    })
    expect(half.intervals.winRate).toMatchObject({ mean: 50, low: 0, high: 100 })
  })
})

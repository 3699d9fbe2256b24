/** Curves, groups and measures by hand. */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../../src/common/duration.ts'
import { createMarket } from '../../../src/market/market.ts'
import { cachedAtr } from '../../../src/sfp/cached-series.ts'
import type { Trade } from '../../../src/sfp/position.ts'
import { overfitting } from '../../../src/sfp/search/cscv.ts'
import { drawdowns, periodReturns } from '../../../src/sfp/statistics/equity.ts'
import { equityBeta, gainLoss, tailRatio } from '../../../src/sfp/statistics/ratios.ts'
import { marketSplitTable, splitTable } from '../../../src/sfp/statistics/splits.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { marketOf, START } from '../../market/fixtures.ts'
import { createLevel, createSignal } from '../helpers.ts'

const near = (values: readonly number[]) => values.map(value => expect.closeTo(value, 12))

describe('drawdowns', () => {
  const of = (equity: number[]) =>
    drawdowns(
      Float64Array.from(equity, (_, t) => 10 * t),
      Float64Array.from(equity),
    )

  it('go from the last bar on the peak to the first back on it, or to the end', () => {
    const { depth, lengthMs, max, peak, ulcer } = of([100, 90, 80, 100, 100, 110, 99, 110, 88, 99])
    expect(depth).toEqual(near([0.2, 0.1, 0.2]))
    expect(lengthMs).toEqual([30, 20, 20])
    expect([max, peak]).toEqual([expect.closeTo(0.2, 12), 110])
    expect(ulcer).toBeCloseTo(Math.sqrt((0.1 ** 2 + 0.2 ** 2 + 0.1 ** 2 + 0.2 ** 2 + 0.1 ** 2) / 10), 12)
  })

  it('are none while the curve only rises or stays', () => {
    expect(of([1, 1, 2, 3])).toEqual({ depth: [], lengthMs: [], max: 0, peak: 3, ulcer: 0 })
    expect(of([])).toMatchObject({ depth: [], max: 0, ulcer: 0 })
    // As in backtesting.py, a fall in the last bar alone is none yet, but counts as the deepest.
    expect(of([1, 2, 1])).toMatchObject({ depth: [], lengthMs: [], max: 0.5 })
  })
})

describe('period returns', () => {
  const market = (hours: number[], barMs = HOUR) => {
    const { open, high, low, close, volume } = marketOf(hours.map(() => [1, 1, 1, 1]))
    const time = Float64Array.from(hours, hour => START + hour * HOUR)
    return createMarket({ time, open, high, low, close, volume }, { symbol: 'X', source: 'test', barMs })
  }

  it('go from the last close of a day to that of the next with a bar', () => {
    // Monday 2024-01-01 at 22 and 23, Tuesday at 0 and 5, none on Wednesday, Thursday at 0.
    const { returns, perYear } = periodReturns(market([22, 23, 24, 29, 72]), Float64Array.of(7, 10, 11, 12, 9))
    expect([...returns]).toEqual(near([0.2, -0.25]))
    expect(perYear).toBe(252)
  })

  it('are 365 a year where the market trades on weekends', () => {
    const days = (list: number[]) =>
      periodReturns(
        market(
          list.map(day => 24 * day),
          DAY,
        ),
        new Float64Array(list.length).fill(1),
      ).perYear
    expect(days([0, 1, 2, 3, 4, 5, 6])).toBe(365)
    expect(days([0, 1, 2, 3, 4, 7, 8])).toBe(252)
    // More than 60 % of two in seven: 2 of 11 is 18 %, 2 of 12 is 17 %.
    expect(days([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBe(365)
    expect(days([4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17])).toBe(252)
  })

  it('are those of bars where these are a week or longer', () => {
    const { returns, perYear } = periodReturns(market([0, 168, 336], 7 * DAY), Float64Array.of(1, 2, 1))
    expect([...returns]).toEqual([1, -0.5])
    expect(perYear).toBeCloseTo(365.25 / 7, 12)
  })
})

describe('ratios', () => {
  it('of gains to losses, of tails, and beta, by hand', () => {
    expect(gainLoss([1, -2, 3, 0])).toBe(2)
    expect(gainLoss([1, 2])).toBeNaN()
    expect(gainLoss([-1])).toBe(0)
    // 21 values: the 5 % and 95 % quantiles are the second and the last but one.
    const values = Array.from({ length: 21 }, (_, i) => i - 6)
    expect(tailRatio(values)).toBeCloseTo(13 / 5, 12)
    expect(tailRatio([0, 0, 1])).toBeNaN()
    // Log returns of the market 0.1, −0.1, 0.3; of the equity 0.2, 0, 0.4. Slope: Σ (m − 0.1)·e / Σ (m − 0.1)² = 0.08/0.08.
    const curve = (returns: number[]) =>
      Float64Array.from([0, ...returns], (_, i) => Math.exp(returns.slice(0, i).reduce((sum, value) => sum + value, 0)))
    expect(equityBeta(curve([0.2, 0, 0.4]), curve([0.1, -0.1, 0.3]))).toBeCloseTo(1, 12)
    expect(equityBeta(curve([0.2, 0.1, 0.4]), curve([0.1, -0.1, 0.3]))).toBeCloseTo(0.06 / 0.08, 12)
    expect(equityBeta(curve([0.1]), curve([0.2]))).toBeNaN()
  })
})

it('regimes compare the close of the signal with the mean of the 200 bars up to it, in closes and in ATR of the price', () => {
  const market = simulateMarket({ seed: 2, bars: 500 })
  const ranges = cachedAtr(market)
  const mean = (values: (t: number) => number, bar: number) =>
    Array.from({ length: 200 }, (_, k) => values(bar - k)).reduce((sum, value) => sum + value, 0) / 200
  const share = (t: number) => ranges[t]! / market.close[t]!
  for (let bar = 195; bar < 500; bar++) {
    const trade = { signal: createSignal(bar), net: 1, entry: 1, size: 1, r: 1, entryBar: bar, exitBar: bar } as Trade
    const group = (by: 'trend' | 'volatility') => splitTable(market, [trade], by).get(by, 0)
    if (bar < 199) expect([group('trend'), group('volatility')]).toEqual(['unknown', 'unknown'])
    else
      expect([group('trend'), group('volatility')]).toEqual([
        market.close[bar]! > mean(t => market.close[t]!, bar) ? 'up' : 'down',
        share(bar) > mean(share, bar) ? 'high' : 'low',
      ])
  }
})

describe('trades in groups', () => {
  // A market that rises over 260 bars, calm at first.
  const bars = marketOf(
    Array.from({ length: 260 }, (_, t) => {
      const close = t < 250 ? 100 + t / 10 : 90
      const wide = t < 240 ? 0.5 : 5
      return [close, close + wide, close - wide, close]
    }),
  )
  const trade = (bar: number, net: number, more: Partial<Trade> = {}): Trade =>
    ({
      ...{ side: 'long', reason: 'stop', entryBar: bar + 1, exitBar: bar + 2, net, entry: 100, size: 1, r: net / 5 },
      signal: createSignal(bar, { level: { ...createLevel('low', 98), convergence: bar % 3 } }),
      ...more,
    }) as Trade

  it('have counts, rates and sums', () => {
    const rows = splitTable(
      bars,
      [trade(1, 4), trade(2, -1), trade(3, 2, { exitBar: 9 }), trade(4, 0, { side: 'short' })],
      'side',
    ).objects()
    expect(rows).toEqual([
      {
        ...{ side: 'long', trades: 3, winRate: expect.closeTo(200 / 3, 9), profitFactor: expect.closeTo(6, 9) },
        ...{ expectancy: expect.closeTo(5 / 3, 9), averageR: expect.closeTo(1 / 3, 9), net: 5, bars: (2 + 2 + 6) / 3 },
      },
      { side: 'short', trades: 1, winRate: 0, profitFactor: Number.NaN, expectancy: 0, averageR: 0, net: 0, bars: 2 },
    ])
  })

  it('are by time of the entry, in order', () => {
    const groups = (by: Parameters<typeof splitTable>[2], list: Trade[]) =>
      splitTable(bars, list, by).array(by) as unknown[]
    // Bar 0 is Monday 2024-01-01 00:00.
    const list = [150, 22, 5, 24].map(bar => trade(bar, 1))
    expect(groups('hour', list)).toEqual([1, 6, 7, 23])
    expect(groups('weekday', list)).toEqual(['Sunday', 'Monday', 'Tuesday'])
    expect(groups('month', list)).toEqual(['2024-01'])
    expect(groups('year', list)).toEqual([2024])
    expect(groups('reason', [trade(1, 1, { reason: 'target' }), trade(2, 1)])).toEqual(['stop', 'target'])
    expect(groups('convergence', [trade(5, 1), trade(3, 1), trade(4, 1)])).toEqual([0, 1, 2])
  })

  it('are by regime at the close of the signal, once there are 200 bars', () => {
    const group = (by: 'trend' | 'volatility', bar: number) =>
      (splitTable(bars, [trade(bar, 1)], by).objects()[0] as Record<string, unknown>)[by]
    expect([198, 199, 249, 255].map(bar => group('trend', bar))).toEqual(['unknown', 'up', 'up', 'down'])
    expect([198, 199, 239, 249].map(bar => group('volatility', bar))).toEqual(['unknown', 'low', 'low', 'high'])
    expect(() => splitTable(bars, [], 'other' as never)).toThrow('study.by: split: "other"')
    expect(() => splitTable(bars, [], 'Volatilty' as never)).toThrow('(did you mean volatility?)')
    expect(() => splitTable(bars, [], 'market' as never)).toThrow('study.by: split: "market"')
  })

  it('of several markets are by market in their order, and else by the times and regimes of their own', () => {
    // In the other market the same bars are a day later and fall.
    const other = marketOf(Array.from({ length: 260 }, (_, t) => [300 - t, 301 - t, 299 - t, 300 - t]))
    other.time.set(other.time.map(time => time + 24 * HOUR))
    const markets = new Map([
      ['up', bars],
      ['idle', bars],
      ['down', other],
    ])
    const list = [
      { ...trade(210, 1), market: 'down' },
      { ...trade(211, -1), market: 'up' },
      { ...trade(212, 3), market: 'down' },
    ]
    const rows = (by: Parameters<typeof marketSplitTable>[2]) =>
      marketSplitTable(list, markets, by)
        .objects()
        .map((row: object) => [(row as Record<string, unknown>)[by], (row as { net: number }).net])
    expect(rows('market')).toEqual([
      ['up', -1],
      ['down', 4],
    ])
    expect(rows('trend')).toEqual([
      ['down', 4],
      ['up', -1],
    ])
    // Entries: bar 212 is on the ninth day, a Tuesday; bars 211 and 213, a day later, are on Wednesday.
    expect(rows('weekday')).toEqual([
      ['Tuesday', -1],
      ['Wednesday', 4],
    ])
    expect(() => marketSplitTable([], markets, 'markets' as never)).toThrow(
      /^portfolio.by: split: "markets", but expected market, side, .* \(did you mean market\?\)$/,
    )
  })
})

describe('the probability of overfitting', () => {
  /** CSCV as the paper writes it, with means and deviations of the joined blocks. */
  function slow(trials: number[][], blocks: number) {
    const size = Math.floor(trials[0]!.length / blocks)
    const sharpe = (values: number[]) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
      return mean / Math.sqrt(variance)
    }
    const best: [number, number, number][] = []
    for (let mask = 0; mask < 2 ** blocks; mask++) {
      const chosen = Array.from({ length: blocks }, (_, b) => (mask >> b) & 1)
      if (chosen.reduce((a, b) => a + b, 0) !== blocks / 2) continue
      const part = (flag: number) =>
        trials.map(trial =>
          sharpe(chosen.flatMap((each, b) => (each === flag ? trial.slice(b * size, (b + 1) * size) : []))),
        )
      const [inside, outside] = [part(1), part(0)]
      const k = inside.indexOf(Math.max(...inside))
      const rank = outside.filter(value => value < outside[k]!).length + 1
      best.push([inside[k]!, outside[k]!, rank / (trials.length + 1)])
    }
    const logits = best.map(([, , omega]) => Math.log(omega / (1 - omega)))
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const [x, y] = [mean(best.map(([a]) => a)), mean(best.map(([, b]) => b))]
    return {
      probability: mean(logits.map(value => Number(value <= 0))),
      lossProbability: mean(best.map(([, b]) => Number(b < 0))),
      slope: mean(best.map(([a, b]) => (a - x) * (b - y))) / mean(best.map(([a]) => (a - x) ** 2)),
      logits,
    }
  }

  it('is that of the paper, with its slope and its losses', () => {
    const rng = random(4)
    const trials = Array.from({ length: 5 }, (_, k) => Array.from({ length: 27 }, () => rng.normal() + k / 10))
    for (const blocks of [2, 4, 6, 8]) {
      const found = overfitting(trials, blocks)
      const expected = slow(trials, blocks)
      expect([found.blocks, found.trials]).toEqual([blocks, 5])
      expect(found.probability).toBeCloseTo(expected.probability, 12)
      expect(found.lossProbability).toBeCloseTo(expected.lossProbability, 12)
      expect(found.slope).toBeCloseTo(expected.slope, 8)
      expect([...found.logits]).toEqual(near(expected.logits))
    }
    expect(overfitting(trials).blocks).toBe(12)
    expect(overfitting(trials.map(trial => [...trial, ...trial, ...trial])).blocks).toBe(16)
  })

  it('needs two trials, four periods, and blocks of two', () => {
    expect(() => overfitting([[1, 2, 3]])).toThrow('3 periods, but expected at least 4')
    expect(() => overfitting([[1, 2, 3, 4]])).toThrow('1 variant, but expected at least 2')
    const two = [
      [1, 2, 3, 5],
      [2, 1, 4, 2],
    ]
    for (const blocks of [0, 1, 3, 26, 2.5])
      expect(() => overfitting(two, blocks)).toThrow('an even number from 2 to 24')
    expect(() => overfitting(two, 4)).toThrow('at most 2 for 4 periods')
    expect(overfitting(two).blocks).toBe(2)
    // A trial whose returns never change has a Sharpe ratio of 0, also by rounding.
    const flat = overfitting(
      [
        [0.1, 0.1, 0.1, 0.1],
        [-1, -2, -1, -3],
      ],
      2,
    )
    expect(flat.slope).toBeNaN()
    expect([...flat.logits]).toEqual(near([Math.log(2), Math.log(2)]))
  })
})

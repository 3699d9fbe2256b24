import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sfp } from '../../../src/api/study.ts'
import { studySummary, summaryText } from '../../../src/charts/summary.ts'
import { comparePlacebos } from '../../../src/evidence/placebo-comparison.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { resample } from '../../../src/market/resample.ts'
import { backtest } from '../../../src/sfp/backtest.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { type Levels, resolveLevels } from '../../../src/sfp/levels/resolve-levels.ts'
import { drawdowns, periodReturns } from '../../../src/sfp/statistics/equity.ts'
import { namedStatistics } from '../../../src/sfp/statistics/named-statistics.ts'
import { performance } from '../../../src/sfp/statistics/performance.ts'
import { equityBeta, gainLoss, tailRatio } from '../../../src/sfp/statistics/ratios.ts'
import { SPLITS, splitTable } from '../../../src/sfp/statistics/splits.ts'
import { statistics } from '../../../src/sfp/statistics/statistics.ts'
import { tradeTable } from '../../../src/sfp/tables.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { bootstrap } from '../../../src/stats/bootstrap.ts'
import { geometricMean, quantile } from '../../../src/stats/descriptive.ts'
import { random } from '../../../src/stats/random.ts'

const market = simulateMarket({ seed: 8, bars: 3000, timeframe: '1h', volatility: 1.5 })
const study = backtest(market, detectSfp(market, pivotLevels(market, 4), { minMove: 0 }), { size: { fraction: 0.5 } })

/** The deepest drawdown, by definition. */
function maxDrawdown(equity: readonly number[]): number {
  return Math.max(0, ...equity.map((value, t) => 1 - value / Math.max(...equity.slice(0, t + 1))))
}

describe('drawdowns', () => {
  it('reach from a peak to its recovery, with depth and length', () => {
    const equity = Float64Array.from([100, 110, 99, 105, 110, 120, 90, 100])
    const result = drawdowns(
      Float64Array.from(equity, (_, t) => t),
      equity,
    )
    expect(result.depth.map(depth => +depth.toFixed(6))).toEqual([0.1, 0.25])
    expect(result.lengthMs).toEqual([3, 2])
    expect(result).toMatchObject({ max: 0.25, peak: 120 })
    const depths = [0, 0, 0.1, 5 / 110, 0, 0, 0.25, 20 / 120]
    expect(result.ulcer).toBeCloseTo(Math.sqrt(depths.reduce((sum, depth) => sum + depth * depth, 0) / 8), 12)
  })

  it('have the deepest one as their maximum (property)', () => {
    const curve = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(curve, before => {
        // A drawdown of the last bar alone has no length yet and does not count, as in backtesting.py.
        const values = [...before, 1001]
        const equity = Float64Array.from(values)
        const result = drawdowns(
          Float64Array.from(values, (_, t) => t),
          equity,
        )
        expect(result.max).toBeCloseTo(maxDrawdown(values), 12)
        expect(Math.max(0, ...result.depth)).toBeCloseTo(result.max, 12)
      }),
    )
  })
})

describe('ratios', () => {
  it('match values computed by hand', () => {
    expect(geometricMean([0.1, -0.05])).toBeCloseTo(Math.sqrt(1.1 * 0.95) - 1, 12)
    expect(geometricMean([0.1, -1])).toBe(0)
    expect(gainLoss([1, -2, 4])).toBe(2.5)
    expect(gainLoss([1])).toBeNaN()
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(tailRatio(Array.from({ length: 101 }, (_, i) => i - 50))).toBeCloseTo(1, 12)
  })

  it('have beta as the slope of log returns', () => {
    const rng = random(3)
    const prices = new Float64Array(300).fill(100)
    const equity = new Float64Array(300).fill(1000)
    for (let t = 1; t < 300; t++) {
      const move = 0.01 * rng.normal()
      prices[t] = prices[t - 1]! * Math.exp(move)
      equity[t] = equity[t - 1]! * Math.exp(0.3 * move + 0.001)
    }
    expect(equityBeta(equity, prices)).toBeCloseTo(0.3, 9)
  })
})

describe('performance of a backtest', () => {
  const all = performance(market, study)
  it('adds up over its trades', () => {
    expect(all.trades).toBe(study.trades.length)
    expect(all.trades).toBeGreaterThan(60)
    expect(all.net).toBeCloseTo(study.equity.at(-1)! - 100_000, 4)
    expect(Object.values(all.byReason).reduce((sum, count) => sum + count, 0)).toBe(all.trades)
    const { returns, perYear } = periodReturns(market, study.equity)
    expect(perYear).toBe(365)
    expect(returns.length).toBe(new Set(market.time.map(ms => Math.floor(ms / 86_400_000))).size - 1)
  })

  it('is NaN or 0 without trades, and does not throw', () => {
    const none = statistics(market, backtest(market, []))
    expect(none).toMatchObject({ trades: 0, winRate: Number.NaN, sqn: Number.NaN, maxDrawdownPct: 0, exposurePct: 0 })
    expect(namedStatistics(market, none)['# Trades']).toBe(0)
  })

  it('gives exact durations under the names of backtesting.py, whatever the bars', () => {
    for (const timeframe of ['15m', '4h'] as const) {
      const bars = simulateMarket({ seed: 8, bars: 1500, timeframe, volatility: 1.5 })
      const result = backtest(bars, detectSfp(bars, pivotLevels(bars, 4), { minMove: 0 }))
      const named = namedStatistics(bars, performance(bars, result))
      const closes = bars.time.map(ms => ms + bars.barMs)
      const lengths = result.trades.map(({ entryBar, exitBar }) => closes[exitBar]! - closes[entryBar]!)
      expect(named['Max. Trade Duration']).toBe(Math.max(...lengths))
      const average = lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length
      expect(average % bars.barMs).not.toBe(0)
      expect(named['Avg. Trade Duration']).toBeCloseTo(average, 6)
      const { lengthMs } = drawdowns(bars.time, result.equity)
      expect(named['Max. Drawdown Duration']).toBe(Math.max(...lengthMs))
      expect(named['Avg. Drawdown Duration']).toBeCloseTo(lengthMs.reduce((a, b) => a + b, 0) / lengthMs.length, 6)
    }
  })

  it('counts a bar once in the exposure, however many positions are open', () => {
    const many = backtest(market, detectSfp(market, pivotLevels(market, 4), { minMove: 0 }), {
      maxOpen: 5,
      maxBars: 30,
    })
    const held = new Uint8Array(market.length)
    for (const { entryBar, exitBar } of many.trades) held.fill(1, entryBar, exitBar + 1)
    const share = (100 * held.reduce((sum, value) => sum + value, 0)) / market.length
    expect(performance(market, many).exposurePct).toBeCloseTo(share, 9)
  })
})

describe('intervals', () => {
  it('contain the value, are reproducible, and are wider where values are correlated', () => {
    const { intervals, winRate, sharpe } = statistics(market, study)
    expect(intervals.winRate.mean).toBeCloseTo(winRate, 9)
    expect(intervals.sharpe.mean).toBeCloseTo(sharpe, 9)
    expect(intervals.winRate.low).toBeLessThan(winRate)
    expect(intervals.winRate.high).toBeGreaterThan(winRate)
    expect(statistics(market, study).intervals).toEqual(intervals)
    const rng = random(1)
    const runs = Float64Array.from({ length: 400 }, () => 0)
    for (let i = 1; i < 400; i++) runs[i] = 0.9 * runs[i - 1]! + rng.normal()
    const average = (indices: Uint32Array) => ({ mean: indices.reduce((sum, i) => sum + runs[i]!, 0) / indices.length })
    const width = (block: number) => {
      const { low, high } = bootstrap(400, average, { block }).mean
      return high - low
    }
    expect(width(20)).toBeGreaterThan(2 * width(1))
  })
})

/** A backtest with trades of these results in R, each with the risk of `risks` (fraction of the entry), one a day. */
function backtestOf(r: readonly number[], risks: readonly number[] = r.map(() => 0.01), sizes = r.map(() => 1)) {
  const trades = r.map((value, i) => {
    const size = sizes[i]!
    const net = value * risks[i]! * 100 * size
    return {
      ...study.trades[0]!,
      entryBar: 24 * i,
      exitBar: 24 * i + 1,
      entry: 100,
      size,
      net,
      gross: net,
      fees: 0,
      r: value,
    }
  })
  return { ...study, trades }
}
/** Without placebos there is nothing to say about them. */
const noPlacebo = comparePlacebos(market, [], [])
const lines = (r: readonly number[], risks?: readonly number[], sizes?: number[]) => {
  const summary = studySummary(market, statistics(market, backtestOf(r, risks, sizes)), noPlacebo, 'title', [], '')
  const rows = Object.fromEntries(summary.groups.flatMap(({ rows }) => rows))
  return { rows, notes: summary.notes, text: summaryText(summary) }
}
/** Wins of 2 R among losses of 1 R, in an order without dependence. */
const wins = (won: number, lost: number) => {
  const order = Array.from({ length: won + lost }, (_, i) => i)
  const rng = random(2)
  return order
    .map(i => ({ r: i < won ? 2 : -1, at: rng.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ r }) => r)
}

describe('intervals of few trades', () => {
  it('are not given below ten trades, also not for daily figures', () => {
    const { rows } = lines([2, 2, -1, 2, 2, -1, 2, 2, 2])
    for (const name of [
      'Win rate, %',
      'Mean R, net',
      'Expectancy, %',
      'Profit factor, net',
      'Annual return, %',
      'Sharpe ratio',
    ])
      expect(rows[name]).toMatch(/^[−\d.]+ {2}\(too few trades for an interval\)$/)
    expect(lines(wins(4, 6)).rows['Mean R, net']).toMatch(/^0.200 {2}\(−\d\.\d{3} to \d\.\d{3}; may be 0\)$/)
  })

  it('are not given where the trades do not vary, or where many resamples would not', () => {
    expect(lines(Array(12).fill(1.977)).rows['Mean R, net']).toBe('1.977  (too few wins or losses for an interval)')
    // 0.9¹¹ = 31 % of the resamples have no winner.
    expect(lines([9, ...Array(10).fill(-1)]).rows['Mean R, net']).toBe(
      '−0.091  (too few wins or losses for an interval)',
    )
  })

  it('of the profit factor are infinite above where resamples have no loss', () => {
    const { profitFactor } = statistics(market, backtestOf(wins(11, 2))).intervals
    expect(profitFactor.high).toBe(Infinity)
    expect(profitFactor.low).toBeGreaterThan(1)
    expect(lines(wins(11, 2)).rows['Profit factor, net']).toMatch(
      /^11.000 {2}\([\d.]+ to ∞: resamples without a loss\)$/,
    )
    expect(statistics(market, backtestOf(wins(30, 30))).intervals.profitFactor.high).toBeLessThan(20)
    expect(statistics(market, backtestOf(wins(12, 0))).intervals.profitFactor).toEqual({
      mean: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
    })
  })

  it('of the win rate stay between 0 and 100 %', () => {
    const { winRate } = statistics(market, backtestOf(wins(5, 20))).intervals
    expect(winRate.low).toBe(0)
    expect(winRate.high).toBeLessThan(60)
  })

  it('come with a sentence where R, profit factor and USD have opposite signs', () => {
    const even = lines(wins(10, 10))
    expect(even.text).not.toContain('weighs all the same')
    expect(even.text).not.toContain('Mean R is')
    // Losers have a near stop: 1 R is less there.
    const r = [...Array(10).fill(1), ...Array(12).fill(-1)] as number[]
    const disagreeing = lines(
      r,
      r.map(value => (value > 0 ? 0.02 : 0.005)),
    )
    expect(disagreeing.text).toContain('Mean R is below 0 and the profit factor above 1: R divides each result by')
    const sized = lines(
      wins(10, 10),
      undefined,
      wins(10, 10).map(value => (value > 0 ? 1 : 5)),
    )
    expect(sized.text).toContain('The net result in USD and the expectancy have opposite signs')
  })
})

describe('what the mean R proves', () => {
  it('is said beside it: nothing below ten trades, nothing where the interval holds 0', () => {
    const few = statistics(market, backtestOf([2, 2, 2]))
    expect(studySummary(market, few, noPlacebo, 'title', [], '').notes).toEqual([
      '3 trades cannot tell a mean R of 2.000 from chance.',
      expect.stringContaining(
        'This market is synthetic. Unless effects were planted in it, no level influences its price',
      ),
    ])
    const real = { ...market, synthetic: false }
    expect(studySummary(real, statistics(real, backtestOf(wins(4, 6))), noPlacebo, 'title', [], '').notes).toEqual([
      'Chance alone gives a mean R like this one: its interval holds 0, so 10 trades show neither a profit nor a loss.',
    ])
    expect(studySummary(real, statistics(real, backtestOf(wins(60, 20))), noPlacebo, 'title', [], '').notes).toEqual([])
    expect(studySummary(real, statistics(real, backtestOf([])), noPlacebo, 'title', [], '').notes).toEqual([])
  })
})

describe('the table of trades', () => {
  it('has what each trade is, and where its level was', () => {
    const rows = tradeTable(market, study.trades).objects() as Record<string, unknown>[]
    expect(rows).toHaveLength(study.trades.length)
    for (const [i, trade] of study.trades.entries()) {
      const {
        side,
        entry,
        exit,
        stop,
        target,
        size,
        reason,
        r,
        net,
        gross,
        fees,
        funding,
        mae,
        mfe,
        ambiguous,
        signal,
      } = trade
      expect(rows[i]).toMatchObject({
        side,
        entry,
        exit,
        stop,
        target,
        size,
        reason,
        r,
        net,
        gross,
        fees,
        funding,
        mae,
        mfe,
        ambiguous,
      })
      expect(rows[i]).toMatchObject({
        entryTime: new Date(market.time[trade.entryBar]!),
        exitTime: new Date(market.time[trade.exitBar]!),
        returnPct: (100 * net) / (entry * size),
        bars: trade.exitBar - trade.entryBar + 1,
        exits: trade.exits.length,
        ...{ levelInner: signal.level.inner, levelOuter: signal.level.outer, extreme: signal.extreme },
        ...{ strength: signal.level.strength, convergence: signal.level.convergence, signalBar: signal.bar },
      })
    }
  })
})

describe('splits', () => {
  it('contain every trade once, for each criterion', () => {
    for (const by of SPLITS) {
      const rows = splitTable(market, study.trades, by).objects() as { trades: number; net: number }[]
      expect(rows.reduce((sum, row) => sum + row.trades, 0)).toBe(study.trades.length)
      expect(rows.reduce((sum, row) => sum + row.net, 0)).toBeCloseTo(
        study.trades.reduce((sum, trade) => sum + trade.net, 0),
        6,
      )
    }
    expect(splitTable(market, study.trades, 'side').array('side')).toEqual(['long', 'short'])
    for (const row of splitTable(market, study.trades, 'side').objects() as Record<string, number | string>[]) {
      const trades = study.trades.filter(trade => trade.side === row.side)
      const average = (value: (trade: (typeof trades)[number]) => number) =>
        trades.reduce((sum, trade) => sum + value(trade), 0) / trades.length
      const returns = trades.map(trade => trade.net / (trade.entry * trade.size))
      const total = (sign: number) =>
        returns.filter(each => each * sign > 0).reduce((sum, each) => sum + sign * each, 0)
      expect(row.winRate).toBeCloseTo(100 * average(trade => Number(trade.net > 0)), 10)
      expect(row.profitFactor).toBeCloseTo(total(1) / total(-1), 10)
      expect(row.expectancy).toBeCloseTo(100 * average(trade => trade.net / (trade.entry * trade.size)), 10)
      expect(row.averageR).toBeCloseTo(
        average(trade => trade.r),
        10,
      )
      expect(row.bars).toBeCloseTo(
        average(trade => trade.exitBar - trade.entryBar + 1),
        10,
      )
    }
    expect(() => splitTable(market, study.trades, 'moon' as 'side')).toThrow(
      /^study.by: split: "moon", but expected side, reason/,
    )
  })
})

describe('liq.sfp', () => {
  it('takes levels by name, their placebos, and combinations', () => {
    const count = (levels: Levels) => sfp(market, { levels, minMove: 0 }).signals.length
    for (const levels of ['pivots', 'previousDay', 'previousWeek', 'round'] as const)
      expect(count(levels)).toBeGreaterThan(5)
    for (const placebo of ['mirrored', 'shifted', 'random'] as const)
      expect(resolveLevels(market, { placebo, of: 'pivots' }, {}).source.name).toMatch(/mirror|shifted|random/)
    expect(count({ map: { halfLife: '3d' } })).toBe(count(liquidationMap(market, { halfLife: '3d' })))
    expect(count({ map: {}, timeframes: ['4h'] })).toBe(count(liquidationMap(resample(market, 4 * market.barMs))))
    expect(() => count({ map: { halfLive: 1 } as object })).toThrow(/^liq.sfp: levels: halfLive/)
    expect(count(['pivots', 'round'])).toBeGreaterThanOrEqual(count('pivots'))
    expect(() => count('moons' as 'pivots')).toThrow(/levels: "moons", but expected a heatmap, pivots, previousDay/)
    expect(() => count({ placebo: 'x' as 'random', of: 'pivots' })).toThrow(/placebo: "x"/)
  })

  it('shows orders, splits and statistics of a study as tables', () => {
    const signals = sfp(market, { levels: 'pivots', leftBars: 4, minMove: 0, target: { r: 1.5 } })
    const result = signals.backtest({ size: { risk: 0.01 } })
    expect(result.options.targets).toEqual([{ r: 1.5 }])
    expect(result.orderTable().numRows()).toBe(2 * result.trades.length)
    expect(result.by('reason').numRows()).toBe(Object.keys(result.statistics.byReason).length)
    expect(result.statisticsTable().numRows()).toBe(32)
    expect(signals.table().numRows()).toBe(signals.signals.length)
    expect(signals.misses().columnNames()).toContain('condition')
    expect(result.summary.text).toContain('1 % of the equity at risk per trade')
    expect(result.histogram().figure.data).toHaveLength(2)
  })
})

/** Rules of detector and backtest where a price exactly meets its limit, and where a limit must be known before. */
import { describe, expect, it } from 'vitest'
import { DAY } from '../../src/common/duration.ts'
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { binanceMargin } from '../../src/liquidation/margin/margin-models.ts'
import { createMarket } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { performance } from '../../src/sfp/statistics/performance.ts'
import { marketOf } from '../market/fixtures.ts'
import { createLevel, createSignal, FREE, fixedLevels, LOOSE, QUIET, SWEEP, tradeSignals } from './helpers.ts'

describe('stop and target', () => {
  // Entry at 100, stop at 95, target at 110.
  it('fill at their exact touch, a target only beyond it with `through`', () => {
    const touched = [[100, 110, 99, 105]]
    expect(tradeSignals(touched).trades[0]).toMatchObject({ reason: 'target', exit: 110 })
    expect(tradeSignals(touched, { fill: 'through' }).trades[0]).toMatchObject({ reason: 'end', exit: 105 })
    expect(tradeSignals([[100, 110.01, 99, 105]], { fill: 'through' }).trades[0]).toMatchObject({
      reason: 'target',
      exit: 110,
    })
    expect(tradeSignals([[100, 104, 95, 103]]).trades[0]).toMatchObject({ reason: 'stop', exit: 95 })
    expect(tradeSignals([[100, 104, 95, 103]], { fill: 'through' }).trades[0]).toMatchObject({ reason: 'stop' })
    expect(tradeSignals([[100, 104, 95.01, 103]]).trades[0]).toMatchObject({ reason: 'end' })
    // A bar that opens at the stop exits there, whatever it reaches later and whatever is assumed of its order.
    const opened = [
      [100, 104, 96, 97],
      [95, 112, 95, 111],
    ]
    for (const intrabar of ['pessimistic', 'optimistic'] as const)
      expect(tradeSignals(opened, { intrabar }).trades[0]).toMatchObject({ reason: 'stop', exit: 95, ambiguous: false })
    const short = [createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })]
    expect(tradeSignals([[100, 101, 90, 95]], {}, short).trades[0]).toMatchObject({ reason: 'target', exit: 90 })
    expect(tradeSignals([[100, 101, 90, 95]], { fill: 'through' }, short).trades[0]).toMatchObject({ reason: 'end' })
  })
})

describe('the risk of an entry', () => {
  it('is above 0, and at least minRisk', () => {
    const open = (price: number, minRisk: number) =>
      tradeSignals([[price, price + 1, price - 1, price]], { minRisk }).trades.length
    // The stop is at 95, and half of the ATR of 6 is 3.
    expect([open(95, 0), open(95.01, 0)]).toEqual([0, 1])
    expect([open(97.99, 0.5), open(98, 0.5)]).toEqual([0, 1])
  })
})

describe('a limit order that a bar opens exactly at', () => {
  it('is taken at once as a taker, and later as a resting order', () => {
    const costs: BacktestOptions = { entry: 'limit', makerFee: 0, takerFee: 0.001, slippageBps: 10, target: false }
    const short = createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })
    for (const [signal, limit, slipped] of [
      [createSignal(), 98, 98 * 1.001],
      [short, 102, 102 * 0.999],
    ] as const) {
      const bar = [limit, limit + 1, limit - 1, limit]
      const [first] = tradeSignals([bar], costs, [signal]).trades
      expect(first!.entry).toBeCloseTo(slipped, 9)
      const [later] = tradeSignals([[100, 100.5, 99.5, 100], bar], costs, [signal]).trades
      expect(later!.entry).toBe(limit)
    }
  })
})

describe('the liquidation price', () => {
  it('is reached by a price that equals it, in a bar or at its open', () => {
    const margin = binanceMargin('BTC/USDT:USDT')
    const price = liquidationPrice({ side: 'long', entry: 100, size: 100, leverage: 50, margin })
    const reason = (row: number[], options: BacktestOptions = {}) =>
      tradeSignals([QUIET, row], { leverage: 50, ...options }).trades[0]!.reason
    expect(reason([100, 101, price, 100])).toBe('liquidation')
    expect(reason([100, 101, price + 1e-9, 100])).toBe('end')
    // After the open nothing is left that could reach the target.
    expect(reason([price, 120, price, 119], { intrabar: 'optimistic' })).toBe('liquidation')
  })
})

describe('a target at a level', () => {
  it('is farther than minR times the risk, not exactly that', () => {
    const target = (opposite: number) =>
      tradeSignals([QUIET], { target: { opposite: true, minR: 1, elseR: 3 } }, [createSignal(0, { opposite })])
        .trades[0]!.target
    // The risk is 5.
    expect([target(105), target(105.5), target(107)]).toEqual([115, 105.5, 107])
  })
})

describe('a trailing stop', () => {
  it('is one only when it is nearer than the stop at the entry', () => {
    const reason = (close: number) =>
      tradeSignals(
        [
          [100, 103, 99, close],
          [96, 97, 94, 95],
        ],
        { trailingStop: { r: 1 }, target: false },
      ).trades[0]!.reason
    expect([reason(100), reason(100.5)]).toEqual(['stop', 'trailing stop'])
  })
})

describe('a trend exit', () => {
  // The level is 98, the ATR 6 after a bar whose range is 6.
  const signals = [createSignal(0, { extreme: 80 })]
  const reason = (close: number, next = [95, 96, 94, 95]) =>
    tradeSignals([[100, 100, 94, close], next], { trendExit: 0.5, target: false }, signals).trades[0]!.reason

  it('needs a close more than that far beyond the level', () => {
    expect(reason(95)).toBe('end')
    expect(reason(94.9)).toBe('trend')
  })

  it('with an impulse needs a body of at least that, and without one none', () => {
    const trend = (row: number[], impulse: number, next = [95, 96, 94, 95], maxBars = Infinity) =>
      tradeSignals([row, next], { trendExit: { beyond: 0.5, impulse }, target: false, maxBars }, signals).trades[0]!
    // A body of 3 is half of the ATR of 6.
    const fallen = [97, 100, 94, 94]
    expect([trend(fallen, 0.5).reason, trend(fallen, 0.51).reason]).toEqual(['trend', 'end'])
    const risen = [94, 100, 94, 94.5]
    expect([trend(risen, 0).reason, trend(risen, 0.01).reason]).toEqual(['trend', 'end'])
    // Where other exits are due at the same open, the position still has one: the stop comes first, the time last.
    expect(trend(fallen, 0, [79, 80, 78, 79])).toMatchObject({ reason: 'stop', exits: { length: 1 } })
    expect(trend(fallen, 0, [95, 96, 94, 95], 1)).toMatchObject({ reason: 'trend', exits: { length: 1 } })
  })

  it('takes the ATR known before the open of the exit, not that of its bar', () => {
    // The ATR with the range of 60 of the exit bar is 9.86, half of which is more than the 4 beyond the level.
    expect(reason(94, [95, 150, 90, 95])).toBe('trend')
  })
})

describe('the detector', () => {
  it('ends a sweep at a close more than `invalidation` beyond the level, not at exactly that', () => {
    const levels = fixedLevels(createLevel('high', 101))
    // The ATR is 2 throughout, and the sweeping bar closes half of it beyond the level.
    const rows = [QUIET, QUIET, [100, 102, 100, 102], [101, 102, 100, 100.5]]
    const signals = (invalidation: number) =>
      detectSfp(marketOf(rows), levels, { ...LOOSE, reclaimWithin: 1, invalidation }).length
    expect(signals(0.5)).toBe(1)
    expect(signals(0.49)).toBe(0)
  })

  it('compares the close before the sweep with an average that ends there', () => {
    // Closes of 103, 101 and 100 before the sweep: a falling trend. With the sweeping bar's close of 90 it would be a rising one.
    const rows = [
      [103, 104, 102, 103],
      [103, 103, 101, 101],
      [101, 101, 100, 100],
      [100, 106, 89, 90],
    ]
    const signals = (trend: 'with' | 'against') =>
      detectSfp(marketOf(rows), fixedLevels(createLevel('high', 105)), { ...LOOSE, trend, trendPeriod: 3 }).length
    expect([signals('with'), signals('against')]).toEqual([1, 0])
  })
})

describe('sizes while other positions are open', () => {
  const rows = [SWEEP, [100, 101, 99, 100], [100, 101, 99, 100], [100, 101, 99, 100]]
  const sizes = (size: object, leverage?: number) =>
    backtest(marketOf(rows), [createSignal(0), createSignal(1), createSignal(2)], {
      ...FREE,
      target: false,
      maxOpen: 3,
      size: size as never,
      ...(leverage && { leverage }),
    }).trades.map(trade => trade.size)

  it('a fraction is of the equity that backs no other position', () => {
    for (const [i, expected] of [50, 25, 12.5].entries()) expect(sizes({ fraction: 0.5 })[i]).toBeCloseTo(expected, 9)
    // At 10x each position ties up a tenth of its notional: 5,000, then half of 9,500.
    const leveraged = sizes({ fraction: 0.5 }, 10)
    expect(leveraged[0]).toBeCloseTo(50, 9)
    expect(leveraged[1]).toBeCloseTo(47.5, 9)
  })

  it('the notional of all together stays below the maximum', () => {
    // 1 % of 10,000 at a risk of 5: 20 coins, 2,000 USD. Of 4,500 USD the third position gets what is left.
    const coins = sizes({ risk: 0.01, maxFraction: 0.45 })
    for (const [i, expected] of [20, 20, 5].entries()) expect(coins[i]).toBeCloseTo(expected, 9)
    // Where nothing is left the signal is rejected.
    expect(sizes({ risk: 0.01, maxFraction: 0.2 })).toHaveLength(1)
  })
})

it('Sortino’s ratio divides by the root of the mean square of the losses over all days', () => {
  const returns = [0.01, -0.02, 0.03, 0, -0.01, 0.02, 0.01]
  const rows = Array.from({ length: 8 }, () => QUIET)
  const hours = marketOf(rows)
  const time = Float64Array.from(rows, (_, t) => Date.UTC(2024, 0, 1) + t * DAY)
  const market = createMarket({ ...hours, time }, { symbol: 'X', source: 'test', barMs: DAY })
  const equity = Float64Array.from(rows, (_, t) => returns.slice(0, t).reduce((value, r) => value * (1 + r), 10_000))
  const { sortino } = performance(market, { ...backtest(market, []), equity })
  const daily = returns.reduce((product, r) => product * (1 + r), 1) ** (1 / 7) - 1
  const downside = Math.sqrt((0.02 ** 2 + 0.01 ** 2) / 7)
  expect(sortino).toBeCloseTo(((1 + daily) ** 365 - 1) / (downside * Math.sqrt(365)), 9)
})

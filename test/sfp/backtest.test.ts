import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { drawdowns } from '../../src/sfp/statistics/equity.ts'
import { statistics } from '../../src/sfp/statistics/statistics.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { createSignal, FREE, SWEEP, tradeSignals } from './helpers.ts'

describe('backtest', () => {
  it('takes the target', () => {
    const { trades } = tradeSignals([
      [100, 104, 99, 103],
      [103, 111, 102, 108],
    ])
    expect(trades[0]).toMatchObject({
      entryBar: 1,
      exitBar: 2,
      entry: 100,
      stop: 95,
      target: 110,
      exit: 110,
      reason: 'target',
      r: 2,
    })
    expect(trades[0]!.net).toBeCloseTo(1000, 9)
  })

  it('takes the stop, in the entry bar too', () => {
    expect(tradeSignals([[100, 104, 94, 96]]).trades[0]).toMatchObject({
      exitBar: 1,
      exit: 95,
      reason: 'stop',
      r: -1,
      ambiguous: false,
    })
  })

  it('takes the stop first when both are in one bar and flags the trade; the target only if optimistic', () => {
    const both = [[100, 112, 94, 100]]
    expect(tradeSignals(both).trades[0]).toMatchObject({ reason: 'stop', exit: 95, ambiguous: true })
    expect(tradeSignals(both, { intrabar: 'optimistic' }).trades[0]).toMatchObject({
      reason: 'target',
      exit: 110,
      ambiguous: true,
    })
  })

  it('fills at the open when a bar opens beyond stop or target', () => {
    expect(
      tradeSignals([
        [100, 101, 99, 100],
        [93, 96, 90, 95],
      ]).trades[0],
    ).toMatchObject({ exit: 93, reason: 'stop' })
    expect(
      tradeSignals([
        [100, 101, 99, 100],
        [115, 120, 90, 95],
      ]).trades[0],
    ).toMatchObject({ exit: 115, reason: 'target' })
  })

  it('rejects a signal whose next bar opens at or behind the stop, on either side, and counts it', () => {
    const none = { trades: [], rejected: { stop: 1 } }
    expect(tradeSignals([[94, 96, 90, 95]])).toMatchObject(none)
    expect(tradeSignals([[95, 111, 94, 110]])).toMatchObject(none)
    const market = marketOf([SWEEP, [106, 107, 100, 101]])
    expect(backtest(market, [createSignal(0, { side: 'short', extreme: 105 })], FREE)).toMatchObject(none)
    expect(tradeSignals([[94, 96, 90, 95]], { minRisk: 0 })).toMatchObject(none)
  })

  it('rejects a signal with less risk than minRisk, as its result in R would outweigh all others', () => {
    // The ATR of the signal bar is 6: 0.05 of it is 0.3 above the stop at 95.
    const nearStop = [95.001, 108, 95.0005, 107]
    expect(tradeSignals([nearStop])).toMatchObject({ trades: [], rejected: { stop: 1 } })
    const target = { percent: 10 }
    expect(tradeSignals([nearStop], { minRisk: 0, target }).trades[0]!.r).toBeGreaterThan(1_000)
    expect(tradeSignals([[95.29, 108, 95.2, 107]]).trades).toEqual([])
    expect(tradeSignals([[95.31, 108, 95.2, 107]])).toMatchObject({ trades: [{ entry: 95.31 }], rejected: { stop: 0 } })
    expect(tradeSignals([[95.31, 108, 95.2, 107]], { minRisk: 0.06 }).trades).toEqual([])
  })

  it('does not count a rejected signal towards maxOpen', () => {
    const rows = [SWEEP, [94, 104, 93, 100], [100, 111, 99, 110]]
    const { trades, skipped } = backtest(marketOf(rows), [createSignal(0), createSignal(1)], FREE)
    expect({ entries: trades.map(trade => trade.entryBar), skipped }).toEqual({ entries: [2], skipped: 0 })
  })

  it('exits at the next open after a close that far beyond the level that it is a trend', () => {
    const rows = [
      [100, 101, 95.5, 95.6],
      [96, 97, 95.5, 96],
    ]
    expect(tradeSignals(rows, { trendExit: 0.25 }).trades[0]).toMatchObject({ reason: 'trend', exitBar: 2, exit: 96 })
    expect(tradeSignals(rows, { trendExit: 5 }).trades[0]).toMatchObject({ reason: 'end' })
  })

  it('exits after maxBars, and at the last bar', () => {
    const rows = Array.from({ length: 5 }, () => [100, 101, 99, 100.5])
    expect(tradeSignals(rows, { maxBars: 3 }).trades[0]).toMatchObject({ reason: 'time', exitBar: 4, exit: 100 })
    expect(tradeSignals(rows).trades[0]).toMatchObject({ reason: 'end', exitBar: 5, exit: 100.5 })
  })

  it('charges fees and slippage on every fill, but no slippage on a target', () => {
    const { trades } = tradeSignals(
      [
        [100, 104, 99, 103],
        [103, 120, 102, 108],
      ],
      { takerFee: 0.001, slippageBps: 10 },
    )
    const [trade] = trades
    const size = 10_000 / 100.1
    expect(trade!.entry).toBeCloseTo(100.1, 9)
    expect(trade!.exit).toBeCloseTo(100.1 + 2 * 5.1, 9)
    expect(trade!.fees).toBeCloseTo(0.001 * size * (100.1 + 110.3), 9)
    expect(trade!.net).toBeCloseTo(size * 10.2 - trade!.fees, 9)
    const stopped = tradeSignals([[100, 104, 94, 96]], { slippageBps: 10 }).trades[0]!
    expect(stopped.exit).toBeCloseTo(95 * 0.999, 9)
  })

  it('pays funding at the opens after the entry bar', () => {
    const rows = [SWEEP, [100, 101, 99, 100], [102, 103, 101, 102], [102, 103, 101, 102]]
    const market = marketOf(rows, { fundingRate: Float64Array.of(0, 0.01, 0.001, Number.NaN) })
    const [trade] = backtest(market, [createSignal()], FREE).trades
    expect(trade!.funding).toBeCloseTo(0.001 * 100 * 102, 9)
    expect(trade!.net).toBeCloseTo(trade!.gross - trade!.funding, 9)
  })

  it('holds one position at a time, counts skipped signals, and may trade again from the exit bar’s close', () => {
    const rows = [SWEEP, [100, 101, 99, 100], [100, 101, 94, 96], [96, 111, 95.5, 111]]
    const { trades, skipped } = backtest(marketOf(rows), [createSignal(0), createSignal(1), createSignal(2)], FREE)
    expect(trades.map(trade => [trade.entryBar, trade.exitBar])).toEqual([
      [1, 2],
      [3, 3],
    ])
    expect(skipped).toBe(1)
  })

  it('ends trading when the equity is lost, and reports it', () => {
    const rows = [SWEEP, [100, 101, 94, 96], [100, 101, 99, 100], [100, 111, 99, 110]]
    const lost = backtest(marketOf(rows), [createSignal(0), createSignal(1), createSignal(2)], { ...FREE, equity: 400 })
    expect(lost.trades.length).toBe(1)
    expect(lost.ruined).toBe(1)
    expect(statistics(marketOf(rows), lost).ruined).toBe(true)
    expect(backtest(marketOf(rows), [createSignal(0), createSignal(2)], FREE)).toMatchObject({
      ruined: -1,
      trades: { length: 2 },
    })
  })

  it('ends the equity at its start plus the net of all trades, and marks an open position to the close', () => {
    const { equity, trades } = tradeSignals([
      [100, 104, 99, 103],
      [103, 111, 102, 108],
      [108, 109, 107, 108],
    ])
    expect([...equity]).toEqual([10_000, 10_300, 11_000, 11_000])
    expect(equity.at(-1)! - 10_000).toBeCloseTo(trades[0]!.net, 9)
  })

  it('changes no closed trade when the data continues (prefix invariance)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 30, max: 399 }), (seed, cut) => {
        const whole = simulateMarket({ seed, bars: 400, volatility: 1.5 })
        const part = prefix(whole, cut)
        const trades = (market: Market) =>
          backtest(market, detectSfp(market, pivotLevels(market, 4), { minMove: 0 }), { maxBars: 30 }).trades
        const ended = trades(part).filter(trade => trade.reason !== 'end')
        const same = trades(whole).slice(0, ended.length)
        expect(same).toEqual(ended)
      }),
      { numRuns: 30 },
    )
  })

  it('refuses options that are out of range', () => {
    for (const [options, message] of [
      [{ target: { r: 0 } }, /target.r: 0/],
      [{ takerFee: 5 }, /takerFee: 5/],
      [{ slippageBps: -1 }, /slippageBps: -1/],
      [
        { intrabar: 'maybe' as 'pessimistic' },
        /^liq.backtest: intrabar: "maybe", but expected pessimistic or optimistic$/,
      ],
      [{ notional: 0 }, /notional: 0/],
      [{ equity: -5 }, /equity: -5/],
      [{ minRisk: -1 }, /minRisk: -1/],
      [{ minRisk: Number.NaN }, /minRisk: NaN/],
    ] as [BacktestOptions, RegExp][])
      expect(() => tradeSignals([], options)).toThrow(message)
  })

  it('refuses what is no list of signals, and statistics what is no backtest', () => {
    const market = marketOf([SWEEP, SWEEP])
    for (const signals of [null, {}, 'signals', [null], [createSignal(), undefined]])
      expect(() => backtest(market, signals as never)).toThrow(
        /^liq.backtest: signals: .*, but expected a list of signals, as liq.sfp finds them$/,
      )
    for (const wrong of [null, 5, {}, { trades: [] }, { equity: new Float64Array(2) }, { trades: [], equity: [] }])
      expect(() => statistics(market, wrong as never)).toThrow(
        /^liq.statistics expects a backtest, as liq.backtest returns it, but got /,
      )
  })
})

describe('statistics', () => {
  const rows = [SWEEP, [100, 111, 99, 110], [100, 101, 99, 100], [100, 101, 94, 96], [96, 97, 95.5, 96]]
  const market = marketOf(rows)
  const study = backtest(market, [createSignal(0), createSignal(1)], FREE)

  it('are right for a gain of 10 % and a loss of 5 %', () => {
    const all = statistics(market, study)
    expect(all).toMatchObject({ trades: 2, longs: 2, winRate: 50, byReason: { target: 1, stop: 1 }, skipped: 0 })
    expect(all.profitFactor).toBeCloseTo(2, 9)
    expect(all.expectancy).toBeCloseTo(2.5, 9)
    expect(all.meanR.mean).toBeCloseTo(0.5, 9)
    expect(all.net).toBeCloseTo(500, 9)
    expect(all.returnPct).toBeCloseTo(5, 9)
    expect(all.maxDrawdownPct).toBeCloseTo(100 * (500 / 11_000), 9)
    expect(all.exposurePct).toBeCloseTo(60, 9)
    expect(all.buyHoldPct).toBeCloseTo(-4, 9)
  })

  it('are NaN without trades, and do not throw', () => {
    const none = statistics(market, backtest(market, [], FREE))
    expect(none).toMatchObject({ trades: 0, winRate: Number.NaN, profitFactor: Number.NaN, net: 0, maxDrawdownPct: 0 })
  })

  it('measure the maximum drawdown from the highest peak', () => {
    const maxDrawdown = (...equity: number[]) =>
      drawdowns(Float64Array.from(equity.keys()), Float64Array.from(equity)).max
    expect(maxDrawdown(100, 120, 90, 130, 110)).toBeCloseTo(0.25, 12)
    expect(maxDrawdown()).toBe(0)
  })
})

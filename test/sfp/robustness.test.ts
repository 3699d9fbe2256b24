/** The table of the same strategy under small changes. */
import { describe, expect, it } from 'vitest'
import { liq, type Market } from '../../src/liqnb.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { randomLevels } from '../../src/sfp/levels/placebo.ts'
import { robustnessRows } from '../../src/sfp/robustness.ts'
import { placeboSignals } from '../../src/sfp/strategy.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'
import { createLevel, FREE, fixedLevels, LOOSE, QUIET } from './helpers.ts'

const market = simulateMarket({ seed: 21, bars: 3000, timeframe: '1h' })
const options = { levels: 'pivots', minMove: 0.5, target: { r: 1.5 } } as const
const costs = { takerFee: 0.0002, slippageBps: 1 }
const sfp = liq.sfp(market, options)
const study = sfp.backtest(costs)
const meanOf = (trades: readonly { r: number }[]) => trades.reduce((sum, { r }) => sum + r, 0) / trades.length

describe('study.robustness', () => {
  const result = study.robustness({ placebos: 3, venues: { other: simulateMarket({ seed: 22, bars: 2000 }) } })
  const row = (change: string) => {
    const found = result.rows.find(one => one.change === change)
    expect(found, change).toBeDefined()
    return found!
  }
  /** A row is that of a study made by hand. */
  const isThat = (change: string, { trades }: { trades: readonly { r: number }[] }) => {
    expect(row(change).trades, change).toBe(trades.length)
    expect(row(change).meanR, change).toBeCloseTo(meanOf(trades), 12)
  }

  it('has at least 20 changes, beside the placebos and the study as it is', () => {
    expect(result.rows.filter(({ verdict }) => !/placebo|unchanged/.test(verdict)).length).toBeGreaterThanOrEqual(20)
    isThat('as it is', study)
    expect(row('as it is').verdict).toBe('unchanged')
    expect(new Set(result.rows.map(({ change }) => change)).size).toBe(result.rows.length)
  })

  it('runs each change as an option by hand would', () => {
    isThat('market orders one bar later', sfp.backtest({ ...costs, latency: 1 }))
    isThat('market orders two bars later', sfp.backtest({ ...costs, latency: 2 }))
    isThat('1 bp more slippage', sfp.backtest({ ...costs, slippageBps: 2 }))
    isThat('3 bp more slippage', sfp.backtest({ ...costs, slippageBps: 4 }))
    isThat('stop 2 bp farther', sfp.backtest({ ...costs, stopBuffer: 0.0007 }))
    isThat('stop 2 bp nearer', sfp.backtest({ ...costs, stopBuffer: 0.0003 }))
    isThat('targets 10 % nearer', sfp.backtest({ ...costs, target: { r: 1.35 } }))
    isThat('targets 10 % farther', sfp.backtest({ ...costs, target: { r: 1.65 } }))
    isThat('targets must be gone through', sfp.backtest({ ...costs, fill: 'through' }))
    isThat('the other order within a bar', sfp.backtest({ ...costs, intrabar: 'optimistic' }))
    isThat('sharpness 10 % less', liq.sfp(market, { ...options, minMove: 0.45 }).backtest(costs))
    isThat('sharpness 10 % more', liq.sfp(market, { ...options, minMove: 0.55 }).backtest(costs))
    const shifted = (byAtr: number) =>
      liq.sfp(market, { ...options, levels: { placebo: 'shifted', of: 'pivots', byAtr } }).backtest(costs)
    isThat('levels 0.05 ATR farther', shifted(0.05))
    isThat('levels 0.05 ATR nearer', shifted(-0.05))
    isThat(
      'placebo: mirrored levels',
      liq.sfp(market, { ...options, levels: { placebo: 'mirrored', of: 'pivots' } }).backtest(costs),
    )
    for (const seed of [1, 2, 3])
      isThat(
        `placebo: random levels, seed ${seed}`,
        liq.sfp(market, { ...options, levels: { placebo: 'random', of: 'pivots', seed } }).backtest(costs),
      )
    isThat('on other', liq.sfp(simulateMarket({ seed: 22, bars: 2000 }), options).backtest(costs))
  })

  it('takes parts of the data', () => {
    const part = (test: (bar: number, index: number, side: string) => boolean) =>
      backtest(
        market,
        sfp.signals.filter(({ bar, side }, index) => test(bar, index, side)),
        { ...costs, target: { r: 1.5 } },
      )
    isThat(
      'first half of the data',
      part(bar => bar < 1500),
    )
    isThat(
      'second half of the data',
      part(bar => bar >= 1500),
    )
    isThat(
      'every other signal, from the first',
      part((_, index) => index % 2 === 0),
    )
    isThat(
      'every other signal, from the second',
      part((_, index) => index % 2 === 1),
    )
    isThat(
      'longs only',
      part((_, __, side) => side === 'long'),
    )
    isThat(
      'shorts only',
      part((_, __, side) => side === 'short'),
    )
    const sorted = study.trades.map(({ r }) => r).sort((a, b) => b - a)
    const left = sorted.slice(Math.ceil(sorted.length / 20))
    expect(row('without the best 5 % of the trades')).toMatchObject({ trades: left.length })
    expect(row('without the best 5 % of the trades').meanR).toBeCloseTo(meanOf(left.map(r => ({ r }))), 12)
  })

  it('warns where the sign flips, and of placebos that do as well', () => {
    const base = meanOf(study.trades)
    for (const { change, meanR, verdict } of result.rows) {
      if (verdict === 'unchanged') continue
      if (change.startsWith('placebo'))
        expect(verdict).toBe(meanR >= base ? 'placebo does as well' : 'placebo does worse')
      else expect(verdict).toBe(meanR * base > 0 ? 'same sign' : 'sign flips')
    }
    const flips = result.rows.filter(({ verdict }) => verdict === 'sign flips')
    expect(flips.length).toBeGreaterThan(0)
    for (const { change } of flips) expect(result.warnings[0]).toContain(change)
    expect(result.table().numRows()).toBe(result.rows.length)
  })

  it('tells placebos that do as well from those that do not', () => {
    const round = liq.sfp(market, { levels: 'round', minMove: 0.3 }).backtest(costs)
    const base = meanOf(round.trades)
    const placebos = round.robustness({ placebos: 30 }).rows.filter(({ change }) => change.startsWith('placebo'))
    for (const { meanR, verdict } of placebos)
      expect(verdict).toBe(meanR >= base ? 'placebo does as well' : 'placebo does worse')
    expect(placebos.some(({ meanR }) => meanR >= base && meanR < base + 0.3)).toBe(true)
    expect(placebos.some(({ meanR }) => meanR < base)).toBe(true)
  })

  it('says when there is nothing to change, and refuses venues whose levels it cannot make', () => {
    const none = liq.sfp(market, { levels: 'pivots', minMove: 99 }).backtest().robustness()
    expect(none.warnings).toEqual(['There are no trades.'])
    const byMap = liq.sfp(market, { levels: liq.heatmap(market) }).backtest(costs)
    expect(() => byMap.robustness({ venues: { other: simulateMarket({ seed: 22, bars: 500 }) } })).toThrow(
      /^study.robustness: venues.other: .*but expected levels that can be made for any market/,
    )
    expect(() => study.robustness({ venues: { other: {} as Market } })).toThrow(/study.robustness/)
    expect(() => study.robustness({ placebos: -1 })).toThrow('study.robustness: placebos: -1, but expected')
  })
})

describe('changes of one trade by hand', () => {
  // A short from 100 with a risk of 7, as the sweep of 105 reached 107. It falls to `low` two bars later, and ends at 95.
  const rows = (low: number) => [
    ...[QUIET, QUIET, QUIET, QUIET],
    ...[
      [100, 107, 99, 101],
      [100, 101, 99, 100],
      [100, 101, low, 95],
      [95, 96, 94, 95],
    ],
  ]
  const rowsOf = (bars: number[][], options: BacktestOptions) => {
    const strategy = {
      market: marketOf(bars),
      source: fixedLevels(createLevel('high', 105)),
      detect: LOOSE,
      backtest: { ...FREE, ...options },
    }
    const found = robustnessRows(strategy, [], 0)
    return (change: string) => found.find(one => one.change === change)!
  }

  it('need a price beyond the target where a touch filled it', () => {
    const row = rowsOf(rows(93), { target: { r: 1 } })
    expect(row('as it is')).toMatchObject({ trades: 1, meanR: 1, verdict: 'unchanged' })
    expect(row('as it is').expectancy).toBeCloseTo(7, 9)
    expect(row('targets must be gone through').meanR).toBeCloseTo(5 / 7, 9)
  })

  it('turn the order within a bar around, from either', () => {
    const both = [...rows(99).slice(0, 6), QUIET, [100, 108, 90, 100]]
    const other = 'the other order within a bar'
    expect(rowsOf(both, { target: { r: 1 }, intrabar: 'optimistic' })(other)).toMatchObject({
      meanR: -1,
      verdict: 'sign flips',
    })
    expect(rowsOf(both, { target: { r: 1 }, intrabar: 'pessimistic' })(other)).toMatchObject({
      meanR: 1,
      verdict: 'sign flips',
    })
  })

  it('have no trades in the half and on the side where there is no signal', () => {
    const row = rowsOf(rows(93), { target: { r: 1 } })
    // Bar 4 of 8 is the first of the second half.
    for (const change of ['first half of the data', 'longs only'])
      expect(row(change)).toMatchObject({ trades: 0, meanR: Number.NaN, verdict: 'no trades' })
    for (const change of ['second half of the data', 'shorts only'])
      expect(row(change)).toMatchObject({ trades: 1, meanR: 1, verdict: 'same sign' })
  })

  it('move targets of every kind, but for those at levels and none', () => {
    const moved = (target: NonNullable<BacktestOptions['target']>) => {
      const row = rowsOf(rows(80), { target })
      return ['as it is', 'targets 10 % nearer', 'targets 10 % farther'].map(change => row(change).meanR)
    }
    const near = (...values: number[]) => values.map(value => expect.closeTo(value, 9))
    expect(moved({ percent: 4 })).toEqual(near(4 / 7, 3.6 / 7, 4.4 / 7))
    expect(moved({ r: 1 })).toEqual(near(1, 0.9, 1.1))
    expect(moved({ opposite: true, elseR: 1 })).toEqual(near(1, 0.9, 1.1))
    // 2 R by default where there is no level.
    expect(moved({ opposite: true })).toEqual(near(2, 1.8, 2.2))
    expect(moved([{ r: 1 }, { r: 2 }])).toEqual(near(1.5, 1.35, 1.65))
    expect(moved(false)).toEqual(near(5 / 7, 5 / 7, 5 / 7))
  })
})

it('placebos of a strategy are its signals at random levels, with seeds from 1 on', () => {
  const few = simulateMarket({ seed: 21, bars: 400, timeframe: '1h' })
  const strategy = { market: few, source: pivotLevels(few, 3), detect: LOOSE, backtest: {} }
  const expected = [1, 2, 3].map(seed => detectSfp(few, randomLevels(few, strategy.source, seed), LOOSE))
  expect(placeboSignals(strategy, 3)).toEqual(expected)
  expect(expected[0]!.length).toBeGreaterThan(5)
})

/** What a thread answers to a task. */
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { resample } from '../../../src/market/resample.ts'
import { toLevelColumns } from '../../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { packOutcomes } from '../../../src/sfp/search/packed-outcomes.ts'
import { METRICS, runVariant } from '../../../src/sfp/search/run-variant.ts'
import { sharedLevels, sharedMarket } from '../../../src/sfp/search/shared-market.ts'
import { TaskRunner } from '../../../src/sfp/search/task-runner.ts'
import type { WorkerTask } from '../../../src/sfp/search/worker-messages.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'

const lower = simulateMarket({ seed: 5, bars: 1600, timeframe: '15m', volatility: 1.5 })
const market = resample(lower, HOUR)
const levels = toLevelColumns(pivotLevels(market, 3), market)
const fewer = toLevelColumns(pivotLevels(market, 12), market)
const variants = [0, 0.5].map(minMove => ({ detect: { minMove }, backtest: { target: { r: 0.5 } } }))
const task: WorkerTask = {
  id: 7,
  market: sharedMarket(market),
  lowerTimeframe: null,
  levels: sharedLevels(levels),
  variants,
  keep: 'trades',
}

describe('a thread', () => {
  it('answers with the outcomes of the variants in their order, under the number of the task', () => {
    const alone = variants.map(options => runVariant(market, levels, options, 'trades'))
    expect(new TaskRunner().run(task)).toEqual({ id: 7, outcomes: packOutcomes(alone) })
    expect(alone[0]!.metrics[METRICS.indexOf('trades')]).toBeGreaterThan(alone[1]!.metrics[METRICS.indexOf('trades')]!)
  })

  it('looks into the bars of the lower timeframe where the task has them', () => {
    const within = variants.map(({ detect, backtest }) =>
      runVariant(market, levels, { detect, backtest: { ...backtest, lowerTimeframe: lower } }, 'figures'),
    )
    const runner = new TaskRunner()
    const inBars = { ...task, keep: 'figures', lowerTimeframe: sharedMarket(lower) } as const
    expect(runner.run(inBars)).toEqual({ id: 7, outcomes: packOutcomes(within) })
    // The next sweep may have none.
    const without = variants.map(options => runVariant(market, levels, options, 'figures'))
    expect(runner.run({ ...inBars, lowerTimeframe: null })).toEqual({ id: 7, outcomes: packOutcomes(without) })
    expect(within).not.toEqual(without)
  })

  it('keeps what it received under a number until another comes', () => {
    const runner = new TaskRunner()
    const first = runner.run(task)
    const other = sharedLevels(fewer)
    // The same number stands for the same memory, so it is not looked at again.
    expect(runner.run({ ...task, levels: { id: task.levels.id, value: other.value } })).toEqual(first)
    const changed = runner.run({ ...task, levels: other })
    expect(changed).toEqual(new TaskRunner().run({ ...task, levels: other }))
    expect(changed).not.toEqual(first)
    expect(runner.run(task)).toEqual(first)
  })

  it('answers with the error of a variant, by name and message', () => {
    const wrong = { ...task, variants: [{ detect: { minMove: -1 }, backtest: {} }] }
    expect(new TaskRunner().run(wrong)).toMatchObject({
      id: 7,
      error: { name: 'OptionError', message: expect.stringContaining('minMove: -1') },
    })
    const thrown = new Proxy(variants, {
      get() {
        throw 'no error object'
      },
    })
    expect(new TaskRunner().run({ ...task, variants: thrown })).toEqual({
      id: 7,
      error: { name: 'Error', message: 'no error object' },
    })
  })
})

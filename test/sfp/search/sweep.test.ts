import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sweep, walkForward } from '../../../src/api/sweep.ts'
import { backtest } from '../../../src/sfp/backtest.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { sweep as runSweep } from '../../../src/sfp/search/sweep.ts'
import { variantsOf } from '../../../src/sfp/search/variants.ts'
import { walkForward as walk } from '../../../src/sfp/search/walk-forward.ts'
import { performance } from '../../../src/sfp/statistics/performance.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { inCell } from '../../common/in-cell.ts'
import { FakeWorker, fakeThreads } from './fake-worker.ts'

const market = simulateMarket({ seed: 5, bars: 2000, timeframe: '1h', volatility: 1.5 })

/** Two threads. */
const workerFile = fakeThreads('sweep', new FakeWorker(), new FakeWorker())

describe('the variants of a space', () => {
  it('are all combinations, the last option varying fastest', () => {
    expect(variantsOf({ a: [1, 2], 'b.c': ['x', 'y', 'z'] }).map(variant => `${variant.a}${variant['b.c']}`)).toEqual([
      '1x',
      '1y',
      '1z',
      '2x',
      '2y',
      '2z',
    ])
  })

  it('can be drawn at random: without repeats from lists, within ranges, and the same for the same seed', () => {
    const space = { a: [1, 2, 3, 4], b: [1, 2, 3] }
    const drawn = variantsOf(space, { n: 8, seed: 3 })
    expect(new Set(drawn.map(variant => JSON.stringify(variant))).size).toBe(8)
    expect(variantsOf(space, { n: 8, seed: 3 })).toEqual(drawn)
    expect(variantsOf(space, { n: 8, seed: 4 })).not.toEqual(drawn)
    expect(variantsOf(space, { n: 100 })).toHaveLength(12)
    const ranges = variantsOf({ a: { from: 1, to: 100, log: true }, b: { from: 2, to: 4, integer: true } }, { n: 400 })
    const a = ranges.map(variant => variant.a as number)
    expect(Math.min(...a)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...a)).toBeLessThanOrEqual(100)
    expect(a.filter(value => value < 10).length / 400).toBeCloseTo(0.5, 1)
    expect(new Set(ranges.map(variant => variant.b))).toEqual(new Set([2, 3, 4]))
  })

  it('refuse a grid that has no options or unusable values', () => {
    expect(() => variantsOf({})).toThrow(/^liq.sweep: grid: {}, but expected at least one option with its values$/)
    expect(() => variantsOf({ a: [] })).toThrow(/grid.a: \[\], but expected at least one value/)
    expect(() => variantsOf({ a: { from: 1, to: 2 } })).toThrow(
      /grid.a: .*, but expected a list of values, or random: { n }/,
    )
    expect(() => variantsOf({ a: { from: 0, to: 2, log: true } }, { n: 3 })).toThrow(
      /grid.a: .*, but expected a range above 0/,
    )
    expect(() => variantsOf({ a: { from: 3, to: 2 } }, { n: 3 })).toThrow(/grid.a: .*, but expected a rising range/)
    expect(() => variantsOf({ a: 5 as unknown as number[] })).toThrow(/grid.a: 5, but expected a list of values/)
  })
})

describe('a sweep', () => {
  const grid = { minMove: [0, 0.5, 1], 'target.r': [1, 2], 'size.risk': [0.005, 0.01] }
  const base = { levels: 'pivots' as const, leftBars: 4, target: { r: 5, from: 'signal' as const }, grid }

  it('gives the same as a detector and a backtest run separately', async () => {
    const result = await sweep(market, base)
    expect(result.variants).toHaveLength(12)
    for (const [k, variant] of result.variants.entries()) {
      const signals = detectSfp(market, pivotLevels(market, 4), { minMove: variant.minMove as number })
      const expected = performance(
        market,
        backtest(market, signals, {
          target: { r: variant['target.r'] as number, from: 'signal' },
          size: { risk: variant['size.risk'] as number },
        }),
      )
      expect(result.metric('sharpe', k)).toBe(expected.sharpe)
      expect(result.metric('averageR', k)).toBe(expected.averageR)
      expect(result.metric('trades', k)).toBe(expected.trades)
    }
    const table = result.table()
    expect(table.numRows()).toBe(12)
    expect(table.columnNames().slice(0, 4)).toEqual(['minMove', 'target.r', 'size.risk', 'trades'])
  })

  it('names an option that is unknown or out of range, also from a thread', async () => {
    await expect(sweep(market, { ...base, grid: { minmove: [1] } })).rejects.toThrow(
      /^liq.sweep: grid: minmove is not an option that can vary/,
    )
    for (const workers of [0, 2])
      await expect(sweep(market, { ...base, grid: { minSweepDepth: [0, 2] }, workers, workerFile })).rejects.toThrow(
        /^liq.sfp: minSweepDepth: 2, but expected 0 to 1/,
      )
  })

  it('tells Infinity, NaN and null apart, which are the same in JSON', async () => {
    const variants = (maxDepth: unknown[]) => sweep(market, { ...base, grid: { maxDepth }, workers: 0 })
    // With a shared cache key, the second value would get the signals of the first, unchecked.
    await expect(variants([Infinity, Number.NaN])).rejects.toThrow(/maxDepth: NaN, but expected 0 or more/)
    await expect(variants([Infinity, null])).rejects.toThrow(/maxDepth: null, but expected 0 or more/)
    const { metric } = await variants([Infinity, 0])
    expect(metric('trades', 0)).toBeGreaterThan(metric('trades', 1))
  })

  it('stops all work once it has failed', async () => {
    let levels = 0
    const failing = () => {
      if (++levels > 1) throw new RangeError('the second levels fail')
      return pivotLevels(market, 4)
    }
    const messages: string[] = []
    await inCell({ progress: message => void messages.push(message) }, async () => {
      const work = runSweep(market, {
        grid: { leftBars: [1, 2], minMove: [0, 0.5, 1, 1.5], 'target.r': [1, 2, 3, 4] },
        levels: { names: ['leftBars'], source: failing },
        workers: 2,
        workerFile,
      })
      await expect(work).rejects.toThrow('the second levels fail')
      const count = messages.length
      for (let turn = 0; turn < 200; turn++) await setImmediate()
      expect(messages.length).toBe(count)
    })
  })

  it('refuses an invalid number of threads, rather than waiting for them', async () => {
    for (const workers of [-1, 1.5, Number.NaN, 1e6])
      await expect(sweep(market, { ...base, workers, workerFile })).rejects.toThrow(
        /^liq.sweep: workers: .*a whole number from 0 to 64/,
      )
  })

  it('reports that no variant traded instead of judging one', async () => {
    const quiet = await sweep(market, { levels: 'pivots', leftBars: 4, grid: { minMove: [1000] } })
    expect(() => quiet.deflatedSharpe()).toThrow(
      /^sweep.deflatedSharpe: variant: -1, but expected 0 to 0, the index of a variant that traded/,
    )
    expect(quiet.verdict.text).toContain('none traded')
  })

  it('displays a heatmap of medians over the options that are not on an axis', async () => {
    const result = await sweep(market, base)
    const { figure } = result.figure({ x: 'minMove', y: 'target.r', metric: 'trades' })
    const z = (figure.data[0] as { z: { bdata: string; shape: string } }).z
    expect(z.shape).toBe('2, 3')
    const values = new Float64Array(new Uint8Array(Buffer.from(z.bdata, 'base64')).buffer)
    expect(values[0]).toBe((result.metric('trades', 0) + result.metric('trades', 1)) / 2)
    expect(() => result.figure({ x: 'nothing' })).toThrow(
      /sweep.figure: x: "nothing", but expected minMove, target.r or size.risk/,
    )
    expect(result.verdict.text).toContain('Probability of overfitting')
  })
})

describe('walk forward', () => {
  it('chooses in the train window and trades in the test window', async () => {
    const options = { levels: 'pivots' as const, leftBars: 4, grid: { 'target.r': [1, 2, 3], minMove: [0, 1] } }
    const swept = await sweep(market, options)
    const windows = { train: '30d', test: '10d', embargo: '1d', minTrades: 5 }
    const result = await walkForward(market, { ...options, ...windows })
    expect(result.steps.length).toBe(Math.ceil((2000 - 720) / 240))
    const trades = [...swept.outcomes.trades()]
    for (const { trainStart, testStart, testEnd, chosen, trainMetric, trainTrades } of result.steps) {
      // The same choice by brute force.
      const means = trades.map(({ entryBar, exitBar, r }) => {
        const trained = [...r].filter((_, i) => {
          const closed = market.time[exitBar[i]!]! + market.barMs
          return market.time[entryBar[i]!]! >= trainStart && closed <= testStart - 86_400_000
        })
        return trained.length >= 5
          ? { mean: trained.reduce((sum, value) => sum + value, 0) / trained.length, n: trained.length }
          : null
      })
      const best = means.reduce((max, entry) => Math.max(max, entry?.mean ?? -Infinity), -Infinity)
      if (chosen < 0) expect(best).toBe(-Infinity)
      else {
        expect(trainMetric).toBeCloseTo(best, 12)
        expect(trainTrades).toBe(means[chosen]!.n)
      }
      expect(testEnd).toBeGreaterThan(testStart)
    }
    expect(result.returns.length).toBe(result.steps.reduce((sum, step) => sum + step.testTrades, 0))
    expect(result.table().numRows()).toBe(result.steps.length)
    const metrics = result.steps.map(({ trainMetric }) => trainMetric).filter(value => !Number.isNaN(value))
    expect(metrics.length).toBeGreaterThan(1)
    expect(result.trainMetric).toBeCloseTo(metrics.reduce((sum, value) => sum + value, 0) / metrics.length, 12)
  })

  it('counts a trade that enters as the train window opens, and one that ends as the embargo begins', () => {
    const steps = (entryBar: number, exitBar: number) => {
      const one = {
        entryBar: Int32Array.of(entryBar),
        exitBar: Int32Array.of(exitBar),
        returns: Float64Array.of(1),
        r: Float64Array.of(1),
      }
      return walk(market, [one], { train: '10d', test: '5d', embargo: '1d', minTrades: 1 }).steps.map(
        step => step.trainTrades,
      )
    }
    // The second test begins on day 15: its train window opens on day 5, and its embargo begins on day 14.
    expect(steps(5 * 24, 14 * 24 - 1)[1]).toBe(1)
    expect(steps(5 * 24 - 1, 14 * 24 - 1)[1]).toBe(0)
    expect(steps(5 * 24, 14 * 24)[1]).toBe(0)
  })

  it('ignores trades that are open when the test begins, or end in the embargo', () => {
    const bars = (days: number[]) => Int32Array.from(days, day => day * 24)
    // The exits are on day 8, day 9 (in the embargo) and day 11 (in the test).
    const trades = (r: number[]) => ({
      entryBar: bars([1, 2, 3]),
      exitBar: bars([8, 9, 11]),
      returns: Float64Array.from(r),
      r: Float64Array.from(r),
    })
    const good = trades([1, -50, -50])
    const bad = trades([0, 50, 50])
    const { steps } = walk(market, [bad, good], { train: '10d', test: '5d', embargo: '1d', minTrades: 1 })
    expect(steps[0]).toMatchObject({ chosen: 1, trainTrades: 1, trainMetric: 1 })
    expect(walk(market, [bad, good], { train: '10d', test: '5d', embargo: 0, minTrades: 1 }).steps[0]!.chosen).toBe(0)
    expect(() => walk(market, [good], { train: '90d', test: '10d' })).toThrow(
      /^liq.walkForward: train: "90d", but expected train and test windows that fit into the data/,
    )
    expect(() => walk(market, [good], { train: '10d', test: '1s' })).toThrow(
      /^liq.walkForward: test: "1s", but expected at least one bar, 1h$/,
    )
  })
})

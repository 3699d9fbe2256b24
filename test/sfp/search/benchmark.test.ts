/** The reality check against holding the market and against placebos, with an oracle that trades and resamples by itself. */
import { describe, expect, it } from 'vitest'
import { sweep } from '../../../src/api/sweep.ts'
import type { Market } from '../../../src/market/market.ts'
import { backtest } from '../../../src/sfp/backtest.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { randomLevels } from '../../../src/sfp/levels/placebo.ts'
import { differences } from '../../../src/sfp/search/benchmark.ts'
import type { RealityCheck } from '../../../src/sfp/search/reality-check.ts'
import { sweep as runSweep } from '../../../src/sfp/search/sweep.ts'
import { performance } from '../../../src/sfp/statistics/performance.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { resample } from '../../../src/stats/bootstrap.ts'
import { random } from '../../../src/stats/random.ts'
import { trueLevels } from '../../evidence/true-levels.ts'

const DAY = 86_400_000
const check = { block: 3, resamples: 200, seed: 4 }
const VARIANTS = [0, 0.5].flatMap(minMove => [1, 2].map(r => ({ minMove, r })))
const grid = { minMove: [0, 0.5], 'target.r': [1, 2] }
const backtestOptions = { size: { fraction: 0.5 } } as const

/** Returns from one UTC day's last value to the next day's. */
function daily({ time }: Market, values: ArrayLike<number>): number[] {
  const last = new Map<number, number>()
  for (const [t, ms] of time.entries()) last.set(Math.floor(ms / DAY), values[t]!)
  const ends = [...last.values()]
  return ends.slice(1).map((value, k) => value / ends[k]! - 1)
}

/** Hansen's consistent p-value and White's, by the definition, of rows that vary. */
function slowCheck(rows: readonly (readonly number[])[]): Pick<RealityCheck, 'consistent' | 'white'> {
  const n = rows[0]!.length
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const means = rows.map(mean)
  const { uniform } = random(check.seed)
  const drawn = Array.from({ length: check.resamples }, () => {
    const indices = [...resample(n, check.block, uniform, new Uint32Array(n))]
    return rows.map(row => mean(indices.map(i => row[i]!)))
  })
  const omega = means.map((average, k) => Math.sqrt(n * mean(drawn.map(row => (row[k]! - average) ** 2))))
  const ratio = means.map((average, k) => (Math.sqrt(n) * average) / omega[k]!)
  const centers = means.map((average, k) => (ratio[k]! >= -Math.sqrt(2 * Math.log(Math.log(n))) ? average : 0))
  const share = (hits: boolean[]) => (1 + hits.filter(Boolean).length) / (check.resamples + 1)
  const reached = Math.max(0, ...ratio)
  return {
    consistent: share(
      drawn.map(
        row =>
          Math.max(0, ...row.map((value, k) => (Math.sqrt(n) * (value - centers[k]!)) / omega[k]!)) >= reached - 1e-12,
      ),
    ),
    white: share(drawn.map(row => Math.max(...row.map((value, k) => value - means[k]!)) >= Math.max(...means) - 1e-12)),
  }
}

describe('a benchmark of a sweep', () => {
  const market = simulateMarket({ seed: 5, bars: 2000, timeframe: '1h', volatility: 1.5 })
  const source = pivotLevels(market, 4)
  const equityAt = (levels: typeof source) =>
    VARIANTS.map(({ minMove, r }) => {
      const signals = detectSfp(market, levels, { minMove })
      return daily(market, backtest(market, signals, { ...backtestOptions, target: { r } }).equity)
    })
  const own = equityAt(source)
  const minus = (rows: number[][], others: number[][]) =>
    rows.map((row, k) => row.map((value, i) => value - others[k]![i]!))
  const options = { levels: 'pivots', leftBars: 4, grid, backtest: backtestOptions } as const

  it('is a return of 0 unless told', async () => {
    const result = await sweep(market, options)
    expect(result.realityCheck(check)).toMatchObject(slowCheck(own))
    expect(result.verdict.text).toContain('benchmark: a return of 0')
    expect((await sweep(market, { ...options, benchmark: 'nothing' })).realityCheck(check)).toEqual(
      result.realityCheck(check),
    )
  })

  it('may be all of the equity in the market', async () => {
    const held = daily(market, market.close)
    const expected = slowCheck(
      minus(
        own,
        own.map(() => held),
      ),
    )
    const result = await sweep(market, { ...options, benchmark: 'hold' })
    expect(result.realityCheck(check)).toMatchObject(expected)
    expect(expected).not.toEqual(slowCheck(own))
    expect(result.verdict.text).toContain('all of the equity in the market')
    // The other tests are those of the variants themselves.
    const plain = await sweep(market, options)
    expect(result.deflatedSharpe()).toEqual(plain.deflatedSharpe())
    expect(result.overfitting()).toEqual(plain.overfitting())
  })

  it('may be the mean of the same variant at five placebos', async () => {
    const placebos = [1, 2, 3, 4, 5].map(seed => equityAt(randomLevels(market, source, seed)))
    const means = own.map((row, k) => row.map((_, i) => placebos.reduce((sum, rows) => sum + rows[k]![i]! / 5, 0)))
    const expected = slowCheck(minus(own, means))
    for (const keep of ['returns', 'trades'] as const) {
      const result = await sweep(market, { ...options, keep, benchmark: 'placebo' })
      expect(result.realityCheck(check)).toMatchObject(expected)
      expect(result.verdict.text).toContain('the same variant at random levels')
    }
  })

  it('has its figures beside those of each variant, and what the variant has more', async () => {
    const rowsOf = async (benchmark: 'hold' | 'placebo') =>
      (await sweep(market, { ...options, benchmark })).table().objects() as Record<string, number>[]
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [first, last] = [market.close[0]!, market.close[market.length - 1]!]
    const held = daily(market, market.close)
    // Geometric mean and its volatility over the 365 days of a year, as backtesting.py has it.
    const growth = held.reduce((product, value) => product * (1 + value), 1) ** (1 / held.length)
    const arithmetic = mean(held)
    const variance = held.reduce((sum, value) => sum + (value - arithmetic) ** 2, 0) / (held.length - 1)
    const volatility = Math.sqrt((variance + growth ** 2) ** 365 - growth ** 730)
    const [one] = await rowsOf('hold')
    expect(one!.holdReturnPct).toBeCloseTo(100 * (last / first - 1), 9)
    expect(one!.holdSharpe).toBeCloseTo((growth ** 365 - 1) / volatility, 9)
    expect(one!.moreSharpe).toBeCloseTo(one!.sharpe! - one!.holdSharpe!, 12)
    expect(Object.keys(one!)).not.toContain('moreAverageR')
    // At large moves some placebos never trade, and have neither a Sharpe ratio nor a mean R.
    const minMove = [0, 0.5, 3, 3.5, 4, 4.5, 5, 6]
    const swept = await sweep(market, { ...options, grid: { minMove }, benchmark: 'placebo' })
    let partly = 0
    for (const [k, row] of (swept.table().objects() as Record<string, number>[]).entries()) {
      const placebos = [1, 2, 3, 4, 5].map(seed => {
        const signals = detectSfp(market, randomLevels(market, source, seed), { minMove: minMove[k]! })
        const result = backtest(market, signals, backtestOptions)
        const { sharpe, returnPct } = performance(market, result)
        return { sharpe, returnPct, r: result.trades.map(trade => trade.r) }
      })
      const traded = placebos.filter(each => each.r.length > 0)
      if (traded.length > 0 && traded.length < 5) partly++
      const meanR = mean(placebos.flatMap(each => each.r))
      expect(row.placeboReturnPct).toBeCloseTo(mean(placebos.map(each => each.returnPct)), 9)
      if (traded.length > 0) expect(row.placeboSharpe).toBeCloseTo(mean(traded.map(each => each.sharpe)), 9)
      if (traded.length > 0) expect(row.placeboAverageR).toBeCloseTo(meanR, 9)
      if (!(row.trades! > 0)) continue
      expect(row.moreAverageR).toBeCloseTo(row.averageR! - row.placeboAverageR!, 12)
      expect(row.moreReturnPct).toBeCloseTo(row.returnPct! - row.placeboReturnPct!, 12)
    }
    expect(partly).toBeGreaterThan(0)
    const [never] = (await sweep(market, { levels: 'pivots', grid: { minMove: [1e6] }, benchmark: 'hold' }))
      .table()
      .objects() as Record<string, number>[]
    expect([never!.trades, never!.moreReturnPct, never!.moreSharpe]).toEqual([0, Number.NaN, Number.NaN])
    expect(never!.holdReturnPct).toBe(one!.holdReturnPct)
  })

  it('varies with the levels of a variant', async () => {
    const result = await sweep(market, { levels: 'pivots', grid: { leftBars: [3, 6] }, benchmark: 'placebo' })
    const rows = [3, 6].map(leftBars => {
      const levels = pivotLevels(market, leftBars)
      const at = (chosen: typeof levels) => daily(market, backtest(market, detectSfp(market, chosen)).equity)
      const placebos = [1, 2, 3, 4, 5].map(seed => at(randomLevels(market, levels, seed)))
      return at(levels).map((value, i) => value - placebos.reduce((sum, row) => sum + row[i]! / 5, 0))
    })
    expect(result.realityCheck(check)).toMatchObject(slowCheck(rows))
  })

  it('has variants with the same levels share them, whichever of their options differ', async () => {
    const values = [2, 4]
    const result = await sweep(market, {
      levels: 'pivots',
      grid: { leftBars: values, minMove: [0, 1], rightBars: values },
    })
    const expected = values.flatMap(leftBars =>
      [0, 1].flatMap(minMove =>
        values.map(
          rightBars =>
            backtest(market, detectSfp(market, pivotLevels(market, leftBars, rightBars), { minMove })).trades.length,
        ),
      ),
    )
    expect(result.variants.map((_, k) => result.metric('trades', k))).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(6)
    let built = 0
    const search = {
      ...{ grid: { leftBars: values, minMove: [0, 0.5, 1] }, workers: 0 },
      levels: {
        names: ['leftBars'],
        source: ({ leftBars }: { leftBars?: unknown }) => {
          built++
          return pivotLevels(market, leftBars as number)
        },
      },
    }
    await runSweep(market, search)
    expect(built).toBe(2)
  })

  it('leaves out a variant that never trades, which would win against a market that falls', () => {
    const still = new Float64Array(4)
    const traded = Float64Array.of(0, 0.1, 0, -0.2)
    const rows = differences([still, traded], () => Float64Array.of(-1, -1, -2, -1))
    expect(rows.length).toBe(2)
    expect([...rows]).toEqual([still, Float64Array.of(1, 1.1, 2, 0.8)])
    expect([rows.at(0), rows.at(1), rows.at(2)]).toEqual([still, Float64Array.of(1, 1.1, 2, 0.8), undefined])
  })

  it('must be known, and needs returns', async () => {
    await expect(sweep(market, { ...options, benchmark: 'cash' as 'hold' })).rejects.toThrow(
      /^liq.sweep: benchmark: "cash", but expected nothing, hold or placebo/,
    )
    await expect(sweep(market, { ...options, benchmark: 'hold', keep: 'figures' })).rejects.toThrow(
      /^liq.sweep: keep: "figures", but expected returns or trades, which are compared with the benchmark/,
    )
    await expect(sweep([market], { ...options, benchmark: 'holt' as 'hold' })).rejects.toThrow(
      /^liq.sweep: benchmark: "holt", but expected nothing, hold or placebo \(did you mean hold\?\)/,
    )
  })
})

describe('against placebos', () => {
  const pValue = async (seed: number, bars: number, effect: object) => {
    const market = simulateMarket({ seed, bars, ...effect })
    const result = await sweep(market, {
      levels: trueLevels(market),
      grid: { minMove: [0, 0.5], 'target.r': [1, 2, 3] },
      keep: 'returns',
      workers: 0,
      benchmark: 'placebo',
    })
    return result.realityCheck().consistent
  }

  it('turns at the levels are found, and nothing is where nothing is planted', async () => {
    for (const seed of [1, 2]) expect(await pValue(seed, 8000, { reversal: 4 })).toBeLessThan(0.05)
    const nulls = await Promise.all([1, 2, 3, 4].map(seed => pValue(seed, 3000, {})))
    // Two or more of four below 5 % have a chance of 1.4 %.
    expect(nulls.filter(p => p < 0.05).length).toBeLessThan(2)
  })
})

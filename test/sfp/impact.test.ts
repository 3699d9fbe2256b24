/** Impact in gaps and thin moments, lines through order books, and the size at which nothing is left. */
import { describe, expect, it } from 'vitest'
import type { Backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { breakEvenSize, capacityCurve, MAX_SIZE } from '../../src/sfp/capacity.ts'
import { type DepthProfile, fitBooks, fitDepth } from '../../src/sfp/fit-impact.ts'
import { marketImpact, resolveImpact } from '../../src/sfp/impact.ts'
import { marketOf } from '../market/fixtures.ts'
import { QUIET } from './helpers.ts'

describe('a cascade', () => {
  const thinAt = (rows: number[][]) => {
    const impact = marketImpact(marketOf(rows), resolveImpact({ depth: 1e6 }))
    return rows.flatMap((_, t) => (impact(t, 1e5) > 0.0006 ? [t] : []))
  }
  const calm = Array.from({ length: 10 }, () => QUIET)

  it('is also a gap, up or down, from the close before', () => {
    // The range is 2; three ATR are 6. A bar of a range of 1 that opens 5 away.
    expect(thinAt([...calm, [105, 106, 105, 105.5], [105.5, 106, 105, 105.5], [105.5, 106, 105, 105.5]])).toEqual([
      10, 11,
    ])
    expect(thinAt([...calm, [95, 95, 94, 94.5], [94.5, 95, 94, 94.5], [94.5, 95, 94, 94.5]])).toEqual([10, 11])
    expect(thinAt([...calm, [104.9, 105.9, 104.9, 105], [105, 106, 105, 105.5]])).toEqual([])
    expect(thinAt(calm)).toEqual([])
  })

  it('shares its law with the size: at a square root twice as much costs √2 as much', () => {
    const impact = marketImpact(marketOf(calm), resolveImpact({ depth: 1e6, exponent: 0.5, cascade: false }))
    expect(impact(3, 2e4) / impact(3, 1e4)).toBeCloseTo(Math.SQRT2, 12)
    // 1 % · (Q/L)^½ / 1.5.
    expect(impact(3, 1e4)).toBeCloseTo((0.01 * 0.1) / 1.5, 12)
    // Before there is a volume, and where none is known, the most that is asked.
    const byVolume = marketImpact(marketOf(calm), resolveImpact({}))
    expect([byVolume(0, 1), byVolume(1, 1)]).toEqual([0.1, 0.1])
    // Bars without volume are bars of little volume; one with it is enough.
    const few = marketOf(calm.map((row, t) => [...row, t === 4 ? 50 : 0]))
    const sparse = marketImpact(few, resolveImpact({}))
    expect([sparse(4, 1), sparse(6, 1)]).toEqual([0.1, 0])
    // Prices that do not move have no impact.
    expect(byVolume(5, 1e6)).toBe(0)
  })
})

describe('a line through depth', () => {
  /** USD = depth · x^slope within x %. */
  const profile = (depth: number, slope: number, percent = [0.5, 1, 2]): DepthProfile => ({
    percent,
    usd: percent.map(x => depth * x ** slope),
  })

  it('has the depth within 1 % and the inverse of its slope', () => {
    const fitted = fitDepth([profile(2e6, 0.5)])
    expect(fitted).toMatchObject({ profiles: 1, thinShare: 1, spreadBps: Number.NaN })
    expect(fitted.depth).toBeCloseTo(2e6, 3)
    expect(fitted.exponent).toBeCloseTo(2, 12)
    expect('slippageBps' in fitted.options).toBe(false)
    expect(fitDepth([profile(1, 1)], 0).options.slippageBps).toBe(0)
    expect(fitDepth([profile(1, 1)], 3).options.slippageBps).toBe(1.5)
  })

  it('is of least squares', () => {
    // ln(%) of −1, 0, 1 and ln(USD) of 1, 3, 4: slope (−1·1 + 1·4)/2 = 1.5, mean 8/3.
    const percent = [-1, 0, 1].map(Math.exp)
    const { depth, exponent } = fitDepth([{ percent, usd: [1, 3, 4].map(Math.exp) }])
    expect(Math.log(depth)).toBeCloseTo(8 / 3, 12)
    expect(exponent).toBeCloseTo(1 / 1.5, 12)
    // Off the middle: −1, 0, 2 and 1, 3, 4: means 1/3 and 8/3; slope (4/3·5/3 − 1/3·1/3 + 5/3·4/3)/(16 + 1 + 25)·9.
    const skewed = fitDepth([{ percent: [-1, 0, 2].map(Math.exp), usd: [1, 3, 4].map(Math.exp) }])
    const slope = (20 / 9 - 1 / 9 + 20 / 9) / (42 / 9)
    expect(skewed.exponent).toBeCloseTo(1 / slope, 12)
    expect(Math.log(skewed.depth)).toBeCloseTo(8 / 3 - slope / 3, 12)
  })

  it('leaves out distances of 0 and empty ones, and books whose depth does not rise', () => {
    const { depth, exponent, profiles } = fitDepth([
      { percent: [0, -1, 0.25, 1, 4], usd: [5e5, 7, 0, 1e6, 4e6] },
      { percent: [1, 2], usd: [5, 5] },
      { percent: [1, 2], usd: [5, 4] },
      { percent: [1], usd: [5] },
    ])
    expect(profiles).toBe(1)
    expect(depth).toBeCloseTo(1e6, 4)
    expect(exponent).toBeCloseTo(1, 12)
    expect(() => fitDepth([{ percent: [1, 2], usd: [5, 0] }])).toThrow('rises over two distances or more')
  })

  it('of many books has medians, and the twentieth that is thinnest', () => {
    const depths = Array.from({ length: 21 }, (_, i) => 100 + 10 * i)
    const fitted = fitDepth(depths.map((depth, i) => profile(depth, i < 11 ? 1 : 0.25)))
    expect(fitted.depth).toBeCloseTo(200, 9)
    expect(fitted.exponent).toBeCloseTo(1, 9)
    // The 5 % quantile of 21 values is the second.
    expect(fitted.thinShare).toBeCloseTo(110 / 200, 9)
  })

  it('of whole books is read at the distances that the record reaches', () => {
    // 100 USD in every 0.1 % to beyond 1 %, on both sides of 1,000, with a spread of 2 bp.
    const steps = Array.from({ length: 11 }, (_, k) => k + 0.9)
    const asks = [[1000.1, 1], ...steps.map(step => [1000 + step, 100 / (1000 + step)])]
    const bids = [[999.9, 1], ...steps.map(step => [1000 - step, 100 / (1000 - step)])]
    const { spreadBps, profiles, depth } = fitBooks([{ bids, asks } as never])
    expect(spreadBps).toBeCloseTo(2, 9)
    expect(profiles).toBe(2)
    // Within 0.05 % 1,000 USD, 0.1 % 1,100, 0.2 % 1,200, 0.5 % 1,500, 1 % 2,000: the line at 1 % by least squares.
    const points = [0.05, 0.1, 0.2, 0.5, 1].map(
      (x, i) => [Math.log(x), Math.log([1000.1, 1100.1, 1200.1, 1500.1, 2000.1][i]!)] as const,
    )
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
    const slope = mean(points.map(([x, y]) => (x - mx) * (y - my))) / mean(points.map(([x]) => (x - mx) ** 2))
    expect(depth).toBeCloseTo(Math.exp(my - slope * mx), 0)
    // Bid and ask may be the same price.
    const touching = { bids: [[1000, 1], ...bids], asks: [[1000, 1], ...asks] }
    expect(fitBooks([touching] as never).spreadBps).toBe(0)
    expect(() => fitBooks([])).toThrow('no side of an order book')
    for (const wrong of [
      { bids: [], asks },
      { bids, asks: [] },
      { bids: [[0, 1]], asks },
      { bids: [[1001, 1]], asks: [[1000, 1]] },
      {},
    ])
      expect(() => fitBooks([{ bids, asks }, wrong] as never)).toThrow(
        /books\[1\]: bids from .* and asks from .*, but expected both/,
      )
  })
})

describe('the size at which nothing is left', () => {
  /** Trades of 1 % before impact, of which an impact of 1 % for each `depth` USD goes. */
  const rerun =
    (gain: number, depth: number) =>
    ({ impact, size }: BacktestOptions) => {
      const { notional } = size as { notional: number }
      const result = gain - (impact === false ? 0 : (0.01 * notional) / depth)
      const trade = { net: result * notional, entry: 100, size: notional / 100, r: 50 * result }
      return { trades: [trade, trade] } as unknown as Backtest
    }

  it('is found to 0.01 %', () => {
    for (const depth of [3, 1e6, 2.7e9]) {
      const zero = breakEvenSize(rerun(0.01, depth), true)
      expect(Math.abs(zero / depth - 1)).toBeLessThan(1e-4)
    }
    expect(breakEvenSize(rerun(0.01, MAX_SIZE * 1.01), true)).toBe(Infinity)
    expect(breakEvenSize(rerun(0.01, MAX_SIZE * 0.99), true)).toBeLessThan(MAX_SIZE)
    expect(breakEvenSize(rerun(0.01, MAX_SIZE), true) / MAX_SIZE).toBeCloseTo(1, 4)
    expect(breakEvenSize(rerun(0, 1e6), true)).toBe(0)
    expect(breakEvenSize(rerun(-0.01, 1e6), true)).toBe(0)
    expect(breakEvenSize(() => ({ trades: [] }) as unknown as Backtest, true)).toBeNaN()
  })

  it('goes with a curve of results by size', () => {
    const sizes: BacktestOptions[] = []
    const run = rerun(0.01, 1e6)
    const { rows, zeroAt } = capacityCurve(
      options => {
        sizes.push(options)
        return run(options)
      },
      { depth: 5 },
      [1e5, 2e6],
    )
    expect(zeroAt / 1e6).toBeCloseTo(1, 3)
    const near = (value: number) => expect.closeTo(value, 9)
    expect(rows).toEqual([
      { size: 1e5, trades: 2, expectancy: near(0.9), meanR: near(0.45), net: near(1800), impact: near(0.1) },
      { size: 2e6, trades: 2, expectancy: near(-1), meanR: near(-0.5), net: near(-40_000), impact: near(2) },
    ])
    // Sizes are fixed, and no loss of them ruins the account.
    expect(sizes[0]).toEqual({ impact: false, size: { notional: 1 }, equity: 1e6 })
    expect(sizes[2]).toEqual({ impact: { depth: 5 }, size: { notional: 2e6 }, equity: 2e12 })
  })
})

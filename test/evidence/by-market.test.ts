/** A claim market by market, and how much data an open question takes. */
import { beforeEach, describe, expect, it } from 'vitest'
import { evidence } from '../../src/api/evidence.ts'
import { pooledSentence, poolMarkets } from '../../src/evidence/by-market.ts'
import { sessionLedger } from '../../src/evidence/ledger.ts'
import { dataFactor } from '../../src/evidence/test-result.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { randomEffects } from '../../src/stats/random-effects.ts'
import { trueLevels } from './true-levels.ts'

const quick = { resamples: 200, horizon: 12, levels: trueLevels }
const markets = [1, 2, 3].map(seed => ({ ...simulateMarket({ seed, bars: 4000, magnet: 3 }), symbol: `M${seed}` }))
beforeEach(() => sessionLedger.clear())

describe('evidence.byMarket', () => {
  it('has the claim of each market alone, their pool, and the pool without each', () => {
    const view = evidence(markets, quick).byMarket('magnet')
    expect(sessionLedger.tests).toBe(0)
    const alone = markets.map(market => evidence(market, quick).magnet().tests[0]!)
    const [test] = view.tests
    expect(test!.markets.map(row => [row.market, row.test.effect, row.test.low])).toEqual(
      alone.map((each, i) => [`M${i + 1} 1h`, each.effect, each.low]),
    )
    const pool = (rows: typeof alone) =>
      randomEffects(
        rows.map(row => row.effect),
        rows.map(row => row.standardError),
      )
    expect(test!.pooled).toEqual(pool(alone))
    for (const [i, row] of test!.markets.entries()) {
      expect(row.without).toEqual(pool(alone.filter((_, other) => other !== i)))
      expect(row.weight).toBeCloseTo(pool(alone).weights[i]!, 12)
    }
    expect(test!.pooled.low).toBeGreaterThan(0)
    expect(view.sentence).toMatch(/^magnet: \+\d+\.\d pp in the mean of 3 markets \(95 % .*random effects\)/)
    // Two of three markets have one degree of freedom, and an interval that says nothing.
    expect(view.sentence).not.toContain('without')
    expect(view.table().numRows()).toBe(3 * view.tests.length)
    const names = JSON.stringify(view.figure.layout.yaxis)
    for (const name of ['M1 1h, magnet', 'M3 1h, magnet', 'All markets, magnet']) expect(names).toContain(name)
  })

  it('says which market carries the result', () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    const question = { name: 'magnet', unit: 'share' }
    const sentence = (effects: number[], error = 0.01) =>
      pooledSentence(
        poolMarkets(
          names,
          effects.map(effect => ({ effect, standardError: error, question }) as never),
        ),
      )
    expect(sentence([0.05, 0.06, 0.05, 0.04, 0.05])).toMatch(
      /; no single market decides on which side of 0 the interval lies\.$/,
    )
    expect(sentence([-0.05, -0.06, -0.05, -0.04, -0.05])).toMatch(/; no single market decides/)
    // One that differs makes the mean uncertain; the others agree.
    expect(sentence([0.05, 0.06, 0.05, 0.04, -0.06])).toMatch(/; without E the interval lies on another side of 0\.$/)
    expect(sentence([-0.05, -0.06, -0.05, -0.04, 0.06])).toMatch(
      /; without E the interval lies on another side of 0\.$/,
    )
    // No effect but in one.
    expect(sentence([0, 0.001, -0.001, 0, 0.09])).toMatch(/; no single market decides/)
  })

  it('leaves out a market in which nothing can be measured, and needs two', () => {
    const question = { name: 'magnet', unit: 'share' }
    const tests = [0.01, Number.NaN, 0.02, 0].map(standardError => ({ effect: 0.1, standardError, question }) as never)
    const pooledTest = poolMarkets(['A', 'B', 'C', 'D'], tests)
    expect(pooledTest.markets.map(({ weight }) => +weight.toFixed(12))).toEqual([0.8, 0, 0.2, 0])
    expect(pooledSentence(pooledTest)).toContain('in the mean of 2 markets')
    expect(pooledSentence(poolMarkets(['A', 'B'], tests.slice(0, 2)))).toContain('which is too few to pool')
    expect(() => evidence(markets[0]!, quick).byMarket('magnet')).toThrow(/1 market, but expected at least two/)
    expect(() => evidence(markets, quick).byMarket('magic' as never)).toThrow(/claim: "magic", but expected magnet/)
  })
})

describe('the data that an open question takes', () => {
  it('follows the standard error, the smallest effect that matters and the tests that count', () => {
    // (1.960 + 0.842) · 0.05 / 0.02 = 7.00, squared; with ten tests 2.807 in place of 1.960.
    const test = { standardError: 0.05, matters: 0.02, testsMade: 1 } as never
    expect(dataFactor(test, 0.05)).toBeCloseTo(49.06, 2)
    expect(dataFactor({ ...(test as object), testsMade: 10 } as never, 0.05)).toBeCloseTo(
      ((2.80703 + 0.84162) * 2.5) ** 2,
      2,
    )
  })

  it('is said where a test is open, and not where it is decided', () => {
    const nothing = evidence(simulateMarket({ seed: 4, bars: 3000 }), quick).magnet().tests[0]!
    expect(nothing.verdict).toBe('inconclusive')
    const [, times] = /about ([\d.,]+) times this data to be found \(power 80 %\)/.exec(nothing.sentence)!
    expect(Number(times)).toBeCloseTo(dataFactor(nothing, 0.05), 0)
    expect(evidence(markets, quick).magnet().sentence).not.toContain('times this data')
  })
})

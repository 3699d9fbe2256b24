/** Rules of the tests of claims, each stated from outside: which events count, against what, and with which weight. */
import { describe, expect, it } from 'vitest'
import { createClaim } from '../../src/evidence/claim.ts'
import { claimTests } from '../../src/evidence/claim-tests.ts'
import type { ClaimName } from '../../src/evidence/claims.ts'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { levelPairs } from '../../src/evidence/level-pairs.ts'
import { magnet, sfpAgainstPlacebo, sfpNet } from '../../src/evidence/observe.ts'
import { createScope } from '../../src/evidence/scope.ts'
import type { TestResult } from '../../src/evidence/test-result.ts'
import { scopeByTimeframe } from '../../src/evidence/timeframes.ts'
import type { Verdict } from '../../src/evidence/verdict.ts'
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from '../market/fixtures.ts'

const market = simulateMarket({ seed: 5, bars: 900, population: { positionsPerBar: 0 } })

/** Zones from 1.5 to 2 % away on both sides of each close, of these strengths. */
function bothSides(bars: Market, high: number, low: number): LevelSource {
  const level = (kind: Level['kind'], inner: number, outer: number, strength: number, since: number): Level => ({
    ...{ kind, inner, outer, strength, convergence: 0, since },
  })
  return {
    name: 'both sides',
    forEachBar(visit) {
      for (let t = 0; t < bars.length; t++) {
        const close = bars.close[t]!
        visit(t, [
          level('high', close * 1.015, close * 1.02, high, t),
          level('low', close / 1.015, close / 1.02, low, t),
        ])
      }
    },
  }
}

describe('a level at the mirror image', () => {
  it('is a rival if it is at least as bright, and a dimmer one is none', () => {
    const settings = resolveEvidence({ horizon: 12, reach: [0.01, 50] })
    const signs = (high: number, low: number) => {
      const scope = createScope(market, 0, {
        ...settings,
        levels: (bars: Market) => bothSides(bars, high, low),
      } as never)
      const { pairs, unpaired, levels } = levelPairs(scope, settings)
      expect(pairs.length + unpaired).toBe(levels)
      return { pairs: pairs.length, signs: [...new Set(pairs.map(({ sign }) => sign))] }
    }
    expect(signs(1, 1)).toEqual({ pairs: 0, signs: [] })
    expect(signs(2, 1).signs).toEqual([1])
    expect(signs(1, 2).signs).toEqual([-1])
    expect(signs(2, 1).pairs).toBeGreaterThan(10)
  })

  it('is said of the levels that it leaves without a pair', () => {
    const settings = resolveEvidence({ horizon: 12, reach: [0.01, 50] })
    const excluded = (high: number, low: number) => {
      const levels = (bars: Market) => bothSides(bars, high, low)
      const scope = createScope(market, 0, { ...settings, levels } as never)
      return { exclusions: magnet(scope, settings).exclusions, ...levelPairs(scope, settings) }
    }
    const { exclusions, unpaired } = excluded(2, 1)
    expect(unpaired).toBeGreaterThan(10)
    expect(exclusions).toEqual([{ why: 'with a level as bright at the mirror image', count: unpaired }])
    const above = (bars: Market): LevelSource => {
      const both = bothSides(bars, 1, 1)
      return { name: 'above', forEachBar: visit => both.forEachBar((t, [high]) => visit(t, [high!])) }
    }
    const scope = createScope(market, 0, { ...settings, levels: above } as never)
    expect(magnet(scope, settings).exclusions).toEqual([])
  })
})

describe('the brightness of a level', () => {
  it('is against a mean of which half is forgotten in 500 bars', () => {
    // One level a bar, of strength 1, then e² from bar 400 on. At bar 899 the last 500 bars weigh as much as Σ 0.5^(k/500).
    const levels = (bars: Market): LevelSource => ({
      name: 'one',
      forEachBar(visit) {
        for (let t = 0; t < bars.length; t++) {
          const price = bars.close[t]! * (1.01 + (t % 7) / 1000)
          const strength = t < 400 ? 1 : Math.exp(2)
          visit(t, [{ kind: 'high', inner: price, outer: price, strength, convergence: 0, since: t }])
        }
      },
    })
    const { brightness } = createScope(market, 0, { ...resolveEvidence({}), levels } as never)
    let weights = 0
    let late = 0
    for (let age = 0; age < 900; age++) {
      weights += 0.5 ** (age / 500)
      if (age < 500) late += 0.5 ** (age / 500)
    }
    expect(brightness[899]).toBeCloseTo(2 - (2 * late) / weights, 9)
  })
})

describe('trades of the claim that fading pays', () => {
  const options = { levels: (bars: Market) => pivotLevels(bars, 3), detect: { minMove: 0.3 }, horizon: 12 }
  const settings = resolveEvidence(options)
  const tradesOn = (bars: Market, source: LevelSource) => backtest(bars, detectSfp(bars, source, options.detect)).trades

  it('leave out the one that the end of the data closes', () => {
    const ends = Array.from({ length: 200 }, (_, i) => prefix(market, 700 + i))
    const open = ends.find(bars => tradesOn(bars, pivotLevels(bars, 3)).at(-1)?.reason === 'end')!
    const trades = tradesOn(open, pivotLevels(open, 3))
    const { sample, events } = sfpNet(createScope(open, 0, settings), settings)
    expect(events).toBe(trades.length - 1)
    expect(sample.y).toEqual(trades.slice(0, -1).map(trade => trade.r))
  })

  it('are compared with the same trades on each placebo, the mirrored and both random ones', () => {
    const scope = createScope(market, 0, settings)
    const { sample, events } = sfpAgainstPlacebo(scope, settings)
    const closed = (source: LevelSource) => tradesOn(market, source).filter(({ reason }) => reason !== 'end')
    const placebos = scope.placebos().map(closed)
    expect(placebos).toHaveLength(3)
    expect(events).toBe(closed(scope.source).length)
    expect(sample.a.filter(weight => weight > 0)).toHaveLength(events)
    const onPlacebos = placebos.flat().map(trade => trade.r)
    expect(onPlacebos.length).toBeGreaterThan(events)
    expect(sample.y.filter((_, i) => sample.b[i]! > 0).sort()).toEqual(onPlacebos.sort())
  })
})

describe('timeframes of a market', () => {
  it('are those that its bars divide and of which it has a warm-up, a horizon and 200 bars', () => {
    const settings = resolveEvidence({
      ...{ horizon: 12, timeframes: ['30m', '1h', '90m', '2h'], stronger: ['2h'] },
      levels: (bars: Market) => pivotLevels(bars, 3),
    })
    const known = (bars: number) => [
      ...scopeByTimeframe(createScope(prefix(market, bars), 0, settings), settings, undefined).keys(),
    ]
    // 100 + 12 + 200 = 312 bars, of two hours each 624.
    expect(known(311)).toEqual([])
    expect(known(312)).toEqual(['1h'])
    expect(known(623)).toEqual(['1h'])
    expect(known(624)).toEqual(['1h', '2h'])
  })
})

describe('what makes a claim', () => {
  const settings = resolveEvidence({})
  const testsOf = (name: ClaimName) =>
    claimTests(name, settings, new Set(['magnet 1h', 'magnet 4h']))
      .filter(({ question }) => !question.descriptive)
      .map(({ question }) => question.name)
  /** The verdict of a claim whose tests have these. */
  const verdictOf = (name: ClaimName, ...verdicts: Verdict[]) =>
    createClaim(
      name,
      undefined,
      verdicts.map(verdict => ({ verdict, question: { null: '' } }) as TestResult),
      [],
      [],
    ).verdict

  it('are the comparisons that it is about, with the placebo where something else could earn or attract as much', () => {
    const expected: Record<ClaimName, string[]> = {
      magnet: ['magnet', 'magnet: against placebo'],
      reversal: ['reversal'],
      sfp: ['sfp', 'sfp: against placebo'],
      timeframes: ['timeframes: magnet', 'timeframes: reversal', 'timeframes: sfp'],
      convergence: ['convergence: magnet', 'convergence: reversal'],
      continuation: ['continuation'],
      forecast: ['forecast', 'forecast: against placebo'],
      stops: ['stops: magnet', 'stops: reversal'],
      observed: ['observed: magnet', 'observed: reversal'],
    }
    for (const [name, tests] of Object.entries(expected)) expect(testsOf(name as ClaimName)).toEqual(tests)
  })

  it('all must hold, except where a level may be stronger in one way or another', () => {
    const half = (name: ClaimName) => verdictOf(name, 'supported', 'inconclusive')
    for (const name of ['magnet', 'reversal', 'sfp', 'continuation', 'forecast', 'stops', 'observed'] as const) {
      expect([name, half(name)]).toEqual([name, 'inconclusive'])
      expect(verdictOf(name, 'supported', 'not supported')).toBe('not supported')
      expect(verdictOf(name, 'supported', 'supported')).toBe('supported')
    }
    for (const name of ['timeframes', 'convergence'] as const) {
      expect(half(name)).toBe('supported')
      expect(verdictOf(name, 'inconclusive', 'not supported')).toBe('inconclusive')
      expect(verdictOf(name, 'not supported', 'not supported')).toBe('not supported')
    }
  })
})

describe('a test', () => {
  it('has blocks of at least two horizons, in which outcomes overlap', () => {
    const evidence = (horizon: number) =>
      gatherEvidence(
        [market],
        undefined,
        { levels: bars => pivotLevels(bars, 3), horizon, resamples: 200 },
        new Ledger(),
      ).continuation()
    for (const horizon of [6, 24]) {
      const { blockMs } = evidence(horizon)
      expect(blockMs).toBeGreaterThanOrEqual(2 * horizon * market.barMs)
      // Outcomes of a random walk depend on each other for no longer than that.
      expect(blockMs).toBeLessThan(4 * horizon * market.barMs)
    }
  })

  it('enters its p in the ledger, and a repetition replaces it', () => {
    const ledger = new Ledger()
    const evidence = (resamples: number) =>
      gatherEvidence(
        [market],
        undefined,
        { levels: bars => pivotLevels(bars, 3), horizon: 12, resamples },
        ledger,
      ).reversal()
    const first = evidence(200)
    expect(ledger.rows().map(({ name, p, times }) => ({ name, p, times }))).toEqual([
      { name: 'reversal', p: first.p, times: 1 },
    ])
    const second = evidence(999)
    expect(second.p).not.toBe(first.p)
    expect(ledger.rows().map(({ p, times }) => ({ p, times }))).toEqual([{ p: second.p, times: 2 }])
  })
})

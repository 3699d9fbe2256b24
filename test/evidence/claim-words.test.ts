/** What a claim says beside its figures, and its tables. */
import { describe, expect, it } from 'vitest'
import type { Claim } from '../../src/evidence/claim.ts'
import { claimOfMarkets, type MarketFacts } from '../../src/evidence/claim-of-markets.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { claimTable, ledgerTable } from '../../src/evidence/tables.ts'
import type { TestResult } from '../../src/evidence/test-result.ts'

const facts = (ratio: number): MarketFacts => ({
  ...{ symbol: 'X', timeframe: '1h', description: 'X 1h', levels: 'clusters', assumptions: ['a', 'b'] },
  varianceRatio: { ratio, standardError: 0.05 },
})
const test = (change: object = {}) =>
  ({
    question: { name: 'reversal', unit: 'move', null: 'none' },
    sentence: 'S.',
    verdict: 'supported',
    ...change,
  }) as TestResult
const claim = (name: 'reversal' | 'magnet' | 'timeframes', ratio: number, names: string[] = [], timeframes = ['1h']) =>
  claimOfMarkets(
    name,
    [test()],
    [facts(ratio)],
    new Set(names),
    resolveEvidence({ timeframes, stronger: timeframes.slice(1) }),
    {},
  )

describe('a market whose prices return or go on by themselves', () => {
  it('is warned of below 0.9 and above 1.1, where sweeps are followed', () => {
    const caution = (ratio: number) => claim('reversal', ratio).cautions.join()
    expect(caution(0.8)).toBe(
      'Caution: variance ratio of X 1h over 24 bars: 0.80 ± 0.05, outside 0.9 to 1.1: prices return by themselves there, with or without levels.',
    )
    expect(caution(1.2)).toContain('1.20 ± 0.05, outside 0.9 to 1.1: prices go on by themselves there')
    for (const ratio of [0.9, 1, 1.1, Number.NaN]) expect(caution(ratio)).toBe('')
    expect(claim('magnet', 0.8).cautions).toEqual([])
    expect(claim('reversal', 1).assumptions.join()).toContain('variance ratio of X 1h over 24 bars: 1.00 ± 0.05')
    expect(claim('magnet', 1).assumptions.join()).not.toContain('variance ratio')
    expect(claim('reversal', Number.NaN).assumptions.join()).not.toContain('variance ratio')
    expect(claim('reversal', 0.8).sentence).toMatch(/: supported\. S\. Caution: /)
  })
})

describe('timeframes that a market is too coarse or too short for', () => {
  it('are named, and only where there are any', () => {
    const told = (known: string[]) =>
      claim(
        'timeframes',
        1,
        known.map(timeframe => `magnet ${timeframe}`),
        ['1h', '4h'],
      ).assumptions.filter(line => line.startsWith('timeframes excluded'))
    expect(told(['1h', '4h'])).toEqual([])
    expect(told(['1h'])).toEqual([expect.stringMatching(/: 4h$/)])
    expect(told([])).toEqual([expect.stringMatching(/: 1h, 4h$/)])
  })
})

describe('tables', () => {
  it('have a row for each test, in its own unit and in hours', () => {
    const row = (name: string, unit: string, change: object = {}) =>
      test({
        question: { name, unit, null: `null of ${name}`, ...change },
        ...{ effect: 0.1, low: 0, high: 0.2, p: 0.04, pAdjusted: 0.08, q: 0.05, n: 30, controls: 40, events: 50 },
        ...{ rate: 0.6, baseRate: 0.5, blockMs: 7_200_000, blocks: 9, verdict: 'inconclusive' },
      })
    const claims = [
      { claim: 'magnet', tests: [row('a', 'share'), row('b', 'move')], descriptive: [] },
      { claim: 'sfp', tests: [row('c', 'r')], descriptive: [row('d', 'bits', { descriptive: true })] },
    ] as unknown as Claim[]
    const shared = {
      ...{ effect: 0.1, low: 0, high: 0.2, p: 0.04, pAdjusted: 0.08, q: 0.05, n: 30, controls: 40, events: 50 },
      ...{ rate: 0.6, baseRate: 0.5, blockHours: 2, blocks: 9 },
    }
    expect(claimTable(claims).objects()).toEqual([
      { claim: 'magnet', test: 'a', unit: 'share', null: 'null of a', verdict: 'inconclusive', ...shared },
      { claim: 'magnet', test: 'b', unit: 'σ', null: 'null of b', verdict: 'inconclusive', ...shared },
      { claim: 'sfp', test: 'c', unit: 'R', null: 'null of c', verdict: 'inconclusive', ...shared },
      { claim: 'sfp', test: 'd', unit: 'bit', null: 'null of d', verdict: 'descriptive', ...shared },
    ])
  })

  it('of the ledger have each test with its corrections', () => {
    const ledger = new Ledger()
    ledger.enter('a', 'first', 0.01)
    ledger.enter('b', 'second', 0.04)
    ledger.enter('b', 'second', 0.03)
    expect(ledgerTable(ledger).objects()).toEqual([
      { test: 'first', times: 1, p: 0.01, pAdjusted: 0.02, q: 0.02 },
      { test: 'second', times: 2, p: 0.03, pAdjusted: 0.03, q: 0.03 },
    ])
  })
})

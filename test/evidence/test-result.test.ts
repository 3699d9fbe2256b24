import { describe, expect, it } from 'vitest'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { Sample } from '../../src/evidence/sample.ts'
import { runTest } from '../../src/evidence/test-result.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { random } from '../../src/stats/random.ts'

const HOUR = 3_600_000
const market = simulateMarket({ bars: 10, population: { positionsPerBar: 0 } })
const question = { name: 'q', unit: 'move', effect: 'Effect', null: 'None', rateLabel: 'went' } as const

/** A test of random outcomes around a mean on each side of the price. */
function runRandomTest(
  counts: { high: number; low: number },
  mean: number,
  { alpha = 0.05, resamples = 400, ledger = new Ledger() } = {},
) {
  const sample = new Sample()
  const rng = random(4)
  for (const side of ['high', 'low'] as const) {
    const stratum = sample.addStratum({ family: '', market: 0, side, sign: 1 })
    for (let i = 0; i < counts[side]; i++) sample.add(stratum, i * HOUR, mean + rng.normal(), 1, 0)
  }
  const settings = resolveEvidence({ alpha, horizon: 1, resamples })
  return runTest(
    question,
    { sample, events: counts.high + counts.low, exclusions: [] },
    { settings, ledger, markets: [market], shortestBarMs: HOUR, longestBarMs: HOUR },
  )
}

describe('the sentence of a test', () => {
  it('gives the reason of the verdict at the given alpha', () => {
    const opposite = runRandomTest({ high: 200, low: 200 }, -0.05, { alpha: 0.9 })
    expect(opposite).toMatchObject({ verdict: 'not supported', effect: expect.toSatisfy((x: number) => x < 0) })
    expect(opposite.p).toBeGreaterThan(0.05)
    expect(opposite.sentence).toMatch(/Not supported: the effect has the opposite sign\.$/)
    const small = runRandomTest({ high: 200, low: 200 }, -0.2, { alpha: 0.001 })
    expect(small.verdict).toBe('not supported')
    expect(small.p).toBeLessThan(0.05)
    expect(small.sentence).toMatch(/Not supported: the interval excludes effects of \+0.050 σ or more\.$/)
  })
})

describe('one of a large number of tests', () => {
  it('says that more resamples are needed, and is the same test with them', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 30; i++) ledger.enter(`other ${i}`, 'another look', 0.5)
    const few = runRandomTest({ high: 200, low: 200 }, 1, { ledger, resamples: 400 })
    expect(few.verdict).toBe('inconclusive')
    expect(few.sentence).toMatch(/Inconclusive: p is the smallest that 400 resamples can show, .*; use more\.$/)
    const more = runRandomTest({ high: 200, low: 200 }, 1, { ledger, resamples: 4000 })
    expect(more.verdict).toBe('supported')
    expect([ledger.tests, ledger.runs]).toEqual([31, 32])
    for (const { p, pAdjusted } of [few, more]) expect(pAdjusted).toBeGreaterThanOrEqual(p)
  })
})

describe('a test', () => {
  it('reports that only one side of the price could be compared', () => {
    expect(runRandomTest({ high: 60, low: 60 }, 0).exclusions).toEqual([])
    expect(runRandomTest({ high: 60, low: 2 }, 0).exclusions).toEqual([
      'SYNTH/USDT:USDT 1h below the price, where too few events can be compared, so a trend may look like an effect',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { Ledger } from '../../src/evidence/ledger.ts'
import { Sample } from '../../src/evidence/sample.ts'
import { dataFactor, runTest } from '../../src/evidence/test-result.ts'
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

describe('the words of a test', () => {
  const run = (outcomes: (i: number) => number, n = 300, more: object = {}) => {
    const sample = new Sample()
    for (const side of ['high', 'low'] as const) {
      const stratum = sample.addStratum({ family: '', market: 0, side, sign: 1 })
      for (let i = 0; i < n; i++) sample.add(stratum, i * HOUR, outcomes(i), 1, 0)
    }
    return runTest(
      { ...question, ...more },
      { sample, events: 2 * n, exclusions: [] },
      {
        settings: resolveEvidence({ horizon: 1, resamples: 400 }),
        ledger: new Ledger(),
        markets: [market],
        shortestBarMs: HOUR,
        longestBarMs: HOUR,
      },
    )
  }
  const rng = random(8)
  const around = (mean: number, spread: number) => run(() => mean + spread * rng.normal())

  it('say of an effect that is sure and small that it does not matter', () => {
    expect(around(0.02, 0.05).sentence).toMatch(/Supported, but too small to matter\.$/)
    expect(around(0.2, 0.5).sentence).toMatch(/Supported\.$/)
  })

  it('say why there is no interval, and how much more data an open question takes', () => {
    expect(run(() => 1).sentence).toMatch(/There is no interval, as the outcomes do not vary\.$/)
    expect(run(i => i % 2, 5).sentence).toMatch(/as the events are too few or the span is too short\.$/)
    expect(run(i => i % 2, 2).sentence).toBe('Effect: 0 of 4 events can be compared, which is too few.')
    const open = around(0, 5)
    const factor = dataFactor(open, 0.05)
    expect(open.sentence).toContain(
      `Inconclusive: an effect of +0.050 σ would take about ${Math.round(factor).toLocaleString('en-US')} times this data to be found (power 80 %).`,
    )
  })

  it('of a descriptive test have no verdict, and it is in no ledger', () => {
    const shown = run(i => i % 3, 300, { descriptive: true })
    expect(shown.sentence).toMatch(/^Effect: \+1\.000 σ \(95 % .*, n = 600\); went 66\.7 %\.$/)
    expect([shown.testsMade, shown.pAdjusted, shown.q, shown.verdict]).toEqual([
      0,
      Number.NaN,
      Number.NaN,
      'inconclusive',
    ])
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

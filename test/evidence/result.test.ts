import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/evidence/ledger.ts'
import { makeTest } from '../../src/evidence/result.ts'
import { Sample } from '../../src/evidence/sample.ts'
import { resolveSettings } from '../../src/evidence/settings.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { random } from '../../src/stats/random.ts'

const HOUR = 3_600_000
const market = simulateMarket({ bars: 10, population: { positionsPerBar: 0 } })
const question = { name: 'q', unit: 'move', effect: 'Effect', null: 'None', rates: 'went' } as const

/** A test of so many outcomes around a mean on each side of the price. */
function testOf(
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
  const settings = resolveSettings({ alpha, horizon: 1, resamples })
  return makeTest(
    question,
    { sample, events: counts.high + counts.low, leftOut: [] },
    { settings, ledger, markets: [market], shortestBarMs: HOUR, longestBarMs: HOUR },
  )
}

describe('the sentence of a test', () => {
  it('gives the reason that the verdict has, by the level that was asked for', () => {
    const other = testOf({ high: 200, low: 200 }, -0.05, { alpha: 0.9 })
    expect(other).toMatchObject({ verdict: 'not supported', effect: expect.toSatisfy((x: number) => x < 0) })
    expect(other.p).toBeGreaterThan(0.05)
    expect(other.sentence).toMatch(/Not supported: it goes the other way\.$/)
    const nothing = testOf({ high: 200, low: 200 }, -0.2, { alpha: 0.001 })
    expect(nothing.verdict).toBe('not supported')
    expect(nothing.p).toBeLessThan(0.05)
    expect(nothing.sentence).toMatch(/Not supported: nothing of \+0.050 σ or more is left in the interval\.$/)
  })
})

describe('a test among very many', () => {
  it('says that more resamples are needed, and with them is the same test', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 30; i++) ledger.enter(`other ${i}`, 'another look', 0.5)
    const few = testOf({ high: 200, low: 200 }, 1, { ledger, resamples: 400 })
    expect(few.verdict).toBe('inconclusive')
    expect(few.sentence).toMatch(/Inconclusive: p is as small as 400 resamples can show, .*; take more\.$/)
    const more = testOf({ high: 200, low: 200 }, 1, { ledger, resamples: 4000 })
    expect(more.verdict).toBe('supported')
    expect([ledger.tests, ledger.runs]).toEqual([31, 32])
    for (const { p, pAdjusted } of [few, more]) expect(pAdjusted).toBeGreaterThanOrEqual(p)
  })
})

describe('a test', () => {
  it('says where only one side of the price could be compared', () => {
    expect(testOf({ high: 60, low: 60 }, 0).leftOut).toEqual([])
    expect(testOf({ high: 60, low: 2 }, 0).leftOut).toEqual([
      'SYNTH/USDT:USDT 1h below the price, where too few can be compared; so a trend can pass for an effect there',
    ])
  })
})

/** Verdicts and figures, as their definitions say. */
import { describe, expect, it } from 'vitest'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { combine, formatEffect, formatP, formatShare, judge, type Verdict } from '../../src/evidence/verdict.ts'

describe('a verdict', () => {
  const verdict = (effect: number, high: number, p: number, pAdjusted = p) =>
    judge({ effect, high, p }, pAdjusted, 0.05, 0.05)

  it('is supported below alpha, with the sign of the claim, after correction', () => {
    expect(verdict(0.2, 0.3, 0.01)).toBe('supported')
    expect(verdict(0.2, 0.3, 0.01, 0.049)).toBe('supported')
    expect(verdict(0.2, 0.3, 0.01, 0.05)).toBe('inconclusive')
    expect(verdict(0.01, 0.02, 0.01)).toBe('supported')
  })

  it('is not supported with the other sign, or where nothing that matters is in the interval', () => {
    expect(verdict(-0.2, 0.3, 0.01)).toBe('not supported')
    expect(verdict(-0.2, 0.3, 0.01, 0.05)).toBe('inconclusive')
    expect(verdict(0.01, 0.049, 0.6)).toBe('not supported')
    expect(verdict(0.01, 0.05, 0.6)).toBe('inconclusive')
    expect(verdict(0, 0.3, 0.01)).toBe('inconclusive')
  })

  it('is open without a p-value', () => {
    expect(verdict(0.2, 0.01, Number.NaN, 0.001)).toBe('inconclusive')
  })

  it('of several tests follows the rule of the claim', () => {
    const [yes, no, open] = ['supported', 'not supported', 'inconclusive'] as const satisfies Verdict[]
    const cases: readonly [Verdict[], all: Verdict, any: Verdict][] = [
      [[], open, open],
      [[yes], yes, yes],
      [[yes, yes], yes, yes],
      [[yes, no], no, yes],
      [[yes, open], open, yes],
      [[no, open], no, open],
      [[no, no], no, no],
      [[open, open], open, open],
    ]
    for (const [verdicts, all, any] of cases)
      expect([combine(verdicts, 'all'), combine(verdicts, 'any')]).toEqual([all, any])
  })
})

describe('figures', () => {
  it('have a sign, the digits and the name of their unit', () => {
    expect(formatEffect(0.0123, 'share')).toBe('+1.2 pp')
    expect(formatEffect(-0.0123, 'move')).toBe('−0.012 σ')
    expect(formatEffect(0.5, 'r')).toBe('+0.500 R')
    expect(formatEffect(0, 'r', true)).toBe('+0.000')
    for (const value of [Number.NaN, Infinity]) expect(formatEffect(value, 'r')).toBe('n/a')
  })

  it('of probabilities have more digits where they are small', () => {
    expect([0.0009, 0.001, 0.0994, 0.1, 0.5, 1, Number.NaN].map(formatP)).toEqual([
      '< 0.001',
      '0.001',
      '0.099',
      '0.10',
      '0.50',
      '1.00',
      'n/a',
    ])
    expect([0.1234, 1, Number.NaN].map(formatShare)).toEqual(['12.3 %', '100.0 %', 'n/a'])
  })
})

describe('options', () => {
  it('have the documented defaults', () => {
    expect(resolveEvidence({})).toMatchObject({
      horizon: 24,
      reach: [0.5, 2.5],
      timeframes: ['15m', '1h', '4h', '1d'],
      stronger: ['4h', '1d'],
      converging: [25, 50, 100],
      clusters: { brightness: 2 },
      detect: {},
      trade: {},
      matters: { share: 0.02, move: 0.05, r: 0.05, bits: 0.01 },
      alpha: 0.05,
      resamples: 2000,
      seed: 1,
    })
    expect(resolveEvidence({ matters: { r: 0.2 } }).matters).toEqual({ share: 0.02, move: 0.05, r: 0.2, bits: 0.01 })
    expect(resolveEvidence({ clusters: { brightness: 3 } }).clusters).toMatchObject({ brightness: 3 })
    for (const converging of [2, 3, [25, 50]]) expect(resolveEvidence({ converging }).converging).toEqual(converging)
  })

  it('are refused where they are out of range', () => {
    const wrong: readonly [object, string][] = [
      [{ horizon: 0 }, 'horizon: 0, but expected'],
      [{ reach: [0, 1] }, 'reach: [0,1], but expected two distances, 0 < from < to'],
      [{ reach: [1, 1] }, 'but expected two distances'],
      [{ reach: [2, 1] }, 'but expected two distances'],
      [{ reach: [1] }, 'but expected two distances'],
      [{ reach: [1, 2, 3] }, 'but expected two distances'],
      [{ reach: ['1', 2] }, 'but expected two distances'],
      [{ reach: [1, '2'] }, 'but expected two distances'],
      [{ reach: 1 }, 'but expected two distances'],
      [{ levels: 5 }, 'levels: 5, but expected a function'],
      [{ converging: 1 }, 'or a number of tiers from 2 on'],
      [{ converging: [25] }, 'at least two leverages'],
      [{ converging: [25, 25] }, 'at least two leverages'],
      [{ converging: [25, 0.5] }, 'a leverage'],
      [{ alpha: 0 }, 'alpha: 0, but expected a probability between 0 and 1'],
      [{ alpha: 1 }, 'alpha: 1'],
      [{ matters: { r: 0 } }, 'r: 0, but expected a number above 0'],
      [{ resamples: 199 }, 'resamples: 199'],
      [{ stronger: ['2h'] }, 'stronger: ["2h"], but expected some of the timeframes 15m, 1h, 4h, 1d'],
      [{ timeframes: ['x'] }, 'timeframes'],
      [{ horizn: 5 }, 'did you mean horizon?'],
    ]
    for (const [options, message] of wrong) expect(() => resolveEvidence(options as never)).toThrow(message)
  })
})

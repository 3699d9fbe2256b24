/** Mixes of leverage, survival curves and places of stops: what they mean, and what is refused. */
import { describe, expect, it } from 'vitest'
import { LEVERAGE_PRIORS, leverageOption, leverageTiers, mixForSize } from '../../../src/liquidation/book/leverage.ts'
import { normalisedShares } from '../../../src/liquidation/book/shares.ts'
import { resolveStops, stopOption, stopPlaces, stopWords } from '../../../src/liquidation/book/stop-places.ts'
import { endings, survivalCurve, survivalOption } from '../../../src/liquidation/book/survival.ts'
import { assumedOpenInterest } from '../../../src/liquidation/book/turnover.ts'
import { takesPart } from '../../../src/liquidation/cluster-runs.ts'
import { marketOf } from '../../market/fixtures.ts'

describe('leverage', () => {
  it('has tiers in order, scaled to sum 1, also those of weight 0', () => {
    expect(leverageTiers({ 100: 1, 10: 3, 25: 0 })).toEqual([
      { leverage: 10, weight: 0.75 },
      { leverage: 25, weight: 0 },
      { leverage: 100, weight: 0.25 },
    ])
    expect(normalisedShares({ 0: 1, 2: 1 })).toEqual([
      [0, 0.5],
      [2, 0.5],
    ])
    for (const mix of Object.values(LEVERAGE_PRIORS))
      expect(Object.values(mix).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2)
    // In inverse proportion to the root of the leverage.
    const { inverseRoot } = LEVERAGE_PRIORS
    for (const [leverage, weight] of Object.entries(inverseRoot))
      expect(weight / inverseRoot[5]).toBeCloseTo(Math.sqrt(5 / Number(leverage)), 2)
  })

  it('is a prior by name, a mix, or a function of the size', () => {
    expect(leverageOption('retail')).toBeUndefined()
    expect(leverageOption({ 1.5: 1 })).toBeUndefined()
    expect(leverageOption(() => 1)).toBeUndefined()
    expect(leverageOption('toString')).toMatchObject({
      expected: expect.stringContaining('retail, high, equal or inverseRoot'),
    })
    for (const [mix, expected] of [
      [{ 1: 1 }, { expected: 'leverages above 1', value: 1 }],
      [{ x: 1 }, { expected: 'leverages above 1', value: 'x' }],
      [{ Infinity: 1 }, { expected: 'leverages above 1', value: Infinity }],
      [{ 10: -1 }, { expected: 'a share of 0 or more', path: '[10]', value: -1 }],
      [{ 10: Infinity }, { expected: 'a share of 0 or more', path: '[10]', value: Infinity }],
      [{ 10: '1' }, { expected: 'a share of 0 or more', path: '[10]', value: '1' }],
      [{ 10: 0 }, { expected: 'at least one share above 0' }],
      [{}, { expected: 'at least one share above 0' }],
      [[10], { expected: 'shares by value, e.g. { 10: 0.5, 50: 0.5 }' }],
      [null, { expected: 'shares by value, e.g. { 10: 0.5, 50: 0.5 }' }],
      [5, { expected: 'shares by value, e.g. { 10: 0.5, 50: 0.5 }' }],
    ] as const)
      expect(leverageOption(mix)).toEqual(expected)
    expect(leverageOption({ 10: 0, 20: 1 })).toBeUndefined()
    expect(mixForSize('high', 5, 'f')).toBe(LEVERAGE_PRIORS.high)
    expect(mixForSize({ 10: 1 }, 5, 'f')).toEqual({ 10: 1 })
    expect(mixForSize(usd => ({ [usd]: 1 }), 50, 'f')).toEqual({ 50: 1 })
    expect(() => mixForSize(() => ({ 1: 1 }), 50, 'f')).toThrow('f: leverage(50): 1, but expected leverages above 1')
  })
})

describe('survival', () => {
  it('ends positions at its parts, and liquidates the others', () => {
    const survival = { 1: 0.4, 0.5: 0.7 }
    expect(survivalCurve(survival)).toEqual([
      { part: 0.5, share: 0.7 },
      { part: 1, share: 0.4 },
    ])
    const near = (share: number) => expect.closeTo(share, 12)
    const stops = [
      { part: 0.5, share: near(0.3) },
      { part: 1, share: near(0.3) },
    ]
    expect(endings(survival, 'stops')).toEqual(stops)
    expect(endings(survival, 'liquidations')).toEqual([{ part: 1, share: 0.4 }])
    expect(endings(survival, 'both')).toEqual([...stops, { part: 1, share: 0.4 }])
    expect(endings({}, 'both')).toEqual([{ part: 1, share: 1 }])
    expect(endings({}, 'stops')).toEqual([])
    expect(endings({ 0.5: 0 }, 'both')).toEqual([{ part: 0.5, share: 1 }])
    expect(endings({ 0.5: 1 }, 'both')).toEqual([{ part: 1, share: 1 }])
  })

  it('falls from 1 to 0 on parts of the way', () => {
    for (const curve of [{}, { 1: 0 }, { 0.5: 1, 1: 1 }, { 1: 0.2, 0.5: 0.2 }])
      expect(survivalOption(curve)).toBeUndefined()
    const falling = { expected: 'the share still open by part of the way, falling, e.g. { 0.5: 0.7, 1: 0.4 }' }
    for (const value of [null, 5, [0.5], 'x']) expect(survivalOption(value)).toEqual(falling)
    for (const [curve, value] of [
      [{ 0: 1 }, 0],
      [{ 1.1: 1 }, 1.1],
      [{ x: 1 }, 'x'],
    ] as const)
      expect(survivalOption(curve)).toEqual({ expected: 'parts of the way above 0 to 1', value })
    for (const [curve, max, path, value] of [
      [{ 0.5: 0.5, 1: 0.6 }, 0.5, '[1]', 0.6],
      [{ 0.5: 1.1 }, 1, '[0.5]', 1.1],
      [{ 0.5: -0.1 }, 1, '[0.5]', -0.1],
      [{ 0.5: '1' }, 1, '[0.5]', '1'],
    ] as const)
      expect(survivalOption(curve)).toEqual({
        expected: `a share of 0 to ${max}, as no position opens again on the way`,
        path,
        value,
      })
  })
})

describe('places of stops', () => {
  const width = 0.001
  const price = (place: number) => Math.exp(place * width)
  const bin = (usd: number) => Math.floor(Math.log(usd) / width)
  // A swing low of 95 and a swing high of 106 at bar 2, of one bar each side.
  const market = marketOf([
    [100, 104, 97, 100],
    [100, 105, 96, 100],
    [100, 106, 95, 100],
    [100, 105, 96, 100],
    [100, 103, 97, 100],
  ])
  const places = (at: 'rounds' | 'swings' | 'both', more = {}) =>
    stopPlaces(market, resolveStops({ at, swingBars: 1, offset: 0.002, ...more }), width)

  it('beyond round numbers: below the one under a long, above the one over a short', () => {
    const rounds = places('rounds')
    expect(price(rounds.at('long', bin(63_421)))).toBeCloseTo(63_000 * Math.exp(-0.002), 5)
    expect(price(rounds.at('short', bin(63_421)))).toBeCloseTo(64_000 * Math.exp(0.002), 5)
    expect(price(rounds.at('long', bin(63_421)))).toBeCloseTo(63_000 * Math.exp(-0.002), 5)
    const finer = places('rounds', { digits: 3 })
    expect(price(finer.at('long', bin(63_421)))).toBeCloseTo(63_400 * Math.exp(-0.002), 5)
    expect(price(finer.at('short', bin(63_450)))).toBeCloseTo(63_500 * Math.exp(0.002), 5)
  })

  it('beyond the last swing point, once the bars after it have closed, for entries on its inner side', () => {
    const swings = places('swings')
    for (let t = 0; t <= 3; t++) swings.advance(t)
    expect([swings.at('long', bin(100)), swings.at('short', bin(100))]).toEqual([Number.NaN, Number.NaN])
    swings.advance(4)
    expect(price(swings.at('long', bin(100)))).toBeCloseTo(95 * Math.exp(-0.002), 9)
    expect(price(swings.at('short', bin(100)))).toBeCloseTo(106 * Math.exp(0.002), 9)
    expect(swings.at('long', bin(94.8))).toBeNaN()
    expect(swings.at('short', bin(106.2))).toBeNaN()
    expect(swings.at('long', bin(95.2))).not.toBeNaN()
    expect(swings.at('short', bin(105.8))).not.toBeNaN()
  })

  it('beyond the nearer of both', () => {
    const both = places('both')
    // Before a swing is known, round numbers alone.
    expect(price(both.at('long', bin(100.4)))).toBeCloseTo(100 * Math.exp(-0.002), 5)
    for (let t = 0; t <= 4; t++) both.advance(t)
    expect(price(both.at('long', bin(100.4)))).toBeCloseTo(100 * Math.exp(-0.002), 5)
    // Round numbers of 10 under 96 and over 105: 90 and 110, so the swings are nearer.
    expect(price(both.at('long', bin(96.4)))).toBeCloseTo(Math.max(96, 95) * Math.exp(-0.002), 0)
    expect(price(both.at('short', bin(105.5)))).toBeCloseTo(106 * Math.exp(0.002), 9)
    expect(price(both.at('short', bin(104)))).toBeCloseTo(106 * Math.exp(0.002), 9)
  })

  it('have defaults, limits and words', () => {
    expect(resolveStops({})).toEqual({ at: 'survival', offset: 0.001, swingBars: 10, digits: 2 })
    expect(stopOption({ at: 'both', offset: 0, swingBars: 1, digits: 1 })).toBeUndefined()
    expect(stopOption({ offset: 0.05, digits: 10 })).toBeUndefined()
    for (const wrong of [
      { at: 'x' },
      { offset: -0.001 },
      { offset: 0.051 },
      { swingBars: 0 },
      { digits: 0 },
      { digits: 11 },
    ])
      expect(stopOption(wrong)).toBeDefined()
    const words = (at: 'swings' | 'rounds' | 'both') => stopWords(resolveStops({ at }))
    expect(words('swings')).toBe(
      'stops lie 10 bp beyond the last swing point (10 bars each side) on the way to the liquidation, where there is one (assumed)',
    )
    expect(words('rounds')).toContain('10 bp beyond the nearest round number (2 digits) on the way')
    expect(words('both')).toContain(
      'the nearer of the last swing point (10 bars each side) and the nearest round number',
    )
  })
})

it('an assumed open interest is USD at the close, or a multiple of the mean volume of up to 30 days', () => {
  const hours = marketOf(
    Array.from({ length: 24 * 32 }, (_, i) => [100, 110, 80, i % 2 === 0 ? 80 : 100, i < 24 ? 5 : 1]),
  )
  expect([...assumedOpenInterest(hours, 8000).slice(0, 2)]).toEqual([100, 80])
  const coins = assumedOpenInterest(hours, { ofDailyVolume: 0.5 })
  // 5 coins an hour are 120 a day; after two days the mean is 72; when the first day is left out, 24.
  expect(coins[0]).toBeCloseTo(60, 9)
  expect(coins[23]).toBeCloseTo(60, 9)
  expect(coins[47]).toBeCloseTo(36, 9)
  expect(coins[719]).toBeCloseTo(0.5 * ((24 * 5 + 696) / 30), 9)
  expect(coins[720]).toBeCloseTo(0.5 * ((23 * 5 + 697) / 30), 9)
  expect(coins.at(-1)).toBeCloseTo(12, 9)
})

it('a tier takes part from its share of its own weight on, and never without notional', () => {
  expect(takesPart(5, 100, 0.1, 0.5)).toBe(true)
  expect(takesPart(4.9, 100, 0.1, 0.5)).toBe(false)
  expect(takesPart(0, 100, 0.1, 0)).toBe(false)
  expect(takesPart(1e-9, 100, 0.1, 0)).toBe(true)
})

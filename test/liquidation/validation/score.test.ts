import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { impliedLiquidations } from '../../../src/liquidation/validation/implied.ts'
import { movingBlocks, type ScoreOptions, scoreMap } from '../../../src/liquidation/validation/score.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { partialSpearman, pearson, ranks, ranksOf, spearman, standingOf } from '../../../src/stats/ranks.ts'

describe('ranks', () => {
  it('ties share their mean', () => {
    expect([...ranks([10, 20, 10, 30])]).toEqual([1.5, 3, 1.5, 4])
  })

  it('are what they are called: those below, and half of those alike, of any choice of the values (property)', () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, 1, 1, Infinity))
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 60 }),
        (all, some) => {
          const rows = Int32Array.from(some, row => row % all.length)
          const chosen = Array.from(rows, row => all[row]!)
          const by = (test: (other: number) => boolean) => chosen.filter(test).length
          const expected = chosen.map(own => by(other => other < own) + (by(other => other === own) + 1) / 2)
          expect([...ranksOf(standingOf(all), rows)]).toEqual(expected)
          expect([...ranks(chosen)]).toEqual(expected)
        },
      ),
    )
  })

  it('spearman by hand: 1 − 6·Σd²/(n(n²−1))', () => {
    // d = 1, 1, 0, 2, 2 → Σd² = 10, n = 5.
    expect(
      spearman(
        [1, 2, 3, 4, 5],
        [2, 1, 3, 6, 4.5].map((v, i) => (i === 3 ? 5.5 : v)),
      ),
    ).toBeCloseTo(1 - (6 * 4) / 120, 12)
    expect(spearman([1, 2, 3], [1, 8, 27])).toBe(1)
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1)
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN()
  })

  it('partial: the formula for one control, r = (rxy − rxz·ryz)/√((1−rxz²)(1−ryz²))', () => {
    const rng = random(5)
    const z = Array.from({ length: 300 }, () => rng.normal())
    const x = z.map(value => value + rng.normal())
    const y = z.map(value => value + rng.normal())
    const [xy, xz, yz] = [spearman(x, y), spearman(x, z), spearman(y, z)]
    const expected = (xy - xz * yz) / Math.sqrt((1 - xz ** 2) * (1 - yz ** 2))
    expect(partialSpearman(x, y, [z])).toBeCloseTo(expected, 12)
    expect(partialSpearman(x, y, [z, z])).toBeCloseTo(expected, 9)
    // x and y have nothing in common but z.
    expect(Math.abs(expected)).toBeLessThan(0.15)
    expect(xy).toBeGreaterThan(0.4)
  })

  it('moving blocks are runs of neighbours', () => {
    const [rows] = movingBlocks(100, 10, 1, 3)
    expect(rows!.length).toBe(100)
    for (let i = 0; i < 100; i++) if (i % 10 > 0) expect(rows![i]).toBe(rows![i - 1]! + 1)
  })
})

describe('scoreMap', () => {
  const market = simulateMarket({ seed: 21, bars: 700 })
  const map = liquidationMap(market)
  const { long, short } = impliedLiquidations(map)
  /** A market in which what the map says happens, times noise, or something that has nothing to do with it. */
  const recorded = (mix: number, seed = 1): Market => {
    const rng = random(seed)
    const coins = (implied: Float64Array) =>
      implied.map((usd, t) => (usd ** mix * Math.exp(rng.normal()) * 10 ** (6 * (1 - mix))) / market.close[t]!)
    return createMarket({ ...market, longLiquidations: coins(long), shortLiquidations: coins(short) }, market)
  }

  it('finds a map that is right, with an interval that holds the value', () => {
    const score = scoreMap(map, recorded(1), { resamples: 100 })
    for (const side of ['long', 'short'] as const) {
      const { partial, spearman: plain, topDecileLift, bars } = score[side]
      expect(bars).toBe(699)
      expect(plain.value).toBeGreaterThan(0.5)
      expect(partial.value).toBeGreaterThan(0.3)
      expect(partial.low).toBeLessThan(partial.value)
      expect(partial.high).toBeGreaterThan(partial.value)
      expect(topDecileLift).toBeGreaterThan(2)
      expect(score[side].calibration.at(-1)!.real).toBeGreaterThan(score[side].calibration[0]!.real)
    }
  })

  it('finds nothing where there is nothing', () => {
    for (const seed of [1, 2, 3]) {
      const { partial } = scoreMap(map, recorded(0, seed), { resamples: 100 }).long
      expect(Math.abs(partial.value)).toBeLessThan(0.12)
      expect(partial.low).toBeLessThan(0.05)
      expect(partial.high).toBeGreaterThan(-0.05)
    }
  })

  it('leaves out bars without a record', () => {
    const some = recorded(1)
    const gaps = some.longLiquidations!.map((value, t) => (t % 3 === 0 ? Number.NaN : value))
    const score = scoreMap(map, createMarket({ ...some, longLiquidations: gaps }, some), { resamples: 20 })
    expect(score.long.bars).toBe(466)
    expect(score.short.bars).toBe(699)
  })

  it('says what is missing', () => {
    const silent: Market = { ...market, longLiquidations: undefined }
    expect(() => scoreMap(map, silent)).toThrow(/has no longLiquidations/)
    expect(() => scoreMap(map, recorded(1), { from: 0, to: 20 })).toThrow(/only 20 bars have a record/)
    expect(() => scoreMap(map, simulateMarket({ seed: 1, bars: 50 }))).toThrow(/other bars than the map/)
  })

  it('refuses options that are out of range, where blocks of 0 bars would never end', () => {
    const wrong: [ScoreOptions, RegExp][] = [
      [{ blockBars: 0 }, /score.blockBars: 0, but expected a whole number of 1 or more/],
      [{ blockBars: 2.5 }, /score.blockBars: 2.5/],
      [{ resamples: 0 }, /score.resamples: 0/],
      [{ bars: 9 } as ScoreOptions, /score: bars is not one of its options; there are from, to, blockBars/],
      [{ from: -1 }, /score.from: -1, but expected a whole number from 0 to 699/],
      [{ to: 5000 }, /score.to: 5000, but expected a whole number from 0 to 699/],
      [{ from: 100, to: 50 }, /score.to: 50, but expected a whole number from 100 to 699/],
    ]
    for (const [options, message] of wrong) expect(() => scoreMap(map, recorded(1), options)).toThrow(message)
  })
})

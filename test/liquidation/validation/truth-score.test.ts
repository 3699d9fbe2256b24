/** Scores against the true levels of a simulated market. */
import { describe, expect, it } from 'vitest'
import { displayMethod } from '../../../src/common/host.ts'
import { liq } from '../../../src/liqnb.ts'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import { type TruthOptions, truthScore } from '../../../src/liquidation/validation/truth-score.ts'
import { resample } from '../../../src/market/resample.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { marketOf } from '../../market/fixtures.ts'
import { existing } from '../helpers.ts'

/** A population that a map can estimate well: no stops, no added margin, many positions. */
const plain = simulateMarket({
  seed: 6,
  bars: 1000,
  population: {
    leverage: { 10: 0.4, 25: 0.35, 50: 0.25 },
    extraMargin: { 0: 1 },
    stopShare: 0,
    holding: '7d',
    positionsPerBar: 40,
  },
})
const right: MapOptions = { leverage: { 10: 0.4, 25: 0.35, 50: 0.25 }, halfLife: '4d', flow: { from: 'volume' } }
const few: TruthOptions = { books: 40 }

describe('truthScore', () => {
  it('scores a map with the right assumptions high', () => {
    const score = truthScore(liquidationMap(plain, right), plain, few)
    for (const side of ['long', 'short'] as const) {
      const { spearman, beyondDistance, books } = score[side]
      expect(books).toBeGreaterThanOrEqual(40)
      expect(spearman.value).toBeGreaterThan(0.7)
      expect(beyondDistance.value).toBeGreaterThan(0.6)
      expect(spearman.low).toBeLessThan(spearman.value)
      expect(spearman.high).toBeGreaterThan(spearman.value)
    }
  })

  it('scores a map lower the more its assumptions are wrong', () => {
    const score = (options: MapOptions) => {
      const { long, short } = truthScore(liquidationMap(plain, { ...right, ...options }), plain, few)
      return (long.beyondDistance.value + short.beyondDistance.value) / 2
    }
    const best = score({})
    expect(score({ leverage: { 5: 1 } })).toBeLessThan(best - 0.2)
    expect(score({ extraMargin: { 2: 1 } })).toBeLessThan(best - 0.2)
    expect(score({ halfLife: Infinity })).toBeLessThan(best)
    expect(score({ halfLife: '6h' })).toBeLessThan(best)
  })

  it('scores the map of another market about 0 beyond distance', () => {
    const other = simulateMarket({ seed: 7, bars: 1000 })
    const mismatched = { ...plain, truth: existing(other.truth), close: plain.close }
    const { long } = truthScore(liquidationMap(plain, right), mismatched, few)
    expect(Math.abs(long.beyondDistance.value)).toBeLessThan(0.25)
  })

  it('displays itself with its intervals', () => {
    const displayed = liq.truth(liquidationMap(plain, right), plain, few)
    const display = existing(displayMethod(displayed))
    expect((display.call(displayed) as Record<string, string>)['text/plain']).toMatch(
      /Rank correlation\s+0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)/,
    )
  })

  it('names what is missing or out of range', () => {
    const map = liquidationMap(plain, right)
    const real = marketOf([[100, 110, 90, 105]])
    expect(() => truthScore(liquidationMap(real))).toThrow(/only a simulated market has one/)
    expect(() => truthScore(liquidationMap(resample(plain, 4 * plain.barMs)))).toThrow(
      /only a simulated market has one/,
    )
    expect(() => truthScore(map, simulateMarket({ bars: 10 }))).toThrow(/differ from the map’s/)
    expect(() => truthScore(map, plain, { within: 0 })).toThrow(/liq.truth: within: 0/)
    expect(() => truthScore(map, plain, { books: 1 })).toThrow(/liq.truth: books: 1/)
    expect(() => truthScore(map, plain, { from: 999 })).toThrow(/liq.truth: from: 999/)
  })
})

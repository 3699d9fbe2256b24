import { describe, expect, it } from 'vitest'
import { liq } from '../../../src/liqnb.ts'
import { liquidationMap, type MapOptions } from '../../../src/liquidation/map.ts'
import { type TruthOptions, truthScore } from '../../../src/liquidation/validation/truth-score.ts'
import { resample } from '../../../src/market/resample.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { marketOf } from '../../market/fixtures.ts'

/** Traders of whom the map can know nearly everything: no stops, no margin added, many of them. */
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
const right: MapOptions = { leverage: { 10: 0.4, 25: 0.35, 50: 0.25 }, halfLife: '4d' }
const few: TruthOptions = { books: 40 }

describe('truthScore', () => {
  it('a map with the right assumptions knows the places of the true levels', () => {
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

  it('is worse the more its assumptions are wrong', () => {
    const of = (options: MapOptions) => {
      const { long, short } = truthScore(liquidationMap(plain, { ...right, ...options }), plain, few)
      return (long.beyondDistance.value + short.beyondDistance.value) / 2
    }
    const best = of({})
    expect(of({ leverage: { 5: 1 } })).toBeLessThan(best - 0.2)
    expect(of({ extraMargin: { 2: 1 } })).toBeLessThan(best - 0.2)
    expect(of({ halfLife: Infinity })).toBeLessThan(best)
    expect(of({ halfLife: '6h' })).toBeLessThan(best)
  })

  it('the map of another market knows no more than distance tells', () => {
    const other = simulateMarket({ seed: 7, bars: 1000 })
    const stranger = { ...plain, truth: other.truth!, close: plain.close }
    const { long } = truthScore(liquidationMap(plain, right), stranger, few)
    expect(Math.abs(long.beyondDistance.value)).toBeLessThan(0.25)
  })

  it('shows itself with its intervals', () => {
    const shown = liq.truth(liquidationMap(plain, right), plain, few)
    const bundle = (shown as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for('Jupyter.display')]!()
    expect(bundle['text/plain']).toMatch(/Rank correlation\s+0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)/)
  })

  it('says what is missing or out of range', () => {
    const map = liquidationMap(plain, right)
    const real = marketOf([[100, 110, 90, 105]])
    expect(() => truthScore(liquidationMap(real))).toThrow(/only a simulated market has/)
    expect(() => truthScore(liquidationMap(resample(plain, 4 * plain.barMs)))).toThrow(/only a simulated market has/)
    expect(() => truthScore(map, simulateMarket({ bars: 10 }))).toThrow(/other bars than the map/)
    expect(() => truthScore(map, plain, { within: 0 })).toThrow(/within: 0/)
    expect(() => truthScore(map, plain, { books: 1 })).toThrow(/books: 1/)
    expect(() => truthScore(map, plain, { from: 999 })).toThrow(/from: 999/)
  })
})

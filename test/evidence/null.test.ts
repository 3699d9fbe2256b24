import { describe, expect, it } from 'vitest'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { binomialBounds, outcomesOf, rejections } from './calibration/calibrate.ts'

describe('binomialBounds', () => {
  it('are those of the exact distribution', () => {
    // P(X ≤ 15) = 0.020 and P(X ≥ 35) = 0.027, P(X ≥ 36) = 0.018 for 500 draws with 5 %.
    expect(binomialBounds(500, 0.05)).toEqual([16, 35])
    expect(binomialBounds(1, 0.5)).toEqual([0, 1])
    expect(binomialBounds(10, 0)).toEqual([0, 0])
  })
})

describe('nothing is found where nothing is planted', () => {
  const markets = 26
  const options = {
    levels: (market: Parameters<typeof pivotLevels>[0]) => pivotLevels(market, 3),
    horizon: 8,
    resamples: 200,
    detect: { minMove: 0.5 },
  }
  // Without traders the candles are the same: no effect is on.
  const simulate = { bars: 1000, population: { positionsPerBar: 0 } }
  const found = rejections(
    Array.from({ length: markets }, (_, i) =>
      outcomesOf({ ...simulate, seed: i + 1 }, options, evidence =>
        [evidence.magnet, evidence.reversal, evidence.continuation, evidence.sfp].map(claim => claim()),
      ),
    ).flat(),
  )

  for (const { test, tested, rejected, asClaimed, meanN } of found)
    it(test, () => {
      expect(tested).toBeGreaterThan(20)
      expect(meanN).toBeGreaterThan(12)
      // One in a thousand honest tests would fail here; the seeds are fixed, so this one does not.
      const [, most] = binomialBounds(tested, 0.05, 0.998)
      // Costs make the net result of trades a loss, which is no false alarm of the claim that they pay.
      expect(test === 'sfp' ? asClaimed : rejected).toBeLessThanOrEqual(most)
    })

  it('and all tests together reject about as often as they say', () => {
    const null5 = found.filter(({ test }) => test !== 'sfp')
    const tested = null5.reduce((sum, one) => sum + one.tested, 0)
    const rejected = null5.reduce((sum, one) => sum + one.rejected, 0)
    const [least, most] = binomialBounds(tested, 0.05, 0.998)
    expect(rejected).toBeGreaterThanOrEqual(least)
    expect(rejected).toBeLessThanOrEqual(most)
  })
})

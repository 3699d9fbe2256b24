import { describe, expect, it } from 'vitest'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { binomialBounds, countRejections, testOutcomes } from './calibration/calibrate.ts'

describe('binomialBounds', () => {
  it('agree with the exact distribution', () => {
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
  // Without effects the candles do not depend on the traders.
  const simulate = { bars: 1000, population: { positionsPerBar: 0 } }
  const rejections = countRejections(
    Array.from({ length: markets }, (_, i) =>
      testOutcomes({ ...simulate, seed: i + 1 }, options, evidence =>
        [evidence.magnet, evidence.reversal, evidence.continuation, evidence.sfp].map(claim => claim()),
      ),
    ).flat(),
  )

  for (const { test, tested, rejected, asClaimed, meanN } of rejections)
    it(test, () => {
      expect(tested).toBeGreaterThan(20)
      expect(meanN).toBeGreaterThan(12)
      // A valid test would fail here with a chance of one in a thousand; the seeds are fixed.
      const [, max] = binomialBounds(tested, 0.05, 0.998)
      // Costs make trades lose, so only rejections in the claimed direction are false alarms.
      expect(test === 'sfp' ? asClaimed : rejected).toBeLessThanOrEqual(max)
    })

  it('all tests together reject at about their nominal rate', () => {
    const others = rejections.filter(({ test }) => test !== 'sfp')
    const tested = others.reduce((sum, test) => sum + test.tested, 0)
    const rejected = others.reduce((sum, test) => sum + test.rejected, 0)
    const [min, max] = binomialBounds(tested, 0.05, 0.998)
    expect(rejected).toBeGreaterThanOrEqual(min)
    expect(rejected).toBeLessThanOrEqual(max)
  })
})

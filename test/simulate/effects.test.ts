import { describe, expect, it } from 'vitest'
import { CANDLE_FIELDS, type Market } from '../../src/market/market.ts'
import { LevelEffects } from '../../src/simulate/effects.ts'
import { LevelHistogram } from '../../src/simulate/level-histogram.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import type { SimulateOptions } from '../../src/simulate/simulate-options.ts'
import { mean } from './facts.ts'

/** Bins of the study below: 0.2 %, up to 10 % on each side. */
const BIN_WIDTH = 0.002
const MAX_DISTANCE = 50
const AHEAD = 24
const AFTER = 12

/** z-score of a mean against 0. */
function zScore(values: readonly number[]): number {
  const middle = mean(values)
  const variance = mean(values.map(value => (value - middle) ** 2))
  return middle / Math.sqrt(variance / values.length)
}

interface BrightLevel {
  /** 1 above the price, −1 below it. */
  side: 1 | -1
  level: number
}

/** The brightest true level within 5 % of a close, if it is at least twice as bright as the mean. */
function brightest(market: Market, t: number): BrightLevel | null {
  const price = market.close[t]!
  const { long, short } = market.truth!.at(t)
  const usd = new Float64Array(2 * MAX_DISTANCE + 1)
  for (const side of [long, short]) {
    for (let i = 0; i < side.price.length; i++) {
      const bin = Math.floor(Math.log(side.price[i]! / price) / BIN_WIDTH)
      if (Math.abs(bin) <= MAX_DISTANCE) usd[bin + MAX_DISTANCE]! += side.notional[i]!
    }
  }
  const around = (bin: number) =>
    (usd[MAX_DISTANCE + bin - 1]! + usd[MAX_DISTANCE + bin]! + usd[MAX_DISTANCE + bin + 1]!) / 3
  let best = 2
  for (let bin = 2; bin <= MAX_DISTANCE / 2; bin++) {
    if (around(bin) > around(best)) best = bin
    if (around(-bin - 1) > around(best)) best = -bin - 1
  }
  if (around(best) < 2 * mean(usd)) return null
  return { side: best > 0 ? 1 : -1, level: price * Math.exp((best + 0.5) * BIN_WIDTH) }
}

/** z-scores of outcomes at the brightest levels of some markets, over non-overlapping horizons. */
function study(options: SimulateOptions, markets: number) {
  const touched: number[] = []
  const towards: number[] = []
  const reversed: number[] = []
  const continued: number[] = []
  for (let seed = 100; seed < 100 + markets; seed++) {
    const market = simulateMarket({ seed, bars: 2500, ...options })
    const { high, low, close } = market
    for (let t = 300; t + AHEAD + AFTER < market.length; t += AHEAD) {
      const bright = brightest(market, t)
      if (!bright) continue
      const { side, level } = bright
      const mirror = close[t]! ** 2 / level
      const reaches = (j: number, goal: number) => (goal > close[t]! ? high[j]! >= goal : low[j]! <= goal)
      const bars = Array.from({ length: AHEAD }, (_, j) => t + 1 + j)
      const at = bars.find(j => reaches(j, level))
      touched.push((at !== undefined ? 1 : 0) - (bars.some(j => reaches(j, mirror)) ? 1 : 0))
      towards.push(side * (close[t + AHEAD]! / close[t]! - 1))
      if (at === undefined) continue
      const after = side * (close[at + AFTER]! / close[at]! - 1)
      reversed.push(-after)
      if (side * (close[at]! - level) > 0) continued.push(after)
    }
  }
  return {
    touched: zScore(touched),
    towards: zScore(towards),
    reversed: zScore(reversed),
    continued: zScore(continued),
  }
}

describe('without effects', () => {
  it('the candles do not depend on the traders', () => {
    const plain = simulateMarket({ seed: 9, bars: 800 })
    const populations: NonNullable<SimulateOptions['population']>[] = [
      { leverage: { 100: 1 } },
      { leverage: { 2: 1 }, extraMargin: { 5: 1 } },
      { positionsPerBar: 0 },
      { positionsPerBar: 40, openShare: 0.9, holding: '90d', stopShare: 0, maintenanceRate: 0.001 },
    ]
    for (const population of populations) {
      const other = simulateMarket({ seed: 9, bars: 800, population })
      for (const field of [...CANDLE_FIELDS, 'takerBuyVolume'] as const) expect(other[field]).toEqual(plain[field])
      expect(other.openInterest).not.toEqual(plain.openInterest)
    }
  })

  it('the price is a martingale, without drift overall, towards bright levels, or after they were reached', () => {
    const returns: number[] = []
    for (let seed = 0; seed < 8; seed++) {
      const { close } = simulateMarket({ seed, bars: 3000 })
      for (let t = 1; t < close.length; t++) returns.push(close[t]! / close[t - 1]! - 1)
    }
    expect(Math.abs(zScore(returns))).toBeLessThan(3)
    for (const t of Object.values(study({}, 8))) expect(Math.abs(t)).toBeLessThan(3)
  })
})

describe('a planted effect is measurable', () => {
  const strong = 2

  it('magnet: price moves to the brighter side and reaches its level more often than the mirror image', () => {
    const { touched, towards } = study({ magnet: strong }, 4)
    expect(touched).toBeGreaterThan(4)
    expect(towards).toBeGreaterThan(3)
  })

  it('convergence: equal brightness attracts more where tiers meet, and nothing changes without another effect', () => {
    const strength = { magnet: 0.2, reversal: 0, continuation: 0, convergence: 0.5, cascades: 0 }
    const drift = (coins: readonly number[], options = strength) => {
      const levels = new LevelHistogram(100, coins.length)
      for (const [tier, size] of coins.entries()) levels.add(-1, tier, 103, size)
      const effects = new LevelEffects(levels, options)
      effects.beforeBar(100)
      return effects.drift
    }
    const one = drift([12, 0, 0])
    expect(one).toBeGreaterThan(0)
    expect(drift([6, 6, 0])).toBeCloseTo(1.5 * one, 12)
    expect(drift([4, 4, 4])).toBeCloseTo(2 * one, 12)
    expect(drift([11, 0.5, 0.5])).toBeCloseTo(one, 12)
    expect(drift([4, 4, 4], { ...strength, convergence: 0 })).toBeCloseTo(one, 12)
    const none = simulateMarket({ seed: 1, bars: 300 })
    expect(simulateMarket({ seed: 1, bars: 300, convergence: 5 }).close).toEqual(none.close)
  })

  it('reversal: price reverses after the level was reached', () => {
    expect(study({ reversal: 1 }, 5).reversed).toBeGreaterThan(4)
  })

  it('continuation: price continues after a close beyond the level', () => {
    expect(study({ continuation: 1 }, 5).continued).toBeGreaterThan(3)
  })

  it('cascades: liquidations move the price and cause more liquidations', () => {
    const withCascades = (cascades: number) => simulateMarket({ seed: 3, bars: 3000, cascades })
    const liquidated = (market: Market) => mean(market.longLiquidations!) + mean(market.shortLiquidations!)
    expect(liquidated(withCascades(2))).toBeGreaterThan(1.1 * liquidated(withCascades(0)))
  })
})

import { expect, it } from 'vitest'
import { atr } from '../../src/market/atr.ts'
import { random } from '../../src/market/random.ts'
import { simulateMarket } from '../../src/market/simulate.ts'
import { loadMarket } from '../../src/market/source.ts'
import { prefix } from './fixtures.ts'

it('the same seed gives the same market, another seed another one', () => {
  const a = simulateMarket({ seed: 5, bars: 300 })
  expect(simulateMarket({ seed: 5, bars: 300 }).close).toEqual(a.close)
  expect(simulateMarket({ seed: 6, bars: 300 }).close).not.toEqual(a.close)
})

it('a longer market begins like the shorter one', () => {
  const long = simulateMarket({ seed: 5, bars: 500 })
  for (const field of ['open', 'high', 'low', 'close', 'volume', 'takerBuyVolume', 'openInterest'] as const)
    expect(long[field]!.slice(0, 200)).toEqual(simulateMarket({ seed: 5, bars: 200 })[field])
})

it('the embedded sample says that it is synthetic and has the flow series', async () => {
  const sample = await loadMarket({ sample: true })
  expect(sample.synthetic).toBe(true)
  expect(sample.source).toBe('synthetic')
  expect(sample.notes.join()).toMatch(/No real market did this/)
  expect(sample.openInterest!.every(value => value > 0)).toBe(true)
})

it('has fat tails and clustered volatility, and returns without memory', () => {
  const { close } = simulateMarket({ seed: 11, bars: 20_000 })
  const returns = Array.from({ length: close.length - 1 }, (_, t) => Math.log(close[t + 1]! / close[t]!))
  const autocorrelation = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    let both = 0
    let own = 0
    for (let t = 0; t < values.length; t++) {
      own += (values[t]! - mean) ** 2
      if (t > 0) both += (values[t]! - mean) * (values[t - 1]! - mean)
    }
    return both / own
  }
  const variance = returns.reduce((sum, r) => sum + r * r, 0) / returns.length
  const kurtosis = returns.reduce((sum, r) => sum + r ** 4, 0) / returns.length / variance ** 2
  expect(kurtosis).toBeGreaterThan(4)
  // 5 standard errors of a white noise; the square root of the variance of a GARCH series is somewhat larger.
  expect(Math.abs(autocorrelation(returns))).toBeLessThan(5 / Math.sqrt(returns.length))
  expect(autocorrelation(returns.map(Math.abs))).toBeGreaterThan(0.1)
  expect(Math.sqrt(variance * 365 * 24)).toBeGreaterThan(0.4)
  expect(Math.sqrt(variance * 365 * 24)).toBeLessThan(0.9)
})

it('random numbers are uniform and normal', () => {
  const rng = random(3)
  const uniform = Array.from({ length: 20_000 }, () => rng.uniform())
  const normal = Array.from({ length: 20_000 }, () => rng.normal())
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(uniform)).toBeCloseTo(0.5, 1)
  expect(mean(normal)).toBeCloseTo(0, 1)
  expect(mean(normal.map(value => value * value))).toBeCloseTo(1, 1)
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...uniform)).toBeLessThan(1)
})

it('the ATR is Wilder’s, warms up as a mean, and never looks ahead', () => {
  const market = simulateMarket({ seed: 2, bars: 200 })
  const whole = atr(market, 14)
  expect(atr(prefix(market, 77), 14)).toEqual(whole.slice(0, 77))
  const range = (t: number) =>
    Math.max(market.high[t]!, t > 0 ? market.close[t - 1]! : 0) -
    Math.min(market.low[t]!, t > 0 ? market.close[t - 1]! : Infinity)
  const first = Array.from({ length: 14 }, (_, t) => range(t)).reduce((sum, value) => sum + value, 0) / 14
  expect(whole[13]).toBeCloseTo(first, 8)
  expect(whole[14]).toBeCloseTo((first * 13 + range(14)) / 14, 8)
})

import { expect, it } from 'vitest'
import { OptionError } from '../../src/common/errors.ts'
import { atr } from '../../src/market/atr.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from './fixtures.ts'

it('the ATR is Wilder’s, starts as a mean, and does not look ahead', () => {
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

it('refuses a period that is not a whole number above 0', () => {
  const market = simulateMarket({ seed: 2, bars: 20 })
  for (const period of [0, 1.5, Number.NaN])
    expect(() => atr(market, period)).toThrow(
      new OptionError(`liq.atr: period: ${period}, but expected a whole number above 0`),
    )
})

it('a worked example: gaps count, and the mean of a period of 2 goes on with half of each range', () => {
  const market = marketOf([
    [10, 12, 9, 11],
    [15, 16, 14, 15],
    [8, 9, 7, 8],
    [8, 10, 7, 9],
  ])
  // True ranges: 3; 16 − 11 = 5; 15 − 7 = 8; 10 − 7 = 3.
  expect([...atr(market, 2)]).toEqual([3, 4, 6, 4.5])
  expect([...atr(market, 1)]).toEqual([3, 5, 8, 3])
  expect(() => atr(5 as never)).toThrow('liq.atr expects a market')
})

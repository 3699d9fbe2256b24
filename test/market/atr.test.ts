import { expect, it } from 'vitest'
import { OptionError } from '../../src/common/errors.ts'
import { atr } from '../../src/market/atr.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from './fixtures.ts'

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

import { expect, it } from 'vitest'
import { recordedLiquidations } from '../../../src/liquidation/validation/score.ts'
import { createMarket } from '../../../src/market/market.ts'
import { marketOf } from '../../market/fixtures.ts'

it('a score is controlled for the way from the close before to the extreme against the side, 0 where there was none', () => {
  const bars = marketOf([
    [100, 101, 99, 100],
    // Longs lose down to 96, shorts up to 110.
    [98, 110, 96, 105],
    // A gap up: its low stays above the close before, so no long was hurt.
    [120, 125, 118, 119],
  ])
  const columns = { longLiquidations: Float64Array.of(0, 2, 0), shortLiquidations: Float64Array.of(0, 1, 3) }
  const market = createMarket({ ...bars, ...columns }, { symbol: 'X', source: 'test' })
  const long = recordedLiquidations('long', market, 'liq.score')
  const short = recordedLiquidations('short', market, 'liq.score')
  expect(long.move[0]).toBeNaN()
  expect(long.move[1]).toBeCloseTo(Math.log(100 / 96), 12)
  expect(long.move[2]).toBe(0)
  expect(short.move[1]).toBeCloseTo(Math.log(110 / 100), 12)
  expect(short.move[2]).toBeCloseTo(Math.log(125 / 105), 12)
  // Coins at the close, in USD.
  expect([...long.real]).toEqual([0, 2 * 105, 0])
  expect([...short.real]).toEqual([0, 105, 3 * 119])
})

import { describe, expect, it } from 'vitest'
import { groupCandles } from '../../src/charts/candles.ts'
import { createMarket } from '../../src/market/market.ts'

describe('groupCandles', () => {
  it('makes at most twice as many candles as requested, and keeps every price, in a market with more gaps than bars', () => {
    // Three minutes of each hour.
    const time = Float64Array.from({ length: 6000 }, (_, i) => Math.floor(i / 3) * 3_600_000 + (i % 3) * 60_000)
    const close = time.map((_, i) => 100 + (i % 977))
    const columns = { time, open: close, high: close, low: close, close, volume: close }
    const market = createMarket(columns, { symbol: 'X', source: 'test' })
    const { high, low, end } = groupCandles(market, 0, 5999, 200)
    expect(high.length).toBeLessThanOrEqual(400)
    expect([Math.max(...high), Math.min(...low)]).toEqual([1076, 100])
    expect(end.at(-1)).toBe(time[5999]! + 60_000)
  })
})

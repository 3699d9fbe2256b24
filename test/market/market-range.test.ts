/** A part of a market's history. */
import { describe, expect, it } from 'vitest'
import { createMarket } from '../../src/market/market.ts'
import { marketRange } from '../../src/market/market-range.ts'

const HOUR = 3_600_000
const rows = (fill: (i: number) => number) => Float64Array.from({ length: 6 }, (_, i) => fill(i))
const market = createMarket(
  {
    time: rows(i => i * HOUR),
    open: rows(i => 10 + i),
    high: rows(i => 12 + i),
    low: rows(i => 9 + i),
    close: rows(i => 11 + i),
    volume: rows(i => i),
    openInterest: rows(i => 100 + i),
  },
  {
    symbol: 'BTC/USDT:USDT',
    source: 'test',
    // In the last minute of a bar, at an open, and after the end.
    funding: {
      time: Float64Array.of(0, 2 * HOUR, 4 * HOUR - 1, 4 * HOUR, 7 * HOUR),
      rate: Float64Array.of(1, 2, 3, 4, 5),
    },
  },
)

describe('marketRange', () => {
  it('has the bars from the first to before the last, and the payments that are due in them', () => {
    const part = marketRange(market, 2, 4)
    expect([...part.time]).toEqual([2 * HOUR, 3 * HOUR])
    expect([...part.close]).toEqual([13, 14])
    expect([...part.openInterest!]).toEqual([102, 103])
    expect([...part.funding!.rate]).toEqual([2, 3])
    expect(part).toMatchObject({ symbol: market.symbol, timeframe: '1h', instrument: market.instrument })
    expect([...marketRange(market, 4).funding!.rate]).toEqual([4])
    expect(marketRange(market, 0, 1).timeframe).toBe('1h')
  })

  it('does not share its bars with the whole', () => {
    const part = marketRange(market, 0)
    part.close[0] = 1
    expect(market.close[0]).toBe(11)
  })
})

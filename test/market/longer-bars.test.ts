/** Longer bars at the ends of the data and in its gaps, bar by bar. */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/common/duration.ts'
import { asOf, lastClosedBar } from '../../src/market/as-of.ts'
import { createMarket, type MarketMeta } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { marketOf, START } from './fixtures.ts'

/** Hourly bars at these hours from 2024-01-01; each opens at 100 + its hour, ranges by 1, closes 0.5 above its open. */
function hours(list: readonly number[], meta: Partial<MarketMeta> = {}) {
  const { open, high, low, close, volume } = marketOf(
    list.map(hour => [100 + hour, 101 + hour, 99 + hour, 100.5 + hour, 1]),
  )
  const time = Float64Array.from(list, hour => START + hour * HOUR)
  return createMarket({ time, open, high, low, close, volume }, { symbol: 'X', source: 'test', barMs: HOUR, ...meta })
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const opens = (market: { time: Float64Array }) => [...market.time].map(ms => (ms - START) / HOUR)

describe('longer bars', () => {
  it('of the same length are the market itself', () => {
    const market = hours([0, 1])
    expect(resample(market, HOUR)).toBe(market)
  })

  it('leave out what fills none at either end, and note how many bars', () => {
    const both = resample(hours(range(1, 11)), 4 * HOUR)
    expect(opens(both)).toEqual([4])
    expect(both.volume[0]).toBe(4)
    expect(both.notes).toEqual([
      '6 1h bars at the ends do not fill a 4h bar and were dropped; the first full bar opens 2024-01-01 04:00',
    ])
    const one = resample(hours(range(0, 5)), 4 * HOUR)
    expect(opens(one)).toEqual([0])
    expect(one.notes).toEqual([
      '1 1h bar at the ends does not fill a 4h bar and was dropped; the first full bar opens 2024-01-01 00:00',
    ])
    expect(resample(hours(range(0, 8)), 4 * HOUR).notes).toEqual([])
    expect(opens(resample(hours(range(3, 8)), 4 * HOUR))).toEqual([4])
  })

  it('need one that is full', () => {
    for (const list of [range(1, 4), range(1, 7), range(0, 3)])
      expect(() => resample(hours(list), 4 * HOUR)).toThrow('timeframe: the data does not fill one bar of 4h')
    expect(() => resample(hours(range(1, 4)), 4 * HOUR, 'liq.f')).toThrow(/^liq\.f: timeframe/)
  })

  it('keep a bar with a gap inside, also at its begin where the data began before', () => {
    const market = resample(hours([0, 1, 2, 3, 5, 7, 8, 11]), 4 * HOUR)
    expect(opens(market)).toEqual([0, 4, 8])
    expect([...market.open]).toEqual([100, 105, 108])
    expect([...market.high]).toEqual([104, 108, 112])
    expect([...market.low]).toEqual([99, 104, 107])
    expect([...market.close]).toEqual([103.5, 107.5, 111.5])
    expect([...market.volume]).toEqual([4, 2, 2])
    expect(market.notes).toEqual([])
  })

  it('keep the times of payments, and the notes but those on gaps', () => {
    const funding = { time: Float64Array.of(START + 5), rate: Float64Array.of(0.1) }
    const notes = ['a note', '1 bar is missing in 1 gap, the first after 2024-01-01 00:00; gaps are not filled']
    const market = resample(hours(range(0, 4), { funding, notes }), 2 * HOUR)
    expect(market.funding).toBe(funding)
    expect(market.notes).toEqual(['a note'])
    expect(resample(hours(range(0, 4)), 2 * HOUR).funding).toBeUndefined()
  })
})

describe('the last closed longer bar', () => {
  const market = hours(range(0, 6))
  const longer = resample(market, 2 * HOUR)

  it('is the one that closes with a bar, or before it', () => {
    expect([...asOf(market, longer)]).toEqual([-1, 0, 0, 1, 1, 2])
    expect([...asOf(market, longer, 'close')]).toEqual([Number.NaN, 101.5, 101.5, 103.5, 103.5, 105.5])
    expect([...asOf(market, longer, [7, 8, 9])]).toEqual([Number.NaN, 7, 7, 8, 8, 9])
    // Bars longer than all of the data are never closed.
    const days = createMarket(market, { symbol: 'X', source: 'test', barMs: HOUR })
    expect([...asOf(days, { ...longer, barMs: DAY })]).toEqual([-1, -1, -1, -1, -1, -1])
  })

  it('at a time is the last that closed by then', () => {
    expect([-1, 1, 2, 3.9, 4, 99].map(hour => lastClosedBar(longer, START + hour * HOUR))).toEqual([-1, -1, 0, 0, 1, 2])
  })

  it('needs markets and a series of the longer one', () => {
    expect(() => asOf(5 as never, longer)).toThrow('liq.asOf expects a market')
    expect(() => asOf(market, 5 as never)).toThrow('liq.asOf expects a market')
    expect(() => asOf(market, longer, [1])).toThrow('liq.asOf: series: 1 value, but expected 3')
    expect(() => asOf(market, longer, null as never)).toThrow('liq.asOf: series: undefined values, but expected 3')
    const recorded = createMarket({ ...longer, openInterest: Float64Array.of(1, 2, 3) }, { symbol: 'X', source: 'y' })
    expect([...asOf(market, recorded, 'openInterest')].slice(-1)).toEqual([3])
    expect(() => asOf(market, recorded, 'time' as never)).toThrow(
      'series: "time", but expected open, high, low, close, volume or openInterest, the series of the longer market',
    )
  })
})

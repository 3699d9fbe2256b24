import { describe, expect, it } from 'vitest'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'
import { HOUR, marketOf, START } from './fixtures.ts'

const good = () => [
  [100, 110, 90, 105, 1],
  [105, 106, 104, 105, 2],
  [105, 120, 100, 119, 3],
]

describe('createMarket', () => {
  it('keeps the columns and describes the market', () => {
    const market = marketOf(good())
    expect(market.length).toBe(3)
    expect(market.timeframe).toBe('1h')
    expect(market.notes).toEqual([])
    expect(market.table().objects()[1]).toEqual({
      time: new Date(START + HOUR),
      open: 105,
      high: 106,
      low: 104,
      close: 105,
      volume: 2,
    })
  })

  const bad: [what: string, change: Partial<MarketColumns>, message: RegExp][] = [
    ['a NaN price', { close: Float64Array.of(105, Number.NaN, 119) }, /Row 2, close: NaN/],
    ['a price of 0', { open: Float64Array.of(0, 105, 105) }, /Row 1, open: 0/],
    ['an infinite high', { high: Float64Array.of(110, 106, Infinity) }, /Row 3, high: Infinity/],
    ['high below low', { high: Float64Array.of(110, 103, 120) }, /Row 2, high: 103, but expected at least the low 104/],
    ['open outside the range', { open: Float64Array.of(100, 99, 105) }, /Row 2, open: 99/],
    ['close outside the range', { close: Float64Array.of(105, 107, 119) }, /Row 2, close: 107/],
    ['a negative volume', { volume: Float64Array.of(1, 2, -1) }, /Row 3, volume: -1/],
    [
      'a time twice',
      { time: Float64Array.of(START, START, START + HOUR) },
      /Row 2, time: 2024-01-01 00:00 occurs twice/,
    ],
    [
      'times out of order',
      { time: Float64Array.of(START, START + HOUR, START - HOUR) },
      /Row 3, time: 2023-12-31 23:00 is before the row above/,
    ],
    ['a NaN time', { time: Float64Array.of(START, START + HOUR, Number.NaN) }, /Row 3, time/],
    [
      'bars too close',
      { time: Float64Array.of(START, START + HOUR, START + HOUR + 1000) },
      /Row 3, time: .* comes 1s after/,
    ],
    ['a short column', { volume: Float64Array.of(1, 2) }, /volume: has 2 values, but there are 3 bars/],
    ['more taker volume than volume', { takerBuyVolume: Float64Array.of(1, 3, 1) }, /Row 2, takerBuyVolume: 3/],
    ['a negative open interest', { openInterest: Float64Array.of(1, 2, -3) }, /Row 3, openInterest: -3/],
  ]
  for (const [what, change, message] of bad) {
    it(`refuses ${what}, naming field, row and value`, () => {
      const { time, open, high, low, close, volume } = marketOf(good())
      const columns: MarketColumns = { time, open, high, low, close, volume, ...change }
      expect(() => createMarket(columns, { symbol: 'X', source: 'test', barMs: HOUR })).toThrow(message)
    })
  }

  it('refuses an empty table', () => {
    expect(() => marketOf([])).toThrow(/no bars/)
  })

  it('notes how many bars are missing and where', () => {
    const { time, open, high, low, close, volume } = marketOf([...good(), ...good()])
    time.set([START, START + HOUR, START + 4 * HOUR, START + 5 * HOUR, START + 6 * HOUR, START + 8 * HOUR])
    const market = createMarket({ time, open, high, low, close, volume }, { symbol: 'X', source: 'test' })
    expect(market.timeframe).toBe('1h')
    expect(market.notes).toEqual([
      '3 bars are missing in 2 gaps, the first after 2024-01-01 01:00; gaps are not filled',
    ])
  })

  const { time, open, high, low, close, volume } = marketOf(good())
  const columns = { time, open, high, low, close, volume }
  const wrongMeta: [what: string, meta: object, message: string][] = [
    ['a missing symbol', { source: 'test' }, 'liq.createMarket: symbol: undefined, but expected a string'],
    ['a bar length of 0', { symbol: 'X', source: 'test', barMs: 0 }, 'barMs: 0, but expected a number of ms above 0'],
    ['a misspelt option', { simbol: 'X', source: 'test' }, 'simbol is not one of its options (did you mean symbol?)'],
  ]
  for (const [what, meta, message] of wrongMeta)
    it(`refuses ${what}`, () => {
      expect(() => createMarket(columns, meta as never)).toThrow(message)
    })

  it('takes over the description of another market', () => {
    const market = createMarket(columns, { symbol: 'X', source: 'test', synthetic: true, notes: ['a note'] })
    expect(createMarket(columns, market)).toMatchObject({
      symbol: 'X',
      source: 'test',
      synthetic: true,
      notes: ['a note'],
    })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, WEEK } from '../../src/common/duration.ts'
import { asOf } from '../../src/market/as-of.ts'
import { CANDLE_FIELDS, createMarket, FLOW_FIELDS, type Market, type MarketColumns } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix, START } from './fixtures.ts'

const hourly = simulateMarket({ seed: 4, bars: 24 * 40 })

/** The market without some of its bars. */
function without(market: Market, missing: ReadonlySet<number>): Market {
  const kept = Array.from(market.time, (_, t) => t).filter(t => !missing.has(t))
  const columns = {} as MarketColumns
  for (const field of ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS] as const) {
    const values = market[field]
    if (values) columns[field] = Float64Array.from(kept, t => values[t]!)
  }
  return createMarket(columns, market)
}

function barsOf(market: Market): number[][] {
  const fields = ['time', ...CANDLE_FIELDS, ...FLOW_FIELDS.filter(field => market[field])] as const
  return Array.from(market.time, (_, t) => fields.map(field => market[field]![t]!))
}

describe('longer bars', () => {
  it('aggregate each series by its meaning', () => {
    const N = Number.NaN
    const rows = [
      [10, 14, 8, 12, 1],
      [12, 13, 11, 11, 2],
      [11, 20, 11, 15, 3],
      [15, 16, 5, 6, 4],
    ]
    const market = marketOf([...rows, ...rows], {
      takerBuyVolume: Float64Array.of(1, 1, 1, 2, 1, N, 1, 2),
      openInterest: Float64Array.of(5, 6, 7, 8, 9, 10, 11, N),
      longLiquidations: Float64Array.of(1, N, 2, 0, N, N, N, N),
      fundingRate: Float64Array.of(0.1, 0, 0, 0.2, 0, 0, 0, 0),
      longShortRatio: Float64Array.of(1, 2, 3, 4, N, N, N, N),
    })
    const long = resample(market, 4 * HOUR)
    const candle = [10, 20, 5, 6, 10]
    // Columns: time, open, high, low, close, volume; taker, open interest, long liquidations, ratio, funding.
    expect(barsOf(long)).toEqual([
      [START, ...candle, 5, 8, 3, 4, 0.1 + 0.2],
      [START + 4 * HOUR, ...candle, N, 11, N, N, 0],
    ])
    expect(long.timeframe).toBe('4h')
  })

  it('open as on exchanges: days at midnight UTC, weeks on Monday', () => {
    for (const [barMs, check] of [
      [4 * HOUR, (date: Date) => date.getUTCHours() % 4 === 0],
      [DAY, (date: Date) => date.getUTCHours() === 0],
      [WEEK, (date: Date) => date.getUTCHours() === 0 && date.getUTCDay() === 1],
    ] as const)
      for (const time of resample(hourly, barMs).time)
        expect(check(new Date(time)), new Date(time).toISOString()).toBe(true)
  })

  it('are the same in one step or two', () => {
    const direct = resample(hourly, DAY)
    const steps = resample(resample(hourly, 4 * HOUR), DAY)
    for (const [k, bar] of barsOf(steps).entries())
      for (const [f, value] of bar.entries()) expect(value).toBeCloseTo(barsOf(direct)[k]![f]!, 6)
  })

  it('do not change with later data, also with gaps', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(24 * 40 - 1), { maxLength: 60 }),
        fc.integer({ min: 100, max: 700 }),
        fc.constantFrom(2 * HOUR, 4 * HOUR, 12 * HOUR, DAY),
        (missing, cut, barMs) => {
          const market = without(hourly, new Set(missing))
          const whole = barsOf(resample(market, barMs))
          const first = barsOf(resample(prefix(market, cut), barMs))
          expect(first).toEqual(whole.slice(0, first.length))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('drop an incomplete last bar', () => {
    const long = resample(prefix(hourly, 24 * 5 + 7), DAY)
    expect(long.length).toBe(5)
    expect(long.notes.join()).toContain('7 1h bars at the ends do not fill a 1d bar and were dropped')
  })

  it('are refused if they would be shorter, cut bars in two, or be incomplete', () => {
    const half = createMarket(
      {
        ...marketOf(Array.from({ length: 9 }, () => [1, 1, 1, 1])),
        time: Float64Array.from({ length: 9 }, (_, i) => START + HOUR / 2 + i * HOUR),
      },
      { symbol: 'X', source: 'test' },
    )
    expect(() => resample(half, 4 * HOUR)).toThrow(
      /the 1h bar of 2024-01-01 07:30 is split by the 4h bars, which open at 2024-01-01 04:00/,
    )
    expect(() => resample(hourly, HOUR / 2)).toThrow('liq.resample: timeframe: 30m, but expected a multiple of 1h')
    expect(() => resample(hourly, 1.5 * HOUR)).toThrow('timeframe: 90m, but expected a multiple of 1h')
    expect(() => resample(prefix(hourly, 5), DAY)).toThrow(/does not fill one bar of 1d/)
  })
})

describe('asOf', () => {
  const daily = resample(hourly, DAY)

  it('gives the last closed bar', () => {
    const lastClosed = asOf(hourly, daily)
    for (let t = 0; t < hourly.length; t++) {
      const closeTime = hourly.time[t]! + HOUR
      const k = lastClosed[t]!
      if (k >= 0) expect(daily.time[k]! + DAY).toBeLessThanOrEqual(closeTime)
      if (k + 1 < daily.length) expect(daily.time[k + 1]! + DAY).toBeGreaterThan(closeTime)
    }
    // The hour that closes with the day includes the day.
    expect([...lastClosed.slice(21, 25)]).toEqual([-1, -1, 0, 0])
  })

  it('does not change with later data', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 24 * 40 }), cut => {
        const short = prefix(hourly, cut)
        const whole = asOf(hourly, daily, 'close')
        expect(asOf(short, resample(short, DAY), 'close')).toEqual(whole.slice(0, cut))
      }),
      { numRuns: 30 },
    )
  })

  it('accepts a computed series and refuses an unusable one', () => {
    const doubled = daily.close.map(close => close * 2)
    expect([...asOf(hourly, daily, doubled).slice(22, 24)]).toEqual([Number.NaN, daily.close[0]! * 2])
    expect(() => asOf(hourly, daily, [1, 2])).toThrow(
      'liq.asOf: series: 2 values, but expected 40, one per bar of the longer market',
    )
    expect(() => asOf(marketOf([[1, 1, 1, 1]]), marketOf([[1, 1, 1, 1]]), 'openInterest')).toThrow(
      'liq.asOf: series: "openInterest", but expected open, high, low, close or volume, the series of the longer market',
    )
  })
})

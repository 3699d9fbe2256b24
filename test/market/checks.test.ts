/** What a market accepts, notes and says of itself. */
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/common/errors.ts'
import {
  assertMarket,
  checkValues,
  commonStep,
  createMarket,
  describeMarket,
  inheritedNotes,
  isMarket,
  type MarketColumns,
} from '../../src/market/market.ts'
import { checkedOpenInterest } from '../../src/market/open-interest.ts'
import { HOUR, marketOf, START } from './fixtures.ts'

const ROW = [100, 110, 90, 105, 7]
const { time, open, high, low, close, volume } = marketOf([ROW, ROW, ROW])
const COLUMNS: MarketColumns = { time, open, high, low, close, volume }
const META = { symbol: 'BTC/USDT:USDT', source: 'test' }

/** The columns with one value of the second row replaced. */
function changed(field: keyof MarketColumns, value: number): MarketColumns {
  const values = (COLUMNS[field] ?? new Float64Array(3)).slice()
  values[1] = value
  return { ...COLUMNS, [field]: values }
}

const message = (columns: MarketColumns) => {
  try {
    checkValues(columns)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    return (error as Error).message
  }
}

describe('values', () => {
  it('of prices are above 0 and finite', () => {
    for (const field of ['open', 'high', 'low', 'close'] as const)
      for (const value of [0, -1, Number.NaN, Infinity])
        expect(message(changed(field, value))).toBe(`Row 2, ${field}: ${value}, but expected a price above 0`)
  })

  it('of open and close lie within low and high, at their ends too', () => {
    for (const field of ['open', 'close'] as const) {
      for (const value of [90, 110]) expect(message(changed(field, value))).toBe('')
      for (const value of [89.9, 110.1])
        expect(message(changed(field, value))).toBe(
          `Row 2, ${field}: ${value}, but expected within low 90 and high 110`,
        )
    }
    const flat = { ...COLUMNS, open: high, close: high, low: high }
    expect(message(flat)).toBe('')
    expect(message(changed('high', 89))).toBe('Row 2, high: 89, but expected at least the low 90')
  })

  it('of volume are 0 or more', () => {
    expect(message(changed('volume', 0))).toBe('')
    for (const value of [-1, Number.NaN, Infinity])
      expect(message(changed('volume', value))).toBe(`Row 2, volume: ${value}, but expected a number of 0 or more`)
  })

  it('of records are 0 or more, or missing; only funding has a sign', () => {
    const records = ['openInterest', 'longLiquidations', 'shortLiquidations', 'longShortRatio'] as const
    for (const field of records) {
      for (const value of [0, 3, Number.NaN]) expect(message(changed(field, value))).toBe('')
      for (const value of [-1, Infinity])
        expect(message(changed(field, value))).toBe(
          `Row 2, ${field}: ${value}, but expected a number of 0 or more, or empty`,
        )
    }
    for (const value of [-0.1, Number.NaN]) expect(message(changed('fundingRate', value))).toBe('')
    for (const value of [Infinity, -Infinity])
      expect(message(changed('fundingRate', value))).toBe(
        `Row 2, fundingRate: ${value}, but expected a finite number or empty`,
      )
  })

  it('of taker volume are at most the volume, but for rounding', () => {
    expect(message(changed('takerBuyVolume', 7 * (1 + 5e-7)))).toBe('')
    expect(message(changed('takerBuyVolume', 7.1))).toBe(
      'Row 2, takerBuyVolume: 7.1, but expected at most the volume 7',
    )
  })

  it('are as many as there are bars', () => {
    const one = { ...COLUMNS, time: time.slice(0, 1), open: open.slice(0, 1) }
    expect(message(one)).toBe('high: has 3 values, but there is 1 bar')
    expect(message({ ...COLUMNS, openInterest: new Float64Array(1) })).toBe(
      'openInterest: has 1 value, but there are 3 bars',
    )
  })
})

describe('the length of a bar', () => {
  it('is the most frequent step, of equally frequent ones the smaller', () => {
    expect(commonStep(Float64Array.of(0, 5, 7, 9))).toBe(2)
    expect(commonStep(Float64Array.of(0, 5, 7))).toBe(2)
    expect(commonStep(Float64Array.of(0, 2, 7))).toBe(2)
    expect(commonStep(Float64Array.of(0, 3))).toBe(3)
    expect(() => commonStep(Float64Array.of(0))).toThrow('One bar alone does not determine its length')
  })
})

describe('a market', () => {
  it('notes bars that are missing, in days where they are two or more', () => {
    const notes = (hours: number[]) =>
      createMarket(
        { ...COLUMNS, time: Float64Array.from(hours, hour => START + hour * HOUR) },
        { ...META, barMs: HOUR },
      ).notes
    expect(notes([0, 1, 2])).toEqual([])
    expect(notes([0, 2, 3])).toEqual([
      '1 bar is missing in 1 gap, the first after 2024-01-01 00:00; gaps are not filled',
    ])
    expect(notes([0, 1, 48])).toEqual([
      '46 bars are missing in 1 gap, the first after 2024-01-01 01:00; gaps are not filled',
    ])
    expect(notes([0, 1, 50])).toEqual([
      '48 bars are missing in 1 gap (2.0 days), the first after 2024-01-01 01:00; gaps are not filled',
    ])
    expect(notes([0, 30, 61])).toEqual([
      '59 bars are missing in 2 gaps (2.5 days), the first after 2024-01-01 00:00; gaps are not filled',
    ])
  })

  it('keeps what it was described with', () => {
    const leverageTiers = [{ tier: 1, minNotional: 0, maxNotional: 5, maintenanceMarginRate: 0.01, maxLeverage: 50 }]
    const funding = { time: Float64Array.of(START), rate: Float64Array.of(0.1) }
    const instrument = { kind: 'inverse', venue: 'x' } as const
    const market = createMarket(COLUMNS, { ...META, leverageTiers, funding, instrument, synthetic: true })
    expect(market).toMatchObject({ leverageTiers, instrument, synthetic: true, timeframe: '1h', barMs: HOUR })
    expect(market.funding).toBe(funding)
    const plain = createMarket(COLUMNS, META)
    expect(plain.synthetic).toBe(false)
    expect(plain.notes).toEqual([])
    for (const name of ['leverageTiers', 'funding', 'truth']) expect(name in plain).toBe(false)
    expect(plain.instrument).toMatchObject({ kind: 'linear', base: 'BTC', settle: 'USDT' })
    expect(createMarket(COLUMNS, { symbol: 'BTCUSDT', source: 'bybit-spot' }).instrument.kind).toBe('spot')
    expect(plain.table().columnNames()).toEqual(['time', 'open', 'high', 'low', 'close', 'volume'])
    const more = createMarket({ ...COLUMNS, fundingRate: new Float64Array(3) }, META)
    expect(more.table().columnNames().at(-1)).toBe('fundingRate')
  })

  it('refuses a description that cannot be', () => {
    const create = (meta: object) => () => createMarket(COLUMNS, { ...META, ...meta } as never)
    for (const barMs of [0, -5, Infinity, Number.NaN])
      expect(create({ barMs })).toThrow(`barMs: ${barMs}, but expected a number of ms above 0`)
    const rates = Float64Array.of(1)
    for (const funding of [
      1,
      { time: rates, rate: new Float64Array(2) },
      { time: [1], rate: rates },
      { time: rates, rate: [1] },
    ])
      expect(create({ funding })).toThrow('but expected times and rates as Float64Arrays of one length')
    for (const instrument of [{ kind: 'swap' }, 'linear', {}])
      expect(create({ instrument })).toThrow(
        'but expected an instrument with kind spot, linear, inverse, future, unknown',
      )
  })

  it('describes itself in one line', () => {
    expect(describeMarket(createMarket(COLUMNS, META))).toBe('BTC/USDT:USDT 1h, test')
    expect(describeMarket(createMarket(COLUMNS, { ...META, synthetic: true }))).toBe(
      'BTC/USDT:USDT 1h, test (not a real market)',
    )
  })

  it('passes on its notes, but not that on its own gaps', () => {
    const gaps = '3 bars are missing in 2 gaps, the first after 2024-01-01 01:00; gaps are not filled'
    const market = createMarket(COLUMNS, {
      ...META,
      notes: ['missing in action', gaps, '12 bars are missing in 10 gaps'],
    })
    expect(inheritedNotes(market)).toEqual(['missing in action'])
  })

  it('is told from other values, with a word on how to get one', () => {
    const market = createMarket(COLUMNS, META)
    expect(isMarket(market)).toBe(true)
    for (const other of [null, undefined, 5, {}, { time }, { symbol: 'X' }, { time: [1], symbol: 'X' }])
      expect(isMarket(other)).toBe(false)
    expect(() => assertMarket(market, 'liq.x')).not.toThrow()
    const starts = 'liq.x expects a market, as liq.market returns it, but got '
    const said = (value: unknown) => expect(() => assertMarket(value, 'liq.x'))
    said('a.csv').toThrow(new DataError(`${starts}"a.csv". Load it first: await liq.market({ file: "a.csv" })`))
    said(Promise.resolve(market)).toThrow(new DataError(`${starts}a Promise: write \`await liq.market(…)\``))
    said(5).toThrow(new DataError(`${starts}5`))
  })
})

it('open interest that cannot be right is noted with its number and the first', () => {
  const notes: string[] = []
  checkedOpenInterest(
    Float64Array.of(10, 0, 10, 200, 11),
    Float64Array.from([0, 1, 2, 3, 4], i => START + i * HOUR),
    notes,
  )
  expect(notes).toEqual([
    'openInterest: 2 values are 0, or less than a tenth or more than ten times the one before, and were taken as missing; the first at 2024-01-01 01:00',
  ])
  checkedOpenInterest(Float64Array.of(10, Number.NaN, 100, 10), new Float64Array(4), notes)
  expect(notes.length).toBe(1)
})
